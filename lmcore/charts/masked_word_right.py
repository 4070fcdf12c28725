"""Picture of what deleting the right context changes: bars of probability differences."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from lmcore.charts import theme
from lmcore.masked_word_right import Change


def differences(change: Change, *, axis: str) -> go.Figure:
    """One bar a word: probability without the right side minus probability with it.

    Args:
        change: of one reader and view.
        axis: title of the axis; its unit is percentage points.
    """
    points = 100 * np.asarray(change.difference)
    end = float(np.abs(points).max(initial=0.0)) or 1.0
    figure = go.Figure(
        go.Bar(
            x=points,
            y=np.arange(len(points)),
            orientation="h",
            text=[f"{value:+.2g}" for value in points],
            textposition="outside",
            cliponaxis=False,
            marker={
                "color": theme.FAMILY_COLOURS[change.family],
                "pattern": {
                    "shape": ["" if value >= 0 else "/" for value in points],
                    "fillmode": "overlay",
                },
            },
            hovertext=theme.labels(change.words),
            hovertemplate="%{hovertext}<br>%{x:+.3f}<extra></extra>",
            showlegend=False,
        )
    )
    figure.update_xaxes(range=[-1.7 * end, 1.7 * end], title=axis, nticks=5)
    figure.update_yaxes(
        tickmode="array",
        tickvals=np.arange(len(points)),
        ticktext=[theme.short(word) for word in change.words],
        range=[len(points) - 0.5, -0.5],
        automargin=True,
        showgrid=False,
        zeroline=False,
    )
    return theme.finished(figure, height=110 + 26 * max(len(points), 3), bargap=0.25)
