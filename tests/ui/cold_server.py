"""Pages as a server shows them that has just started: no reader is there, nor PyTorch.

``python -m tests.ui.cold_server PAGE …`` writes what stands on each as JSON. It runs in a process
of its own, in which nothing has imported PyTorch before.
"""

import json
import sys
from importlib.abc import MetaPathFinder
from typing import Any

from lmcore.runtime.families import FAMILIES
from pages.ui.startup import warm_start
from tests.ui.app_page import open_page, texts_of


class Refusing(MetaPathFinder):
    """Refuses PyTorch, whoever imports it."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Raises for the one package, and knows no other."""
        if name.partition(".")[0] == "torch":
            raise ImportError("a page that is drawn before the readers are there needs no PyTorch")


class WaitedError(Exception):
    """A page asked for a reader that is not there."""


def wait(key: str) -> None:
    """In place of waiting for a reader that never comes."""
    if key in warm_start.pending:
        raise WaitedError(key)


def shown(page: str) -> dict[str, Any]:
    """What stands on a page."""
    at = open_page(page)
    return {
        "exceptions": [f"{own.message}\n{own.stack_trace}" for own in at.exception],
        "texts": texts_of(at),
        "charts": [chart.proto.alt for chart in at.get("plotly_chart")],
    }


if __name__ == "__main__":
    sys.meta_path.insert(0, Refusing())
    warm_start.pending.update(FAMILIES)
    warm_start.wait = wait
    sys.stdout.write(json.dumps({page: shown(page) for page in sys.argv[1:]}))
