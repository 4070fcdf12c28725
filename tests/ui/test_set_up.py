"""What an operator has set wrongly is one sentence on the page, in the visitor's language."""

import os
import subprocess
import sys

import pytest
from streamlit.testing.v1 import AppTest

from docs.browser import ROOT
from lmcore.settings import LANGUAGE, TRAINING, first_language, training_allowed
from lmcore.text.catalogue import catalogue
from tests.ui.app_page import open_page


def page() -> None:
    import streamlit as st

    from pages.ui.startup import set_up

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
    code = "from pages.ui.text import FIRST, language; print(FIRST, language())"
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


@pytest.mark.parametrize(("lang", "code"), [("English", "en"), ("中文", "zh")])
def test_training_that_is_switched_off_is_said_and_cannot_be_asked_for(monkeypatch, lang, code):
    monkeypatch.setenv(TRAINING, "off")
    queue = {"ft:queue": [("anything", None)]}  # from before the server was set so
    at = open_page("finetuning", lang, queue, {"ftd": "bert"})
    assert not at.exception
    assert catalogue()["finetuning.training_off"][code] in [one.value for one in at.info]
    assert not [one for one in at.button if (one.key or "").startswith("ft:")]
    assert catalogue()["finetuning.nothing_yet"][code] not in [one.value for one in at.info]
    assert len(at.get("html")) >= 3, "what each reader gets is shown as ever"


def test_training_is_on_unless_it_is_switched_off(monkeypatch):
    monkeypatch.delenv(TRAINING, raising=False)
    assert training_allowed()
    for value, on in (("on", True), ("", True), ("OFF", False), ("no", False), ("0", False)):
        monkeypatch.setenv(TRAINING, value)
        assert training_allowed() is on, value
