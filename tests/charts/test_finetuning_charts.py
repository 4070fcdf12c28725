"""Figures of the page about tasks: what they show is what they were given."""

import numpy as np
import pytest

from lmcore.charts import finetuning as charts
from lmcore.charts import finetuning_sizes as sizes
from lmcore.charts.theme import FAMILY_COLOURS

HOSTILE = "<b>x</b> $y$"
LINES = [
    charts.Line("ELMo", "elmo", np.array([0.4, 0.6, 0.5]), mark=1),
    charts.Line(HOSTILE, "gpt", np.array([0.3, 0.2]), place=1),
]


def test_curves_mark_the_pass_that_was_kept():
    figure = charts.curves(LINES, [("chance", 0.25)], "pass", "accuracy", percent=True)
    first, second, level = figure.data
    assert list(first.x) == [1, 2, 3]
    assert np.argmax(first.marker.size) == 1
    assert list(second.y) == [0.3, 0.2]
    assert list(level.y) == [0.25, 0.25]
    assert second.name == "&lt;b&gt;x&lt;/b&gt; &#36;y&#36;"
    assert first.line.dash != second.line.dash


def test_confusion_shows_counts_and_colours_shares():
    counts = np.array([[3, 1], [0, 0]])
    figure = charts.confusion(counts, [HOSTILE, HOSTILE], "right", "answer")
    (trace,) = figure.data
    assert np.array_equal(trace.text, counts)
    assert np.allclose(trace.z, [[0.75, 0.25], [0, 0]])
    assert len(set(trace.x)) == 2, "equal labels fall together"
    assert "<b>" not in "".join(trace.x)


def test_layer_weights_stand_beside_where_they_began():
    figure = charts.layer_weights([("ELMo", np.array([0.2, 0.5, 0.3]))], ["a", "b", "c"], "s")
    assert list(figure.data[0].y) == [0.2, 0.5, 0.3]
    assert figure.layout.shapes[0].y0 == pytest.approx(1 / 3)


def test_answers_have_a_bar_for_each_label_and_method():
    lines = [charts.Line("ELMo", "elmo", np.array([0.9, 0.1]))]
    figure = charts.answers(lines, ["good", HOSTILE], "probability")
    assert list(figure.data[0].x) == [0.9, 0.1]
    assert figure.data[0].text[0] == "90%"
    assert "<b>" not in figure.data[0].y[1]


def test_changes_draw_chance_beside():
    figure = charts.changes(LINES[:1], LINES[1:], "layer", "cosine")
    assert [list(trace.x) for trace in figure.data] == [[0, 1, 2], [0, 1]]
    assert figure.data[1].line.dash == "dot"


def test_further_methods_of_a_family_look_different():
    first, second = (charts.Line("a", "bert", np.zeros(2), place) for place in (0, 1))
    assert first.colour != second.colour
    assert first.dash != second.dash


def test_accuracy_by_size_has_intervals_and_every_size_on_the_axis():
    numbers = np.array([[10, 50.0, 45.0, 56.0], [300, 70.0, 66.0, 73.0]])
    figure = sizes.by_size([sizes.Sized("BERT", "bert", True, *numbers.T)], "n", "accuracy")
    (trace,) = figure.data
    assert list(trace.error_y.array) == [6.0, 3.0]
    assert list(trace.error_y.arrayminus) == [5.0, 4.0]
    assert list(figure.layout.xaxis.ticktext) == ["10", "300"]
    red = int(FAMILY_COLOURS["bert"][1:3], 16)
    assert trace.line.color.startswith(f"rgba({red},")
