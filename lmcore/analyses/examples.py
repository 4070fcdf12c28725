"""The examples of all pages: what is computed beforehand, and drawn until readers are loaded.

A module of this folder (or of another one that is given) with a function ``examples() ->
list[Example]`` takes part; nothing else has to be told of it. Its questions are those that its page
asks when nobody has typed or chosen anything.
"""

import importlib
import pkgutil
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from lmcore import analyses
from lmcore.analyses.analysis import Example, store
from lmcore.readers.base import Reader


def examples(*packages: ModuleType) -> list[Example[Any, Any]]:
    """The examples of every analysis in some packages (this one), in the order of modules."""
    registered: list[Example[Any, Any]] = []
    for package in packages or (analyses,):
        for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(info.name)
            if module.__name__ != __name__ and hasattr(module, "examples"):
                registered += module.examples()
    return registered


def computed(
    example: Example[Any, Any], readers: Mapping[str, Reader]
) -> Iterator[tuple[str, Any, Any]]:
    """Family, question and view of an example, for each of its readers that is given."""
    for family in example.families:
        if family in readers:
            for question in example.questions:
                yield family, question, example.analysis.compute(readers[family], question)


def store_all(
    readers: Mapping[str, Reader], *packages: ModuleType, names: Collection[str] = ()
) -> Iterator[Path]:
    """Compute and write the views of all examples; the files that were written.

    Args:
        readers: by family; all of them, for what is written takes the place of what was.
        packages: see :func:`examples`.
        names: of the analyses that are computed; all of them if none is given.
    """
    by_file: dict[tuple[str, str], list[Example[Any, Any]]] = {}
    for example in examples(*packages):
        if names and example.analysis.name not in names:
            continue
        by_file.setdefault((example.analysis.name, example.language), []).append(example)
    for (_, language), together in by_file.items():
        entries = [entry for example in together for entry in computed(example, readers)]
        yield store(together[0].analysis, entries, language)
