"""A choice that arrives as a label: chosen in one language while the page turned to the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st

from lmcore.polysemy_examples import EXAMPLES
from pages._shared import examples, lessons, polysemy, sentence_pair


def put(text: str) -> None:
    raise AssertionError(text)


CALLBACKS: dict[str, tuple[str, Callable[[], None]]] = {
    "polysemy": (polysemy.EXAMPLE, polysemy._load_example),
    "sentence_pair": (sentence_pair.EXAMPLE, sentence_pair._take_example),
    "lessons": ("lesson_choice", lessons._turn_to_chosen),
    "examples": ("own", lambda: examples._take("own", "ambiguous", put)),
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
    state = {polysemy.EXAMPLE: 1}
    monkeypatch.setattr(st, "session_state", state)
    polysemy._load_example()
    assert state[polysemy.SENTENCES] == EXAMPLES[1].text
