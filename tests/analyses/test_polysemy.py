"""A word in several sentences: comparing its vectors, saying what they show."""

import numpy as np
import pytest

from lmcore.analyses.baseline import baseline
from lmcore.analyses.polysemy import (
    POLYSEMY,
    PolysemyView,
    compare,
    judge,
    layers_frame,
    similarity_frame,
    uses_frame,
)
from lmcore.charts import polysemy as charts
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.readers.base import Reader
from lmcore.text.examples import SENSES
from lmcore.text.word_uses import ask
from tests.analyses.made_uses import APART, FOUR, MIXED, ONE, TEXTS, made


def test_separation_is_within_less_between_in_units_of_the_room() -> None:
    _, comparison = made(FOUR, [[[1, 0], [1, 0], [0, 1], [0, 1]]], chance=-0.25)
    assert comparison.within == pytest.approx([1.0])
    assert comparison.between == pytest.approx([0.0])
    assert comparison.overall == pytest.approx([2 / 6])
    assert comparison.score == pytest.approx([1 / 1.25])
    assert comparison.margins[0] == pytest.approx([0.8] * 4)
    assert comparison.placed.tolist() == [True]


def test_pairs_inside_one_sentence_do_not_count() -> None:
    text = "a | bank bank\na | bank\nb | bank\nb | bank"
    _, comparison = made(text, [[[1, 0], [0, 1], [1, 0], [0, 1], [0, 1]]])
    assert comparison.within == pytest.approx([2 / 3])  # 1a–2, 1b–2 and 3–4, but not 1a–1b
    assert comparison.margins[0, 0] == pytest.approx(1.0)


def test_the_vector_of_a_word_of_several_parts_is_their_mean(reader: Reader) -> None:
    question = ask("New York", "He left New York today.\nNew York slept.")
    view = POLYSEMY.compute(reader, question)
    layers = reader.read(question.sentences)[0].layers
    assert np.allclose(view.vectors[:, 0], layers[:, 2:4].mean(axis=1), equal_nan=True, atol=5e-5)
    assert np.isfinite(view.vectors).all()


def test_a_missing_vector_is_left_out() -> None:
    nan = np.nan
    question, comparison = made(FOUR, [[[1, 0], [nan, nan], [0, 1], [0, 1]]])
    assert comparison.within == pytest.approx([1.0])
    assert np.isnan(comparison.margins[0, :2]).all()
    assert np.isnan(comparison.points[0, 1]).all()
    assert not comparison.missing
    charts.plane(question, comparison, 0, 1.0, TEXTS)
    charts.similarity(question, comparison, 0, TEXTS)
    _, none = made(FOUR, [[[nan, nan]] * 4])
    assert judge(none).kind == "missing"


@pytest.mark.parametrize(
    ("text", "scored"),
    [
        ("a | bank\na | bank", False),
        ("a | bank\nb | bank", False),
        ("bank\nbank", False),
        ("a | bank\na | bank\nb | bank", True),
    ],
)
def test_without_two_senses_of_two_sentences_there_is_no_verdict(text: str, scored: bool) -> None:
    vectors = [[1, 0], [1, 0.1], [0, 1]][: text.count("\n") + 1]
    _, comparison = made(text, [vectors])
    assert np.isfinite(comparison.score).all() == scored
    assert judge(comparison).kind == "undefined"
    charts.levels(comparison, 0, TEXTS)
    charts.separation([comparison], TEXTS)


@pytest.mark.parametrize(
    ("layers", "kind", "separating", "astray"),
    [
        ([MIXED, APART, APART], "on", (1, 2), ()),
        ([APART, APART], "on", (0, 1), ()),
        ([ONE, MIXED, APART], "on", (2,), ()),
        ([APART, MIXED, APART], "on", (2,), ()),
        ([APART, MIXED], "only", (0,), (0, 1, 2, 3)),
        ([MIXED, ONE], "never", (), (0, 1, 2, 3)),
        ([ONE, ONE], "same", (), ()),
    ],
)
def test_the_verdict(layers: list, kind: str, separating: tuple, astray: tuple) -> None:
    verdict = judge(made(FOUR, layers)[1])
    assert (verdict.kind, verdict.layers, verdict.astray) == (kind, separating, astray)


def test_only_the_sentence_on_the_wrong_side_is_named() -> None:
    text = "a | bank\na | bank\na | bank\nb | bank\nb | bank"
    _, comparison = made(text, [[[1, 0], [1, 0.1], [0, 1], [0, 1], [0.1, 1]]])
    assert judge(comparison).kind == "never"
    assert judge(comparison).astray == (2,)


def test_every_reader_can_be_compared(reader: Reader) -> None:
    question = ask(SENSES[0].word, SENSES[0].text)
    view = POLYSEMY.compute(reader, question.unlabelled)
    assert equal(from_json(PolysemyView, to_json(view)), view)
    comparison = compare(question, view)
    layers, uses = len(baseline(reader)), len(question.uses)
    assert comparison.similarity.shape == (layers, uses, uses)
    assert comparison.points.shape == (layers, uses, 2)
    assert np.isfinite(comparison.score).all()
    assert np.diagonal(comparison.similarity, axis1=1, axis2=2) == pytest.approx(1.0)


def test_a_reader_of_the_left_side_fails_where_the_clue_comes_after(loaded) -> None:
    example = next(e for e in SENSES if e.clue == "after")
    question = ask(example.word, example.text)
    for reader in loaded.values():
        comparison = compare(question, POLYSEMY.compute(reader, question))
        blind = reader.context in ("left", "none")
        assert (judge(comparison).kind == "same") == blind
        if blind:
            assert comparison.score == pytest.approx(0.0, abs=1e-5)
            assert np.isnan(comparison.kept).all()


def test_static_vectors_are_one_point(loaded) -> None:
    question = ask("bank", FOUR)
    comparison = compare(question, POLYSEMY.compute(loaded["static"], question))
    assert comparison.similarity == pytest.approx(1.0)
    assert comparison.score == pytest.approx([0.0])


def test_a_label_changes_no_vector(loaded) -> None:
    labelled, plain = ask("bank", FOUR), ask("bank", FOUR.replace("a |", "").replace("b |", ""))
    assert labelled.unlabelled == plain.unlabelled
    views = [POLYSEMY.compute(loaded["gpt"], question) for question in (labelled, plain)]
    assert equal(*views)


def test_tables_hold_what_the_pictures_show() -> None:
    question, comparison = made(FOUR, [MIXED, APART], chance=0.25)
    layers = layers_frame([comparison, comparison])
    assert len(layers) == 4
    assert layers["separation"].tolist() == pytest.approx(comparison.score.round(4).tolist() * 2)
    assert layers["baseline"].tolist() == [0.25] * 4
    matrix = similarity_frame(question, comparison, 1)
    assert matrix["cosine 2"].iloc[1] == 1.0
    assert matrix["baseline"].tolist() == [0.25] * 4
    assert uses_frame(question, {"BERT": comparison.margins[1]})["BERT"].min() > 0
