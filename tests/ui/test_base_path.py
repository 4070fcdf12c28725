"""The app under a path of a server (``/readers``), in the language that its operator chose."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from docs.browser import Server, Visit
from lmcore.text.catalogue import catalogue
from pages.ui.navigation import PAGES
from tests.ui.conftest import holds
from tests.ui.saved import Menu

pytestmark = [pytest.mark.browser, pytest.mark.thorough]
BASE = "/readers"
SENTENCE = "Salt & pepper = 100% #1?"


@pytest.fixture(scope="module")
def under(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an app under a path that begins in Chinese."""
    log = tmp_path_factory.mktemp("streamlit") / "server.log"
    with Server(log, {"THREE_READERS_LANGUAGE": "zh"}, BASE) as server:
        yield server.url


def title(visit: Visit) -> str:
    return str(visit.tab.locator("h1").first.inner_text())


def test_direct_address_on_a_cold_server(visit: Visit, under: str):
    """First of all: no session has called the frame of the app before."""
    visit.open(f"{under}/attention?s={quote(SENTENCE)}")
    visit.check()
    assert title(visit) == catalogue()["attention.title"]["zh"]
    assert visit.tab.get_by_text("Language · 语言").count() == 1
    box = visit.tab.locator('[data-testid="stTextInput"] input').first
    holds(box, SENTENCE)


@pytest.mark.parametrize("root", ["", "/"])
def test_home_stands_with_and_without_a_stroke(visit: Visit, under: str, root: str):
    visit.open(f"{under}{root}")
    visit.check()
    assert title(visit) == catalogue()["home.title"]["zh"]


def test_pages_are_reached_by_the_menu(visit: Visit, under: str):
    visit.open(f"{under}/")
    sidebar = visit.tab.locator('[data-testid="stSidebarNav"]')
    for page in ("attention", list(PAGES)[-1], "home"):
        sidebar.get_by_role("link", name=catalogue()[f"{page}.title"]["zh"], exact=True).click()
        visit.settle()
        assert title(visit) == catalogue()[f"{page}.title"]["zh"]
        path = urlsplit(visit.tab.url).path
        assert path.rstrip("/") == (BASE if page == "home" else f"{BASE}/{page}")
    visit.check()


def test_links_of_the_page_stay_under_the_path(visit: Visit, under: str):
    visit.open(f"{under}/")
    link = visit.tab.locator('[data-testid="stMain"] [data-testid="stPageLink-NavLink"]').first
    link.click()
    visit.settle()
    assert urlsplit(visit.tab.url).path == f"{BASE}/lessons"
    visit.check()
    panel = visit.tab.locator('[data-testid="stLinkButton"] a').first
    where = urlsplit(panel.evaluate("link => link.href"))
    assert where.path.startswith(f"{BASE}/")
    assert "lang" not in parse_qs(where.query), "the server begins in this language"
    with visit.tab.context.expect_page() as opened:
        panel.click()
    name = where.path.removeprefix(f"{BASE}/") or "home"
    heading = opened.value.locator("h1").first
    heading.wait_for(timeout=120_000)
    assert heading.inner_text() == catalogue()[f"{name}.title"]["zh"]


def test_copied_link_opens_what_was_seen(visit: Visit, under: str):
    visit.open(f"{under}/layers?s={quote(SENTENCE)}&lang=English")
    visit.tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    button = visit.tab.get_by_role("button", name=catalogue()["copy_link.label"]["en"])
    button.click()
    visit.tab.wait_for_timeout(300)
    copied = visit.tab.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"{under}/layers?")
    visit.open(copied)
    visit.check()
    box = visit.tab.locator('[data-testid="stTextInput"] input').first
    holds(box, SENTENCE)
    assert title(visit) == catalogue()["layers.title"]["en"]


def test_pictures_are_saved_with_the_script_below_the_path(
    visit: Visit, under: str, tmp_path: Path
):
    visit.open(f"{under}/sentence_score?s={quote(SENTENCE)}")
    menu = Menu(visit, "surprisal-by-word", tmp_path)
    asked: list[str] = []
    visit.tab.on("request", lambda request: asked.append(urlsplit(request.url).path))
    visit.tab.evaluate("delete window.Plotly")
    assert b"Salt" in menu.save("SVG").read_bytes()
    assert [path for path in asked if path.startswith(f"{BASE}/component/")]
    menu.close()
