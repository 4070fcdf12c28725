"""Figures of contextuality by layer: somebody's own sentences beside those of a corpus."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from lmcore.charts import depth
from lmcore.charts.theme import finished, label


@dataclass(frozen=True)
class Curve:
    """One measure of one reader.

    Attributes:
        name: of the reader.
        family: gives colour, mark and dash.
        layers: ``[L + 1]`` names on the screen.
        values: ``[L + 1]`` in somebody's own sentences.
        corpus: ``[L + 1]`` in the corpus, if that was measured.
    """

    name: str
    family: str
    layers: Sequence[str]
    values: np.ndarray
    corpus: np.ndarray | None


@dataclass(frozen=True)
class Texts:
    """Words of the figures in the language of the interface: plain text, ours."""

    depth: str
    value: str
    sentences: str
    corpus: str


def by_depth(curves: Sequence[Curve], texts: Texts) -> go.Figure:
    """One measure over relative depth: thick lines with marks, thin ones for the corpus."""
    figure = go.Figure()
    for curve in curves:
        if curve.corpus is not None:
            name, hover = f"{curve.name}: {texts.corpus}", _hover(curve, curve.corpus, texts.corpus)
            figure.add_trace(depth.thin(name, curve.family, "", curve.corpus, **hover))
        hover = _hover(curve, curve.values, texts.sentences)
        figure.add_trace(depth.thick(curve.name, curve.family, "", curve.values, **hover))
    if any(curve.corpus is not None for curve in curves):
        figure.add_trace(depth.legend_of_thin(texts.corpus, 1.2))
    depth.depth_axis(figure, texts.depth)
    figure.update_yaxes(title=label(texts.value), zeroline=False, automargin=True)
    return finished(figure, 340, legend={"orientation": "h", "y": -0.3})


def _hover(curve: Curve, values: np.ndarray, kind: str) -> dict[str, object]:
    lines = [
        f"<b>{label(curve.name)}</b> · {label(layer)}<br>{label(kind)}: {value:.3f}"
        for layer, value in zip(curve.layers, values, strict=False)
    ]
    return {"hovertext": lines, "hoverinfo": "text"}
