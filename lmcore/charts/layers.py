"""Figures of the layers page: way of a vector, similarity between layers, neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lmcore.analyses.layers import Moves, ReaderPart
from lmcore.charts import depth
from lmcore.charts.theme import (
    DIVERGING,
    FLAT_BAR,
    GROUP_COLOURS,
    finished,
    heatmap_height,
    label,
    labels,
    rows_axis,
    short,
)

#: A figure with no more layers than this has its numbers written into the cells.
MOST_WRITTEN = 8


@dataclass(frozen=True)
class Texts:
    """Words of the figures in the language of the interface: plain text, ours."""

    similarity: str
    chance: str
    above: str
    depth: str
    to_input: str
    to_previous: str
    nearest: str


@dataclass(frozen=True)
class Curve:
    """The way of one vector for the common picture.

    Attributes:
        name: of the reader or of its half.
        part: gives the colour, mark and dash.
        layers: ``[L + 1]`` names of the layers.
        moves: its similarities and their yardsticks.
    """

    name: str
    part: ReaderPart
    layers: Sequence[str]
    moves: Moves


def moves(curves: Sequence[Curve], texts: Texts) -> go.Figure:
    """Similarity to the input layer and to the layer before, over relative depth.

    Thin lines are unrelated words between the same two layers.
    """
    figure = make_subplots(
        rows=1,
        cols=2,
        shared_yaxes=True,
        horizontal_spacing=0.08,
        subplot_titles=[label(texts.to_input), label(texts.to_previous)],
    )
    for curve in curves:
        way = curve.moves
        pairs = (
            (way.to_input, way.chance_to_input),
            (way.to_previous, way.chance_to_previous),
        )
        for column, (values, chance) in enumerate(pairs, start=1):
            for trace in _lines(curve, values, chance, texts, legend=column == 1):
                figure.add_trace(trace, row=1, col=column)
    figure.add_trace(depth.legend_of_thin(texts.chance, 1), row=1, col=1)
    depth.depth_axis(figure, texts.depth)
    figure.update_yaxes(zeroline=False)
    figure.update_yaxes(title=label(texts.similarity), row=1, col=1)
    return finished(figure, 400, legend={"orientation": "h", "y": -0.25})


def _lines(
    curve: Curve, values: np.ndarray, chance: np.ndarray, texts: Texts, legend: bool
) -> tuple[go.Scatter, go.Scatter]:
    """The yardstick of one line, and the line itself."""
    look = curve.part.family, curve.part.part
    about: dict[str, Any] = {"legendgroup": curve.name, "text": labels(curve.layers)}
    head = f"<b>{label(curve.name)}</b> · %{{text}}<br>"
    hover = f"{head}{label(texts.chance)}: %{{y:.2f}}<extra></extra>"
    name = f"{curve.name}: {texts.chance}"
    yardstick = depth.thin(name, *look, chance, hovertemplate=hover, **about)
    hover = (
        f"{head}{label(texts.similarity)}: %{{y:.2f}}<br>"
        f"{label(texts.chance)}: %{{customdata:.2f}}<extra></extra>"
    )
    about |= {"showlegend": legend, "customdata": chance, "hovertemplate": hover}
    return yardstick, depth.thick(curve.name, *look, values, **about)


def between(part: ReaderPart, word: int, layers: Sequence[str], texts: Texts) -> go.Figure:
    """Heat map of a word's similarity to itself between all pairs of layers.

    Args:
        part: the similarities, and on hover those of unrelated words.
        word: index into the words of its sentence.
        layers: ``[L + 1]`` names.
        texts: words of the figure.
    """
    names = labels(layers)
    trace = go.Heatmap(
        z=part.between[word].astype(np.float32),
        x=names,
        y=names,
        zmin=-1.0,
        zmax=1.0,
        colorscale=DIVERGING,
        customdata=part.chance.astype(np.float32),
        texttemplate="%{z:.2f}" if len(names) <= MOST_WRITTEN else None,
        textfont={"size": 10},
        hovertemplate=(
            f"%{{y}} · %{{x}}<br>{label(texts.similarity)}: %{{z:.2f}}<br>"
            f"{label(texts.chance)}: %{{customdata:.2f}}<extra></extra>"
        ),
        colorbar={**FLAT_BAR, "nticks": 5},
    )
    figure = go.Figure(trace)
    figure.update_xaxes(type="category", showgrid=False, automargin=True)
    figure.update_yaxes(type="category", showgrid=False, automargin=True, autorange="reversed")
    return finished(figure, heatmap_height(len(names), least=260, row=34))


def neighbours(
    part: ReaderPart,
    word: int,
    rows: Sequence[int],
    layers: Sequence[str],
    most: float,
    texts: Texts,
) -> go.Figure:
    """Heat map of a word's similarity to other words of its sentence, above chance, by layer.

    Both numbers behind a cell are told on hover; a star marks the nearest word of each layer.

    Args:
        part: the similarities.
        word: index into the words of its sentence.
        rows: which others are shown (:func:`~lmcore.analyses.layers.closest`).
        layers: ``[L + 1]`` names.
        most: end of the colour scale, the same for pictures that stand side by side.
        texts: words of the figure.
    """
    chance, words, names = np.diagonal(part.chance), [part.words[r] for r in rows], labels(layers)
    similarity = part.near[:, word, list(rows)].T  # [rows, L + 1]
    heat = go.Heatmap(
        z=(similarity - chance).astype(np.float32),
        x=names,
        y=list(range(len(rows))),
        zmin=-most,
        zmax=most,
        colorscale=DIVERGING,
        customdata=np.stack([similarity, np.broadcast_to(chance, similarity.shape)], axis=-1),
        text=[[short(row, 40)] * len(names) for row in words],
        hovertemplate=(
            f"<b>%{{text}}</b> · %{{x}}<br>{label(texts.similarity)}: %{{customdata[0]:.2f}}"
            f"<br>{label(texts.chance)}: %{{customdata[1]:.2f}}"
            f"<br>{label(texts.above)}: %{{z:+.2f}}<extra></extra>"
        ),
        hoverongaps=False,
        colorbar={**FLAT_BAR, "nticks": 5},
    )
    figure = go.Figure([heat, _stars(similarity, names, texts)])
    figure.update_xaxes(type="category", showgrid=False, automargin=True)
    ticks = [short(row) for row in words]
    figure.update_yaxes(rows_axis(ticks, tickmode=None, showgrid=False))
    return finished(figure, heatmap_height(len(rows), least=260, row=24) + 40)


def _stars(similarity: np.ndarray, names: Sequence[str], texts: Texts) -> go.Scatter:
    """A star on the nearest word of each layer."""
    best = [
        (name, int(np.nanargmax(column)))
        for name, column in zip(names, similarity.T, strict=True)
        if np.isfinite(column).any()
    ]
    return go.Scatter(
        x=[name for name, _ in best],
        y=[row for _, row in best],
        mode="markers",
        marker={"symbol": "star", "size": 10, "color": GROUP_COLOURS[3], "line": {"width": 1}},
        name=label(texts.nearest),
        hoverinfo="skip",
        showlegend=False,
    )
