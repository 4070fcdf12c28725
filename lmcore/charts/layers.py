"""Figures of the layers page: way of a vector, similarity between layers, neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lmcore.charts.theme import (
    DIVERGING,
    FAMILY_COLOURS,
    FAMILY_DASHES,
    FAMILY_MARKS,
    GROUP_COLOURS,
    faded,
    finished,
    heatmap_height,
    label,
    labels,
    short,
)

#: A figure with no more layers than this has its numbers written into the cells.
MOST_WRITTEN = 8
_GREY = FAMILY_COLOURS["static"]


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
        family: gives the colour.
        mark, dash: how the line is told apart without colour.
        layers: ``[L + 1]`` names of the layers.
        depth, to_input, to_previous, chance_to_input, chance_to_previous: see
            :class:`lmcore.analyses.layers.Moves`.
    """

    name: str
    family: str
    mark: str
    dash: str
    layers: Sequence[str]
    depth: np.ndarray
    to_input: np.ndarray
    to_previous: np.ndarray
    chance_to_input: np.ndarray
    chance_to_previous: np.ndarray


def style(family: str) -> tuple[str, str]:
    """Mark and dash of a family."""
    return FAMILY_MARKS.get(family, "circle"), FAMILY_DASHES.get(family, "solid")


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
        for column, (values, chance) in enumerate(
            (
                (curve.to_input, curve.chance_to_input),
                (curve.to_previous, curve.chance_to_previous),
            ),
            start=1,
        ):
            figure.add_trace(_chance_line(curve, chance, texts), row=1, col=column)
            figure.add_trace(
                _line(curve, values, chance, texts, legend=column == 1), row=1, col=column
            )
    figure.add_trace(_legend_of_chance(texts), row=1, col=1)
    figure.update_xaxes(
        tickformat=".0%", tickvals=[0.0, 0.5, 1.0], range=[-0.04, 1.04], title=label(texts.depth)
    )
    figure.update_yaxes(zeroline=False)
    figure.update_yaxes(title=label(texts.similarity), row=1, col=1)
    return finished(figure, 400, legend={"orientation": "h", "y": -0.25})


def _line(
    curve: Curve, values: np.ndarray, chance: np.ndarray, texts: Texts, legend: bool
) -> go.Scatter:
    colour = FAMILY_COLOURS.get(curve.family, _GREY)
    return go.Scatter(
        x=curve.depth,
        y=values,
        mode="lines+markers",
        name=label(curve.name),
        legendgroup=curve.name,
        showlegend=legend,
        line={"color": colour, "dash": curve.dash, "width": 2.5},
        marker={"symbol": curve.mark, "size": 9, "color": colour},
        text=labels(curve.layers),
        customdata=chance,
        hovertemplate=(
            f"<b>{label(curve.name)}</b> · %{{text}}<br>{label(texts.similarity)}: %{{y:.2f}}<br>"
            f"{label(texts.chance)}: %{{customdata:.2f}}<extra></extra>"
        ),
    )


def _chance_line(curve: Curve, chance: np.ndarray, texts: Texts) -> go.Scatter:
    colour = FAMILY_COLOURS.get(curve.family, _GREY)
    return go.Scatter(
        x=curve.depth,
        y=chance,
        mode="lines",
        name=label(f"{curve.name}: {texts.chance}"),
        legendgroup=curve.name,
        showlegend=False,
        line={"color": faded(colour, 0.85), "dash": curve.dash, "width": 1.2},
        text=labels(curve.layers),
        hovertemplate=(
            f"<b>{label(curve.name)}</b> · %{{text}}<br>{label(texts.chance)}: %{{y:.2f}}"
            "<extra></extra>"
        ),
    )


def _legend_of_chance(texts: Texts) -> go.Scatter:
    """An entry of the legend that says what the thin lines are."""
    return go.Scatter(
        x=[None],
        y=[None],
        mode="lines",
        name=label(texts.chance),
        line={"color": faded(_GREY, 0.8), "width": 1},
    )


