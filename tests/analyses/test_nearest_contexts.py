"""Votes for somebody's own uses of a word: agreement with labels, worth, tables, the figure."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lmcore.analyses.nearest_contexts import (
    Agreement,
    Votes,
    agreement,
    neighbours_frame,
    own_places,
    share,
    trust,
    vote,
    votes_frame,
)
from lmcore.analyses.sense_bank import load
from lmcore.analyses.sense_vote import Accuracy
from lmcore.charts import nearest_contexts as charts
from lmcore.text.word_uses import ask
from lmcore.text.words import split

ENTRIES = load().of("bank")
GLOSSES = {sense.id: sense.en for sense in load().senses_of("bank")}
RIVER, MONEY = GLOSSES
#: One layer in which the two senses stand at right angles.
VECTORS = np.array([[[1.0, 0.0] if e.sense == RIVER else [0.0, 1.0] for e in ENTRIES]])
QUESTION = ask("bank", "r | a muddy bank\nm | a rich bank\nm | an odd bank")


def voted(targets: list[list[float]]) -> Votes:
    found = vote(QUESTION, np.array([targets]), VECTORS, ENTRIES, 0)
    return Votes("bert", 0, 0.3, found, Accuracy(np.array([0.9]), 0.5, 20))


def test_the_nearest_vote() -> None:
    own = voted([[1.0, 0.1], [0.1, 1.0], [1.0, 1.0]])
    assert own.senses == [RIVER, MONEY, None]  # the third lies in the middle
    assert share(own.found[0]) == pytest.approx(1.0)
    assert np.isnan(share(own.found[2]))


def test_without_a_vector_nothing_is_voted() -> None:
    own = voted([[np.nan, np.nan], [0.1, 1.0], [1.0, 0.1]])
    assert own.senses == [None, MONEY, RIVER]
    assert np.isnan(share(own.found[0]))


def test_a_sentence_of_the_bank_does_not_vote_about_itself() -> None:
    text = ENTRIES[3].sentence.text
    assert own_places(split(f"  {text.upper()} "), ENTRIES) == (3,)
    assert own_places(split(f"{text} Yes"), ENTRIES) == ()
    question = ask("bank", f"{text}\nan odd bank")
    found = vote(question, np.ones((1, 2, 2)), VECTORS, ENTRIES, 0)
    assert found[0].weights[3] == 0
    assert found[1].weights[3] > 0


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


def test_the_tables_hold_what_was_voted() -> None:
    own = voted([[1.0, 0.1], [0.1, 1.0], [1.0, 1.0]])
    frame = votes_frame(QUESTION, [own], GLOSSES)
    assert frame["voted"].tolist()[:2] == [GLOSSES[RIVER], GLOSSES[MONEY]]
    assert frame["label"].tolist() == ["r", "m", "m"]
    assert frame[list(GLOSSES.values())].sum(axis=1).tolist() == pytest.approx([5, 5, 5])
    near = neighbours_frame([own], 0, ENTRIES, GLOSSES)
    assert set(near["sense"]) == {GLOSSES[RIVER]}
    assert near["vote"].sum() == pytest.approx(5, abs=0.01)
    assert near["cosine"].is_monotonic_decreasing
    assert (near["baseline"] == 0.3).all()


def test_a_table_without_neighbours_keeps_its_columns() -> None:
    own = voted([[np.nan, np.nan]] * 3)
    near = neighbours_frame([own], 0, ENTRIES, GLOSSES)
    assert near.empty
    assert "cosine" in near.columns


def test_the_figure_stacks_the_votes_and_escapes_names() -> None:
    counts = [{RIVER: 4.0, MONEY: 1.0}, {RIVER: 0.0, MONEY: 0.0}]
    figure = charts.votes(["1 · <b>r</b>", "2 · $x$"], counts, GLOSSES, {"votes": "votes"})
    assert [list(bar.x) for bar in figure.data] == [[4.0, 0.0], [1.0, 0.0]]
    assert len({bar.marker.color for bar in figure.data}) == 2
    assert len({bar.marker.pattern.shape for bar in figure.data}) == 2
    spec = json.dumps(json.loads(figure.to_json()))
    assert "<b>" not in spec
    assert "$x$" not in spec
