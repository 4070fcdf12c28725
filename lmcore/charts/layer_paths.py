"""The way of a word through a plane among the other words of its sentence, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from lmcore.charts.theme import (
    FAMILY_COLOURS,
    FAMILY_MARKS,
    NEUTRAL,
    faded,
    finished,
    label,
    labels,
    short,
)

#: Share of the width and of the height of a picture that one name takes.
NAME_ROOM = np.array([0.14, 0.055])


@dataclass(frozen=True)
class Path:
    """Places of the words of one sentence in the layers of one reader.

    Attributes:
        family: gives colour and mark.
        points: float ``[L + 1, W, 2]``; NaN where a word has no vector.
        kept: ``[L + 1]``, share of the variance that the plane keeps.
        words: ``[W]``.
        layers: ``[L + 1]`` names.
    """

    family: str
    points: np.ndarray
    kept: np.ndarray
    words: Sequence[str]
    layers: Sequence[str]

    @property
    def colour(self) -> str:
        """Of the family."""
        return FAMILY_COLOURS.get(self.family, NEUTRAL)


def path(data: Path, word: int, layer: int, kept_text: str) -> go.Figure:
    """The way of one word through all layers, and where the other words stand at one layer.

    Args:
        data: the places.
        word: whose way is drawn.
        layer: at which the words stand.
        kept_text: what the share of variance is called, plain text, ours.
    """
    ranges = _ranges(data.points)
    named = _apart(_wanted(data.points, word, layer), ranges)
    figure = go.Figure(
        [
            _others(data, word, layer, named),
            _way(data, word, named, kept_text),
            _here(data, word, layer),
        ]
    )
    for axis, limits in zip((figure.update_xaxes, figure.update_yaxes), ranges, strict=True):
        axis(
            range=limits,
            showticklabels=False,
            ticks="",
            zeroline=False,
            showgrid=False,
            showline=True,
            mirror=True,
            linecolor=faded(NEUTRAL, 0.4),
        )
    figure.update_yaxes(scaleanchor="x")
    return finished(figure, 360)


def _others(data: Path, word: int, layer: int, named: set[str]) -> go.Scatter:
    """The other words at one layer; those without room for their name tell it on hover."""
    others = [other for other in range(len(data.words)) if other != word]
    return go.Scatter(
        x=data.points[layer, others, 0],
        y=data.points[layer, others, 1],
        mode="markers+text",
        marker={"size": 7, "color": faded(NEUTRAL, 0.9), "symbol": "circle-open"},
        text=[short(data.words[other]) if f"word {other}" in named else "" for other in others],
        textposition="top center",
        textfont={"size": 11},
        hovertext=[short(data.words[other], 40) for other in others],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )


def _way(data: Path, word: int, named: set[str], kept_text: str) -> go.Scatter:
    """The word in all layers, one after the other."""
    return go.Scatter(
        x=data.points[:, word, 0],
        y=data.points[:, word, 1],
        mode="lines+markers+text",
        line={"color": faded(data.colour, 0.6), "width": 2},
        marker={"size": 7, "color": faded(data.colour, 0.7)},
        text=[str(n) if f"layer {n}" in named else "" for n in range(len(data.points))],
        textposition="top center",
        # A visitor's word never stands in a template, where %{…} would be read.
        customdata=[
            [name, share, short(data.words[word], 40)]
            for name, share in zip(labels(data.layers), data.kept, strict=True)
        ],
        hovertemplate=(
            "<b>%{customdata[2]}</b> · %{customdata[0]}<br>"
            f"{label(kept_text)}: %{{customdata[1]:.0%}}<extra></extra>"
        ),
        showlegend=False,
    )


def _here(data: Path, word: int, layer: int) -> go.Scatter:
    """The word at the layer that is looked at."""
    return go.Scatter(
        x=data.points[layer : layer + 1, word, 0],
        y=data.points[layer : layer + 1, word, 1],
        mode="markers+text",
        marker={
            "size": 15,
            "color": data.colour,
            "symbol": FAMILY_MARKS.get(data.family, "circle"),
        },
        text=[f"<b>{short(data.words[word])}</b>"],
        textposition="bottom center",
        hoverinfo="skip",
        showlegend=False,
    )


def _wanted(points: np.ndarray, word: int, layer: int) -> dict[str, np.ndarray]:
    """Places that want a name, the important ones first."""
    ends = (end for end in (0, len(points) - 1) if end != layer)
    others = (other for other in range(points.shape[1]) if other != word)
    return {
        f"word {word}": points[layer, word],
        **{f"layer {end}": points[end, word] for end in ends},
        **{f"word {other}": points[layer, other] for other in others},
    }


def _apart(places: Mapping[str, np.ndarray], ranges: Sequence[Sequence[float]]) -> set[str]:
    """Which places can be named without one name over another, first come first served."""
    room = np.array([high - low for low, high in ranges]) * NAME_ROOM
    kept: dict[str, np.ndarray] = {}
    for name, place in places.items():
        if np.isfinite(place).all() and all(
            (np.abs(place - other) > room).any() for other in kept.values()
        ):
            kept[name] = place
    return set(kept)


def _ranges(points: np.ndarray) -> list[list[float]]:
    """Ranges of both axes over all layers, so that a change of layer moves points only."""
    flat = points.reshape(-1, 2)
    flat = flat[np.isfinite(flat).all(axis=1)]
    if not len(flat):
        return [[-1.0, 1.0], [-1.0, 1.0]]
    low, high = flat.min(axis=0), flat.max(axis=0)
    room = np.array([0.15, 0.12]) * max(float((high - low).max()), 1e-6)
    return [[float(a), float(b)] for a, b in zip(low - room, high + room, strict=True)]
