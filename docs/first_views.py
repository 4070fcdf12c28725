"""Record the first view of every page in both languages, for servers that have just started.

Run it after the checkpoints or a page changed: ``python docs/first_views.py`` (needs the packages
of ``requirements-dev.txt`` and chromium). See ``pages/_shared/first_view.py``.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pages._shared.first_view import FOLDER, RECORDING  # noqa: E402
from pages._shared.navigation import PAGES  # noqa: E402
from pages._shared.text import LANGUAGES  # noqa: E402
from tests.pages.conftest import QUIET, Server, Visit  # noqa: E402


def record(folder: Path) -> None:
    """Open every page in a browser against a server that writes down what it sends."""
    log = folder / "server.log"
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with Server(log, {RECORDING: str(folder)}) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        for name in PAGES:
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
    with tempfile.TemporaryDirectory() as temporary:
        record(Path(temporary))
        shutil.rmtree(FOLDER, ignore_errors=True)
        FOLDER.mkdir()
        for path in sorted(Path(temporary).glob("*.xz")):
            shutil.copyfile(path, FOLDER / path.name)
            sys.stdout.write(f"{path.name}: {path.stat().st_size:,} bytes\n")


if __name__ == "__main__":
    main()
