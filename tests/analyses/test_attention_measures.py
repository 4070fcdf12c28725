"""Norm-weighted attention as shares, and how well two measures of influence agree."""

import numpy as np
import pytest

from lmcore.analyses import attention
from lmcore.analyses.attention_flow import _norm_weights, agreement
from lmcore.text.words import split


def test_norms_are_shares_of_what_the_reader_measures(loaded):
    sentence = split("The unbelievably muddy river rose.")
    for family in ("gpt", "bert"):
        reader = loaded[family]
        reading = reader.read([sentence])[0]
        raw = reader.norms(reading)
        shares = _norm_weights(reader, reading, "pieces", False)
        assert shares.matrix.shape[1] == raw.heads.shape[1] + 1
        expected = raw.together[2] / raw.together[2].sum(axis=-1, keepdims=True)
        assert np.nan_to_num(shares.matrix[2, 0]) == pytest.approx(expected, abs=1e-5)
        expected = raw.heads[2, 1] / raw.heads[2, 1].sum(axis=-1, keepdims=True)
        assert np.nan_to_num(shares.matrix[2, 2]) == pytest.approx(expected, abs=1e-5)
        assert shares.specials == ()
        assert shares.names == tuple(piece.text for piece in reading.pieces)
        between_words = _norm_weights(reader, reading, "words", True)
        assert between_words.names == tuple(word.text for word in sentence.words)
        assert np.nansum(between_words.matrix, axis=-1) == pytest.approx(1.0, abs=1e-4)
        assert between_words.specials == tuple(p.text for p in reading.pieces if p.special)
        assert (between_words.hidden > 0).all()


def test_norms_are_not_attention(loaded):
    bert = loaded["bert"]
    reading = bert.read([split("The muddy river rose and rose.")])[0]
    norms = _norm_weights(bert, reading, "words", False).matrix[:, 1:]
    assert (
        np.abs(norms - attention.between(reading, reading.attention, "words", False).matrix).max()
        > 0.05
    )


def test_a_piece_that_two_words_share_is_not_taken_for_a_special_one(loaded):
    bert = loaded["bert"]
    sentence = split("see you\U0001f600 there")
    reading = bert.read([sentence])[0]
    assert (reading.word_pieces.sum(axis=0) > 1).any(), "one unknown piece covers two words"
    weights = _norm_weights(bert, reading, "words", True)
    assert weights.names == tuple(word.text for word in sentence.words)
    assert weights.specials == ("[CLS]", "[SEP]")


def test_agreement_is_spearmans_over_the_pairs_that_can_be_seen():
    random = np.random.default_rng(3)
    first = np.tril(random.random((6, 6)) + 0.01)
    assert agreement(first, first**3).rho == pytest.approx(1.0)
    assert agreement(first, first).pairs == 15
    seen = np.tril(np.ones((6, 6), dtype=bool), -1)
    upside_down = np.where(np.tril(np.ones((6, 6))) > 0, 2 - first, np.nan)
    assert agreement(np.where(first > 0, first, np.nan), upside_down).rho == pytest.approx(-1.0)
    other = np.tril(random.random((6, 6)) + 0.01)
    ranks = [np.argsort(np.argsort(matrix[seen])) for matrix in (first, other)]
    assert agreement(first, other).rho == pytest.approx(np.corrcoef(*ranks)[0, 1])


def test_agreement_of_the_diagonal_does_not_count():
    first, second = np.random.default_rng(0).random((2, 5, 5))
    large = np.eye(5) * 100
    assert agreement(first + large, second + large) == agreement(first, second)
    assert agreement(first, second).pairs == 20
    assert np.isnan(agreement(np.ones((2, 2)), np.ones((2, 2))).rho)
    assert np.isnan(agreement(np.ones((5, 5)), np.ones((5, 5))).rho)
