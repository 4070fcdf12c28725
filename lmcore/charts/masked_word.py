"""Pictures of the masked word: bars of candidates, asked words, what deleting the right context
changes, and the next-sentence judgement.
"""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

import numpy as np
import plotly.graph_objects as go

from lmcore.analyses.without_right import Change
from lmcore.charts import theme
from lmcore.outputs.answers import Candidates
from lmcore.text.words import fold

#: Probabilities below this are drawn at the edge of a logarithmic axis.
LEAST = 1e-8


def bars(
    column: Candidates,
    k: int,
    *,
    limit: float | None = None,
    bold: Sequence[str] = (),
    without: Sequence[float] | None = None,
    names: tuple[str, str] = ("", ""),
) -> go.Figure:
    """The likeliest words of one reader and view, as bars to the right.

    Args:
        column: the words.
        k: how many of them.
        limit: end of the probability axis, to compare several pictures; ``None`` fits this one.
        bold: words to print in bold.
        without: their probabilities without the right context, drawn as paler bars; ``[k]``.
        names: what the two kinds of bars are called when the mouse stands over them.
    """
    top = column.candidates[:k]
    words = [candidate.word for candidate in top]
    values = np.asarray([candidate.probability for candidate in top])
    keys = {fold(word) for word in bold}
    ticks = [
        f"<b>{theme.short(word)}</b>" if fold(word) in keys else theme.short(word) for word in words
    ]
    figure = go.Figure(_bar(column, words, values, names[0], 1.0))
    if without is not None:
        figure.add_trace(_bar(column, words, np.asarray(without), names[1], 0.35))
        values = np.maximum(values, without)
    _bar_axes(figure, ticks, limit if limit is not None else float(values.max(initial=0.0)))
    row = 26 if without is None else 40
    return theme.finished(figure, height=60 + row * max(len(top), 3), bargap=0.25, bargroupgap=0.05)


def _bar_axes(figure: go.Figure, ticks: Sequence[str], end: float) -> None:
    """Words down the side; along the bottom only nought and the end of the longest bar.

    The axis is longer than that bar: room for its number in a narrow column.
    """
    figure.update_xaxes(
        range=[0, end * 1.6 or 1.0],
        tickmode="array",
        tickvals=[0, end],
        ticktext=["0", percent(end, 2)],
        tickangle=0,
    )
    figure.update_yaxes(theme.rows_axis(ticks, showgrid=False))


def _bar(
    column: Candidates, words: Sequence[str], values: np.ndarray, name: str, alpha: float
) -> Any:
    """Bars of one kind; hatched where the numbers are shares among the tried words only."""
    return go.Bar(
        x=values,
        y=np.arange(len(words)),
        name=name,
        orientation="h",
        text=[percent(value, 2) for value in values],
        textposition="outside",
        cliponaxis=False,
        marker={
            "color": theme.faded(theme.FAMILY_COLOURS[column.family], alpha),
            "pattern": {"shape": "/" if column.covered is None else "", "fillmode": "overlay"},
        },
        hovertext=theme.labels(words),
        hovertemplate="%{hovertext}<br>%{x:.4%}<extra>%{fullData.name}</extra>",
        showlegend=False,
    )


def percent(value: float, figures: int = 3) -> str:
    """A probability as it is printed: so many figures that mean something."""
    share = 100 * value
    if share == 0:
        return "0 %"
    if share < 1e-4:
        return f"{share:.0e} %"
    return f"{float(f'{share:.{figures}g}'):g} %"


def word_marks(
    words: Sequence[str], views: Sequence[str], probability: np.ndarray, *, axis: str
) -> go.Figure:
    """Some words in every view: one row a view, one mark a word, logarithmic probabilities.

    Args:
        words: ``[W]``.
        views: ``[V]`` names of the views, ours.
        probability: ``[W, V]``, NaN where there is none.
        axis: title of the axis.
    """
    figure = go.Figure()
    places = np.arange(len(views))
    for number, word in enumerate(words):
        figure.add_scatter(
            x=np.maximum(probability[number], LEAST),
            y=places,
            mode="markers",
            name=theme.short(word),
            marker={
                "size": 13,
                "symbol": theme.GROUP_MARKS[number],
                "color": theme.GROUP_COLOURS[number],
                "line": {"width": 1, "color": "#7F7F7F"},
            },
            customdata=[percent(value) for value in probability[number]],
            hovertext=[theme.label(word)] * len(views),
            hovertemplate="%{hovertext}<br>%{customdata}<extra>%{y}</extra>",
        )
    figure.update_xaxes(title=axis, **_log_axis(probability))
    figure.update_yaxes(theme.rows_axis(views))
    figure.update_traces(showlegend=True)
    return theme.finished(figure, height=120 + 34 * len(views), legend=theme.LEGEND)


def _log_axis(probability: np.ndarray) -> dict[str, Any]:
    """A logarithmic axis over some probabilities, with one tick a power of ten."""
    seen = np.maximum(probability[np.isfinite(probability)], LEAST)
    low, high = (seen.min(), seen.max()) if seen.size else (LEAST, 1.0)
    ends = [floor(log10(low) - 0.1), ceil(log10(high) + 0.1)]
    powers = [10.0**exponent for exponent in range(ends[0], ends[1] + 1)]
    return {
        "type": "log",
        # A little wider than its ticks: Plotly sees none at both ends of a single power of ten.
        "range": [ends[0] - 0.02, ends[1] + 0.02],
        "tickmode": "array",
        "tickvals": powers,
        "ticktext": [percent(power) for power in powers],
    }


def pair(family: str, names: Sequence[str], values: Sequence[float]) -> go.Figure:
    """Next-sentence judgements: one bar an order, from 0 to 1, with a line at one half.

    Args:
        family: whose judgement.
        names: of the orders, ours.
        values: probabilities.
    """
    figure = go.Figure(
        go.Bar(
            x=np.asarray(values),
            y=np.arange(len(values)),
            orientation="h",
            text=[percent(value) for value in values],
            textposition="auto",
            marker={"color": theme.FAMILY_COLOURS[family]},
            hovertemplate="%{x:.2%}<extra></extra>",
        )
    )
    figure.add_vline(x=0.5, line={"dash": "dash", "width": 1, "color": "#7F7F7F"})
    figure.update_xaxes(range=[0, 1], tickformat=".0%")
    figure.update_yaxes(theme.rows_axis(names, showgrid=False, zeroline=None))
    return theme.finished(figure, height=60 + 44 * len(values), bargap=0.3)


def differences(change: Change, *, axis: str) -> go.Figure:
    """One bar a word: probability without the right side minus that with it, in points."""
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
    ticks = [theme.short(word) for word in change.words]
    figure.update_yaxes(theme.rows_axis(ticks, showgrid=False))
    return theme.finished(figure, height=110 + 26 * max(len(points), 3), bargap=0.25)
