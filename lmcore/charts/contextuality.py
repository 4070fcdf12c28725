"""Figures of contextuality by layer: somebody's own sentences beside those of a corpus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from lmcore.charts.theme import FAMILY_COLOURS, FAMILY_DASHES, FAMILY_MARKS, faded, finished, label

_GREY = FAMILY_COLOURS["static"]


@dataclass(frozen=True)
class Curve:
    """One measure of one reader.

    Attributes:
        name: of the reader.
        family: gives colour, mark and dash.
        layers: ``[L + 1]`` names on the screen.
        own: ``[L + 1]`` in somebody's own sentences.
        corpus: ``[L + 1]`` in the corpus, if that was measured.
    """

    name: str
    family: str
    layers: Sequence[str]
    own: np.ndarray
    corpus: np.ndarray | None


@dataclass(frozen=True)
class Texts:
    """Words of the figures in the language of the interface: plain text, ours."""

    depth: str
    value: str
    own: str
    corpus: str


def by_depth(curves: Sequence[Curve], texts: Texts) -> go.Figure:
    """One measure over relative depth: thick lines with marks are one's own, thin ones the corpus.

    Args:
        curves: one a reader.
        texts: words of the figure.
    """
    figure = go.Figure()
    for curve in curves:
        if curve.corpus is not None:
            figure.add_trace(_corpus(curve, curve.corpus, texts))
        figure.add_trace(_own(curve, texts))
    if any(curve.corpus is not None for curve in curves):
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="lines",
            name=label(texts.corpus),
            line={"color": faded(_GREY, 0.8), "width": 1.2},
        )
    figure.update_xaxes(
        tickformat=".0%", tickvals=[0.0, 0.5, 1.0], range=[-0.04, 1.04], title=label(texts.depth)
    )
    figure.update_yaxes(title=label(texts.value), zeroline=False, automargin=True)
    return finished(figure, 340, legend={"orientation": "h", "y": -0.3})


def _depth(values: np.ndarray) -> np.ndarray:
    return np.linspace(0.0, 1.0, len(values))


def _own(curve: Curve, texts: Texts) -> go.Scatter:
    colour = FAMILY_COLOURS.get(curve.family, _GREY)
    return go.Scatter(
        x=_depth(curve.own),
        y=curve.own,
        mode="lines+markers",
        name=label(curve.name),
        line={"color": colour, "dash": FAMILY_DASHES.get(curve.family, "solid"), "width": 2.5},
        marker={
            "symbol": FAMILY_MARKS.get(curve.family, "circle"),
            "size": 9,
            "color": colour,
        },
        hovertext=_told(curve, curve.own, texts.own),
        hoverinfo="text",
    )


def _corpus(curve: Curve, values: np.ndarray, texts: Texts) -> go.Scatter:
    colour = FAMILY_COLOURS.get(curve.family, _GREY)
    return go.Scatter(
        x=_depth(values),
        y=values,
        mode="lines",
        name=label(f"{curve.name}: {texts.corpus}"),
        showlegend=False,
        line={
            "color": faded(colour, 0.85),
            "dash": FAMILY_DASHES.get(curve.family, "solid"),
            "width": 1.2,
        },
        hovertext=_told(curve, values, texts.corpus),
        hoverinfo="text",
    )


def _told(curve: Curve, values: np.ndarray, kind: str) -> list[str]:
    return [
        f"<b>{label(curve.name)}</b> · {label(layer)}<br>{label(kind)}: {value:.3f}"
        for layer, value in zip(curve.layers, values, strict=False)
    ]
