"""The strip of surprisals as a figure that can be saved."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from lmcore.charts.theme import SEQUENTIAL, finished, short


def strip(
    words: Sequence[str], names: Sequence[str], nats: np.ndarray, shown: np.ndarray, top: float
) -> go.Figure:
    """One row a view, one column a word, the brighter the more surprising.

    Args:
        words: ``[W]`` of the sentence.
        names: ``[V]`` of the views.
        nats: ``[V, W]`` surprisals; NaN where there is none.
        shown: ``[V, W]`` what stands in each cell.
        top: surprisal that has the brightest colour.
    """
    figure = go.Figure(
        go.Heatmap(
            z=nats.astype(np.float32),
            x=list(range(len(words))),
            y=list(range(len(names))),
            zmin=0.0,
            zmax=top,
            text=shown.tolist(),
            texttemplate="%{text}",
            textfont={"size": 10},
            colorscale=SEQUENTIAL,
            showscale=False,
            xgap=1,
            ygap=1,
        )
    )
    axis = {"tickmode": "array", "showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(
        tickvals=list(range(len(words))),
        ticktext=[short(word) for word in words],
        tickangle=-90,
        **axis,
    )
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=[short(name) for name in names],
        autorange="reversed",
        **axis,
    )
    return finished(figure, height=140 + 30 * len(names))
