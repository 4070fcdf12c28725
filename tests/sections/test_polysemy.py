"""The Polysemy page: what is shown, and what is said where something cannot be shown."""

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.text.catalogue import catalogue
from lmcore.text.examples import SENSES
from pages.ui.text import md
from tests.conftest import HOSTILE
from tests.ui.app_page import open_page, texts_of


def open_polysemy(
    word: str | None = None, text: str | None = None, lang: str = "English"
) -> AppTest:
    typed = {"pw": word, "ps": text}
    address = {name: value for name, value in typed.items() if value is not None}
    return open_page("polysemy", lang, address=address)


def specs(at: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in charts_of(at)]


def charts_of(at: AppTest) -> list[Any]:
    """The charts of this page; those of its nearest contexts are tested with them."""
    charts = at.get("plotly_chart")
    return [chart for chart in charts if "-nearest-contexts-" not in chart.proto.id]


def sentences_of(at: AppTest) -> str:
    return texts_of(at, "info", "caption", "error")


def test_it_opens_with_an_example_and_a_finding() -> None:
    at = open_polysemy()
    assert not at.exception
    assert not at.error
    assert at.text_input(key="pw").value == SENSES[0].word
    assert at.text_area(key="ps").value == SENSES[0].text
    assert at.selectbox[0].value == 0
    assert len(at.info) == 2  # the other is that of the nearest contexts
    for reader in ("ELMo", "GPT", "BERT", "word2vec"):
        assert reader in at.info[0].value
    # one chart for all readers; matrix, map and levels for three; matrix and map for static vectors
    assert len(charts_of(at)) == 1 + 3 * 3 + 2
    assert all(chart.proto.alt for chart in at.get("plotly_chart"))
    assert "sentences 3 and 6" in sentences_of(at)  # GPT has one vector for both: they begin alike
    size = sum(len(chart.proto.spec) for chart in at.get("plotly_chart"))
    assert size < 500_000


def test_a_layer_is_chosen_for_each_reader_without_reading_again() -> None:
    at = open_polysemy()
    before = specs(at)
    at.slider(key="p_bert").set_value(1).run()
    assert not at.exception
    after = specs(at)
    changed = [i for i, (a, b) in enumerate(zip(before, after, strict=True)) if a != b]
    assert changed == [2, 8, 9]  # BERT's three pictures and nobody else's


def test_an_example_replaces_word_and_sentences() -> None:
    at = open_polysemy()
    number = next(i for i, e in enumerate(SENSES) if e.clue == "after")
    at.selectbox[0].set_value(number).run()
    assert not at.exception
    assert at.text_input(key="pw").value == SENSES[number].word
    assert "GPT** cannot" in at.info[0].value


def test_own_sentences_are_no_example() -> None:
    at = open_polysemy("crane", "a | A crane\na | Old crane\nb | The crane\nb | New cranes")
    assert not at.exception
    assert at.selectbox[0].value is None
    assert "cranes" in sentences_of(at)  # which form was found where


def test_any_inflected_form_is_found_and_named() -> None:
    at = open_polysemy(
        "rings", "a | The bell rang twice.\na | Bells ring.\nb | A gold ring.\nb | Two rings"
    )
    assert not at.exception
    text = sentences_of(at)
    assert "“rang” (irregular past or participle) in sentence 1" in text
    assert "“ring” (base form) in sentences 2 and 3" in text


@pytest.mark.parametrize("clue", ["after", "before", "both"])
def test_every_scene_stands_and_says_where_a_reader_of_the_left_side_must_fail(clue: str) -> None:
    scenes = [example for example in SENSES if example.clue == clue]
    assert scenes
    at = open_polysemy(scenes[0].word, scenes[0].text)
    assert not at.exception
    assert not at.error
    # Only where all sentences begin alike has GPT one vector for different senses.
    assert ("one and the same vector for them" in sentences_of(at)) == (clue == "after")


