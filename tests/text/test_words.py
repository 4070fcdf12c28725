"""Words and their character spans."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lmcore.errors import InputError
from lmcore.text.words import (
    MAX_CHARACTERS,
    MAX_WORDS,
    align,
    checked,
    fold,
    plain,
    readable,
    split,
    words_of,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The cat sat.", ["The", "cat", "sat", "."]),
        ("don't it’s O'Neill's", ["don't", "it’s", "O'Neill's"]),
        ("state-of-the-art", ["state", "-", "of", "-", "the", "-", "art"]),
        ("3.14 and 1,000,000", ["3.14", "and", "1,000,000"]),
        ("Wait... no -- yes", ["Wait", "...", "no", "--", "yes"]),
        ("café cafe\u0301", ["café", "cafe\u0301"]),
        ("我爱你们", ["我", "爱", "你们"]),
        ("苹果公司发布了新手机。", ["苹果", "公司", "发布", "了", "新手机", "。"]),
        ("我喜欢吃苹 果", ["我", "喜欢", "吃", "苹", "果"]),
        ("我__了iPhone 15", ["我", "__", "了", "iPhone", "15"]),
        ("他一心一意學習", ["他", "一心一意", "學習"]),
        ("hi😀 👩‍👩‍👧!", ["hi", "😀", "👩‍👩‍👧", "!"]),
        ("The ___ is red", ["The", "___", "is", "red"]),
        ("نهر طويل", ["نهر", "طويل"]),
        ("नमस्ते", ["नमस्ते"]),
        ("a<b", ["a", "<", "b"]),
    ],
)
def test_split(text, expected):
    sentence = split(text)
    assert [word.text for word in sentence.words] == expected
    assert words_of(text) == expected


@given(st.text())
@settings(max_examples=300, deadline=None)
def test_spans_are_those_of_the_original(text):
    if any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        with pytest.raises(InputError):
            split(text)
        return
    sentence = split(text)
    previous = 0
    for word in sentence.words:
        assert text[word.start : word.end] == word.text
        assert word.start >= previous
        previous = word.end
    covered = {i for w in sentence.words for i in range(w.start, w.end)}
    covered |= {i for a, b in sentence.ignored for i in range(a, b)}
    assert all(text[i].isspace() for i in range(len(text)) if i not in covered)


def test_plain_form():
    assert plain("don’t") == "don't"
    assert plain("“Jose\u0301”") == '"Jos\u00e9"'
    assert plain("naïve") == "naïve"


def test_new_emoji_are_words():
    assert [word.text for word in split("I am 🫨 now").words] == ["I", "am", "🫨", "now"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "text_empty"),
        (" \n\t", "text_empty"),
        ("\u200b\x07", "text_no_words"),
        ("word " * (MAX_WORDS + 1), "text_too_long"),
        ("x" * (MAX_CHARACTERS + 1), "text_too_many_characters"),
    ],
)
def test_checked_says_what_is_wrong(text, code):
    with pytest.raises(InputError) as caught:
        checked(text)
    assert caught.value.code == code


def test_align_by_offsets():
    sentence = split("Hello😀 you")
    # A piece over "Hello😀" belongs to both words, a special position to none.
    word_pieces = align(sentence.words, [None, (0, 6), (7, 9), (9, 10), None])
    expected = np.array([[0, 1, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 1, 0]], dtype=bool)
    np.testing.assert_array_equal(word_pieces, expected)


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("don’t", "don't"),
        ("Bank’s", "bank's"),
        ("cafe\u0301", "café"),
        ("co\u00adoperation", "cooperation"),
        ("on\u2060to", "onto"),
        ("na\u200dive", "naive"),
    ],
)
def test_two_spellings_that_readers_read_alike_are_one_word(typed: str, same: str):
    assert fold(typed) == fold(same)
    assert [word.text for word in split(f"A {typed} word").words] == ["A", typed, "word"]


def test_a_zero_width_space_parts_words_and_an_emoji_keeps_its_joiners():
    sentence = split("She\u200bsat 👩‍👩‍👧 here")
    assert [word.text for word in sentence.words] == ["She", "sat", "👩‍👩‍👧", "here"]
    text, places = readable(sentence)
    assert text == "She sat 👩‍👩‍👧 here"
    assert places == list(range(len(sentence.text)))


def test_a_stretch_can_stand_apart():
    text = "他打电话"
    assert [word.text for word in split(text).words] == ["他", "打电话"]
    assert [word.text for word in split(text, apart=[(1, 2)]).words] == ["他", "打", "电话"]
    assert [word.text for word in split("a bank", apart=[(2, 4)]).words] == ["a", "ba", "nk"]
