"""Saving pictures from the page: what the menu offers, what the caption says, what comes down."""

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from docs.browser import Visit
from lmcore import __version__
from lmcore.export.caption import EDGE
from lmcore.export.palette import PALETTES
from lmcore.text.catalogue import catalogue
from tests.ui.app_page import open_page, texts_of
from tests.ui.saved import OPEN, Menu, offered

SVG = "{http://www.w3.org/2000/svg}"
SENTENCE = "The <b>old</b> dog $5 barked at 银行."
NAMES = {name: catalogue()[f"saving.{name}"]["en"] for name in PALETTES}


def opened(page: str, *keys: str, language: str = "English", **address: str) -> AppTest:
    """A page with some menus open."""
    at = open_page(page, language, {f"{OPEN}{key}": True for key in keys}, address)
    assert not at.exception
    return at


def test_every_picture_has_a_menu_that_is_empty_until_it_is_opened():
    at = opened("home", measure="true")
    menus = [menu for menu in at.get("popover") if "Save" in str(menu.proto)]
    assert len(menus) == len(at.get("plotly_chart")) + 1  # the dashboard
    assert offered(at) == []


def test_the_menu_offers_three_files_and_the_caption_says_what_of_whom_and_which_version():
    at = opened("attention", "map:gpt", gpt_layer="2", gpt_head="3", s=SENTENCE)
    (menu,) = offered(at)
    assert [button.label for button in at.get("download_button")].count("CSV") == 1
    for part in ("GPT", "Layer 2", "Head 3", SENTENCE, f"Three Readers {__version__}"):
        assert part in menu["caption"]
    said = texts_of(at, "caption")
    assert all(line in said for line in menu["caption"].splitlines()), "shown before it is saved"
    assert [part["key"] for part in menu["parts"]] == ["map:gpt"]


def test_the_menu_speaks_chinese():
    (menu,) = offered(opened("home", "dashboard", language="中文"))
    assert any(line.startswith("文本：") for line in menu["caption"].splitlines())
    assert menu["failed"] == catalogue()["saving.failed"]["zh"]


def test_a_long_text_is_shortened_behind_a_word_and_the_caption_says_so():
    (menu,) = offered(opened("home", "dashboard", s="tomorrow " * 90))
    lines = menu["caption"].splitlines()
    assert any(re.search(r"tomorrow… \(\d+ more characters\)$", line) for line in lines)


@pytest.mark.parametrize("language", ["English", "中文"])
def test_readers_side_by_side_have_one_caption_and_their_names(language: str):
    key = "map:gpt"
    state = {f"{OPEN}{key}": True, f"together:{key}": True}
    at = open_page("attention", language, state).run()  # the menu is open while the page runs
    (menu,) = offered(at)
    assert [part["key"] for part in menu["parts"]] == ["map:elmo", "map:gpt", "map:bert"]
    assert [part["heading"].split(" ·")[0] for part in menu["parts"]] == ["ELMo", "GPT", "BERT"]
    assert menu["name"] == "map-all-light"
    lines = menu["caption"].splitlines()
    assert len(lines) == 1 + 3 + 1 + 1  # page, one for each reader, the text, the versions
    assert all(name in lines[-1] for name in ("ELMo (", "GPT (", "BERT ("))


def test_pictures_of_another_kind_do_not_stand_beside_them():
    at = opened("attention", "glance:bert")
    switch = next(one for one in at.toggle if str(one.key).startswith("together:"))
    assert switch.label == catalogue()["saving.together"]["en"].format(count=2)


def colours(path: Path) -> np.ndarray:
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


@pytest.mark.browser
def test_the_browser_saves_what_it_shows_in_each_palette(
    app_url: str, visit: Visit, tmp_path: Path
):
    visit.open(f"{app_url}/sentence_score?s={quote(SENTENCE)}")
    menu = Menu(visit, "surprisal-by-word", tmp_path)
    for name, palette in PALETTES.items():
        menu.choose(NAMES[name])
        root = ET.parse(menu.save("SVG")).getroot()
        texts = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
        assert {"ELMo", "GPT", "BERT", "<", "old", "$", "银行"} <= set(texts), texts
        caption = " ".join(texts[-8:])
        assert SENTENCE in caption
        assert f"Three Readers {__version__}" in caption
        bars = [node for node in root.iter(f"{SVG}g") if node.get("class") == "point"]
        assert len(bars) >= 4 * 8, "every word of every reader"
        image = colours(menu.save("PNG"))
        assert image.shape[1] == round(3 * float(root.get("width", 0)))
        ground = [int(palette.ground[place : place + 2], 16) for place in (1, 3, 5)]
        assert image[1, 1].tolist() == ground
        spread = np.ptp(image, axis=-1).max()
        assert spread <= 1 if palette.grey else spread > 60
    table = menu.save("CSV").read_text("utf-8-sig")
    assert table.splitlines()[1].startswith("ELMo,")
    menu.close()


