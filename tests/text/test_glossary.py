"""The glossary: complete in both languages, every term in its two sentences, found in texts."""

import re

import pytest

from lmcore.text.catalogue import LANGUAGES, catalogue
from lmcore.text.glossary import THEMES, by_letter, load, mentioned, pattern, search

TERMS = load().values()


def names_in(text: str, language: str = "en") -> list[str]:
    return [term.name for term in mentioned(text, language)]


def test_there_are_many_terms_in_all_themes():
    assert len(TERMS) >= 40
    assert {term.theme for term in TERMS} == set(THEMES)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) for name in load())


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_every_term_has_two_sentences_and_an_example_in_every_language(term):
    assert term.wording.keys() == LANGUAGES.keys()
    for key, ends in (("en", r"[.!?](?=\s|$)"), ("zh", "[。！？]")):
        wording = term.wording[key]
        assert len(re.findall(ends, wording.text)) == 2, wording.text
        assert len(wording.example) > 8
        assert wording.order[0].isascii(), "sorted by a Latin letter"
    assert re.search("[\u4e00-\u9fff]", term.wording["zh"].text)
    assert not re.search("[\u4e00-\u9fff]", term.wording["en"].text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_form_means_two_terms(language: str):
    forms = [form.casefold() for term in TERMS for form in term.wording[language].forms]
    assert len(set(forms)) == len(forms)


def test_terms_are_found_in_the_plural_and_the_longest_wins():
    assert names_in("Heads share out attention weights.") == ["head", "attention-weight"]
    assert names_in("Rare entries, boxes of probabilities") == ["probability"]
    assert names_in("累积注意力与注意力", "zh") == ["rollout", "attention"]


def test_a_part_of_a_word_is_no_term():
    assert names_in("He headed for the masked ball, insensed.") == []
    assert names_in("forehead, GPTs") == ["gpt"]


def test_code_formulas_and_links_are_stepped_over():
    assert names_in("`head` $head$ [head](x) layer") == ["layer"]


def test_escaped_signs_are_understood():
    assert [m["form"] for m in pattern("en").finditer(r"at \[CLS\]")] == [r"\[CLS\]"]
    assert names_in(r"at \[CLS\] pre\-training") == ["special", "pre-training"]


def test_search_knows_both_languages_and_prefers_names():
    assert search("注意力", "en")[0].name in {"attention", "attention-weight", "head", "rollout"}
    assert search("PERPLEX", "zh")[0].name == "perplexity"
    assert "influence" in [term.name for term in search("fair comparison", "en")]
    assert search("no such thing", "en") == ()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_stands_under_its_letter_once(language: str):
    listed = [term.name for terms in by_letter(language).values() for term in terms]
    assert sorted(listed) == sorted(load())
    assert list(by_letter(language)) == sorted(by_letter(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_pages_say_uses_many_terms_of_the_glossary(language: str):
    texts = [text[language] for key, text in catalogue().items() if key.endswith(".how")]
    assert len(names_in(" ".join(texts), language)) > 20
