"""Pictures of the running app: ``python docs/screenshots.py OUT [--all]``.

Without ``--all`` only the picture at the top of the README is made (into ``OUT/screenshot.png``);
with it every page at three widths, in two themes and two languages.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import sync_playwright

from pages._shared.navigation import PAGES
from pages._shared.text import LANGUAGES
from tests.pages.conftest import QUIET, Server, Visit

WIDTHS = (400, 1_280, 2_560)
THEMES = ("light", "dark")
#: The page that the README shows, and how tall it is cut.
FIRST, FIRST_HEIGHT = "polysemy", 2_060


def shoot(browser: Any, url: str, path: Path, width: int, height: int, theme: str) -> None:
    """One picture of one address."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, device_scale_factor=1
    )
    visit = Visit(context)
    visit.open(url)
    visit.tab.wait_for_timeout(4_000)  # Plotly draws after the script has ended
    visit.check()
    visit.tab.screenshot(path=path)
    context.close()


def main() -> None:
    """Start the app, take the pictures, stop the app."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    log = Path(tempfile.mkdtemp()) / "server.log"
    with Server(log) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        if not options.all:
            url = f"{server.url}/{FIRST}"
            shoot(browser, url, options.out / "screenshot.png", 1_400, FIRST_HEIGHT, "light")
            return
        for page, width, theme, language in product(PAGES, WIDTHS, THEMES, LANGUAGES):
            address = "" if page == "home" else page
            url = f"{server.url}/{address}?lang={quote(language)}"
            name = f"{page}-{width}-{theme}-{LANGUAGES[language]}.png"
            shoot(browser, url, options.out / name, width, 3_000, theme)


if __name__ == "__main__":
    main()
