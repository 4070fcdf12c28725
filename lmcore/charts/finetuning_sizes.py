"""Accuracy against the number of training examples."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from lmcore.charts.finetuning import DASHES
from lmcore.charts.theme import (
    FAMILY_COLOURS,
    FAMILY_MARKS,
    LEGEND,
    NEUTRAL,
    faded,
    finished,
    label,
)


@dataclass(frozen=True)
class Sized:
    """One row of results over the number of training examples.

    Attributes:
        name: shown in the legend: plain text.
        family: gives colour and mark; a baseline has none of its own.
        usual: no twin and no baseline; those are drawn faint.
        sizes: ``[N]`` training examples.
        values, lows, highs: ``[N]`` in per cent.
    """

    name: str
    family: str
    usual: bool
    sizes: np.ndarray
    values: np.ndarray
    lows: np.ndarray
    highs: np.ndarray


def by_size(rows: Sequence[Sized], x: str, y: str) -> go.Figure:
    """Accuracy against the number of training examples, with intervals.

    Args:
        rows: drawn in this order.
        x, y: titles.
    """
    figure = go.Figure()
    for place, row in enumerate(rows):
        colour = FAMILY_COLOURS.get(row.family, NEUTRAL)
        figure.add_scatter(
            x=row.sizes,
            y=row.values,
            error_y={
                "type": "data",
                "symmetric": False,
                "array": row.highs - row.values,
                "arrayminus": row.values - row.lows,
                "thickness": 1,
                "width": 3,
            },
            mode="lines+markers",
            name=label(row.name),
            line={
                "color": faded(colour, 1.0 if row.usual else 0.55),
                "dash": "solid" if row.usual else DASHES[place % len(DASHES)],
                "width": 2.5 if row.usual else 1.5,
            },
            marker={"symbol": FAMILY_MARKS.get(row.family, "x"), "size": 9 if row.usual else 6},
            hovertemplate=(
                f"<b>{label(row.name)}</b><br>{label(x)}: %{{x:,}}<br>{label(y)}: %{{y:.1f}}"
                "<extra></extra>"
            ),
        )
    sizes = sorted({int(size) for row in rows for size in row.sizes})
    figure.update_xaxes(
        title=label(x),
        type="log",
        tickvals=sizes,
        ticktext=[f"{size:,}" for size in sizes],
        zeroline=False,
    )
    figure.update_yaxes(title=label(y), zeroline=False)
    return finished(figure, 440, legend=LEGEND)
