"""Accuracy against the number of training examples."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from lmcore.charts.finetuning import DASHES, GREY, LEGEND
from lmcore.charts.theme import FAMILY_COLOURS, FAMILY_MARKS, faded, finished, label


@dataclass(frozen=True)
class Sized:
    """One row of results over the number of training examples.

    Attributes:
        name: shown in the legend: plain text.
        family: gives colour and mark; a baseline has none of its own.
        faint: a twin or a baseline.
        place: tells faint rows apart.
        sizes: ``[N]`` training examples.
        values, lows, highs: ``[N]`` in per cent.
    """

    name: str
    family: str
    faint: bool
    place: int
    sizes: np.ndarray
    values: np.ndarray
    lows: np.ndarray
    highs: np.ndarray


def by_size(lines: Sequence[Sized], x: str, y: str) -> go.Figure:
    """Accuracy against the number of training examples, with intervals.

    Args:
        lines: drawn in this order.
        x, y: titles.
    """
    figure = go.Figure()
    for own in lines:
        figure.add_scatter(
            x=own.sizes,
            y=own.values,
            error_y={
                "type": "data",
                "symmetric": False,
                "array": own.highs - own.values,
                "arrayminus": own.values - own.lows,
                "thickness": 1,
                "width": 3,
            },
            mode="lines+markers",
            name=label(own.name),
            line={
                "color": faded(FAMILY_COLOURS.get(own.family, GREY), 0.55 if own.faint else 1.0),
                "dash": DASHES[own.place % len(DASHES)] if own.faint else "solid",
                "width": 1.5 if own.faint else 2.5,
            },
            marker={"symbol": FAMILY_MARKS.get(own.family, "x"), "size": 6 if own.faint else 9},
            hovertemplate=(
                f"<b>{label(own.name)}</b><br>{label(x)}: %{{x:,}}<br>{label(y)}: %{{y:.1f}}"
                "<extra></extra>"
            ),
        )
    sizes = sorted({int(size) for own in lines for size in own.sizes})
    figure.update_xaxes(
        title=label(x),
        type="log",
        tickvals=sizes,
        ticktext=[f"{size:,}" for size in sizes],
        zeroline=False,
    )
    figure.update_yaxes(title=label(y), zeroline=False)
    return finished(figure, 440, legend=LEGEND)
