"""Layers: the way of a word's vector, its yardstick, its places and its neighbours."""

from dataclasses import replace

import numpy as np
import pytest

from lmcore.analyses import layers
from lmcore.analyses.baseline import chance_between, of_readings
from lmcore.analyses.projection import Projection
from lmcore.charts import layers as charts
from lmcore.charts.layer_paths import path
from lmcore.outputs.reading import Reading, cosine
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.readers.base import Reader
from lmcore.text.examples import UNRELATED
from lmcore.text.words import split

TEXTS = charts.Texts(*(["text"] * 7))


def made(text: str, vectors: np.ndarray) -> Reading:
    """A reading with vectors made by hand, ``[L + 1, W, D]``."""
    sentence = split(text)
    return Reading(
        family="elmo",
        sentence=sentence,
        pieces=(),
        word_pieces=np.eye(len(sentence), dtype=bool),
        layers=np.array(vectors, dtype=np.float32),
        piece_layers=np.array(vectors, dtype=np.float32),
        attention=None,
        layer_names=tuple(f"layer {layer}" for layer in range(len(vectors))),
    )


def part(text: str, vectors: np.ndarray, chance: float = 0.0) -> layers.ReaderPart:
    """A whole reader on a sentence, with the same chance everywhere."""
    count = len(vectors)
    return layers._part_of(made(text, vectors), "", np.full((count, count), chance))


def test_halves_are_the_two_parts_of_the_vectors() -> None:
    reading = made("one two", np.arange(16).reshape(2, 2, 4))
    forward, backward = (layers.half(reading, name) for name in layers.HALVES)
    assert forward.layers[1, 0].tolist() == [8, 9]
    assert backward.layers[1, 0].tolist() == [10, 11]
    assert forward.layers.shape == backward.piece_layers.shape == (2, 2, 2)


def test_the_halves_of_elmo_begin_alike_and_see_one_side_each(loaded: dict[str, Reader]) -> None:
    one, other = loaded["elmo"].read([split("The bank was old."), split("The bank was muddy.")])
    forward, backward = (layers.half(one, name) for name in layers.HALVES)
    assert np.array_equal(forward.layers[0], backward.layers[0])
    # “bank” stands before what differs: its forward half is the same, its backward half is not
    assert np.allclose(forward.layers[:, 1], layers.half(other, "forward").layers[:, 1], atol=1e-5)
    assert not np.allclose(
        backward.layers[1:, 1], layers.half(other, "backward").layers[1:, 1], atol=1e-5
    )


def test_a_view_holds_every_word_of_the_whole_and_of_each_half(reader: Reader) -> None:
    view = layers.follow(reader, layers.LayersQuestion("The bank was old."))
    assert equal(from_json(layers.LayersView, to_json(view)), view)
    assert view.sentence.text == "The bank was old."
    names = {"none": [], "both_apart": ["", "forward", "backward"]}
    assert [part.part for part in view.parts] == names.get(reader.context, [""])
    for part in view.parts:
        assert part.words == ["The", "bank", "was", "old", "."]
        count = len(part.layer_names)
        assert part.between.shape == (5, count, count)
        assert part.near.shape == (count, 5, 5)
        assert part.plane.points.shape == (count, 5, 2)
        assert np.allclose(part.between[:, 0, 0], 1)


def test_similarity_between_layers_by_hand() -> None:
    reading = made("a", [[[1.0, 0.0]], [[2.0, 2.0]], [[0.0, 5.0]]])
    root = np.sqrt(0.5)
    expected = [[1, root, 0], [root, 1, root], [0, root, 1]]
    assert np.allclose(layers.between_layers(reading)[0], expected)


def test_chance_between_layers_by_hand() -> None:
    x, y = [1.0, 0.0], [0.0, 1.0]
    table = chance_between([made("red", [[x], [y]]), made("sea", [[x], [x]])])
    # red–sea: 1 in layer 0, 0 in layer 1; across: red0–sea1 is 1, sea0–red1 is 0
    assert np.allclose(table, [[1.0, 0.5], [0.5, 0.0]])


def test_without_a_pair_there_is_no_chance() -> None:
    assert np.isnan(chance_between([made("red", [[[1.0, 0.0]]])])).all()


