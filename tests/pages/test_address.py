"""Links: what Streamlit cannot bind is in the address too, and wrong values are said."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import ROOT, Visit


def came(page: str, **address: str) -> AppTest:
    """A visitor who opens a link on a cold session."""
    at = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=120)
    for name, value in address.items():
        at.query_params[name] = value
    at.run()
    assert not at.exception
    return at


def held(at: AppTest, name: str) -> str:
    """What the address says; a test that has not been run again gives it as it was put in."""
    value = at.query_params[name]
    return value if isinstance(value, str) else value[0]


def warned(at: AppTest) -> bool:
    return any("does not exist here" in warning.value for warning in at.warning)


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("attention", {"a_quantity": "influence", "a_units": "pieces", "a_look": "lines"}),
        ("attention", {"a_quantity": "pair", "a_part": "ab"}),
        ("attention", {"elmo_half": "backward"}),
        ("masked_word", {"mx": "true", "mr": "true", "mb": "2", "s": "A ___ and a ___ here."}),
        ("history", {"h_axis": "cpu"}),
        ("finetuning", {"ft": "upload"}),
    ],
)
def test_a_link_restores_and_keeps_what_it_holds(page: str, address: dict[str, str]):
    at = came(page, **address)
    for name, value in address.items():
        if name == "s":
            continue
        state = at.session_state[name]
        assert (str(state).lower() if isinstance(state, bool) else state) == value, name
        assert held(at, name) == value
    assert not warned(at)


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("attention", {"a_quantity": "<b>gradient</b>"}),
        ("attention", {"elmo_half": ""}),
        ("masked_word", {"mx": "maybe"}),
        ("home", {"word": "99"}),
        ("home", {"word": "-1"}),
        ("history", {"h_axis": "years"}),
    ],
)
def test_a_wrong_value_falls_back_with_a_notice(page: str, address: dict[str, str]):
    at = came(page, **address)
    assert warned(at)
    assert not set(address) & set(at.query_params)
    assert not warned(at.run())  # said once


def test_the_word_that_is_looked_at_is_in_the_link():
    at = came("home", word="5", s="Ångström said $5 & “<b>more</b>” 银行.")
    (box,) = [box for box in at.selectbox if box.label == "Word"]
    assert box.value == 4
    box.set_value(2).run()
    assert held(at, "word") == "3"
    box.set_value(1).run()  # the usual one
    assert "word" not in at.query_params


def test_a_choice_survives_the_change_of_language():
    at = came("attention", a_quantity="norms")
    at.session_state["lang"] = "中文"
    at.run()
    assert not at.exception
    assert at.session_state["a_quantity"] == "norms"


@pytest.mark.browser
def test_the_copied_link_shows_the_same_to_somebody_else(app_url: str, visit: Visit, browser: Any):
    text = "A%20%E9%93%B6%E8%A1%8C%20%26%20%245%20%3Cb%3E%20%23%20%2B%20%25."
    visit.open(f"{app_url}/attention?s={text}&gpt_layer=2&gpt_head=3&lang=%E4%B8%AD%E6%96%87")
    visit.tab.get_by_role("radio", name="片段").or_(
        visit.tab.get_by_role("button", name="片段")
    ).first.click()
    visit.settle()
    button = visit.tab.get_by_role("button", name="复制此视图的链接")
    button.click()
    visit.tab.wait_for_timeout(500)
    link = button.get_attribute("data-link")
    said: dict[str, list[str]] = parse_qs(urlparse(link).query)
    assert said["s"] == ["A 银行 & $5 <b> # + %."]
    assert said["a_units"] == ["pieces"]
    assert (said["gpt_layer"], said["gpt_head"], said["lang"]) == (["2"], ["3"], ["中文"])
    other = browser.new_context(viewport={"width": 1280, "height": 1600})
    guest = Visit(other)
    guest.open(link)
    assert guest.tab.get_by_role("textbox").first.input_value() == "A 银行 & $5 <b> # + %."
    assert parse_qs(urlparse(guest.tab.url).query) == said
    guest.check()
    other.close()
    visit.check()


def test_the_seed_of_a_training_is_in_the_link():
    at = came("finetuning", fts="7")
    assert at.session_state["fts"] == 7
