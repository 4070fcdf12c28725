"""What an operator has set wrongly is one sentence on the page, in the visitor's language."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.configuration import LANGUAGE, first_language
from tests.pages.conftest import ROOT


def page() -> None:
    import streamlit as st

    from pages._shared import set_up

    set_up.check()
    st.title("served")


def run(language: str) -> AppTest:
    at = AppTest.from_function(page, default_timeout=60)
    at.session_state["lang"] = language
    return at.run()


def test_what_is_right_is_served():
    at = run("English")
    assert [title.value for title in at.title] == ["served"]
    assert len(at.error) == 0


@pytest.mark.parametrize(("language", "word"), [("English", "whole number"), ("中文", "整数")])
def test_what_is_wrong_stops_everything(monkeypatch, language, word):
    monkeypatch.setenv("THREE_READERS_MAX_WORDS", "<b>many</b>")
    at = run(language)
    assert not at.exception
    assert len(at.title) == 0
    (error,) = at.error
    assert word in error.value
    assert "<b>" not in error.value, "escaped like everything that somebody else wrote"


def test_the_operators_language_is_the_first():
    code = "from pages._shared.text import FIRST, language; print(FIRST, language())"
    for value, told in (("zh", "中文 zh"), ("", "English en"), ("xx", "English en")):
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT, env=os.environ | {LANGUAGE: value, "PYTHONIOENCODING": "utf8"},
            capture_output=True, encoding="utf8", check=True,
        )  # fmt: skip
        assert done.stdout.strip().splitlines()[-1] == told


def test_a_wrong_language_does_not_stop_imports(monkeypatch):
    monkeypatch.setenv(LANGUAGE, "fr")
    assert first_language() == "en"
