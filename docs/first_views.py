"""Record the first view of every page in both languages, for servers that have just started.

Run it after the checkpoints changed: ``python docs/first_views.py`` (needs the packages of
``requirements-dev.txt`` and chromium), or ``… PAGE …`` where only some pages did. See
``pages/ui/startup/first_view.py``.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pages.ui.navigation import PAGES  # noqa: E402
from pages.ui.startup.first_view import FOLDER, RECORDING  # noqa: E402
from pages.ui.text import LANGUAGES  # noqa: E402
from tests.ui.conftest import QUIET, Server, Visit  # noqa: E402


def record(folder: Path, names: Sequence[str]) -> None:
    """Open pages in a browser against a server that writes down what it sends."""
    log = folder / "server.log"
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with Server(log, {RECORDING: str(folder)}) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        for name in names:
            for word in LANGUAGES:
                context = browser.new_context(viewport={"width": 1280, "height": 1600})
                visit = Visit(context)
                address = "" if name == "home" else name
                visit.open(f"{server.url}/{address}?lang={quote(word)}")
                visit.check()
                context.close()
        browser.close()


def main() -> None:
    """Record into a new folder, then put the files in place of the old ones."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("page", nargs="*", metavar="PAGE", help="all where none is named")
    wanted = parser.parse_args().page or list(PAGES)
    if unknown := set(wanted) - set(PAGES):
        parser.error(f"no such page: {', '.join(sorted(unknown))} (there are {', '.join(PAGES)})")
    with tempfile.TemporaryDirectory() as temporary:
        record(Path(temporary), wanted)
        if set(wanted) == set(PAGES):
            shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir(exist_ok=True)
        for path in sorted(Path(temporary).glob("*.xz")):
            shutil.copyfile(path, FOLDER / path.name)
            sys.stdout.write(f"{path.name}: {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
