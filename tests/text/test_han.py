"""Chinese characters: traditional ones as simplified, runs as words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmcore.text.han import simplified, words

HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=40)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("後來他學習語言", "后来他学习语言"),
        ("頭髮和發現", "头发和发现"),
        ("ＡＢＣ１２３，", "ABC123，"),
        ("我喜欢吃苹果。", "我喜欢吃苹果。"),
        ("The bank.", "The bank."),
    ],
)
def test_every_character_keeps_its_place(text, expected):
    assert simplified(text) == expected
    assert len(simplified(text)) == len(text)


@given(HAN)
def test_words_are_the_run(run):
    assert "".join(words(run)) == run
    assert len(simplified(run)) == len(run)


def test_traditional_and_simplified_are_cut_alike():
    assert words("計算機科學") == ["計算機", "科學"]
    assert words("计算机科学") == ["计算机", "科学"]


def test_compounds_are_cut_and_set_phrases_are_not():
    assert words("苹果公司") == ["苹果", "公司"]
    assert words("莫名其妙") == ["莫名其妙"]
