"""Votes for somebody's own uses of a word: agreement with labels, worth, tables, the figure."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lmcore.analyses.nearest_contexts import (
    NEAREST_CONTEXTS,
    NearestContextsView,
    Votes,
    examples,
    neighbours_frame,
    own_places,
    view_of,
    vote,
    votes_frame,
)
from lmcore.analyses.polysemy import POLYSEMY, PolysemyView
from lmcore.analyses.sense_bank import load
from lmcore.analyses.sense_vote import Accuracy, Agreement, agreement, trust
from lmcore.charts import nearest_contexts as charts
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.readers.base import Reader
from lmcore.text.word_uses import Question, ask
from lmcore.text.words import split

ENTRIES = load().of("bank")
GLOSSES = {sense.id: sense.en for sense in load().senses_of("bank")}
RIVER, MONEY = GLOSSES
#: One layer in which the two senses stand at right angles.
VECTORS = np.array([[[1.0, 0.0] if e.sense == RIVER else [0.0, 1.0] for e in ENTRIES]])
QUESTION = ask("bank", "r | a muddy bank\nm | a rich bank\nm | an odd bank")


def voted(targets: list[list[float]], question: Question = QUESTION) -> Votes:
    vectors, count = np.array([targets]), len(targets)
    uses = PolysemyView(
        family="bert",
        layer_names=("layer 0",),
        vectors=vectors,
        similarity=np.ones((1, count, count)),
        baseline=np.array([0.3]),
        plane=np.zeros((1, count, 2)),
        kept=np.array([1.0]),
        notes=((),) * len(question.texts),
    )
    accuracy = Accuracy(np.array([0.9]), 0.5, 20)
    return vote(view_of(question, uses, ENTRIES, VECTORS, accuracy), 0)


def test_the_nearest_vote() -> None:
    votes = voted([[1.0, 0.1], [0.1, 1.0], [1.0, 1.0]])
    assert votes.senses == [RIVER, MONEY, None]  # the third lies in the middle
    assert votes.uses[0].share == pytest.approx(1.0)
    assert np.isnan(votes.uses[2].share)


def test_without_a_vector_nothing_is_voted() -> None:
    votes = voted([[np.nan, np.nan], [0.1, 1.0], [1.0, 0.1]])
    assert votes.senses == [None, MONEY, RIVER]
    assert np.isnan(votes.uses[0].share)
    assert votes.uses[0].total == 0


def test_a_sentence_of_the_bank_does_not_vote_about_itself() -> None:
    text = ENTRIES[3].sentence.text
    assert own_places(split(f"  {text.upper()} "), ENTRIES) == [3]
    assert own_places(split(f"{text} Yes"), ENTRIES) == []
    votes = voted([[1.0, 1.0]] * 2, ask("bank", f"{text}\nan odd bank"))
    assert votes.uses[0].weights[3] == 0
    assert votes.uses[1].weights[3] > 0


def test_every_reader_has_a_view_that_reads_nothing_twice(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    question = QUESTION.unlabelled
    uses = POLYSEMY.compute(reader, question)
    view = NEAREST_CONTEXTS.compute(reader, question)
    assert view.similarity.shape == (len(uses.baseline), len(question.uses), len(ENTRIES))
    assert len(view.accuracy.by_layer) == len(uses.baseline)
    assert equal(from_json(NearestContextsView, to_json(view)), view)
    assert NEAREST_CONTEXTS.after is POLYSEMY
    monkeypatch.setattr(type(reader), "read", None)  # the bank is known by now, and the uses too
    assert equal(NEAREST_CONTEXTS.compute(reader, question, uses), view)


def test_the_first_word_of_the_page_is_an_example_of_both_analyses() -> None:
    assert [example.analysis for example in examples()] == [POLYSEMY, NEAREST_CONTEXTS]
    for example in examples():
        assert load().base(example.questions[0].word) == example.questions[0].word


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
    votes = voted([[1.0, 0.1], [0.1, 1.0], [1.0, 1.0]])
    frame = votes_frame(QUESTION, [votes], GLOSSES)
    assert frame["voted"].tolist()[:2] == [GLOSSES[RIVER], GLOSSES[MONEY]]
    assert frame["label"].tolist() == ["r", "m", "m"]
    assert frame[list(GLOSSES.values())].sum(axis=1).tolist() == pytest.approx([5, 5, 5])
    near = neighbours_frame([votes], 0, ENTRIES, GLOSSES)
    assert set(near["sense"]) == {GLOSSES[RIVER]}
    assert near["vote"].sum() == pytest.approx(5, abs=0.01)
    assert near["cosine"].is_monotonic_decreasing
    assert (near["baseline"] == 0.3).all()


def test_a_table_without_neighbours_keeps_its_columns() -> None:
    votes = voted([[np.nan, np.nan]] * 3)
    near = neighbours_frame([votes], 0, ENTRIES, GLOSSES)
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
