"""Votes for somebody's own uses of a word: agreement with labels, worth, tables, the figure."""

import numpy as np
import pytest

from lmcore.analyses.nearest_contexts import (
    NEAREST_CONTEXTS,
    NearestContextsView,
    Votes,
    _view_of,
    examples,
    neighbours_frame,
    own_places,
    vote,
    votes_frame,
)
from lmcore.analyses.polysemy import POLYSEMY, PolysemyView
from lmcore.analyses.sense_bank import load
from lmcore.analyses.sense_vote import Accuracy
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
    return vote(_view_of(question, uses, ENTRIES, VECTORS, accuracy), 0)


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