def test_the_diagonal_of_chance_is_the_baseline(contextual: Reader) -> None:
    readings = contextual.read([split(text) for text in UNRELATED[:8]])
    table = chance_between(readings)
    assert np.allclose(np.diagonal(table), of_readings(readings).mean)
    assert np.array_equal(table, table.T)


def test_halves_have_a_chance_of_their_own_where_directions_stay_apart(
    loaded: dict[str, Reader],
) -> None:
    found = layers.chances(loaded["elmo"])
    assert set(found) == {"", "forward", "backward"}
    # layer 0 is the token vector twice, so the whole and both halves agree on it
    assert found[""][0, 0] == pytest.approx(found["forward"][0, 0], abs=1e-6)
    assert found["forward"][0, 0] == pytest.approx(found["backward"][0, 0], abs=1e-6)
    assert set(layers.chances(loaded["gpt"])) == {""}


def test_moves_read_the_first_row_and_the_steps() -> None:
    similarity = np.array([[1.0, 0.8, 0.1], [0.8, 1.0, 0.4], [0.1, 0.4, 1.0]])
    found = layers.moves(similarity, similarity / 2)
    assert found.depth.tolist() == [0.0, 0.5, 1.0]
    assert found.to_input.tolist() == [1.0, 0.8, 0.1]
    assert np.isnan(found.to_previous[0])
    assert found.to_previous[1:].tolist() == [0.8, 0.4]
    assert found.chance_to_previous[1:].tolist() == [0.4, 0.2]
    assert layers.moves(np.ones((1, 1)), np.ones((1, 1))).depth.tolist() == [0.0]


def test_neighbours_leave_out_the_word_and_words_without_a_vector() -> None:
    missing = [np.nan, np.nan]
    reading = made("a b c d", [[[1.0, 0.0], [0.0, 1.0], missing, [1.0, 1.0]]])
    found = layers.neighbours(reading)[:, 0]
    assert np.isnan(found[0, [0, 2]]).all()
    assert found[0, [1, 3]] == pytest.approx([0.0, np.sqrt(0.5)])
    assert layers.nearest(found) == [3]
    assert layers.nearest(np.full((2, 3), np.nan)) == [None, None]


def test_closest_shows_all_words_or_the_nearest_of_every_layer() -> None:
    table = np.array([[np.nan, 0.9, 0.1, 0.5, 0.2], [np.nan, 0.1, 0.9, 0.5, 0.2]])
    assert layers.closest(table, 4) == [1, 2, 3, 4]
    assert layers.closest(table, 3) == [1, 2, 3]
    assert layers.closest(table, 2) == [1, 2]
    assert layers.closest(table, 1) == [1, 2]  # the nearest words are never left out
    assert layers.closest(np.full((2, 3), np.nan), 5) == []


def test_a_layer_that_is_only_turned_leaves_every_point_in_its_place() -> None:
    start = np.array([[3.0, 0, 0], [0, 2.0, 0.1], [-1.0, 1.0, 0], [0.3, -2.0, 0.5]])
    turned = start @ np.array([[0.0, 1, 0], [-1, 0, 0], [0, 0, 1]])
    found = layers.paths(made("a b c d", [start, turned, -turned]))
    assert np.allclose(found.points[0], found.points[1], atol=1e-6)
    assert np.allclose(found.points[0], found.points[2], atol=1e-6)
    assert ((found.kept > 0) & (found.kept <= 1)).all()


def test_paths_of_a_trained_reader_are_the_same_each_time(contextual: Reader) -> None:
    reading = contextual.read([split("The bank raised its rates.")])[0]
    found = layers.paths(reading)
    assert found.points.shape == (reading.n_layers, 6, 2)
    assert np.array_equal(found.points, layers.paths(reading).points)


def test_the_figures_carry_the_numbers_and_escape_words() -> None:
    drawn = part("a", [[[1.0, 0.0]], [[1.0, 2.0]]], 0.1)
    figure = charts.between(drawn, 0, ["a<", "b"], TEXTS)
    assert np.allclose(figure.data[0].z, drawn.between[0])
    assert np.allclose(figure.data[0].customdata, 0.1)
    assert list(figure.data[0].x) == ["a&lt;", "b"]
    many = part("a", np.ones((charts.MOST_WRITTEN + 1, 1, 2)))
    unwritten = charts.between(many, 0, [str(n) for n in range(len(many.chance))], TEXTS)
    assert unwritten.data[0].texttemplate is None


