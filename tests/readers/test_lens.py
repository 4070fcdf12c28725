"""The logit lens: its top layer is the reader itself, and every place is the right one."""

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from lmcore.errors import InputError, UnsupportedError
from lmcore.outputs.lens import Lens
from lmcore.readers import logit_lens as module
from lmcore.readers.base import Reader
from lmcore.text.words import Sentence, split
from tests.conftest import HOSTILE

SENTENCE = split("The old bank was closed after the river had flooded the town.")
RARE = split("We saw the zyxwvutqq there.")


def same(one: Lens, other: Lens) -> bool:
    return (
        np.allclose(one.probability, other.probability, rtol=1e-4, equal_nan=True)
        and np.allclose(one.entropy, other.entropy, atol=1e-4)
        and one.target == other.target
        and [[e.text for e in top] for top in one.tops]
        == [[e.text for e in top] for top in other.tops]
    )


@pytest.mark.parametrize("word", [0, 2, 7])
def test_the_top_layer_is_what_the_reader_itself_says(contextual: Reader, word: int) -> None:
    scores = [s.log_probability for s in contextual.score(SENTENCE) if s.word == word]
    found = contextual.lens(SENTENCE, word, 4, "for")
    assert all(own.pieces == 1 for own in found)
    tops = [float(np.log(own.probability[-1])) for own in found]
    assert tops == pytest.approx(scores, abs=1e-3)


def test_numbers_are_those_of_one_softmax_over_the_whole_vocabulary(contextual: Reader) -> None:
    for own in contextual.lens(SENTENCE, 2, 30, "of"):
        layers = len(own.layer_names)
        assert layers == contextual.read([SENTENCE])[0].n_layers
        assert own.layer_names == contextual.read([SENTENCE])[0].layer_names
        assert len(own.tops) == len(own.entropy) == len(own.rank) == layers
        for layer, top in enumerate(own.tops):
            shares = [entry.probability for entry in top]
            assert shares == sorted(shares, reverse=True)
            assert 0 < sum(shares) <= 1 + 1e-9
            assert 0 <= own.entropy[layer] <= np.log(own.size) + 1e-9
            if own.rank[layer] <= len(top):
                entry = top[int(own.rank[layer]) - 1]
                assert entry.text == own.target
                assert entry.probability == pytest.approx(own.probability[layer])


def test_readers_of_one_side_predict_from_the_place_before(loaded: dict[str, Reader]) -> None:
    assert same(
        loaded["gpt"].lens(SENTENCE, 2, 5, "of")[0], loaded["gpt"].lens(SENTENCE, 3, 5, "for")[0]
    )
    forward, backward = loaded["elmo"].lens(SENTENCE, 3, 5, "of")
    assert (forward.part, forward.predicts) == ("forward", "next")
    assert (backward.part, backward.predicts) == ("backward", "previous")
    assert (forward.target, backward.target) == ("closed", "bank")
    assert same(forward, loaded["elmo"].lens(SENTENCE, 4, 5, "for")[0])
    assert same(backward, loaded["elmo"].lens(SENTENCE, 2, 5, "for")[1])


def changed(words: list[tuple[int, str]]) -> Sentence:
    text = [word.text for word in SENTENCE.words]
    for place, other in words:
        text[place] = other
    return split(" ".join(text))


def test_nobody_sees_the_word_that_is_to_be_guessed(contextual: Reader) -> None:
    spaced = changed([])
    other = changed([(2, "house")])
    for one, two in zip(
        contextual.lens(spaced, 2, 5, "for"), contextual.lens(other, 2, 5, "for"), strict=True
    ):
        assert np.allclose(one.entropy, two.entropy, atol=1e-4)
        assert one.target != two.target
    if contextual.context == "both":  # and the word's own vector does depend on it
        one, two = (contextual.lens(s, 2, 5, "of")[0] for s in (spaced, other))
        assert not np.allclose(one.entropy, two.entropy, atol=1e-3)
        assert one.predicts == "itself"


def test_gpt_does_not_see_what_stands_to_the_right(loaded: dict[str, Reader]) -> None:
    one, two = changed([]), changed([(9, "harbour"), (11, "field")])
    assert same(loaded["gpt"].lens(one, 4, 5, "of")[0], loaded["gpt"].lens(two, 4, 5, "of")[0])


def test_a_word_of_several_pieces_is_asked_for_by_its_first(loaded: dict[str, Reader]) -> None:
    for family in ("gpt", "bert"):
        found = loaded[family].lens(RARE, 3, 5, "for")[0]
        own = loaded[family].read([RARE])[0]
        inside = np.flatnonzero(own.word_pieces[3])
        assert found.pieces == len(inside) > 1
        assert found.target is not None
        assert found.target.removesuffix("…") == loaded[family].plain(own.pieces[inside[0]].text)


def test_a_word_outside_the_vocabulary_is_called_unknown(loaded: dict[str, Reader]) -> None:
    for own in loaded["elmo"].lens(RARE, 3, 5, "for"):
        assert not own.known
        assert own.target == "<UNK>"
    assert all(own.known for own in loaded["elmo"].lens(RARE, 2, 5, "for"))


def test_behind_the_last_word_stands_nothing_but_a_mark(loaded: dict[str, Reader]) -> None:
    last = len(SENTENCE) - 1
    gpt = loaded["gpt"].lens(SENTENCE, last, 5, "of")[0]
    assert gpt.target is None
    assert np.isnan(gpt.rank).all()
    assert loaded["elmo"].lens(SENTENCE, last, 5, "of")[0].target == "</S>"
    assert loaded["elmo"].lens(SENTENCE, 0, 5, "of")[1].target == "<S>"


def test_without_a_start_piece_nothing_predicts_the_first_word(loaded: dict[str, Reader]) -> None:
    bare: Any = copy.copy(loaded["gpt"])
    bare.before, bare.spelling = [], replace(bare.spelling, before=())
    assert bare.lens(SENTENCE, 0, 5, "for") == []
    assert len(bare.lens(SENTENCE, 1, 5, "for")) == 1
    assert len(bare.lens(SENTENCE, 0, 5, "of")) == 1


def test_a_final_normalisation_is_for_lower_layers_only(loaded: dict[str, Any]) -> None:
    gpt = loaded["gpt"]
    plain = module.causal(gpt, SENTENCE, 2, 5, "of")[0]
    flat = module.causal(gpt, SENTENCE, 2, 5, "of", norm=torch.zeros_like)[0]
    assert np.allclose(flat.entropy[:-1], np.log(flat.size), atol=1e-4)
    assert flat.entropy[-1] == pytest.approx(plain.entropy[-1])


def test_what_cannot_be_asked_is_refused(loaded: dict[str, Reader], contextual: Reader) -> None:
    for word, k in ((-1, 5), (len(SENTENCE), 5), (0, 0), (0, 51)):
        with pytest.raises(InputError):
            contextual.lens(SENTENCE, word, k)
    with pytest.raises(UnsupportedError):
        loaded["static"].lens(SENTENCE, 0)


@pytest.mark.parametrize("name", [n for n in HOSTILE if n not in ("empty", "blanks", "long")])
def test_any_text_can_be_looked_at(contextual: Reader, name: str) -> None:
    sentence = split(HOSTILE[name])
    for word in {0, len(sentence) - 1}:
        for aim in ("for", "of"):
            for own in contextual.lens(sentence, word, 3, aim):
                assert np.isfinite(own.entropy).all()
