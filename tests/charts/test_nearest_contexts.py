"""The figure of the nearest contexts."""

from __future__ import annotations

import json

from lmcore.charts import nearest_contexts as charts

GLOSSES = {"river_edge": "river edge", "money_house": "money house"}
RIVER, MONEY = GLOSSES


def test_the_figure_stacks_the_votes_and_escapes_names() -> None:
    counts = [{RIVER: 4.0, MONEY: 1.0}, {RIVER: 0.0, MONEY: 0.0}]
    figure = charts.votes(["1 · <b>r</b>", "2 · $x$"], counts, GLOSSES, {"votes": "votes"})
    assert [list(bar.x) for bar in figure.data] == [[4.0, 0.0], [1.0, 0.0]]
    assert len({bar.marker.color for bar in figure.data}) == 2
    assert len({bar.marker.pattern.shape for bar in figure.data}) == 2
    spec = json.dumps(json.loads(figure.to_json()))
    assert "<b>" not in spec
    assert "$x$" not in spec
