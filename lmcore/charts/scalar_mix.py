"""Figure of the scalar mix: its separation score beside that of single layers."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from lmcore.charts.theme import FAMILY_COLOURS, NEUTRAL, faded, finished, label, labels


@dataclass(frozen=True)
class Bar:
    """One score.

    Attributes:
        name: what is scored, as it stands below the bar.
        family: gives the colour.
        score: separation of the senses.
        strong: whether it is the mix that is being set; the others are pale.
    """

    name: str
    family: str
    score: float
    strong: bool = False


def scores(bars: Sequence[Bar], title: str) -> go.Figure:
    """Bars in their order, with the number at the end of each; ``title``: of the axis."""
    colours = [FAMILY_COLOURS.get(bar.family, NEUTRAL) for bar in bars]
    figure = go.Figure(
        go.Bar(
            y=labels([bar.name for bar in bars]),
            x=[bar.score for bar in bars],
            orientation="h",
            marker={
                "color": [
                    colour if bar.strong else faded(colour, 0.45)
                    for colour, bar in zip(colours, bars, strict=True)
                ],
                "line": {"color": colours, "width": [3 if bar.strong else 1 for bar in bars]},
            },
            text=[f"{bar.score:.3f}" for bar in bars],
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}: %{x:.3f}<extra></extra>",
        )
    )
    figure.update_xaxes(title=label(title), zeroline=True)
    figure.update_yaxes(type="category", autorange="reversed", automargin=True, showgrid=False)
    figure = finished(figure, 90 + 34 * len(bars), showlegend=False, bargap=0.25)
    return figure.update_layout(margin={"r": 60})