@pytest.mark.browser
def test_three_readers_come_down_as_one_picture(app_url: str, visit: Visit, tmp_path: Path):
    visit.open(f"{app_url}/attention?s={quote(SENTENCE)}")
    menu = Menu(visit, "map:bert", tmp_path)
    menu.choose(catalogue()["saving.together"]["en"].format(count=3))
    path = menu.save("SVG")
    assert path.name == "map-all-light.svg"
    root = ET.parse(path).getroot()
    parts = list(root.findall(f"{SVG}svg"))
    lefts = [float(part.get("x", 0)) for part in parts]
    widths = [float(part.get("width", 0)) for part in parts]
    assert len(parts) == 3
    for place in range(2):
        assert lefts[place] + widths[place] < lefts[place + 1], "side by side"
    assert lefts[-1] + widths[-1] <= float(root.get("width", 0)) - EDGE
    texts = [node.text or "" for node in root.findall(f"{SVG}text")]
    assert [text.split(" ·")[0] for text in texts[:3]] == ["ELMo", "GPT", "BERT"]
    assert sum(SENTENCE in text for text in texts) == 1, "one caption for all"
    assert all(part.find(f".//{SVG}image") is not None for part in parts), "the cells of each map"
    menu.close()


@pytest.mark.browser
def test_what_is_drawn_without_plotly_is_saved_too(app_url: str, visit: Visit, tmp_path: Path):
    """Lines of attention and the small pictures, with Plotly's script from the server."""
    visit.open(f"{app_url}/attention?a_look=lines&s={quote(SENTENCE)}")
    menu = Menu(visit, "lines:map:gpt", tmp_path)
    root = ET.parse(menu.save("SVG")).getroot()
    shown = visit.tab.locator(".st-key-lines-map-gpt line").count()
    assert len(list(root.iter(f"{SVG}line"))) == shown > 5
    texts = [node.text for node in root.iter(f"{SVG}text")]
    assert texts.count("old") >= 2, "on both sides"
    menu.close()
    menu = Menu(visit, "glance:bert", tmp_path)
    menu.choose(NAMES["print"])
    root = ET.parse(menu.save("SVG")).getroot()
    assert (
        len(list(root.iter(f"{SVG}image")))
        == visit.tab.locator(".st-key-glance-bert canvas").count()
    )
    assert np.ptp(colours(menu.save("PNG")), axis=-1).max() <= 1
    menu.close()


@pytest.mark.browser
def test_plotly_comes_from_the_server_where_no_page_has_brought_it(
    app_url: str, visit: Visit, tmp_path: Path
):
    visit.open(f"{app_url}/sentence_score?s={quote(SENTENCE)}")
    asked: list[str] = []
    visit.tab.on("request", lambda request: asked.append(request.url))
    menu = Menu(visit, "surprisal-by-word", tmp_path)
    assert not [url for url in asked if "plotly" in url], "nothing before somebody saves"
    visit.tab.evaluate("delete window.Plotly")
    root = ET.parse(menu.save("SVG")).getroot()
    assert [url for url in asked if url.endswith("/plotly.min.js")]
    assert len([node for node in root.iter(f"{SVG}g") if node.get("class") == "point"]) > 8
    menu.close()


@pytest.mark.browser
def test_coloured_texts_are_saved_with_what_the_colours_mean(
    app_url: str, visit: Visit, tmp_path: Path
):
    visit.open(f"{app_url}/generation?gn=5")
    shown = visit.tab.locator('[class*="st-key-generation-text-gpt"] .piece')
    shown.first.wait_for(timeout=60_000)
    pieces = [text.strip() for text in shown.all_inner_texts()]
    menu = Menu(visit, "generation-text-gpt-1", tmp_path)
    for name in PALETTES:
        menu.choose(NAMES[name])
        root = ET.parse(menu.save("SVG")).getroot()
        texts = [(node.text or "").strip() for node in root.iter(f"{SVG}text")]
        assert set(pieces) <= set(texts), (pieces, texts)
        assert "50–100 %" in texts, "what the colours mean"
        image = colours(menu.save("PNG"))
        assert np.ptp(image, axis=-1).max() <= 1 or not PALETTES[name].grey
    menu.close()
