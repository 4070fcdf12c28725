"""Whatever Unicode a visitor types: every reader reads it, and every word has a vector."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lmcore.text.words import split

#: Every category but lone surrogates, which are refused when a text is split.
TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)


@given(TEXT)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_every_word_has_a_vector(loaded, text):
    sentence = split(text)
    if not sentence.words:
        return
    for family, reader in loaded.items():
        reading = reader.read([sentence])[0]
        assert reading.word_pieces.any(axis=1).all(), family
        if family != "static":
            assert np.isfinite(reading.layers).all(), family
        assert all(0 <= note.word < len(sentence) for note in reading.notes)


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        (
            "Inter\u00adnational co\u00adoperation was remark\u00adable.",
            "International cooperation was remarkable.",
        ),
        ("She\u200bsat on\u2060to the wa\u200cll.", "She sat onto the wall."),
        ("I don’t know the bank’s name.", "I don't know the bank's name."),
    ],
)
def test_what_nobody_sees_changes_no_number(loaded, typed, plain):
    for family in ("elmo", "gpt", "bert"):
        scores = [
            [score.log_probability for score in loaded[family].score(split(text))]
            for text in (typed, plain)
        ]
        assert scores[0] == pytest.approx(scores[1], abs=1e-6), family
    notes = loaded["bert"].read([split(typed)])[0].notes
    assert any(note.kind == "normalised" for note in notes), "and it is said at the word"


def test_a_word_asked_for_with_another_apostrophe_is_the_same_word(loaded):
    """“don’t” was “not in the vocabulary” of the reader that put it first."""
    sentence = split("I don’t know what to do.")
    for answer in loaded["elmo"].fill_blanks(sentence, [1]).marginal[0]:
        assert answer.of("don’t") == answer.of("don't") is not None
    for family in ("gpt", "bert"):  # which write it in several pieces
        spelt = [
            loaded[family].log_probability_of_word(sentence, [1], 0, word)
            for word in ("don’t", "don't")
        ]
        assert spelt[0]
        assert spelt[0] == pytest.approx(spelt[1]), family
