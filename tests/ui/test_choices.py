"""A choice that arrives as a label: chosen in one language while the page turned to the other."""

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

from lmcore.text.examples import SENSES
from pages.sections.lessons import lesson
from pages.sections.masked_word import next_sentence
from pages.ui import inputs, word_uses


def put(text: str) -> None:
    raise AssertionError(text)


CALLBACKS: dict[str, tuple[str, Callable[[], None]]] = {
    "polysemy": (word_uses.SENSES_EXAMPLE, word_uses._load_example),
    "sentence_pair": (next_sentence.EXAMPLE, next_sentence._take_example),
    "lessons": ("lesson_choice", lesson._turn_to_chosen),
    "examples": ("own", lambda: inputs._take("own", "ambiguous", put)),
}


@pytest.mark.parametrize("name", CALLBACKS)
@pytest.mark.parametrize("value", ["1 · Ein Wort", None])
def test_what_is_no_choice_changes_nothing(name: str, value: Any, monkeypatch: pytest.MonkeyPatch):
    key, callback = CALLBACKS[name]
    state = {key: value}
    monkeypatch.setattr(st, "session_state", state)
    callback()
    assert state == {key: value}


def test_a_choice_is_taken(monkeypatch: pytest.MonkeyPatch):
    state = {word_uses.SENSES_EXAMPLE: 1}
    monkeypatch.setattr(st, "session_state", state)
    word_uses._load_example()
    assert state[word_uses.SENTENCES] == SENSES[1].text  # in English