def test_the_figure_of_moves_has_a_yardstick_for_every_line() -> None:
    whole = part("a", np.eye(3)[:, None], 0.1)
    moved = layers.moves(whole.between[0], whole.chance)
    curves = [
        charts.Curve(name, replace(whole, family=family), ["a", "b", "c"], moved)
        for name, family in (("ELMo", "elmo"), ("BERT", "bert"))
    ]
    figure = charts.moves(curves, TEXTS)
    thick = [trace for trace in figure.data if trace.mode == "lines+markers"]
    thin = [trace for trace in figure.data if trace.mode == "lines" and trace.x[0] is not None]
    assert len(thick) == len(thin) == 4
    assert len({trace.line.dash for trace in thick}) == 2
    assert sum(trace.showlegend is not False for trace in thick) == 2


def test_the_figure_of_paths_keeps_its_ranges_when_the_layer_changes() -> None:
    vectors = np.stack([np.eye(4), np.eye(4)[[1, 2, 3, 0]], np.tri(4)])
    walked = part("> b", vectors[:, :2])
    drawn = [path(walked, 0, layer, ["0", "1", "2"], "kept") for layer in range(3)]
    assert len({tuple(figure.layout.xaxis.range) for figure in drawn}) == 1
    assert np.allclose(drawn[1].data[2].x, walked.plane.points[1, 0, 0])
    assert drawn[0].data[2].text[0] == "<b>&gt;</b>"


def test_names_of_points_do_not_cover_each_other() -> None:
    points = np.zeros((1, 3, 2))
    points[0, 2] = 1.0
    still = replace(part("a b c", np.ones((1, 3, 2))), plane=Projection(points, np.ones(1)))
    figure = path(still, 0, 0, ["0"], "kept")
    assert list(figure.data[0].text) == ["", "c"]  # “b” stands under “a” and tells it on hover
    assert list(figure.data[0].hovertext) == ["b", "c"]


def test_the_figure_of_neighbours_shows_what_is_above_chance() -> None:
    near = np.full((2, 3, 3), np.nan)
    near[:, 0] = [[np.nan, 0.5, 0.2], [np.nan, 0.1, 0.9]]
    drawn = replace(part("a b c", np.ones((2, 3, 2))), near=near, chance=np.diag([0.3, 0.4]))
    figure = charts.neighbours(drawn, 0, [1, 2], ["l0", "l1"], 0.5, TEXTS)
    assert np.allclose(figure.data[0].z, [[0.2, -0.3], [-0.1, 0.5]])
    assert list(zip(figure.data[1].x, figure.data[1].y, strict=True)) == [("l0", 0), ("l1", 1)]


def test_neighbours_of_a_trained_reader_are_plain_cosines(reader: Reader) -> None:
    reading = reader.read([split("The old bank by the river.")])[0]
    found = layers.neighbours(reading)[:, 2]
    expected = cosine(reading.layers[-1, 2], reading.layers[-1, 5])
    assert found[-1, 5] == pytest.approx(float(expected), abs=1e-5, nan_ok=True)


def test_findings_name_the_farthest_and_the_biggest_step() -> None:
    first, second = (
        layers.moves(np.array(table), np.zeros((3, 3)))
        for table in (
            [[1.0, 0.9, 0.1], [0.9, 1.0, 0.8], [0.1, 0.8, 1.0]],
            [[1.0, 0.4, 0.3], [0.4, 1.0, 0.9], [0.3, 0.9, 1.0]],
        )
    )
    assert layers.farthest([first, second]) == 0  # 0.1 to its own input at the top
    assert layers.biggest_step([first, second]) == (1, 1)  # 0.4 into layer 1 of the second
    assert layers.extremes(np.array([[1.0, 0.9, 0.1], [0.9, 1.0, 0.8], [0.1, 0.8, 1.0]])) == (
        (0, 1),
        (0, 2),
    )
