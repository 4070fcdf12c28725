"""A word in several sentences: finding it, comparing its vectors, saying what they show."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lmcore.analyses.baseline import baseline
from lmcore.analyses.clustering import grouped, suggest
from lmcore.analyses.polysemy import (
    POLYSEMY,
    Comparison,
    PolysemyView,
    compare,
    judge,
    layers_frame,
    similarity_frame,
    uses_frame,
    view_of,
)
from lmcore.analyses.projection import project, turn
from lmcore.charts import polysemy as charts
from lmcore.charts import theme
from lmcore.errors import InputError
from lmcore.outputs.reading import Reading, cosine_matrix
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.readers.base import Reader
from lmcore.text.examples import SENSES
from lmcore.text.inflections import forms
from lmcore.text.word_uses import MAX_USES, Question, alike_so_far, ask

TEXTS = dict.fromkeys(
    ["baseline", "identical", "unlabelled", "within", "between", "overall", "cosine"], "text"
) | {"layer": "Layer", "score": "separation"}
FOUR = "a | red bank\na | blue bank\nb | old bank\nb | new bank"


def readings(question: Question, vectors: np.ndarray) -> list[Reading]:
    """Readings in which the uses of the word have these vectors ``[L + 1, N, D]``; others NaN."""
    made = []
    for number, sentence in enumerate(question.sentences):
        layers = np.full((len(vectors), len(sentence), vectors.shape[-1]), np.nan)
        for use, place in enumerate(question.uses):
            if place.sentence == number:
                layers[:, place.position] = vectors[:, use]
        made.append(
            Reading(
                family="bert",
                sentence=sentence,
                pieces=(),
                word_pieces=np.eye(len(sentence), dtype=bool),
                layers=layers,
                piece_layers=layers,
                attention=None,
                layer_names=tuple(f"layer {layer}" for layer in range(len(layers))),
            )
        )
    return made


def made(text: str, vectors: list, chance: float = 0.0) -> tuple[Question, Comparison]:
    question = ask("bank", text)
    array = np.array(vectors, dtype=float)
    view = view_of(question, readings(question, array), np.full(len(array), chance))
    return question, compare(question, view)


# ---- what is asked ---------------------------------------------------------------------------


def test_labels_and_sentences_are_taken_apart() -> None:
    question = ask(" Bank ", "river | The bank\n\nmoney｜A BANK | b\r\nRiver | bank\nthe bank")
    assert [u.sense for u in question.uses] == ["river", "money", "river", None]
    assert question.texts == ("The bank", "A BANK | b", "bank", "the bank")
    assert question.senses == ("river", "money")
    assert question.groups.tolist() == [0, 1, 0, -1]
    assert question.order == [0, 2, 1, 3]


def test_a_long_first_part_is_no_label() -> None:
    line = "We saw the bank and the river and then | nothing"
    assert ask("bank", f"{line}\n{line}").texts == (line, line)


def test_a_bar_with_nothing_after_it_is_no_label() -> None:
    assert ask("bank", "bank |\nbank").uses[0].sense is None


def test_a_word_found_twice_has_two_uses_and_may_have_two_labels() -> None:
    question = ask("bank", "money, river | The bank on the river bank\nmoney | A bank")
    assert [u.name for u in question.uses] == ["1a", "1b", "2"]
    assert [u.sense for u in question.uses] == ["money", "river", "money"]
    assert not question.apart[0, 1]
    assert question.apart[0, 2]


def test_other_forms_are_found_and_named() -> None:
    question = ask("bank", "Two banks\nHe is banking\nShe banked it\nthe bank’s door\nBANK")
    assert [u.kind for u in question.uses] == ["s", "ing", "ed", "possessive", "same"]
    assert [u.form for u in question.uses] == ["banks", "banking", "banked", "bank’s", "BANK"]


@pytest.mark.parametrize(
    ("word", "expected", "wrong"),
    [
        ("match", {"matches", "matched", "matching"}, {"matchs"}),
        ("bat", {"bats", "batted", "batting"}, {"bated", "bating"}),
        ("plane", {"planes", "planed", "planing"}, {"planeed"}),
        ("fly", {"flies", "flying", "flied"}, {"flys"}),
        ("play", {"plays", "played", "playing"}, {"plaies"}),
        ("mouse", {"mice", "mice's"}, {"mouses"}),
        ("see", {"sees", "seeing"}, {"seed"}),
        ("agree", {"agreed", "agreeing"}, {"agreeed"}),
        ("box", {"boxes", "boxed", "boxing"}, {"boxxed"}),
        ("seal", {"seals", "sealed"}, {"sealled"}),
        ("it", set(), {"its", "ited"}),
        ("café", set(), {"cafés"}),
    ],
)
def test_forms_of_a_word(word: str, expected: set[str], wrong: set[str]) -> None:
    kinds = forms(word)
    assert kinds[word] == "same"
    assert expected <= set(kinds)
    assert not wrong & set(kinds)


def test_a_combining_accent_is_found_by_its_single_letter() -> None:
    assert len(ask("café", "the cafe\u0301\nthe CAFÉ").uses) == 2


@pytest.mark.parametrize(
    ("word", "text", "code"),
    [
        ("", "bank\nbank", "word_empty"),
        ("\x00", "bank\nbank", "word_empty"),
        ("the bank", "bank\nbank", "word_several"),
        ("银行", "银行\n银行", "word_several"),
        ("bank " * 5_000, "bank\nbank", "text_too_many_characters"),
        ("bank", "", "too_few_sentences"),
        ("bank", "a bank", "too_few_sentences"),
        ("bank", "bank\n" * 13, "too_many_sentences"),
        ("bank", "bank\nriver", "word_not_found"),
        ("bank", "bank\n" + "bank " * 5_000, "sentence_too_many_characters"),
        ("bank", "bank\n" + "bank " * 101, "sentence_too_long"),
        ("bank", ("bank " * MAX_USES + "\n") * 2, "too_many_uses"),
        ("bank", "bank\n\u200b", "text_no_words"),
        ("bank", "bank\n\ud800", "text_malformed"),
    ],
)
def test_what_cannot_be_read_is_refused(word: str, text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(word, text)
    assert caught.value.code == code


# ---- the numbers -----------------------------------------------------------------------------


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


APART = [[1, 0], [1, 0.1], [0, 1], [0.1, 1]]
MIXED = [[1, 0], [0, 1], [1, 0.1], [0.1, 1]]
ONE = [[1, 0]] * 4


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


def test_sentences_that_begin_alike_are_found() -> None:
    text = "a | The bank was wet\nb | The bank was shut\na | The bank\nb | A bank\nThe bank x"
    assert alike_so_far(ask("bank", text)) == ((0, 1, 2, 4),)
    assert alike_so_far(ask("bank", "a | The bank was wet\na | The bank was shut")) == ()


# ---- groups and map --------------------------------------------------------------------------


def test_groups_are_suggested_only_without_labels() -> None:
    similarity = cosine_matrix(np.array([[1, 0], [0, 1], [1, 0.1], [0.1, 1]]))
    plain = ask("bank", "bank\n" * 4)
    with_groups = suggest(plain, similarity)
    assert with_groups.suggested
    assert [u.sense for u in with_groups.uses] == ["A", "B", "A", "B"]
    assert with_groups.unlabelled == plain.unlabelled  # no reader is asked again
    labelled = ask("bank", FOUR)
    assert suggest(labelled, similarity) is labelled
    assert suggest(plain, np.ones((4, 4))) is plain
    assert suggest(plain, np.full((4, 4), np.nan)) is plain
    assert suggest(ask("bank", "bank\nbank"), similarity[:2, :2]).senses == ()


def test_the_number_of_groups_follows_the_distances() -> None:
    places = np.array([0.0, 0.1, 5.0, 5.1, 9.0, 9.1])
    distances = np.abs(places[:, None] - places[None, :])
    assert grouped(distances, most=3) == [0, 0, 1, 1, 2, 2]
    assert grouped(distances[:4, :4], most=2) == [0, 0, 1, 1]


def test_the_map_keeps_distances_of_unit_vectors() -> None:
    vectors = np.array([[[2.0, 0, 0], [0, 3.0, 0], [0.5, 0.5, 0]]])
    projection = project(vectors, np.array([0, 1, -1]))
    assert projection.kept == pytest.approx([1.0])
    assert np.linalg.norm(projection.points[0, 0] - projection.points[0, 1]) == pytest.approx(
        np.sqrt(2)
    )
    assert projection.points[0, 0, 0] < projection.points[0, 1, 0]  # the first group on the left


def test_the_map_is_defined_for_two_points_and_for_one_spot() -> None:
    two = project(np.array([[[1.0, 0], [0, 1.0]], [[1.0, 0], [1.0, 0]]]), np.array([0, 1]))
    assert two.kept[0] == pytest.approx(1.0)
    assert np.isnan(two.kept[1])
    assert np.isfinite(two.points).all()
    assert (two.points[1] == 0).all()
    alone = project(np.array([[[1.0, 0], [np.nan, np.nan]]]), np.array([-1, -1]))
    assert alone.points[0, 0].tolist() == [0, 0]


def test_points_do_not_jump_from_layer_to_layer() -> None:
    rng = np.random.default_rng(0)
    first = rng.normal(size=(7, 12))
    spin = np.linalg.qr(rng.normal(size=(12, 12)))[0]
    layers = np.stack([first, -first, first @ spin, np.ones((7, 12)), first @ spin.T])
    points = project(layers, np.array([0, 0, 0, 1, 1, 2, -1])).points
    for other in (1, 2, 4):  # the same figure however the layer is turned, across an empty layer
        assert points[other] == pytest.approx(points[0], abs=1e-9)


def test_a_turn_is_orthogonal_and_undoes_a_rotation() -> None:
    points = np.array([[1.0, 2], [3, -1], [0, 0.5]])
    angle = 0.7
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    rotation = turn(points @ spin, points)
    assert rotation @ rotation.T == pytest.approx(np.eye(2))
    assert points @ spin @ rotation == pytest.approx(points)
    assert turn(points, np.zeros((3, 2))).tolist() == np.eye(2).tolist()


# ---- with the readers ------------------------------------------------------------------------


@pytest.mark.parametrize("example", SENSES, ids=lambda e: f"{e.word}-{e.clue}")
def test_examples_have_two_senses_with_two_sentences_each(example) -> None:
    question = ask(example.word, example.text)
    assert len(question.uses) == len(question.sentences)
    assert len({use.form.casefold() for use in question.uses}) == 1
    for group in range(len(question.senses)):
        assert (question.groups == group).sum() >= 2
    alike = alike_so_far(question)
    if example.clue == "after":
        assert alike == (tuple(range(len(question.uses))),)
    elif example.clue == "mixed":
        assert len(alike) == 1
        assert len(alike[0]) == 2
    else:
        assert alike == ()


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


# ---- tables and figures ----------------------------------------------------------------------


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


def test_the_matrix_is_sorted_by_sense_and_starts_at_the_baseline() -> None:
    text = "a | one bank\nb | two bank\na | three bank\nb | four bank"
    question, comparison = made(text, [MIXED], chance=-0.5)
    figure = charts.similarity(question, comparison, 0, TEXTS)
    order = [0, 2, 1, 3]
    assert np.allclose(figure.data[0].z, comparison.similarity[0][np.ix_(order, order)])
    assert figure.data[0].zmin == -0.5
    assert list(figure.layout.xaxis.ticktext) == ["1", "3", "2", "4"]
    assert list(figure.layout.yaxis.ticktext) == ["a 1", "a 3", "b 2", "b 4"]


def test_a_user_cannot_write_markup_into_a_figure() -> None:
    bad = "<b>$x$</b> | <script>alert(1)</script> $5$ bank"
    question, comparison = made(f"{bad}\n{bad}\nb | bank\nb | bank", [APART])
    for figure in (
        charts.similarity(question, comparison, 0, TEXTS),
        charts.plane(question, comparison, 0, 1.0, TEXTS),
    ):
        text = json.dumps(figure.to_plotly_json(), default=str)
        assert "<b>" not in text
        assert "<script" not in text
        assert "$" not in text.replace(theme.label("$"), "")


def test_points_on_one_spot_share_their_numbers() -> None:
    question, comparison = made(FOUR, [ONE])
    figure = charts.plane(question, comparison, 0, 1.0, TEXTS)
    written = [text for trace in figure.data for text in trace.text if text]
    assert written == ["1 2 3 4"]
    assert len({trace.marker.size for trace in figure.data}) == 2  # none hides another


def test_no_number_is_lost_in_a_chain_of_close_points() -> None:
    text = "\n".join(["a | bank"] * 3 + ["b | bank"])
    question, _ = made(text, [APART])
    points = np.array([[0, 0], [0.05, 0], [0.1, 0], [0.9, 0]])
    written = charts._written(question, points, 1.0)
    assert sorted("".join(written).replace(" ", "")) == ["1", "2", "3", "4"]


def test_a_dozen_senses_have_a_dozen_looks() -> None:
    looks = {(charts._mark(g)["color"], charts._mark(g)["symbol"]) for g in range(-1, 12)}
    assert len(looks) == 13


def test_every_reader_is_a_line_and_a_single_layer_is_level() -> None:
    _, deep = made(FOUR, [MIXED, APART, APART])
    _, flat = made(FOUR, [ONE])
    figure = charts.separation([deep, flat], TEXTS)
    assert list(figure.data[0].x) == [0, 1, 2]
    assert list(figure.data[0].marker.symbol) == ["circle-open", "circle", "circle"]
    assert list(figure.data[1].x) == [0, 2]
    assert list(figure.data[1].y) == [0, 0]


def test_all_maps_have_the_same_reach() -> None:
    _, apart = made(FOUR, [MIXED, APART])
    _, spot = made(FOUR, [ONE])
    reach = charts.extent([apart, spot])
    assert reach >= np.nanmax(np.abs(apart.points))
    assert charts.extent([spot]) > 0
    assert charts.extent([]) > 0
