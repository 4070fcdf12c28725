"""The picture of the Lessons page that no other page has: what a reader gets of a task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import plotly.graph_objects as go

from lmcore.charts import theme

#: Whether a position stands for the first text, for the second, or for none.
Part = Literal["first", "second", "extra"]
_FILL: dict[Part, float] = {"first": 0.1, "second": 0.3, "extra": 0.0}


@dataclass(frozen=True)
class Input:
    """One sequence that a reader reads.

    Attributes:
        name: of the reader.
        family: gives the colour.
        pieces: as they are written.
        parts: what each piece belongs to.
    """

    name: str
    family: str
    pieces: tuple[str, ...]
    parts: tuple[Part, ...]


def inputs(rows: Sequence[Input], names: Mapping[str, str]) -> go.Figure:
    """Sequences as rows of boxes, position by position, the words written upwards.

    ``names`` are those of the parts ``first``, ``second``, ``extra``, for the hover text.
    """
    figure = go.Figure()
    for place, row in enumerate(rows):
        count = len(row.pieces)
        figure.add_trace(
            go.Scatter(
                x=list(range(1, count + 1)),
                y=[place] * count,
                mode="markers",
                marker={"opacity": 0, "size": 24},
                name=theme.label(row.name),
                hovertext=[
                    f"{theme.label(piece)}<br>{theme.label(names[part])}"
                    for piece, part in zip(row.pieces, row.parts, strict=True)
                ],
                hovertemplate="%{hovertext}<extra>%{fullData.name}</extra>",
                showlegend=False,
            )
        )
        for number, (piece, part) in enumerate(zip(row.pieces, row.parts, strict=True), start=1):
            _box(figure, number, place, row.family, part)
            figure.add_annotation(
                x=number, y=place, text=theme.short(piece, 12), textangle=-90, showarrow=False
            )
    longest = max((len(row.pieces) for row in rows), default=1)
    figure.update_xaxes(range=[0.4, longest + 0.6], showgrid=False, zeroline=False, dtick=1)
    names_of_rows = theme.labels([row.name for row in rows])
    figure.update_yaxes(theme.rows_axis(names_of_rows, showgrid=False))
    return theme.finished(figure, height=60 + 110 * max(1, len(rows)))


def _box(figure: go.Figure, number: int, place: int, family: str, part: Part) -> None:
    """The box of one position; what stands for no text is empty with a broken line."""
    colour = theme.FAMILY_COLOURS[family]
    figure.add_shape(
        type="rect",
        x0=number - 0.44,
        x1=number + 0.44,
        y0=place - 0.42,
        y1=place + 0.42,
        layer="below",
        fillcolor=theme.faded(colour, _FILL[part]),
        line={"color": colour, "width": 1.5, "dash": "dash" if part == "extra" else "solid"},
    )
