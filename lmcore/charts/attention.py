"""Heat maps of attention and influence, and all heads of a reader at a glance."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.colors import get_colorscale

from lmcore.charts.theme import SEQUENTIAL, finished, heatmap_height, label, short

#: Cells along the edge of one small picture of the overview: more cannot be told apart.
MOST_CELLS = 24


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
    size = 12 if len(names) <= 10 else 10 if len(names) <= 30 else 9
    trace = go.Heatmap(
        z=matrix.astype(np.float32),
        x=ticks,
        y=ticks,
        zmin=0.0,
        zmax=top,
        colorscale=SEQUENTIAL,
        xgap=1 if len(names) <= 48 else 0,
        ygap=1 if len(names) <= 48 else 0,
        hoverongaps=False,
        hovertemplate=(
            f"{label(titles.rows)}: %{{y}}<br>{label(titles.columns)}: %{{x}}"
            f"<br>{label(titles.value)}: %{{z:.1%}}<extra></extra>"
        ),
        colorbar={
            "orientation": "h",
            "thickness": 8,
            "y": 1.0,
            "yanchor": "bottom",
            "tickformat": ".0%",
            "nticks": 4,
            "tickfont": {"size": 10},
            "title": {"text": label(titles.value), "side": "top", "font": {"size": 11}},
        },
    )
    figure = go.Figure(trace)
    axis = {
        "type": "category",
        "showgrid": False,
        "automargin": True,
        "ticks": "",
        "tickfont": {"size": size},
        "title": {"standoff": 4, "font": {"size": 11}},
    }
    figure.update_xaxes(title_text=label(titles.columns), **axis)
    figure.update_yaxes(title_text=label(titles.rows), autorange="reversed", **axis)
    # Three pictures stand side by side: a long sentence gets small cells, not a tall page.
    height = heatmap_height(len(names), most=640, row=20 if len(names) <= 24 else 13)
    return finished(figure, height + 40)


def _ticks(names: Sequence[str]) -> list[str]:
    """Names as categories: a name that stands again is told apart by invisible characters."""
    seen: Counter[str] = Counter()
    ticks = []
    for name in names:
        shown = short(name)
        ticks.append(shown + "\u200b" * seen[shown])
        seen[shown] += 1
    return ticks


def thumbnails(matrix: np.ndarray, top: float, most: int = MOST_CELLS) -> np.ndarray:
    """Small pictures of all heads: uint8 ``[L, H, n, n]``, 0 blank, 1 to 255 weight.

    The root of the weight is shown, so that weak patterns can be seen as well. Above ``most``
    units, each cell shows the largest weight of a block, so that thin lines do not vanish.

    Args:
        matrix: ``[L, H, N, N]``, NaN where nothing can be seen.
        top: weight that gets the last colour.
    """
    units = matrix.shape[-1]
    block = math.ceil(units / most)
    cells = math.ceil(units / block)
    rest = cells * block - units
    padded = np.pad(matrix, [(0, 0), (0, 0), (0, rest), (0, rest)], constant_values=np.nan)
    blocks = padded.reshape(*matrix.shape[:2], cells, block, cells, block)
    # -1 stands for blank: a block is blank only where every weight of it is.
    largest = np.nan_to_num(blocks, nan=-1.0).max(axis=(3, 5))
    shade = 1 + np.rint(254 * np.sqrt(np.clip(largest / top, 0.0, 1.0)))
    return np.where(largest < 0, 0, shade).astype(np.uint8)


def overview(
    pictures: np.ndarray,
    hovers: Sequence[str],
    titles: tuple[str, str],
    chosen: tuple[int, int] | None,
    colour: str,
) -> go.Figure:
    """All layers × heads in one stitched image; an invisible mark on each head can be clicked.

    Args:
        pictures: uint8 ``[L, H, n, n]`` of :func:`thumbnails`.
        hovers: ``[L * H]`` what to say of each head, layer by layer: plain text, ours.
        titles: of the layers and of the heads.
        chosen: layer and head (from 0) to frame.
        colour: of the frame.
    """
    layers, heads, cells, _ = pictures.shape
    step = cells + max(1, cells // 8)
    canvas = np.zeros((layers * step, heads * step), dtype=np.uint8)
    for layer in range(layers):
        for head in range(heads):
            row, column = layer * step, head * step
            canvas[row : row + cells, column : column + cells] = pictures[layer, head]
    across, down = _middles(heads, step, cells), _middles(layers, step, cells)
    figure = go.Figure(_stitched(canvas))
    figure.add_trace(_marks(across, down, hovers))
    if chosen is not None:
        edge = (step - cells) / 2 + 0.25
        x, y = across[chosen[1]], down[chosen[0]]
        reach = (cells - 1) / 2 + edge
        figure.add_shape(
            type="rect",
            x0=x - reach,
            x1=x + reach,
            y0=y - reach,
            y1=y + reach,
            line={"color": colour, "width": 3},
        )
    for places, title, update in (
        (across, titles[1], figure.update_xaxes),
        (down, titles[0], figure.update_yaxes),
    ):
        names = [str(place) for place in range(1, len(places) + 1)]
        update(tickvals=places, ticktext=names, title_text=label(title), **_BARE)
    figure.update_yaxes(autorange="reversed")
    height = 70 + layers * (58 if layers <= 8 else 44)
    return finished(figure, height, hoverdistance=60, dragmode=False, showlegend=False)


_BARE = {
    "tickmode": "array",
    "showgrid": False,
    "zeroline": False,
    "ticks": "",
    "automargin": True,
    "title": {"standoff": 4, "font": {"size": 11}},
}


def _middles(count: int, step: int, cells: int) -> list[float]:
    return [place * step + (cells - 1) / 2 for place in range(count)]


def _stitched(canvas: np.ndarray) -> go.Heatmap:
    """The image: value 0 is transparent, so that the page shows through."""
    colours = [[(1 + 254 * at) / 255, colour] for at, colour in get_colorscale(SEQUENTIAL)]
    return go.Heatmap(
        z=canvas,
        zmin=0,
        zmax=255,
        colorscale=[[0.0, "rgba(0, 0, 0, 0)"], *colours],
        showscale=False,
        hoverinfo="skip",
    )


def _marks(across: list[float], down: list[float], hovers: Sequence[str]) -> go.Scatter:
    unseen = {"marker": {"opacity": 0}}
    return go.Scatter(
        x=np.tile(across, len(down)),
        y=np.repeat(down, len(across)),
        mode="markers",
        marker={"size": 34, "symbol": "square", "opacity": 0},
        selected=unseen,
        unselected=unseen,
        customdata=np.arange(len(across) * len(down)),
        text=[label(hover) for hover in hovers],
        hovertemplate="%{text}<extra></extra>",
    )
