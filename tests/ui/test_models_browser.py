"""Sets of models in a real browser: switched on every page, and fetched from a hub on loopback."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from docs.browser import Server, Visit
from lmcore.hub.catalogue import TRIO
from lmcore.text.catalogue import catalogue
from pages.ui.navigation import PAGES
from tests.hub import hub as fake
from tests.hub import tiny
from tests.hub.hub import Hub

pytestmark = pytest.mark.browser
MINI = "google/bert_uncased_L-4_H-256_A-4"


def text(key: str) -> str:
    return catalogue()[key]["en"]


@pytest.fixture(scope="module")
def hub() -> Iterator[Hub]:
    with fake.running() as server:
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, hub: Hub) -> Iterator[Server]:
    """The app with a cache of its own, which holds the published trio in tiny."""
    home = tmp_path_factory.mktemp("home")
    for family, repository in TRIO.items():
        tiny.WRITERS[family](tiny.snapshot(home, repository))
    source = home / "source"
    tiny.bert(source, width=128, layers=4)
    hub.repositories[MINI] = {path.name: path.read_bytes() for path in source.iterdir()}
    shutil.rmtree(source)
    extra = {"HF_HOME": str(home), "HF_ENDPOINT": hub.url, "THREE_READERS_MODELS": ""}
    extra["THREE_READERS_MODELS"] = ",".join([*TRIO.values(), MINI])
    with Server(tmp_path_factory.mktemp("log") / "server.log", extra) as running:
        running.home = home  # type: ignore[attr-defined]
        yield running


def sidebar(visit: Visit) -> Any:
    return visit.tab.locator('[data-testid="stSidebar"]')


def wait_for_a_part(folder: Path) -> None:
    """Until a part of a large file lies on the disk."""
    for _ in range(600):
        if any(part.stat().st_size for part in folder.rglob("*.incomplete")):
            return
        time.sleep(0.05)
    pytest.fail("nothing has come for half a minute")


def press(visit: Visit, name: str | re.Pattern[str]) -> None:
    sidebar(visit).get_by_role("button", name=name).first.click()
    visit.settle()


def switch(visit: Visit, set_: str) -> None:
    sidebar(visit).get_by_role("radio", name=text(f"models.{set_}"), exact=True).click()
    visit.settle()


@pytest.mark.thorough
def test_sets_are_switched_on_every_page(server: Server, visit: Visit):
    """One visitor goes through the pages and switches on each, to the other set than before."""
    visit.open(server.url)
    for place, name in enumerate(PAGES):
        if name != "home":
            link = visit.tab.get_by_role("link", name=catalogue()[f"{name}.title"]["en"])
            link.first.click()
            visit.settle()
        visit.tab.get_by_role("heading", name=catalogue()[f"{name}.title"]["en"]).first.wait_for()
        gpt = visit.tab.locator('[data-testid="stMain"]').get_by_text("GPT-1").first
        if place % 2 == 0:
            switch(visit, "published")
            press(visit, text("models.use"))
            gpt.wait_for(timeout=120_000)
            assert "m=elmo" in visit.tab.url, name
        else:
            gpt.wait_for(timeout=120_000)  # the page before chose it
            switch(visit, "classroom")
            gpt.wait_for(state="detached", timeout=120_000)
            assert not re.search(r"[?&]m=", visit.tab.url), name
        visit.settle()
        visit.check()
        assert visit.tab.locator('[data-testid="stAlertContentError"]').count() == 0, name


def test_the_choice_goes_from_page_to_page_and_into_a_copied_address(
    server: Server, visit: Visit, browser: Any
):
    visit.open(f"{server.url}/?m={quote('bert:' + TRIO['bert'])}")
    for name in ("layers", "history", "layers"):
        visit.tab.get_by_role("link", name=catalogue()[f"{name}.title"]["en"]).first.click()
        visit.settle()
        assert "m=bert" in visit.tab.url
    main = visit.tab.locator('[data-testid="stMain"]')
    main.get_by_text("BERT-base").first.wait_for(timeout=120_000)
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    other = Visit(context)
    other.open(visit.tab.url)
    other.check()
    assert other.tab.locator('[data-testid="stMain"]').get_by_text("BERT-base").count() > 0
    context.close()


def test_a_download_with_bytes_and_time_left_cancelled_and_gone_on_with(
    server: Server, visit: Visit, hub: Hub, browser: Any
):
    hub.slow = 1.0
    visit.open(f"{server.url}/?m={quote('bert:' + MINI)}")
    assert hub.asked == [], "nothing is asked before somebody wants it"
    visit.tab.get_by_text("BERT-Mini is not on this machine").wait_for()
    sidebar(visit).get_by_role("button", name=re.compile("^.*Download")).first.click()
    told = sidebar(visit).get_by_text(re.compile(r"BERT-Mini: (?!0 )[\d.]+ [kM]?B of .* left"))
    told.wait_for(timeout=30_000)
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    other = Visit(context)
    other.open(server.url)  # another visitor reads meanwhile
    other.check()
    context.close()
    home: Path = server.home  # type: ignore[attr-defined]
    wait_for_a_part(home / "hub")
    sidebar(visit).get_by_role("button", name=text("models.cancel")).first.click()
    sidebar(visit).get_by_text("was cancelled").wait_for(timeout=30_000)
    hub.slow = 0.0
    hub.asked.clear()
    sidebar(visit).get_by_role("button", name=text("models.resume")).first.click()
    visit.tab.get_by_text("BERT-Mini is not on this machine").wait_for(
        state="detached", timeout=60_000
    )
    visit.settle()
    visit.check()
    assert visit.tab.locator('[data-testid="stAlertContentError"]').count() == 0
    main = visit.tab.locator('[data-testid="stMain"]')
    assert main.get_by_text("BERT-Mini").count() > 0
    resumed = [asked for method, path, asked in hub.asked if "cdn" in path and method == "GET"]
    assert resumed
    assert resumed[0] is not None, "it goes on where it was stopped"
    assert not list((home / "hub").rglob("*.incomplete"))
