"""The numbers of a figure as a table: exactly what is drawn, one row a cell, mark or bar."""

import html
import re
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from lmcore.export.palette import several

_TAG = re.compile(r"</?(?:b|i|br)\s*/?>", re.IGNORECASE)
#: Signs with no width: they tell equal names apart and are never seen.
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufe0f]")


class UnsupportedFigureError(ValueError):
    """A figure holds something of which no table can be made."""


def plain(text: object) -> str:
    """What a label of Plotly shows.

    ``<b>``, ``<i>`` and ``<br>`` are ours (:func:`lmcore.charts.theme.label` has escaped a user's
    text), everything else is text.
    """
    lines = re.split(r"<br\s*/?>", str(text), flags=re.IGNORECASE)
    text = "\n".join(html.unescape(_TAG.sub("", line)) for line in lines)
    return _UNSEEN.sub("", text)


def table(figure: go.Figure) -> pd.DataFrame:
    """Every value of a figure with the names that stand on its axes.

    Columns ``part`` (of a figure with several, its heading), ``series`` (name in the legend),
    ``x``, ``y``, and where there are any ``value`` (of a cell) and ``text``.

    Raises:
        UnsupportedFigureError: a trace that is no heat map, scatter or bar.
    """
    parts = list(dict.fromkeys(trace.xaxis or "x" for trace in figure.data))
    rows: list[dict[str, Any]] = []
    for trace in figure.data:
        across = _names(figure, "x", trace)
        up = _names(figure, "y", trace)
        place = trace.xaxis or "x"
        common = {"part": _heading(figure, parts.index(place)) if len(parts) > 1 else None}
        common["series"] = plain(trace.name) if trace.name else None
        if isinstance(trace, go.Heatmap):
            rows += _cells(trace, across, up, common)
        elif isinstance(trace, (go.Scatter, go.Bar)):
            lists = [texts for texts in (trace.text, trace.hovertext) if several(texts)]
            texts = lists[0] if lists else None
            for index, (x, y) in enumerate(zip(across, up, strict=True)):
                if x is not None or y is not None:
                    text = plain(texts[index]) if texts is not None else ""
                    rows.append(
                        {**common, "x": x, "y": y, "text": text.replace("\n", " · ") or None}
                    )
        else:
            raise UnsupportedFigureError(f"trace of type {trace.type}")
    return pd.DataFrame(rows).dropna(axis="columns", how="all")


def _cells(
    trace: go.Heatmap, across: list[Any], up: list[Any], common: dict[str, Any]
) -> list[dict[str, Any]]:
    written = trace.text if trace.texttemplate and "text" in trace.texttemplate else None
    return [
        {
            **common,
            "x": across[column],
            "y": up[row],
            "value": _number(value),
            "text": None if written is None else plain(written[row][column]),
        }
        for row, line in enumerate(np.asarray(trace.z, dtype=float))
        for column, value in enumerate(line)
    ]


def _number(value: Any) -> Any:
    """Six figures: a table for reading and drawing, not for going on with computing."""
    if isinstance(value, (float, np.floating)):
        return float(f"{value:.6g}") if np.isfinite(value) else None
    return value.item() if isinstance(value, np.generic) else value


def _heading(figure: go.Figure, number: int) -> str:
    """The heading over one of several parts, or its number."""
    titles = [a for a in figure.layout.annotations if a.yref == "paper" and a.y == 1.0]
    return plain(titles[number].text).replace("\n", " ") if number < len(titles) else str(number)


def _names(figure: go.Figure, kind: str, trace: Any) -> list[Any]:
    """Places of a trace along an axis by the names that stand there."""
    name = trace[f"{kind}axis"] or kind
    axis = figure.layout[f"{kind}axis{name[1:]}"]
    values = [] if trace[kind] is None else list(trace[kind])
    alias = dict(axis.labelalias or {})
    if axis.tickvals is not None and axis.ticktext is not None:
        alias |= {_key(v): t for v, t in zip(axis.tickvals, axis.ticktext, strict=True)}
    return [
        plain(alias[_key(v)])
        if _key(v) in alias
        else plain(v)
        if isinstance(v, str)
        else _number(v)
        for v in values
    ]


def _key(value: Any) -> Any:
    return value if isinstance(value, str) else None if value is None else float(value)
