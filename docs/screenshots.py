"""Pictures of the running app: ``python docs/screenshots.py OUT [--all] [--lessons [NAME …]]``.

Without an option only the picture at the top of the README is made (into ``OUT/screenshot.png``).
``--all`` makes every page at three widths, in two themes and two languages; ``--lessons`` every
step of all lessons, or of those that are named, at two widths and in two languages.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from docs.browser import Visit, address, app_and_browser
from lmcore.lessons.lesson import load
from pages.ui.navigation import PAGES
from pages.ui.text import LANGUAGES

#: From a telephone to a projector: the ends are those that the design promises.
WIDTHS = (360, 1_280, 2_560)
THEMES = ("light", "dark")
#: The page that the README shows, and how tall it is cut.
FIRST, FIRST_HEIGHT = "home", 1_380

#: Name of a file, address, width, theme.
Picture = tuple[str, str, int, str]


def _shoot(browser: Any, url: str, path: Path, width: int, height: int, theme: str) -> None:
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


def of_pages() -> Iterator[Picture]:
    """Every page at every width, in every theme and language."""
    for page, width, theme, language in product(PAGES, WIDTHS, THEMES, LANGUAGES):
        name = f"{page}-{width}-{theme}-{LANGUAGES[language]}.png"
        yield name, address("", page, lang=language), width, theme


def of_lessons(names: Sequence[str]) -> Iterator[Picture]:
    """Every step of the named lessons (of all without names), at two widths, in every language."""
    lessons = [lesson for lesson in load() if not names or lesson.name in names]
    for lesson, width, language in product(lessons, WIDTHS[:2], LANGUAGES):
        for step in range(1, len(lesson.steps) + 1):
            place = address("", "lessons", l=lesson.name, p=str(step), lang=language)
            name = f"lesson-{lesson.name}-{step}-{width}-{LANGUAGES[language]}.png"
            yield name, place, width, THEMES[0]


def wanted(options: argparse.Namespace) -> list[Picture]:
    """What the command line asks for; empty where it asks for the picture of the README."""
    pictures = list(of_pages()) if options.all else []
    if options.lessons is not None:
        pictures += of_lessons(options.lessons)
    return pictures


def main() -> None:
    """Start the app, take the pictures, stop the app."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--all", action="store_true")
    names = [lesson.name for lesson in load()]
    parser.add_argument("--lessons", nargs="*", choices=names, metavar="NAME")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    with app_and_browser() as (server, browser):
        pictures = wanted(options)
        if not pictures:
            url = address(server.url, FIRST)
            _shoot(browser, url, options.out / "screenshot.png", 1_400, FIRST_HEIGHT, "light")
        for name, place, width, theme in pictures:
            _shoot(browser, server.url + place, options.out / name, width, 3_000, theme)


if __name__ == "__main__":
    main()
