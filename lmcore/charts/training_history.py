"""Figures of the page about training: curves over the training, and results by layer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from lmcore.charts.theme import (
    FAMILY_COLOURS,
    FAMILY_DASHES,
    FAMILY_MARKS,
    LEGEND,
    NEUTRAL,
    faded,
    finished,
    label,
    level,
)

#: Dashes of the lines that need no reader.
_REFERENCE_DASHES = ("dash", "dot", "longdash", "dashdot")


@dataclass(frozen=True)
class Line:
    """One reader's numbers along its training.

    Attributes:
        name: of the reader.
        family: gives colour, dash and mark.
        x: ``[N]`` tokens or minutes.
        faint: ``[N]`` as reported.
        bold: ``[N]`` smoothed; NaN leaves a gap.
        end: where a mark stands, ``(x, y)``; ``None``: nowhere.
    """

    name: str
    family: str
    x: np.ndarray
    faint: np.ndarray
    bold: np.ndarray
    end: tuple[float, float] | None = None


@dataclass(frozen=True)
class Texts:
    """Words of a figure in the language of the interface: plain text, ours.

    Attributes:
        x, y: titles of the axes.
        faint, bold, end: what the lines and the mark are.
        number: how a value is written, a format of d3 (``.2f``).
    """

    x: str
    y: str
    faint: str = ""
    bold: str = ""
    end: str = ""
    number: str = ".2f"


def along(lines: Sequence[Line], texts: Texts, log: bool, zero: bool = False) -> go.Figure:
    """Curves of all readers over common axes.

    Args:
        lines: drawn in this order.
        texts: words of the figure.
        log: the horizontal axis is logarithmic.
        zero: the vertical axis begins at zero.
    """
    figure = go.Figure()
    for line in lines:
        figure.add_trace(_faint(line))
    for line in lines:
        figure.add_trace(_bold(line, texts))
    for line in lines:
        if line.end is not None:
            figure.add_trace(_end(line, line.end, texts))
    if any(line.end is not None for line in lines):
        figure.add_trace(_legend_entry(texts.end))
    figure.update_xaxes(title=label(texts.x), type="log" if log else "linear", zeroline=False)
    figure.update_xaxes(exponentformat="SI", nticks=8, dtick="D2" if log else None)
    figure.update_yaxes(title=label(texts.y), zeroline=False, exponentformat="none")
    if zero:
        figure.update_yaxes(rangemode="tozero")
    return finished(figure, 420, legend=LEGEND)


def _faint(line: Line) -> go.Scatter:
    return go.Scatter(
        x=line.x,
        y=line.faint,
        mode="lines",
        name=label(line.name),
        legendgroup=line.name,
        showlegend=False,
        line={"color": faded(FAMILY_COLOURS.get(line.family, NEUTRAL), 0.35), "width": 1},
        hoverinfo="skip",
    )


def _bold(line: Line, texts: Texts) -> go.Scatter:
    return go.Scatter(
        x=line.x,
        y=line.bold,
        mode="lines",
        name=label(line.name),
        legendgroup=line.name,
        line={
            "color": FAMILY_COLOURS.get(line.family, NEUTRAL),
            "dash": FAMILY_DASHES.get(line.family, "solid"),
            "width": 2.5,
        },
        customdata=line.faint,
        hovertemplate=(
            f"<b>{label(line.name)}</b><br>{label(texts.x)}: %{{x:.4s}}<br>{label(texts.bold)}:"
            f" %{{y:{texts.number}}}<br>{label(texts.faint)}: %{{customdata:{texts.number}}}"
            "<extra></extra>"
        ),
    )


def _end(line: Line, place: tuple[float, float], texts: Texts) -> go.Scatter:
    return go.Scatter(
        x=[place[0]],
        y=[place[1]],
        mode="markers",
        name=label(line.name),
        legendgroup=line.name,
        showlegend=False,
        marker=_mark(
            FAMILY_MARKS.get(line.family, "circle"), FAMILY_COLOURS.get(line.family, NEUTRAL)
        ),
        hovertemplate=(
            f"<b>{label(line.name)}</b><br>{label(texts.end)}: %{{y:{texts.number}}}<extra></extra>"
        ),
    )


def _mark(symbol: str, colour: str) -> dict[str, object]:
    return {"symbol": symbol, "color": colour, "size": 13, "line": {"width": 1.5, "color": NEUTRAL}}


def _legend_entry(name: str) -> go.Scatter:
    """An entry of the legend that says what the marks are, whatever their shape."""
    return go.Scatter(
        x=[None],
        y=[None],
        mode="markers",
        name=label(name),
        marker={**_mark("circle", NEUTRAL), "size": 10},
        hoverinfo="skip",
    )


def by_layer(
    lines: Sequence[tuple[str, str, np.ndarray]], levels: Sequence[tuple[str, float]], texts: Texts
) -> go.Figure:
    """A result at each layer of each reader, and what is reached without layers as lines across.

    Args:
        lines: name, family and values ``[L + 1]`` of each reader, layer 0 first.
        levels: name and value in per cent of what belongs to no layer.
        texts: words of the figure.
    """
    figure = go.Figure()
    for name, family, values in lines:
        colour = FAMILY_COLOURS.get(family, NEUTRAL)
        figure.add_scatter(
            x=np.arange(len(values)),
            y=values,
            mode="lines+markers",
            name=label(name),
            line={"color": colour, "dash": FAMILY_DASHES.get(family, "solid"), "width": 2.5},
            marker={"symbol": FAMILY_MARKS.get(family, "circle"), "size": 9, "color": colour},
            hovertemplate=(
                f"<b>{label(name)}</b> · {label(texts.x)} %{{x}}<br>{label(texts.y)}:"
                f" %{{y:{texts.number}}}<extra></extra>"
            ),
        )
    last = max([len(values) - 1 for _, _, values in lines] + [1])
    for place, (name, value) in enumerate(levels):
        dash = _REFERENCE_DASHES[place % len(_REFERENCE_DASHES)]
        figure.add_trace(level(name, value, (0, last), dash, texts.number))
    figure.update_xaxes(title=label(texts.x), dtick=1, zeroline=False, range=[-0.2, last + 0.2])
    figure.update_yaxes(title=label(texts.y), zeroline=False)
    return finished(figure, 420, legend=LEGEND)