def between(
    similarity: np.ndarray, chance: np.ndarray, layers: Sequence[str], texts: Texts
) -> go.Figure:
    """Heat map of a word's similarity to itself between all pairs of layers.

    Args:
        similarity: ``[L + 1, L + 1]``, -1 to 1.
        chance: the same between unrelated words, told on hover.
        layers: ``[L + 1]`` names.
    """
    names = labels(layers)
    trace = go.Heatmap(
        z=similarity.astype(np.float32),
        x=names,
        y=names,
        zmin=-1.0,
        zmax=1.0,
        colorscale=DIVERGING,
        customdata=chance.astype(np.float32),
        texttemplate="%{z:.2f}" if len(names) <= MOST_WRITTEN else None,
        textfont={"size": 10},
        hovertemplate=(
            f"%{{y}} · %{{x}}<br>{label(texts.similarity)}: %{{z:.2f}}<br>"
            f"{label(texts.chance)}: %{{customdata:.2f}}<extra></extra>"
        ),
        **_bar(),
    )
    figure = go.Figure(trace)
    figure.update_xaxes(type="category", showgrid=False, automargin=True)
    figure.update_yaxes(type="category", showgrid=False, automargin=True, autorange="reversed")
    return finished(figure, heatmap_height(len(names), least=260, row=34))


def _bar() -> dict[str, object]:
    """A flat colour bar above the picture: it takes no width from a narrow one."""
    return {
        "colorbar": {
            "orientation": "h",
            "thickness": 8,
            "y": 1.03,
            "yanchor": "bottom",
            "ypad": 0,
            "nticks": 5,
        }
    }


def neighbours(
    similarity: np.ndarray,
    chance: np.ndarray,
    words: Sequence[str],
    rows: Sequence[int],
    layers: Sequence[str],
    most: float,
    texts: Texts,
) -> go.Figure:
    """Heat map of a word's similarity to other words of its sentence, above chance, by layer.

    Args:
        similarity: ``[L + 1, W]``; NaN for the word itself.
        chance: ``[L + 1]``, mean similarity of unrelated words.
        words: ``[W]``.
        rows: which words are shown, in the sentence's order.
        layers: ``[L + 1]`` names.
        most: end of the colour scale, the same for pictures that stand side by side.
    """
    figure = go.Figure(_above(similarity, chance, words, rows, layers, most, texts))
    figure.add_trace(_stars(similarity[:, list(rows)].T, labels(layers), texts))
    figure.update_xaxes(type="category", showgrid=False, automargin=True)
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[short(words[row]) for row in rows],
        range=[len(rows) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
        automargin=True,
    )
    return finished(figure, heatmap_height(len(rows), least=260, row=24) + 40)


def _above(
    similarity: np.ndarray,
    chance: np.ndarray,
    words: Sequence[str],
    rows: Sequence[int],
    layers: Sequence[str],
    most: float,
    texts: Texts,
) -> go.Heatmap:
    """Similarity above chance; the two numbers behind it are told on hover."""
    picked = similarity[:, list(rows)].T  # [rows, L + 1]
    return go.Heatmap(
        z=(picked - chance).astype(np.float32),
        x=labels(layers),
        y=list(range(len(rows))),
        zmin=-most,
        zmax=most,
        colorscale=DIVERGING,
        customdata=np.stack([picked, np.broadcast_to(chance, picked.shape)], axis=-1),
        text=[[short(words[row], 40)] * len(layers) for row in rows],
        hovertemplate=(
            f"<b>%{{text}}</b> · %{{x}}<br>{label(texts.similarity)}: %{{customdata[0]:.2f}}"
            f"<br>{label(texts.chance)}: %{{customdata[1]:.2f}}"
            f"<br>{label(texts.above)}: %{{z:+.2f}}<extra></extra>"
        ),
        hoverongaps=False,
        **_bar(),
    )


def _stars(picked: np.ndarray, names: Sequence[str], texts: Texts) -> go.Scatter:
    """A star on the nearest word of each layer."""
    best = [
        (name, int(np.nanargmax(column)))
        for name, column in zip(names, picked.T, strict=True)
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
