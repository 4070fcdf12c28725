"""Figures of the Polysemy page: what they show, and a user's text in them."""

import json

import numpy as np

from lmcore.charts import polysemy as charts
from lmcore.charts import theme
from tests.analyses.made_uses import APART, FOUR, MIXED, ONE, TEXTS, made

GLOSSES = {"river_edge": "river edge", "money_house": "money house"}
RIVER, MONEY = GLOSSES


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


def test_bars_stack_the_votes_and_escape_names() -> None:
    counts = [{RIVER: 4.0, MONEY: 1.0}, {RIVER: 0.0, MONEY: 0.0}]
    figure = charts.votes(["1 · <b>r</b>", "2 · $x$"], counts, GLOSSES, {"votes": "votes"})
    assert [list(bar.x) for bar in figure.data] == [[4.0, 0.0], [1.0, 0.0]]
    assert len({bar.marker.color for bar in figure.data}) == 2
    assert len({bar.marker.pattern.shape for bar in figure.data}) == 2
    spec = json.dumps(json.loads(figure.to_json()))
    assert "<b>" not in spec
    assert "$x$" not in spec
