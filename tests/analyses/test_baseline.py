"""The baseline: how alike unrelated words are in each layer."""

import numpy as np
import pytest

from lmcore.analyses.baseline import baseline, chance, of_readings, per_reader
from lmcore.outputs.reading import Reading
from lmcore.readers.base import Reader
from lmcore.text.examples import UNRELATED
from lmcore.text.words import split


def made(text: str, layers: np.ndarray) -> Reading:
    """A reading with vectors made by hand, ``[L + 1, W, D]``."""
    sentence = split(text)
    return Reading(
        family="made",
        sentence=sentence,
        pieces=(),
        word_pieces=np.eye(len(sentence), dtype=bool),
        layers=layers,
        piece_layers=layers,
        attention=None,
        layer_names=tuple(f"layer {layer}" for layer in range(len(layers))),
    )


def test_only_different_words_of_different_sentences_are_compared() -> None:
    # "Red" meets "red" (same word) and "big" (same sentence): neither pair counts.
    x, y = [1.0, 0.0], [0.0, 1.0]
    first = made("red big", np.array([[x, x]]))
    second = made("Red sea", np.array([[x, y]]))
    # red–sea 0, big–Red 1, big–sea 0
    unrelated = of_readings([first, second])
    assert unrelated.pairs == 3
    assert unrelated.mean == pytest.approx([1 / 3])
    assert unrelated.deviation == pytest.approx([np.std([0, 1, 0])])


def test_each_layer_has_its_own_number() -> None:
    first = made("red", np.array([[[1.0, 0.0]], [[1.0, 1.0]]]))
    second = made("sea", np.array([[[0.0, 2.0]], [[3.0, 3.0]]]))
    assert of_readings([first, second]).mean == pytest.approx([0.0, 1.0])


def test_words_without_a_vector_and_signs_are_skipped() -> None:
    x, missing, zero = [1.0, 0.0], [np.nan, np.nan], [0.0, 0.0]
    first = made("red blue !", np.array([[x, missing, x]]))
    second = made("sea sky", np.array([[x, zero]]))
    unrelated = of_readings([first, second])
    assert unrelated.pairs == 1
    assert unrelated.mean == pytest.approx([1.0])


def test_nothing_to_compare_is_not_a_number() -> None:
    alone = made("red", np.array([[[1.0, 0.0]], [[1.0, 0.0]]]))
    assert np.isnan(of_readings([alone]).mean).all()
    assert of_readings([alone]).mean.shape == (2,)
    signs = made("!", np.array([[[1.0, 0.0]]]))
    assert of_readings([signs, signs]).pairs == 0


def test_the_sentences_are_many_and_all_different() -> None:
    assert len(UNRELATED) == len(set(UNRELATED)) == 40


def test_a_reader_has_one_finite_number_for_each_layer(reader: Reader) -> None:
    unrelated = chance(reader)
    layers = reader.read([split("A bank.")])[0].n_layers
    assert unrelated.mean.shape == unrelated.deviation.shape == unrelated.high.shape == (layers,)
    assert np.isfinite(unrelated.mean).all()
    assert (np.abs(unrelated.mean) <= 1).all()
    assert (unrelated.high >= unrelated.mean).all()
    assert unrelated.pairs > 10_000
    assert np.array_equal(baseline(reader), unrelated.mean)  # the same bits each time


def test_what_follows_from_a_reader_alone_is_kept_as_long_as_the_reader() -> None:
    class Other:
        pass

    calls: list[int] = []

    @per_reader
    def number(reader: Reader) -> int:
        calls.append(id(reader))
        return len(calls)

    first, second = Other(), Other()
    assert [number(r) for r in (first, second, first, second)] == [1, 2, 1, 2]  # type: ignore[arg-type]
    del first
    assert number(Other()) == 3  # type: ignore[arg-type]