def test_without_labels_groups_are_suggested_and_called_a_guess() -> None:
    plain = "\n".join(line.split(" | ")[1] for line in SENSES[0].text.split("\n"))
    at = open_polysemy(SENSES[0].word, plain)
    assert not at.exception
    assert "guess" in sentences_of(at)
    assert "A, B" in at.info[0].value


@pytest.mark.parametrize("text", ["a | The bank\nb | My bank", "The bank\nMy bank"])
def test_two_sentences_are_compared_without_a_verdict(text: str) -> None:
    at = open_polysemy("bank", text)
    assert not at.exception
    assert "unrelated words" in at.info[0].value
    assert "two senses with two sentences each" in sentences_of(at)


def test_a_word_a_reader_does_not_know_is_sentences_of() -> None:
    at = open_polysemy("qwzxv", "a | One qwzxv\na | my qwzxv\nb | the qwzxv\nb | old qwzxv")
    assert not at.exception
    assert "word2vec** does not know the word" in at.info[0].value
    assert "is split into" in sentences_of(at)


@pytest.mark.parametrize(
    ("word", "text", "code"),
    [
        ("", "bank\nbank", "word_empty"),
        ("two words", "bank\nbank", "word_not_found"),
        ("bank", "only one bank", "too_few_sentences"),
        ("bank", "bank\n" * 13, "too_many_sentences"),
        ("bank", "a bank\na river", "word_not_found"),
        ("bank", "bank\n" + "bank " * 5_000, "sentence_too_many_characters"),
    ],
)
@pytest.mark.parametrize("lang", ["English", "中文"])
def test_bad_input_is_one_sentence(word: str, text: str, code: str, lang: str) -> None:
    at = open_polysemy(lang=lang)
    at.text_input(key="pw").set_value(word)
    at.text_area(key="ps").set_value(text)
    at.button[0].click().run()
    assert not at.exception
    assert len(at.error) == 1
    assert not at.info
    template = catalogue()[f"error.{code}"]["zh" if lang == "中文" else "en"]
    for part in re.split(r"\{\w+\}", template):
        assert md(part) in at.error[0].value


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("New York", "a | He left New York.\na | New York slept.\nb | Big New York!\nb | New York"),
        ("e-mail", "My e-mail is late.\nShe read each e-mail."),
        ("苹果", "我吃苹果。\n苹果公司很大。"),
    ],
)
def test_a_word_of_several_parts_is_compared(word: str, text: str) -> None:
    at = open_polysemy(word, text)
    assert not at.exception
    assert not at.error
    assert any(word in info.value.replace("\\", "") for info in at.info)


@pytest.mark.parametrize("name", [n for n, text in HOSTILE.items() if text.strip() and n != "long"])
def test_hostile_text_is_shown_as_text(name: str) -> None:
    line = " ".join(HOSTILE[name].split("\n"))
    at = open_polysemy(
        "bank", f"x | bank {line}\nx | bank {line} bank\ny | the bank\ny | {line} bank"
    )
    assert not at.exception
    for spec in specs(at):
        text = json.dumps(spec, ensure_ascii=False)
        assert "<b>" not in text
        assert "<script" not in text
    assert "<script" not in sentences_of(at)


def test_chinese_and_english_show_the_same_pictures() -> None:
    chinese = open_polysemy(lang="中文")
    assert not chinese.exception
    assert chinese.title[0].value == "一词多义"
    assert len(charts_of(chinese)) == 12


def test_the_senses_of_an_example_are_called_in_the_language_of_the_page():
    at = open_page("polysemy", "中文")
    assert at.text_area(key="ps").value.startswith("细胞 | The nucleus")
    assert "细胞、监狱" in texts_of(at, "info")
    assert "ps" not in at.query_params, "what anybody sees at first is no part of a link"
    at.session_state["lang"] = "English"
    at.run()
    assert at.text_area(key="ps").value.startswith("living | The nucleus")
    assert "ps" not in at.query_params
