"""Back and Forward, and what pages share: the text that stood there is found again."""

import re
from typing import Any

import pytest

from docs.browser import Visit
from lmcore.analyses.dashboard import first_word
from lmcore.text.examples import EXAMPLE
from lmcore.text.words import split
from pages.ui.address import state
from pages.ui.inputs import hash_of
from tests.ui.app_page import open_page
from tests.ui.conftest import holds

USES = "The dog ran.\nA dog & a cat.\nThat dog sat."


@pytest.mark.parametrize(
    ("page", "name", "text", "usual"),
    [
        ("polysemy", "pw", "dog", "cell"),
        ("home", "s", "A dog ran.", EXAMPLE),
        ("sentence_score", "s2", "A dog sat.", ""),
        ("masked_word", "p1", "A dog ran.", None),
        ("layers", "lc", USES, None),
    ],
)
def test_who_goes_back_finds_what_the_address_says(
    monkeypatch: pytest.MonkeyPatch, page: str, name: str, text: str, usual: str | None
):
    """Another text may have been typed since on another page; the entry gone back to decides."""
    more = {"ps": USES} if name == "pw" else {}
    at = open_page(page, address={name: text, **more})
    first = open_page(page).session_state[name]
    assert usual is None or first == usual
    at.session_state[f"kept:{name}"] = (name, "Typed elsewhere.") if name != "s" else "Elsewhere."
    monkeypatch.setattr(state, "came_back", lambda: True)
    at.run()
    assert not at.exception
    assert at.session_state[name] == text
    for parameter in (name, *more):
        del at.query_params[parameter]
    at.run()
    assert at.session_state[name] == first  # never an empty box with an error
    assert not at.error


def test_a_page_that_is_turned_to_keeps_the_text_and_the_word():
    sentence = split("A bank, a bank.")
    kept = {"kept:s": sentence.text, "kept:word": (hash_of(sentence), 4)}
    for page in ("home", "attention", "generation", "sentence_score"):
        at = open_page(page, state=kept)
        assert (at.query_params["s"], at.query_params["word"]) == (sentence.text, "5"), page
    at = open_page("layers", state=kept)
    assert at.session_state[f"layers:{hash_of(sentence)}"] == 4


def test_another_sentence_begins_with_another_word():
    sentence = split("A bank, a bank.")
    at = open_page("layers", state={"kept:word": (hash_of(sentence), 4), "kept:s": "Two dogs ran."})
    assert "word" not in at.query_params
    assert at.session_state["kept:word"][1] == first_word(split("Two dogs ran."))


@pytest.mark.browser
def test_every_entry_of_the_history_is_a_page_as_it_was_left(app_url: str, visit: Visit):
    def turn_to(title: str, path: str) -> None:
        visit.tab.locator('[data-testid="stSidebarNav"] a', has_text=title).click()
        visit.tab.wait_for_url(re.compile(rf"/{path}(\?|$)"))
        visit.settle()

    def come(step: Any, path: str) -> None:
        step()
        visit.tab.wait_for_url(re.compile(rf"/{path}(\?|$)"))
        visit.settle()
        assert visit.tab.locator('[data-testid="stAlertContentError"]').count() == 0

    main = visit.tab.locator('[data-testid="stMain"]')
    visit.open(f"{app_url}/polysemy")
    start = visit.tab.evaluate("history.length")
    main.locator('[data-testid="stForm"] textarea').first.fill(USES)
    main.locator('[data-testid="stForm"] input').first.fill("dog")
    main.get_by_role("button", name="Compare").first.click()
    visit.tab.wait_for_url(re.compile("pw=dog"))
    visit.settle()
    turn_to("Attention", "attention")
    main.get_by_role("textbox").first.fill("A dog and a cat.")
    main.get_by_role("textbox").first.press("Enter")
    visit.tab.wait_for_url(re.compile(r"s=A(\+|%20)dog"))
    visit.settle()
    main.get_by_role("slider").first.press("ArrowRight")
    visit.settle()
    held = visit.tab.url
    turn_to("Layers", "layers")
    holds(main.get_by_role("textbox").first, "A dog and a cat.")
    assert visit.tab.evaluate("history.length") == start + 2  # one entry a page, none between
    come(visit.tab.go_back, "attention")
    assert visit.tab.url == held
    come(visit.tab.go_back, "polysemy")
    holds(main.locator('[data-testid="stForm"] textarea').first, USES)
    holds(main.locator('[data-testid="stForm"] input').first, "dog")
    come(visit.tab.go_forward, "attention")
    holds(main.get_by_role("textbox").first, "A dog and a cat.")
    assert visit.tab.url == held
    visit.check()
