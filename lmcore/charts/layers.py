"""Figures of the layers page: similarity between layers, way of a vector, places, neighbours."""

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
    kept: str
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
            :class:`lmcore.layers.Moves`.
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
        horizontal_spacing=0.04,
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
    figure.update_xaxes(tickformat=".0%", range=[-0.04, 1.04], title=label(texts.depth))
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
        line={"color": faded(colour, 0.55), "dash": curve.dash, "width": 1},
        text=labels(curve.layers),
        hovertemplate=(
            f"<b>{label(curve.name)}</b> · %{{text}}<br>{label(texts.chance)}: %{{y:.2f}}"
            "<extra></extra>"
        ),
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
        **_bar(texts.similarity),
    )
    figure = go.Figure(trace)
    figure.update_xaxes(type="category", showgrid=False, automargin=True)
    figure.update_yaxes(type="category", showgrid=False, automargin=True, autorange="reversed")
    return finished(figure, heatmap_height(len(names), least=260, row=34))


def _bar(title: str) -> dict[str, object]:
    """A flat colour bar above the picture: it takes no width from a narrow one."""
    return {
        "colorbar": {
            "orientation": "h",
            "thickness": 8,
            "y": 1.0,
            "yanchor": "bottom",
            "nticks": 5,
            "title": {"text": label(title), "side": "top"},
        }
    }


def path(
    points: np.ndarray,
    kept: np.ndarray,
    words: Sequence[str],
    word: int,
    layer: int,
    layers: Sequence[str],
    family: str,
    texts: Texts,
) -> go.Figure:
    """The way of one word's vector through a plane, and where the other words stand at one layer.

    Args:
        points: ``[L + 1, W, 2]``; NaN where a word has no vector.
        kept: ``[L + 1]``, share of variance that the plane keeps.
        words: ``[W]``.
        word: whose way is drawn.
        layer: at which the words stand.
        layers: ``[L + 1]`` names.
    """
    colour = FAMILY_COLOURS.get(family, _GREY)
    figure = go.Figure(_others(points, words, word, layer))
    steps = points[: layer + 1, word]
    names = labels(layers)
    figure.add_trace(
        go.Scatter(
            x=points[:, word, 0],
            y=points[:, word, 1],
            mode="lines+markers+text",
            line={"color": faded(colour, 0.5), "width": 2},
            marker={"size": 7, "color": faded(colour, 0.6)},
            text=[str(number) for number in range(len(points))],
            textposition="top center",
            textfont={"size": 10},
            customdata=[[name, share] for name, share in zip(names, kept, strict=True)],
            hovertemplate=(
                f"<b>{short(words[word], 40)}</b> · %{{customdata[0]}}<br>"
                f"{label(texts.kept)}: %{{customdata[1]:.0%}}<extra></extra>"
            ),
            showlegend=False,
        )
    )
    figure.add_trace(
        go.Scatter(
            x=steps[-1:, 0],
            y=steps[-1:, 1],
            mode="markers+text",
            marker={"size": 15, "color": colour, "symbol": FAMILY_MARKS.get(family, "circle")},
            text=[f"<b>{short(words[word])}</b>"],
            textposition="bottom center",
            hoverinfo="skip",
            showlegend=False,
        )
    )
    low, high = _square(points)
    for axis in (figure.update_xaxes, figure.update_yaxes):
        axis(range=[low, high], showticklabels=False, zeroline=True, showgrid=False)
    figure.update_yaxes(scaleanchor="x", constrain="domain")
    figure.update_xaxes(constrain="domain")
    return finished(figure, 400)


def _others(points: np.ndarray, words: Sequence[str], word: int, layer: int) -> go.Scatter:
    """The other words at one layer."""
    others = [other for other in range(len(words)) if other != word]
    return go.Scatter(
        x=points[layer, others, 0],
        y=points[layer, others, 1],
        mode="markers+text" if len(others) <= 30 else "markers",
        marker={"size": 7, "color": faded(_GREY, 0.8), "symbol": "circle-open"},
        text=[short(words[other]) for other in others],
        textposition="top center",
        textfont={"size": 11},
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )


def _square(points: np.ndarray) -> tuple[float, float]:
    """One range for both axes and all layers, so that a change of layer moves points only."""
    reach = float(np.nanmax(np.abs(points))) if np.isfinite(points).any() else 1.0
    reach = max(reach, 1e-6) * 1.25
    return -reach, reach


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
    picked = similarity[:, list(rows)].T  # [rows, L + 1]
    names = labels(layers)
    figure = go.Figure(
        go.Heatmap(
            z=(picked - chance).astype(np.float32),
            x=names,
            y=list(range(len(rows))),
            zmin=-most,
            zmax=most,
            colorscale=DIVERGING,
            customdata=np.stack([picked, np.broadcast_to(chance, picked.shape)], axis=-1),
            text=[[short(words[row], 40)] * len(names) for row in rows],
            hovertemplate=(
                f"<b>%{{text}}</b> · %{{x}}<br>{label(texts.similarity)}: %{{customdata[0]:.2f}}"
                f"<br>{label(texts.chance)}: %{{customdata[1]:.2f}}"
                f"<br>{label(texts.above)}: %{{z:+.2f}}<extra></extra>"
            ),
            hoverongaps=False,
            **_bar(texts.above),
        )
    )
    best = [
        (name, int(np.nanargmax(column)))
        for name, column in zip(names, picked.T, strict=True)
        if np.isfinite(column).any()
    ]
    figure.add_trace(
        go.Scatter(
            x=[name for name, _ in best],
            y=[row for _, row in best],
            mode="markers",
            marker={"symbol": "star", "size": 10, "color": GROUP_COLOURS[3], "line": {"width": 1}},
            name=label(texts.nearest),
            hoverinfo="skip",
            showlegend=False,
        )
    )
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
