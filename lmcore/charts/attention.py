"""Heat maps of attention and influence; lines and small pictures of heads as they are saved.

On the page the browser draws lines and small pictures by itself (:mod:`pages.ui.components`).
"""

from __future__ import annotations

import html
import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from lmcore.charts.theme import SEQUENTIAL, finished, heatmap_height, label, short

#: Names along an edge of a map: more would lie on top of each other.
MOST_TICKS = 32
#: Steps of opacity of lines that are saved: more cannot be told apart.
STEPS = 10
#: Cells of all small pictures that are saved together: each becomes a shape of its own in an SVG.
MOST_CELLS = 20_000
_EMPTY = {"showgrid": False, "zeroline": False, "ticks": ""}


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


def _ems(text: str) -> float:
    """About how wide a label is, in multiples of its font size."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.58 for c in text)


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


def lines(
    names: Sequence[str], links: Sequence[Sequence[float]], top: float, colour: str
) -> go.Figure:
    """Lines from the units that look, on the left, to those they look at.

    Args:
        names: ``[N]`` of the units on both sides.
        links: ``[row, column, weight]`` of each line.
        top: weight from which on a line is opaque.
        colour: of the lines.
    """
    figure = go.Figure()
    for step in range(1, STEPS + 1):
        alike = [link for link in links if step == _step(link[2], top)]
        if alike:
            figure.add_scatter(
                x=[x for _ in alike for x in (0, 1, None)],
                y=[y for row, column, _ in alike for y in (row, column, None)],
                mode="lines",
                line={"color": colour, "width": 2},
                opacity=step / STEPS,
                hoverinfo="skip",
                showlegend=False,
            )
    for x, place in ((0, "middle left"), (1, "middle right")):
        figure.add_scatter(
            x=[x] * len(names),
            y=list(range(len(names))),
            mode="text",
            text=[short(name) for name in names],
            textposition=place,
            textfont={"size": 12},
            showlegend=False,
        )
    figure.update_xaxes(range=[-0.7, 1.7], showticklabels=False, **_EMPTY)
    figure.update_yaxes(range=[len(names) - 0.5, -0.5], showticklabels=False, **_EMPTY)
    return finished(figure, height=max(160, 60 + 22 * len(names)))


def _step(weight: float, top: float) -> int:
    """The step of opacity of a line, from 1."""
    return max(1, min(STEPS, round(STEPS * weight / top))) if top > 0 else 1


def all_heads(pictures: np.ndarray, columns: Sequence[str], rows: str, heads: str) -> go.Figure:
    """All heads of a reader side by side: one row a layer, one column a head.

    Args:
        pictures: uint8 ``[L, C, n, n]`` of :func:`lmcore.analyses.attention_heads.small_pictures`.
        columns: ``[C]`` names of the columns.
        rows: title of the axis of layers.
        heads: title of the axis of heads.
    """
    pictures = _coarser(pictures)
    layers, count, size, _ = pictures.shape
    step = size + 1
    z = np.full((layers * step - 1, count * step - 1), np.nan, dtype=np.float32)
    for layer in range(layers):
        for column in range(count):
            shades = pictures[layer, column].astype(np.float32)
            shades[shades == 0] = np.nan  # cannot be seen
            z[layer * step :, column * step :][:size, :size] = shades
    middle = (size - 1) / 2
    figure = go.Figure(
        go.Heatmap(z=z, x=list(range(z.shape[1])), y=list(range(z.shape[0])), zmin=1, zmax=255)
    )
    figure.update_traces(colorscale=SEQUENTIAL, showscale=False, hoverongaps=False)
    places = [middle + step * number for number in range(max(layers, count))]
    axis: dict[str, Any] = {**_EMPTY, "tickmode": "array"}
    names = [label(name) for name in columns]
    figure.update_xaxes(tickvals=places[:count], ticktext=names, title=label(heads), **axis)
    layer_names = [str(layer + 1) for layer in range(layers)]
    figure.update_yaxes(tickvals=places[:layers], ticktext=layer_names, title=label(rows), **axis)
    figure.update_yaxes(autorange="reversed")
    return finished(figure, height=110 + 60 * layers)


def _coarser(pictures: np.ndarray) -> np.ndarray:
    """The same with so few cells that an SVG of them can be opened: the largest of each block."""
    layers, count, size, _ = pictures.shape
    block = 1
    while layers * count * (-(-size // block)) ** 2 > MOST_CELLS:
        block += 1
    cells = -(-size // block)
    rest = cells * block - size
    padded = np.pad(pictures, [(0, 0), (0, 0), (0, rest), (0, rest)])
    blocks: np.ndarray = padded.reshape(layers, count, cells, block, cells, block).max(axis=(3, 5))
    return blocks
