"""Who finds whose words likely: writers × judges."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from lmcore.charts import theme


def matrix(
    values: np.ndarray,
    writers: Sequence[str],
    judges: Sequence[str],
    *,
    writer_axis: str,
    judge_axis: str,
    scale: str,
) -> go.Figure:
    """Mean ln p per word, one row a writer, one column a judge.

    The colour is the distance from the mean of the column: judges see different contexts, so that
    only the numbers below each other compare.

    Args:
        values: float ``[writers, judges]`` in nats; NaN is left empty.
        writers: names of the rows.
        judges: names of the columns.
        writer_axis: title of the rows.
        judge_axis: title of the columns.
        scale: title of the colours.
    """
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    centred = values - np.where(known, values, 0.0).sum(axis=0) / count
    reach = max(float(np.abs(centred[known]).max(initial=0.0)), 0.1)
    texts = [[f"{v:.2f}" if np.isfinite(v) else "–" for v in row] for row in values]
    figure = go.Figure(
        go.Heatmap(
            z=centred,
            x=list(judges),
            y=theme.labels(writers),
            text=texts,
            texttemplate="%{text}",
            textfont={"size": 15},
            colorscale=theme.DIVERGING,
            zmid=0,
            zmin=-reach,
            zmax=reach,
            xgap=3,
            ygap=3,
            colorbar={"title": {"text": scale, "side": "right"}, "thickness": 12},
            hovertemplate="%{y} → %{x}: %{text}<extra></extra>",
        )
    )
    figure.update_xaxes(title=judge_axis, side="top", showgrid=False, zeroline=False)
    figure.update_yaxes(title=writer_axis, autorange="reversed", showgrid=False, zeroline=False)
    return theme.finished(figure, height=theme.heatmap_height(len(writers), row=52))
