"""Heat maps of attention and influence.

Lines and small pictures of heads are drawn by the browser alone (:mod:`pages.ui.components`).
"""

import html
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from lmcore.charts.theme import SEQUENTIAL, heatmap_height, label, short

#: Names along an edge of a map: more would lie on top of each other.
MOST_TICKS = 32


@dataclass(frozen=True)
class Titles:
    """Text of a heat map in the language of the interface: plain text, ours."""

    rows: str
    columns: str
    value: str


def heat_map(names: Sequence[str], matrix: np.ndarray, top: float, titles: Titles) -> go.Figure:
    """One map between the units of a sentence.

    Args:
        names: ``[N]`` of rows and columns.
        matrix: ``[N, N]``; NaN cells stay blank.
        top: weight that gets the last colour.
        titles: of the axes and of the colour bar.
    """
    ticks = _ticks(names)
    gap = 1 if len(names) <= 48 else 0
    trace = go.Heatmap(
        z=matrix.astype(np.float32),
        x=ticks,
        y=ticks,
        zmin=0.0,
        zmax=top,
        colorscale=SEQUENTIAL,
        xgap=gap,
        ygap=gap,
        hoverongaps=False,
        hovertemplate=(
            f"{label(titles.rows)}: %{{y}}<br>{label(titles.columns)}: %{{x}}"
            f"<br>{label(titles.value)}: %{{z:.1%}}<extra></extra>"
        ),
        colorbar=_bar(titles.value),
    )
    return go.Figure(trace, _layout(names, ticks, titles))


def _layout(names: Sequence[str], ticks: Sequence[str], titles: Titles) -> dict[str, Any]:
    """All at once: each later change of a figure costs the server milliseconds."""
    size = 12 if len(names) <= 10 else 10 if len(names) <= 30 else 9
    axis = {
        "type": "category",
        "showgrid": False,
        # Plotly would draw everything again for each margin that it finds out by itself.
        "automargin": False,
        "ticks": "",
        "tickmode": "array",
        "tickvals": ticks[:: math.ceil(len(ticks) / MOST_TICKS)],
        "tickfont": {"size": size},
    }
    # Three pictures stand side by side: a long sentence gets small cells, not a tall page.
    height = heatmap_height(len(names), most=640, row=20 if len(names) <= 24 else 13)
    labels = (html.unescape(short(name)) for name in names)
    room = math.ceil(max(map(_ems, labels), default=1.0) * size)
    below = {"text": label(titles.columns), "x": 0.5, "y": 0, "yshift": -room - 8}
    beside = {"text": label(titles.rows), "x": 0, "y": 0.5, "xshift": -room - 8}
    return {
        "height": height + 44,
        "margin": {"l": room + 28, "r": 8, "t": 58, "b": room + 44, "autoexpand": False},
        "hovermode": "closest",
        "xaxis": {**axis, "tickangle": -90},
        "yaxis": {**axis, "autorange": "reversed"},
        "annotations": [
            {**_TITLE, **below, "yanchor": "top"},
            {**_TITLE, **beside, "textangle": -90, "xanchor": "right"},
        ],
    }


#: Titles of the axes: Plotly's own ones are drawn over slanted names when it draws again.
_TITLE = {"xref": "paper", "yref": "paper", "showarrow": False, "font": {"size": 11}}


def _bar(title: str) -> dict[str, object]:
    """The colour bar above a map."""
    return {
        "orientation": "h",
        "thickness": 8,
        "y": 1.0,
        "yanchor": "bottom",
        "tickformat": ".0%",
        "nticks": 4,
        "tickfont": {"size": 10},
        "title": {"text": label(title), "side": "top", "font": {"size": 11}},
    }


def _ticks(names: Sequence[str]) -> list[str]:
    """Names as categories: a name that stands again is told apart by invisible characters."""
    counts: Counter[str] = Counter()
    ticks = []
    for name in names:
        tick = short(name)
        ticks.append(tick + "\u200b" * counts[tick])
        counts[tick] += 1
    return ticks


@cache
def palette() -> bytes:
    """Red, green and blue for each value of a small picture's cell; 0 is not drawn."""
    shades = sample_colorscale(SEQUENTIAL, np.linspace(0, 1, 255).tolist(), colortype="tuple")
    return bytes(3) + bytes(round(255 * part) for shade in shades for part in shade)


def _ems(text: str) -> float:
    """About how wide a label is, in multiples of its font size; rather too wide than too narrow."""
    return len(text) * (0.58 if text.isascii() else 1.0)
