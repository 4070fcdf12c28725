"""The way of a word through a plane among the other words of its sentence, layer by layer."""

from collections.abc import Mapping, Sequence

import numpy as np
import plotly.graph_objects as go

from lmcore.analyses.layers import ReaderPart
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


def path(
    part: ReaderPart, word: int, layer: int, layers: Sequence[str], kept_text: str
) -> go.Figure:
    """The way of one word through all layers, and where the other words stand at one layer.

    Args:
        part: the places of the words.
        word: whose way is drawn.
        layer: at which the words stand.
        layers: ``[L + 1]`` names.
        kept_text: what the share of variance is called, plain text, ours.
    """
    points = part.plane.points
    ranges = _ranges(points)
    named = _apart(_wanted(points, word, layer), ranges)
    way = _way(part, word, named, layers, kept_text)
    figure = go.Figure([_others(part, word, layer, named), way, _here(part, word, layer)])
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


def _others(part: ReaderPart, word: int, layer: int, named: set[str]) -> go.Scatter:
    """The other words at one layer; those without room for their name tell it on hover."""
    words, points = part.words, part.plane.points[layer]
    others = [other for other in range(len(words)) if other != word]
    return go.Scatter(
        x=points[others, 0],
        y=points[others, 1],
        mode="markers+text",
        marker={"size": 7, "color": faded(NEUTRAL, 0.9), "symbol": "circle-open"},
        text=[short(words[other]) if f"word {other}" in named else "" for other in others],
        textposition="top center",
        textfont={"size": 11},
        hovertext=[short(words[other], 40) for other in others],
        hovertemplate="%{hovertext}<extra></extra>",
        showlegend=False,
    )


def _way(
    part: ReaderPart, word: int, named: set[str], layers: Sequence[str], kept_text: str
) -> go.Scatter:
    """The word in all layers, one after the other."""
    plane, colour = part.plane, FAMILY_COLOURS.get(part.family, NEUTRAL)
    return go.Scatter(
        x=plane.points[:, word, 0],
        y=plane.points[:, word, 1],
        mode="lines+markers+text",
        line={"color": faded(colour, 0.6), "width": 2},
        marker={"size": 7, "color": faded(colour, 0.7)},
        text=[str(n) if f"layer {n}" in named else "" for n in range(len(plane.points))],
        textposition="top center",
        # A visitor's word never stands in a template, where %{…} would be read.
        customdata=[
            [name, share, short(part.words[word], 40)]
            for name, share in zip(labels(layers), plane.kept, strict=True)
        ],
        hovertemplate=(
            "<b>%{customdata[2]}</b> · %{customdata[0]}<br>"
            f"{label(kept_text)}: %{{customdata[1]:.0%}}<extra></extra>"
        ),
        showlegend=False,
    )


def _here(part: ReaderPart, word: int, layer: int) -> go.Scatter:
    """The word at the layer that is looked at."""
    points = part.plane.points
    return go.Scatter(
        x=points[layer : layer + 1, word, 0],
        y=points[layer : layer + 1, word, 1],
        mode="markers+text",
        marker={
            "size": 15,
            "color": FAMILY_COLOURS.get(part.family, NEUTRAL),
            "symbol": FAMILY_MARKS.get(part.family, "circle"),
        },
        text=[f"<b>{short(part.words[word])}</b>"],
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
