"""Terms on pages: the first use is a link with its two sentences, and the text stays the same."""

import re

import pytest

from lmcore.text.catalogue import LANGUAGES, catalogue
from lmcore.text.glossary import load
from pages.ui.glossary import link, marked
from tests.ui.app_page import open_page, texts_of

LINK = re.compile(
    r'\[((?:[^\]\\]|\\.)*)\]\(glossary\?term=([a-z0-9-]+)(&lang=\w+)? "((?:[^"\\]|\\.)*)"\)'
)
TEXTS = [key for key in catalogue() if key.endswith((".how", ".question"))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", TEXTS)
def test_a_text_reads_as_before(key: str, language: str):
    text = catalogue()[key][language]
    shown = marked(text, language)
    assert LINK.sub(r"\1", shown).replace("\\", "") == text.replace("\\", "")
    names = [match[2] for match in LINK.finditer(shown)]
    assert len(set(names)) == len(names), "the first use only"


def test_the_link_tells_the_two_sentences_and_the_language():
    term = load()["attention"]
    assert marked("Attention and attention", "en") == (
        f'[Attention](glossary?term=attention "{term.wording["en"].text}") and attention'
    )
    assert "term=attention&lang=zh" in link(term, "注意力", "zh")


def test_emphasis_goes_into_the_link_or_the_word_stays_as_it_is():
    assert marked("**BERT** reads", "en").startswith("[**BERT**](")
    assert marked("看**没有注意力**的", "zh") == "看**没有注意力**的"


@pytest.mark.parametrize("language", ["English", "中文"])
def test_pages_mark_their_question_and_how_to_read_them(language: str):
    at = open_page("lessons", language)
    names = [match[2] for match in LINK.finditer(texts_of(at, "markdown"))]
    assert {"word2vec", "elmo", "gpt", "bert"} <= set(names)


def test_what_somebody_types_is_never_marked():
    at = open_page("glossary", address={"q": "attention zzz"})
    assert "“attention zzz”" in texts_of(at, "info")
    assert not LINK.search(texts_of(at, "info"))
