"""Every page in a real browser, in both themes and languages; no visitor's text is ever run."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from docs.browser import Server, Visit
from lmcore.text.catalogue import catalogue
from pages.ui.navigation import PAGES
from tests.conftest import HOSTILE
from tests.ui.conftest import holds

pytestmark = pytest.mark.browser
CHINESE = quote("中文")


def address(url: str, page: str, **parameters: str) -> str:
    """The address of a page with its parameters."""
    path = "" if page == "home" else page
    query = "&".join(f"{name}={quote(value)}" for name, value in parameters.items())
    return f"{url}/{path}?{query}"


@pytest.mark.parametrize("page", PAGES)
def test_page_stands_light_and_english(app_url: str, visit: Visit, page: str, tmp_path: Path):
    visit.open(address(app_url, page))
    visit.check()
    assert visit.tab.locator("h1").first.inner_text() == catalogue()[f"{page}.title"]["en"]
    assert visit.tab.locator('[data-testid="stAlertContentError"]').count() == 0
    shot = tmp_path / f"{page}.png"
    visit.tab.screenshot(path=shot)
    assert shot.stat().st_size > 20_000, "an empty page makes a small picture"


@pytest.mark.parametrize("page", PAGES)
def test_page_stands_dark_and_chinese(app_url: str, visit_dark: Visit, page: str):
    visit_dark.open(address(app_url, page, lang="中文"))
    visit_dark.check()
    assert visit_dark.tab.locator("h1").first.inner_text() == catalogue()[f"{page}.title"]["zh"]
    background = visit_dark.tab.evaluate(
        "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
    )
    assert sum(int(n) for n in background.strip("rgb()").split(",")) < 200


def some(wanted: set[str], every: list[str]) -> list[Any]:
    """All parameters, those that are not wanted at every run marked as thorough."""
    return [
        name if name in wanted else pytest.param(name, marks=pytest.mark.thorough) for name in every
    ]


@pytest.mark.parametrize(
    "page", some({"home", "layers"}, ["home", "attention", "layers", "sentence_score"])
)
@pytest.mark.parametrize(
    "name",
    some(
        {"html", "markdown", "long"},
        ["html", "markdown", "latex", "special", "right_to_left", "long"],
    ),
)
def test_hostile_sentence_is_text_or_one_message(app_url: str, visit: Visit, page: str, name: str):
    fired: list[str] = []
    visit.tab.on("dialog", lambda dialog: (fired.append(dialog.message), dialog.dismiss()))
    visit.open(address(app_url, page, s=HOSTILE[name][:3_000]))
    visit.check()
    assert fired == []
    main = visit.tab.locator('[data-testid="stMain"]')
    assert main.locator("img[src=x], script:has-text('alert')").count() == 0
    assert main.locator(".katex").count() == 0
    assert main.locator("a[href^=javascript]").count() == 0


@pytest.mark.parametrize("page", some({"layers"}, ["home", "layers", "masked_word"]))
def test_direct_address_on_a_cold_server(visit: Visit, page: str, tmp_path: Path):
    """A fresh server shows the page with its frame and the visitor's text, and no dialog."""
    with Server(tmp_path / "server.log") as server:
        visit.open(address(server.url, page, lang="中文", s="Salt & pepper = 100% #1?"))
        visit.check()
        assert visit.tab.locator("h1").first.inner_text() == catalogue()[f"{page}.title"]["zh"]
        assert visit.tab.get_by_text("Language · 语言").count() == 1
        box = visit.tab.locator('[data-testid="stTextInput"] input').first
        holds(box, "Salt & pepper = 100% #1?")


def test_language_switch_keeps_the_sentence(app_url: str, visit: Visit):
    visit.open(address(app_url, "layers", s="The crane flew over the harbour"))
    visit.tab.get_by_text("中文", exact=True).click()
    visit.settle()
    visit.check()
    box = visit.tab.locator('[data-testid="stTextInput"] input').first
    holds(box, "The crane flew over the harbour")
    assert visit.tab.locator("h1").first.inner_text() == catalogue()["layers.title"]["zh"]


def test_the_sentence_travels_from_page_to_page(app_url: str, visit: Visit):
    visit.open(address(app_url, "home", s="The crane flew over the harbour"))
    visit.tab.get_by_role("link", name=catalogue()["attention.title"]["en"]).first.click()
    visit.settle()
    visit.check()
    box = visit.tab.locator('[data-testid="stTextInput"] input').first
    holds(box, "The crane flew over the harbour")
