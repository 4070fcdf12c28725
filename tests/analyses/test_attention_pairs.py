"""Two sentences read as one: where they meet, and how much of a head goes across."""

import numpy as np
import pytest
import torch

from lmcore.analyses import attention, attention_pairs
from lmcore.analyses.attention_heads import AttentionQuestion
from lmcore.errors import InputError, UnsupportedError
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.text.words import split


def test_pairs_keep_both_sentences_and_their_segments(loaded):
    bert = loaded["bert"]
    first, second = split("The bank lent money."), split("Nobody paid.")
    pair = bert.read_pair(first, second)
    specials = [place for place, piece in enumerate(pair.pieces) if piece.special]
    assert [pair.pieces[place].text for place in specials] == ["[CLS]", "[SEP]", "[SEP]"]
    assert [w.text for w in pair.sentence.words] == [w.text for w in (*first.words, *second.words)]
    for word in pair.sentence.words:
        assert pair.sentence.text[word.start : word.end] == word.text
    assert pair.word_pieces.any(axis=1).all()
    boundary = {
        (level, hide): attention_pairs._boundary(pair, level, hide)
        for level in ("words", "pieces")
        for hide in (True, False)
    }
    assert boundary["words", True] == len(first)
    assert boundary["words", False] == len(first) + 2
    assert boundary["pieces", False] == specials[1] + 1
    ids = [bert.id_of(piece.text) for piece in pair.pieces]
    segments = [0] * (specials[1] + 1) + [1] * (len(ids) - specials[1] - 1)
    with torch.inference_mode():
        expected = bert.model.bert.embeddings(
            torch.tensor([ids]), token_type_ids=torch.tensor([segments])
        )
    np.testing.assert_allclose(pair.piece_layers[0], expected[0].numpy(), atol=1e-5)


def test_a_pair_that_does_not_fit_is_refused(loaded):
    long = split("word " * 70)
    with pytest.raises(InputError, match="pieces and can read"):
        loaded["bert"].read_pair(long, long)
    with pytest.raises(UnsupportedError):
        loaded["gpt"].read_pair(long, long)


def test_shares_of_a_pair_are_where_the_weight_goes():
    matrix = np.zeros((1, 2, 5, 5))
    matrix[0, 0] = 0.2
    matrix[0, 1, :3, 3:] = 0.5
    matrix[0, 1, 3:, :3] = 1 / 3
    weights = attention.Weights(tuple("abcde"), matrix, ("[SEP]",), np.full((1, 2, 5, 1), 0.25))
    shares = attention_pairs.shares(weights, 3)
    assert shares[0].parts == pytest.approx({"aa": 0.6, "ab": 0.4, "ba": 0.6, "bb": 0.4})
    assert shares[1].parts == pytest.approx({"aa": 0, "ab": 1, "ba": 1, "bb": 0})
    assert [share.special for share in shares] == pytest.approx([0.25, 0.25])
    assert attention_pairs._even(3, 5, "ab") == pytest.approx(0.4)
    assert attention_pairs._even(3, 5, "ba") == pytest.approx(0.6)
    assert [(share.layer, share.head) for share in shares] == [(1, 1), (1, 2)]


def test_the_segment_filter_blanks_everything_else():
    matrix = np.arange(16.0).reshape(4, 4)
    weights = attention.Weights(tuple("abcd"), matrix, (), np.zeros((4, 0)))
    kept = attention_pairs.only(weights, 1, "ba").matrix
    assert (~np.isnan(kept)).sum() == 3
    assert kept[1:, 0].tolist() == matrix[1:, 0].tolist()


def test_the_view_of_a_pair_has_the_shares_of_every_head(loaded):
    bert, texts = loaded["bert"], ("The bank lent money.", "Nobody paid.")
    pair = bert.read_pair(*(split(text) for text in texts))
    for hide in (True, False):
        question = AttentionQuestion(texts, "pieces", hide)
        view = attention_pairs.PAIR.compute(bert, question)
        assert view.first == attention_pairs._boundary(pair, "pieces", hide)
        first = attention_pairs._boundary(pair, "pieces", True)
        hidden = attention.between(pair, pair.attention, "pieces")
        expected = attention_pairs.shares(hidden, first)
        assert view.share(2, 3).parts == pytest.approx(expected[pair.attention.shape[1] + 2].parts)
        assert view.even["ab"] == pytest.approx(1 - first / len(hidden.names))
        across = [share.parts["ab"] + share.parts["ba"] for share in expected]
        best = view.crossing()
        assert best.parts["ab"] + best.parts["ba"] == pytest.approx(max(across))
        assert equal(view, from_json(attention_pairs.PairView, to_json(view)))
