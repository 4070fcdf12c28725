"""Context: what each reader may see, and that trained readers keep to it."""

import numpy as np
import pytest

from lmcore.analyses.attention import (
    INFLUENCE,
    InfluenceQuestion,
    InfluenceView,
    influence_weights,
)
from lmcore.analyses.visibility import STREAMS, masks, measure, strength
from lmcore.charts import visibility as charts
from lmcore.outputs.reading import WordNotes
from lmcore.readers.base import Reader
from lmcore.text.words import split

TEXTS = charts.Texts("seen", "unseen", "influence")


def test_directions_of_elmo_are_two_triangles_that_share_the_word_only() -> None:
    forward, backward = masks("both_apart", 4)
    assert (forward.stream, backward.stream) == ("forward", "backward")
    assert forward.allowed[1].tolist() == [True, True, False, False]
    assert backward.allowed[1].tolist() == [False, True, True, True]
    assert np.array_equal(forward.allowed & backward.allowed, np.eye(4, dtype=bool))


def test_left_both_and_none() -> None:
    assert masks("left", 3)[0].allowed[1].tolist() == [True, True, False]
    assert masks("both", 3)[0].allowed.all()
    assert np.array_equal(masks("none", 3)[0].allowed, np.eye(3, dtype=bool))


def test_one_word_is_always_seen() -> None:
    for context in STREAMS:
        assert all(mask.allowed.tolist() == [[True]] for mask in masks(context, 1))


def test_a_reader_that_looks_to_the_right_is_found_out() -> None:
    mask = masks("left", 3)[0]
    honest = np.array([[1.0, 0.0, 0.0], [0.3, 0.7, 0.0], [0.2, 0.3, 0.5]])
    found = measure(mask, honest, 2)
    assert found.outside == 0
    assert (found.strongest, found.share, found.itself) == (1, 0.3, 0.5)
    cheating = honest.copy()
    cheating[0, 2] = 0.1
    assert measure(mask, cheating, 2).outside == pytest.approx(0.1)


def test_where_no_other_word_is_seen_none_is_the_strongest() -> None:
    found = measure(masks("left", 3)[0], np.eye(3), 0)
    assert found.strongest is None
    assert found.share == 0


def measured(matrices: dict[str, np.ndarray]) -> InfluenceView:
    maps = {name: influence_weights(("a", "b"), matrix) for name, matrix in matrices.items()}
    return InfluenceView(maps, WordNotes("elmo", split("a b"), ()))


def test_halves_are_measured_by_their_own_matrices() -> None:
    whole, ahead, behind = np.full((2, 2), 0.5), np.tril(np.ones((2, 2))), np.eye(2)
    influence = measured({"both": whole, "forward": ahead, "backward": behind})
    forward, backward = masks("both_apart", 2)
    assert np.array_equal(strength(influence, forward), ahead)
    assert np.array_equal(strength(influence, backward), behind)
    assert np.array_equal(strength(measured({"both": whole}), masks("both", 2)[0]), whole)


def test_trained_readers_keep_to_their_sight(contextual: Reader) -> None:
    sentence = split("He sat down slowly.")
    influence = INFLUENCE.compute(contextual, InfluenceQuestion(sentence.text))
    for mask in masks(contextual.context, len(sentence)):
        matrix = strength(influence, mask)
        for word in range(len(sentence)):
            assert measure(mask, matrix, word).outside == 0
        # and they use what they may see: every word has some influence
        assert (matrix[mask.allowed] > 0).all()


def made(measured: bool) -> list[charts.Strip]:
    found = []
    for family, context in (("elmo", "both_apart"), ("gpt", "left"), ("static", "none")):
        for mask in masks(context, 3):
            matrix = mask.allowed / mask.allowed.sum(axis=1, keepdims=True)
            found.append(
                charts.Strip(f"{family} <{mask.stream}>", family, mask.allowed, matrix * measured)
                if measured
                else charts.Strip(f"{family} <{mask.stream}>", family, mask.allowed)
            )
    return found


def test_strips_fill_what_may_be_seen_and_frame_it() -> None:
    figure = charts.strips(["a<b", "$x$", "c"], made(False), 1, TEXTS)
    filled = [np.isfinite(np.array(trace.z, dtype=float))[0].tolist() for trace in figure.data]
    assert filled == [
        [True, True, False],
        [False, True, True],
        [True, True, False],
        [False, True, False],
    ]
    frames = [(shape.x0, shape.x1) for shape in figure.layout.shapes][:4]
    assert frames == [(-0.5, 1.5), (0.5, 2.5), (-0.5, 1.5), (0.5, 1.5)]
    assert figure.layout.xaxis.labelalias["0"] == "a&lt;b"
    assert figure.layout.xaxis.labelalias["1"] == "&#36;x&#36;"
    assert figure.layout.yaxis.ticktext[0] == "elmo &lt;forward&gt;"


def test_measured_strips_share_one_scale_that_ends_at_the_strongest_other_word() -> None:
    allowed = np.ones((2, 2), dtype=bool)
    strong = charts.Strip("a", "bert", allowed, np.array([[0.6, 0.4], [0.4, 0.6]]))
    weak = charts.Strip("b", "gpt", allowed, np.array([[0.9, 0.1], [0.1, 0.9]]))
    figure = charts.strips(["x", "y"], [strong, weak], 0, TEXTS)
    assert [trace.zmax for trace in figure.data] == [pytest.approx(0.4)] * 2
    assert np.allclose(figure.data[1].z, [[0.9, 0.1]])
    assert "10.0%" in figure.data[1].text[0][1]


def test_influence_from_a_word_that_may_not_be_seen_is_drawn() -> None:
    mask = masks("left", 2)[0]
    cheating = np.array([[0.5, 0.5], [0.5, 0.5]])
    figure = charts.strips(["x", "y"], [charts.Strip("a", "gpt", mask.allowed, cheating)], 0, TEXTS)
    assert np.allclose(figure.data[0].z, [[0.5, 0.5]])


@pytest.mark.parametrize("measured", [False, True])
def test_triangles_have_one_square_a_stream(measured: bool) -> None:
    figure = charts.triangles(["a", "b", "c"], made(measured), 1, TEXTS)
    assert len(figure.data) == 4
    assert np.isfinite(np.array(figure.data[2].z, dtype=float)).tolist() == np.tri(3).tolist()


def test_the_longest_sentence_stays_light() -> None:
    words = ["word"] * 100
    panels = [
        charts.Strip(mask.stream, "bert", mask.allowed, mask.allowed.astype(np.float32))
        for context in STREAMS
        for mask in masks(context, 100)
    ]
    assert len(charts.triangles(words, panels, 3, TEXTS).to_json()) < 400_000
