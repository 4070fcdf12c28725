"""The examples of all pages: what is computed beforehand, and drawn until readers are loaded.

A module of this folder with a function ``examples() -> list[Example]`` takes part; nothing else has
to be told of it. Its questions are those that its page asks when nobody has typed or chosen
anything.
"""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from lmcore import analyses
from lmcore.analyses.analysis import Example


def examples() -> list[Example[Any, Any]]:
    """The examples of every analysis that has some, in the order of their modules."""
    registered: list[Example[Any, Any]] = []
    for found in pkgutil.iter_modules(analyses.__path__):
        module = importlib.import_module(f"{analyses.__name__}.{found.name}")
        if module.__name__ != __name__ and hasattr(module, "examples"):
            registered += module.examples()
    return registered
