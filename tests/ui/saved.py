"""What a page offers for saving, and what a browser saves."""

import json
from pathlib import Path
from typing import Any

from streamlit.testing.v1 import AppTest

from docs.browser import Visit

#: In the address of a page's menu: the session holds it open.
OPEN = "save:"


def offered(at: AppTest) -> list[dict[str, Any]]:
    """What the page sends to the component that saves, one entry a menu that is open."""
    every = [element.proto for element in at.get("bidi_component")]
    return [json.loads(one.json) for one in every if one.component_name == "three_readers_save"]


class Menu:
    """The menu below a picture, opened by a click.

    Args:
        visit: the tab.
        key: of the picture.
        folder: where the files go.
    """

    def __init__(self, visit: Visit, key: str, folder: Path) -> None:
        self.visit, self.folder = visit, folder
        place = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in f"{OPEN}{key}")
        visit.tab.locator(f".st-key-{place}").get_by_role("button").first.click()
        visit.settle()
        self.body = visit.tab.locator('[data-testid="stPopoverBody"]')

    def choose(self, text: str) -> None:
        """Press one of the palettes or the switch."""
        self.body.get_by_text(text, exact=True).click()
        self.visit.settle()

    def close(self) -> None:
        """Close it; nothing has gone wrong."""
        self.visit.tab.keyboard.press("Escape")
        self.visit.settle()
        self.visit.check()

    def save(self, kind: str) -> Path:
        """Press a button and wait for the file."""
        with self.visit.tab.expect_download(timeout=60_000) as download:
            self.body.get_by_role("button", name=kind, exact=True).click()
        path = self.folder / download.value.suggested_filename
        download.value.save_as(path)
        return path
