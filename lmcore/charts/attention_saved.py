"""What the browser draws by itself on the Attention page, as figures that can be saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lmcore.charts.theme import SEQUENTIAL, finished, label, short

#: Steps of opacity of lines: more cannot be told apart.
_STEPS = 10
#: Cells of all small pictures together: each becomes a shape of its own in an SVG.
_MOST_CELLS = 20_000
_EMPTY = {"showgrid": False, "zeroline": False, "ticks": ""}


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
    for step in range(1, _STEPS + 1):
        own = [link for link in links if step == _step(link[2], top)]
        if own:
            figure.add_scatter(
                x=[x for _ in own for x in (0, 1, None)],
                y=[y for row, column, _ in own for y in (row, column, None)],
                mode="lines",
                line={"color": colour, "width": 2},
                opacity=step / _STEPS,
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
    return max(1, min(_STEPS, round(_STEPS * weight / top))) if top > 0 else 1


def glance(pictures: np.ndarray, columns: Sequence[str], rows: str, heads: str) -> go.Figure:
    """All heads of a reader side by side: one row a layer, one column a head.

    Args:
        pictures: uint8 ``[L, C, n, n]`` of :func:`lmcore.charts.attention.thumbnails`.
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
            own = pictures[layer, column].astype(np.float32)
            own[own == 0] = np.nan  # cannot be seen
            z[layer * step :, column * step :][:size, :size] = own
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
    while layers * count * (-(-size // block)) ** 2 > _MOST_CELLS:
        block += 1
    cells = -(-size // block)
    rest = cells * block - size
    padded = np.pad(pictures, [(0, 0), (0, 0), (0, rest), (0, rest)])
    blocks: np.ndarray = padded.reshape(layers, count, cells, block, cells, block).max(axis=(3, 5))
    return blocks
