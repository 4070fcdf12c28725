"""Saving pictures from the page: what the menu offers, what the caption says, what comes down."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from docs.browser import ROOT, Visit
from lmcore import __version__
from lmcore.charts.export_palette import PALETTES, parsed


def opened(page: str, place: str, **state: Any) -> AppTest:
    """A page with one menu open."""
    at = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=120)
    for key, value in state.items():
        at.session_state[key] = value
    at.session_state[f"save:{place}"] = True
    at.run()
    assert not at.exception
    return at


def offered(at: AppTest) -> list[str]:
    labels = [button.label for button in at.get("download_button")]
    return [label for label in labels if label in ("SVG", "PNG", "CSV")]


def captions(at: AppTest) -> str:
    return "\n".join(caption.value for caption in at.caption).replace("\\", "")


def test_every_picture_has_a_menu_that_is_empty_until_it_is_opened():
    at = AppTest.from_file(str(ROOT / "pages" / "home.py"), default_timeout=120).run()
    assert not at.exception
    saves = [menu for menu in at.get("popover") if "Save" in str(menu.proto)]
    assert len(saves) == len(at.get("plotly_chart"))
    assert offered(at) == []


def test_the_menu_offers_three_files_and_the_caption_says_what_of_whom_and_which_version():
    at = opened("attention", "map:gpt", gpt_layer=2, gpt_head=3, s="A dollar $5 is <b>here</b>.")
    assert offered(at) == ["SVG", "PNG", "CSV"]
    said = captions(at)
    for part in ("GPT", "Layer 2", "Head 3", "A dollar $5 is", f"Three Readers {__version__}"):
        assert part in said, said


def test_the_menu_speaks_chinese():
    at = opened("home", "sight", lang="中文")
    assert any("文本：" in line for line in captions(at).splitlines())


def test_a_long_text_is_shortened_and_the_caption_says_so():
    at = opened("home", "sight", s="word " * 90)
    assert "more characters)" in captions(at)


def test_signs_without_a_font_are_named_before_saving():
    at = opened("home", "sight", s="They said שלום to us.")
    assert any("ש" in warning.value for warning in at.warning)


@pytest.mark.browser
def test_one_click_saves_each_kind(app_url: str, visit: Visit):
    visit.open(f"{app_url}/?s=The%20cat%20sat.")
    visit.tab.get_by_role("button", name="Save").first.click()
    visit.settle()
    menu = visit.tab.locator('[data-testid="stPopoverBody"]')
    menu.get_by_text("Dark").click()
    visit.settle()
    files = {}
    for kind in ("SVG", "PNG", "CSV"):
        with visit.tab.expect_download(timeout=90_000) as download:  # the first one loads a library
            menu.get_by_role("button", name=kind, exact=True).click()
        files[kind] = download.value.path().read_bytes()
    assert ET.fromstring(files["SVG"]).tag.endswith("svg")
    image = Image.open(io.BytesIO(files["PNG"])).convert("RGB")
    assert image.width >= 3 * 480
    ground = tuple(round(255 * part) for part in parsed(PALETTES["dark"].ground)[:3])
    assert image.getpixel((1, 1)) == ground
    assert files["CSV"].decode("utf-8-sig").splitlines()[1].startswith("The,")
    visit.tab.keyboard.press("Escape")
    visit.settle()
    visit.check()
