"""The guided tour of Home: six notes that a button starts, and that end where somebody types."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.text.catalogue import catalogue
from pages.sections.home import tour
from tests.ui.app_page import open_page, texts_of


def home(language: str = "English") -> AppTest:
    return open_page("home", language, {"kept:depth": "simple"})


def told(at: AppTest, key: str = "en") -> list[str]:
    """The steps whose notes stand on the page."""
    assert not at.exception
    words = texts_of(at, "markdown")
    return [name for name in tour.STEPS if catalogue()[f"tour.{name}"][key] in words]


@pytest.mark.parametrize(("language", "key"), [("English", "en"), ("中文", "zh")])
def test_it_goes_through_six_steps_and_is_over(language: str, key: str):
    at = home(language)
    assert told(at, key) == []
    at.button(key="tour_start").click().run()
    for name in tour.STEPS:
        assert told(at, key) == [name]
        at.button(key="tour_next").click().run()
    assert told(at, key) == []
    assert not at.button(key="tour_start").disabled


def test_it_can_be_left_at_any_step():
    at = home()
    at.button(key="tour_start").click().run()
    at.button(key="tour_next").click().run()
    at.button(key="tour_leave").click().run()
    assert told(at) == []


def test_typing_ends_it_at_its_last_step_and_not_before():
    at = home()
    at.button(key="tour_start").click().run()
    at.text_input[0].set_value("The bat flew out.").run()
    assert told(at) == [tour.STEPS[0]]
    for _ in tour.STEPS[1:]:
        at.button(key="tour_next").click().run()
    assert told(at) == ["box"]
    at.text_input[0].set_value("The bat flew away.").run()
    assert told(at) == []
    assert not at.button(key="tour_start").disabled
