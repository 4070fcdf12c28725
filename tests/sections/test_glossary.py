"""The Glossary page: a theme, all letters, a search, and the term of a link."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.text.catalogue import catalogue
from lmcore.text.glossary import THEMES, load
from tests.ui.app_page import open_page, texts_of


def listed(at: AppTest) -> list[str]:
    """Names of the terms that stand on the page, in order."""
    assert not at.exception
    return re.findall(r"^##### .*?\(glossary\?term=([a-z0-9-]+)", texts_of(at, "markdown"), re.M)


def test_it_opens_with_one_theme():
    names = [name for name, term in load().items() if term.theme == THEMES[0]]
    assert listed(open_page("glossary")) == names


@pytest.mark.parametrize("language", ["English", "中文"])
def test_all_terms_stand_under_their_letters(language: str):
    at = open_page("glossary", language, address={"terms": "letters"})
    assert sorted(listed(at)) == sorted(load())
    assert at.subheader[0].value == "A" if language == "English" else at.subheader[0].value == "B"


def test_a_link_shows_its_term_first_with_text_and_example():
    at = open_page("glossary", address={"term": "logit-lens", "lang": "English"})
    assert listed(at)[0] == "logit-lens"
    wording = load()["logit-lens"].wording["en"]
    assert wording.text in texts_of(at, "markdown")
    assert wording.example in texts_of(at, "markdown")


def test_a_search_finds_terms_and_says_where_there_is_none():
    at = open_page("glossary")
    at.text_input[0].set_value("困惑度").run()
    assert listed(at)[0] == "perplexity"
    at.text_input[0].set_value("<b>*zzz*").run()
    assert listed(at) == []
    assert "“<b>*zzz*”" in texts_of(at, "info")


def test_a_term_that_is_not_there_is_told():
    at = open_page("glossary", address={"term": "nonsense"})
    assert "nonsense" in texts_of(at, "warning")


def test_its_questions_stand_in_both_languages():
    at = open_page("glossary", "中文")
    assert catalogue()["glossary.question"]["zh"] in texts_of(at, "markdown")
