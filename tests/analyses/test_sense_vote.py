"""Votes of the nearest known uses: counted right, and worth what they are worth."""

import numpy as np
import pytest

from lmcore.analyses.sense_bank import bank_vectors, load
from lmcore.analyses.sense_vote import (
    Accuracy,
    Agreement,
    Nearest,
    agreement,
    leave_one_out,
    nearest,
    trust,
)
from lmcore.outputs.reading import cosine
from lmcore.readers.base import Reader

BANK = load()


def turned(*degrees: float) -> np.ndarray:
    """Vectors at some angles, one layer, ``[1, N, 2]``; lengths differ on purpose."""
    angles = np.radians(degrees)
    lengths = np.arange(1, len(degrees) + 1)
    return (np.stack([np.cos(angles), np.sin(angles)], axis=-1) * lengths[:, None])[None]


def ballot(vectors: np.ndarray, senses: list[str], k: int) -> Nearest:
    """The vote about a use at 0 degrees."""
    return nearest(cosine(turned(0)[0], vectors[0]), senses, k)


def test_the_nearest_sentences_vote() -> None:
    vectors = turned(90, 10, 20, 80, 30)
    vote = ballot(vectors, ["b", "a", "b", "b", "a"], 3)
    assert vote.order.tolist() == [1, 2, 4]
    assert vote.votes == {"b": 1.0, "a": 2.0}
    assert vote.sense == "a"
    assert vote.similarity == pytest.approx(np.cos(np.radians([90, 10, 20, 80, 30])), abs=1e-12)


def test_equal_votes_are_decided_by_the_sum_of_cosines() -> None:
    vote = ballot(turned(30, 5, 28, 25), ["a", "a", "b", "b"], 4)
    assert vote.votes == {"a": 2.0, "b": 2.0}
    assert vote.sense == "a"  # cos 30 + cos 5 > cos 28 + cos 25
    assert vote.leaders == ("a",)
    closer = ballot(turned(40, 5, 10, 20), ["a", "a", "b", "b"], 4)
    assert closer.sense == "b"


def test_sentences_that_are_equally_near_share_the_last_places() -> None:
    vectors = turned(10, 50, 50, 50, 50)
    vote = ballot(vectors, ["a", "a", "b", "b", "b"], 3)
    assert vote.weights == pytest.approx([1, 0.5, 0.5, 0.5, 0.5])
    assert vote.votes == pytest.approx({"a": 1.5, "b": 1.5})
    assert vote.sense == "a"  # the one at 10 degrees has the larger cosine
    assert len(vote.order) == 3


def test_one_vector_for_everything_votes_nothing() -> None:
    vote = ballot(turned(0, 0, 0, 0), ["a", "b", "a", "b"], 3)
    assert vote.sense is None
    assert vote.leaders == ("a", "b")


def test_missing_and_excluded_sentences_do_not_vote() -> None:
    vectors = turned(5, 10, 80)
    vectors[:, 0] = np.nan
    senses = ["b", "b", "a"]
    assert ballot(vectors, senses, 2).votes == {"b": 1.0, "a": 1.0}
    vectors[:, 1] = np.nan
    without = ballot(vectors, senses, 2)
    assert without.sense == "a"
    assert without.order.tolist() == [2]
    nothing = nearest(np.full(3, np.nan), senses)
    assert (nothing.sense, nothing.leaders, len(nothing.order)) == (None, (), 0)


def test_leaving_one_out_measures_every_layer() -> None:
    senses = ["a"] * 4 + ["b"] * 4
    apart = turned(0, 3, 6, 9, 80, 83, 86, 89)
    mixed = turned(0, 40, 0, 40, 0, 40, 0, 40)  # the sense has no part in it
    accuracy = leave_one_out(np.concatenate([apart, mixed]), senses, k=3)
    assert accuracy.by_layer.tolist() == [1.0, 0.5]
    assert (accuracy.majority, accuracy.count) == (0.5, 8)


def test_one_vector_for_everything_is_as_good_as_a_guess() -> None:
    accuracy = leave_one_out(np.ones((1, 6, 3)), ["a", "b", "c"] * 2, k=3)
    assert accuracy.by_layer == pytest.approx([1 / 3])
    assert accuracy.majority == pytest.approx(1 / 3)
    silent = leave_one_out(np.full((2, 4, 3), np.nan), ["a", "a", "a", "b"])
    assert np.isnan(silent.by_layer).all()
    assert (silent.majority, silent.count) == (0.75, 0)


@pytest.mark.parametrize(
    ("groups", "senses", "expected"),
    [
        ([0, 0, 1, 1], ["x", "x", "y", "y"], Agreement(4, 4, 2)),
        ([0, 0, 1, 1], ["y", "y", "x", "x"], Agreement(4, 4, 2)),  # names do not matter
        ([0, 0, 1, 1], ["x", "x", "x", "x"], Agreement(2, 4, 2)),  # one sense is one group
        ([0, 0, 1, 1], ["x", None, "y", "x"], Agreement(2, 4, 2)),
        ([0, 0, 0, 1], [None, None, None, None], Agreement(0, 4, 3)),
        ([0, -1, 1, 2], ["x", "x", "y", "x"], Agreement(2, 3, 1)),  # more labels than senses
        # Taking the largest pair first (0 with x) would find 3 of 7, not 4.
        ([0, 0, 0, 0, 0, 1, 1], ["x", "x", "x", "y", "y", "x", "x"], Agreement(4, 7, 5)),
    ],
)
def test_groupings_are_compared_and_not_names(
    groups: list[int], senses: list[str | None], expected: Agreement
) -> None:
    assert agreement(groups, senses) == expected


@pytest.mark.parametrize("groups", [[], [-1, -1], [0, 0, -1]])
def test_one_label_is_no_grouping(groups: list[int]) -> None:
    assert agreement(groups, ["x"] * len(groups)) is None


@pytest.mark.parametrize(
    ("value", "count", "expected"),
    [
        (1.0, 20, "better"),
        (0.75, 20, "better"),  # 15 or more of 20 coins: 0.021
        (0.7, 20, "chance"),  # 14 or more of 20 coins: 0.058
        (0.5, 20, "none"),
        (0.3, 20, "none"),
        (np.nan, 0, "missing"),
    ],
)
def test_what_a_vote_is_worth(value: float, count: int, expected: str) -> None:
    assert trust(Accuracy(np.array([0.5, value]), 0.5, count), 1) == expected


def test_static_vectors_are_as_good_as_a_guess(loaded: dict[str, Reader]) -> None:
    for word in BANK.words:
        senses = [entry.sense for entry in BANK.of(word)]
        accuracy = leave_one_out(bank_vectors(loaded["static"], word), senses)
        if accuracy.count:
            assert accuracy.by_layer == pytest.approx([accuracy.majority]), word
