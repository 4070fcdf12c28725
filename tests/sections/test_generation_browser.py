"""The Generation page in a real browser: pointing, choosing, keyboard, and Stop."""

from typing import Any

import pytest

from docs.browser import Visit
from lmcore.text.catalogue import catalogue
from tests.ui.test_browser import address

pytestmark = pytest.mark.browser
SENTENCE = "The quiet bank by the river was empty"


def pieces(visit: Visit, reader: int = 1) -> Any:
    """The pieces that a reader has written; GPT's unless told otherwise."""
    return visit.tab.locator(".written").nth(reader).locator(".piece")


def panel(visit: Visit) -> Any:
    """The panel that is open."""
    return visit.tab.locator(".written .panel:visible")


def test_pointing_tells_and_a_click_on_an_alternative_writes_on(app_url: str, visit: Visit):
    visit.open(address(app_url, "generation", s=SENTENCE, gn="6"))
    before, other = pieces(visit).all_inner_texts(), pieces(visit, 0).all_inner_texts()
    assert len(before) == 6
    pieces(visit).nth(3).hover()
    assert "rank" in panel(visit).inner_text()
    assert "entropy" in panel(visit).inner_text()
    assert panel(visit).locator("button").count() == 5
    alternative = panel(visit).locator("button:not(:disabled)").first
    spoken = alternative.get_attribute("aria-label")
    wanted = alternative.locator("bdi").inner_text()
    alternative.click()
    visit.settle()
    visit.check()
    after = pieces(visit).all_inner_texts()
    assert after[:3] == before[:3]
    assert after[3].strip("…") == wanted.strip("…")
    assert wanted in spoken
    assert visit.tab.locator(".written .piece.chosen").count() == 1
    assert pieces(visit, 0).all_inner_texts() == other


def test_the_keyboard_reaches_every_piece_and_alternative(app_url: str, visit: Visit):
    visit.open(address(app_url, "generation", s=SENTENCE, gn="5"))
    every = pieces(visit)
    assert [every.nth(i).get_attribute("tabindex") for i in range(5)] == ["0", *["-1"] * 4]
    for i in range(5):
        assert "probability" in every.nth(i).get_attribute("aria-label")
    before = every.all_inner_texts()
    every.first.focus()
    visit.tab.keyboard.press("ArrowRight")
    visit.tab.keyboard.press("ArrowRight")
    assert before[2] in panel(visit).locator("strong").inner_text()
    visit.tab.keyboard.press("Enter")
    visit.tab.keyboard.press("Escape")
    assert panel(visit).count() == 0
    visit.tab.keyboard.press("Enter")
    visit.tab.keyboard.press("Enter")  # the first alternative has the focus
    visit.settle()
    visit.check()
    assert pieces(visit).all_inner_texts()[:2] == before[:2]
    assert pieces(visit).nth(2).get_attribute("class").count("chosen") == 1


def test_stop_ends_the_writing_at_once(app_url: str, visit: Visit):
    """Three texts grow together; after Stop they stay as they are."""
    visit.open(address(app_url, "generation", s=SENTENCE, gn="64", gm="5"))
    visit.tab.get_by_text(catalogue()["generation.settings"]["en"]).click()
    visit.tab.get_by_role("button", name="Write on", exact=True).click()
    stop = visit.tab.get_by_role("button", name="Stop", exact=True).last
    stop.wait_for(timeout=60_000)
    growing = visit.tab.locator('[data-testid="stHtml"] div[dir=auto]')
    visit.tab.wait_for_function(
        "document.querySelectorAll('[data-testid=\"stHtml\"] div[dir=auto]').length >= 15"
    )
    counts = [growing.nth(i).locator("span:not([role])").count() for i in (0, 5, 10)]
    assert max(counts) - min(counts) <= 3, "all readers write in turn"
    visit.tab.locator(".st-key-generation_stop button").click()
    visit.settle()
    visit.check()
    stopped = visit.tab.get_by_text("Stopped after")
    assert stopped.count() == 15
    held = pieces(visit, 0).count()
    assert 0 < held < 64
    visit.tab.wait_for_timeout(1_500)
    assert pieces(visit, 0).count() == held
    assert visit.tab.locator(".st-key-generation_stop").count() == 0


@pytest.mark.parametrize("name", ["html", "special"])
def test_no_hostile_prompt_runs(app_url: str, visit: Visit, name: str):
    from tests.conftest import HOSTILE

    fired: list[str] = []
    visit.tab.on("dialog", lambda dialog: (fired.append(dialog.message), dialog.dismiss()))
    visit.open(address(app_url, "generation", s=HOSTILE[name], gn="3"))
    visit.check()
    assert fired == []
    main = visit.tab.locator('[data-testid="stMain"]')
    assert main.locator("img[src=x], script:has-text('alert')").count() == 0
    assert main.locator(".katex").count() == 0
    assert main.locator("a[href^=javascript]").count() == 0
    assert pieces(visit).count() == 3
