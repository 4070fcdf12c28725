"""Lines over the depth of a reader, from its input layer to its top: what such figures share."""

from typing import Any

import numpy as np
import plotly.graph_objects as go

from lmcore.charts.theme import FAMILY_COLOURS, FAMILY_DASHES, FAMILY_MARKS, NEUTRAL, faded, label

#: Mark and dash of the two directions of one reader, which share its colour.
_PARTS = {"forward": ("triangle-right", "solid"), "backward": ("triangle-left", "dot")}


def style(family: str, part: str = "") -> tuple[str, str]:
    """Mark and dash of a family, or of one of its directions."""
    usual = FAMILY_MARKS.get(family, "circle"), FAMILY_DASHES.get(family, "solid")
    return _PARTS.get(part, usual)


def thick(name: str, family: str, part: str, values: np.ndarray, **trace: Any) -> go.Scatter:
    """The line of a reader, with marks.

    Args:
        name: of the reader or of its direction.
        family: gives the colour.
        part: a direction of the reader, or ``""``.
        values: ``[L + 1]``.
        trace: whatever else the line is to have.
    """
    colour, (mark, dash) = FAMILY_COLOURS.get(family, NEUTRAL), style(family, part)
    return go.Scatter(
        x=_depth(values),
        y=values,
        mode="lines+markers",
        name=label(name),
        line={"color": colour, "dash": dash, "width": 2.5},
        marker={"symbol": mark, "size": 9, "color": colour},
        **trace,
    )


def thin(name: str, family: str, part: str, values: np.ndarray, **trace: Any) -> go.Scatter:
    """What a reader's line is compared with, outside the legend; arguments as in :func:`thick`."""
    colour, (_, dash) = FAMILY_COLOURS.get(family, NEUTRAL), style(family, part)
    return go.Scatter(
        x=_depth(values),
        y=values,
        mode="lines",
        name=label(name),
        showlegend=False,
        line={"color": faded(colour, 0.85), "dash": dash, "width": 1.2},
        **trace,
    )


def _depth(values: np.ndarray) -> np.ndarray:
    return np.linspace(0.0, 1.0, len(values)) if len(values) > 1 else np.zeros(1)


def legend_of_thin(name: str, width: float) -> go.Scatter:
    """An entry of the legend that says what the thin lines are."""
    line = {"color": faded(NEUTRAL, 0.8), "width": width}
    return go.Scatter(x=[None], y=[None], mode="lines", name=label(name), line=line)


def depth_axis(figure: go.Figure, title: str) -> None:
    """From the input layer to the top, in per cent."""
    figure.update_xaxes(
        tickformat=".0%", tickvals=[0.0, 0.5, 1.0], range=[-0.04, 1.04], title=label(title)
    )
