"""Pictures of sentence scores: surprisal by word, and two sentences compared.

Words stand down the side, the same word at the same height for every reader, one column a reader:
that fits a telephone as well as a sentence of a hundred words.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lmcore.analyses.sentence_comparison import Comparison
from lmcore.analyses.sentence_score import Score, Unit, View, in_unit
from lmcore.charts import theme

#: How a view is told from the others of its reader without colour.
PATTERNS: dict[View, str] = {"left": "", "right": "/", "mean": "", "both": ""}
#: Steps of the colour scale of :func:`cell`.
_SHADES = 64


def cell(value: float, top: float) -> tuple[str, str]:
    """Ground and ink of a cell: the nearer to ``top``, the brighter, the more surprising."""
    share = min(max(value / top, 0.0), 1.0) if top > 0 else 0.0
    return theme.shades(_SHADES)[round(share * (_SHADES - 1))]


def by_family(views: Sequence[Any]) -> dict[str, list[Any]]:
    """Scores or comparisons of each reader, without means of views that are drawn themselves."""
    families: dict[str, list[Any]] = {}
    for view in views:
        score = view.first if isinstance(view, Comparison) else view
        if score.view != "mean":
            families.setdefault(score.family, []).append(view)
    return families


def surprisal(
    scores: Sequence[Score],
    names: Mapping[tuple[str, View], str],
    unit: Unit,
    axis: str,
    readers: Mapping[str, str] = theme.FAMILY_NAMES,
) -> go.Figure:
    """Surprisal of every word, one column a reader, all on one scale.

    Args:
        scores: of one sentence; a word outside a reader's vocabulary is drawn pale.
        names: of the views.
        unit: of the bars.
        axis: title of the horizontal axes.
        readers: names of the readers, by family.
    """
    families = by_family(scores)
    words = [word.text for word in scores[0].sentence.words]
    figure = _columns(families, readers)
    for column, views in enumerate(families.values(), start=1):
        for score in views:
            values = score.surprisal(unit)
            labels = theme.labels(words)
            bar = _bar(score.family, score.view, values, score.predicted, labels)
            bar.name = names[score.family, score.view]
            figure.add_trace(bar, row=1, col=column)
    most = max((float(np.nanmax(s.surprisal(unit), initial=0.0)) for s in scores), default=0.0)
    figure.update_xaxes(range=[0, 1.05 * most or 1.0], title=axis, zeroline=False, tickangle=0)
    return _finished(figure, [theme.short(word, 14) for word in words], families)


def difference(
    comparisons: Sequence[Comparison],
    names: Mapping[tuple[str, View], str],
    unit: Unit,
    axis: str,
    readers: Mapping[str, str] = theme.FAMILY_NAMES,
) -> go.Figure:
    """What every word adds to the difference of two sentences; to the right: for the first.

    Args:
        comparisons: of the same two sentences.
        names: of the views.
        unit: of the bars.
        axis: title of the horizontal axes.
        readers: names of the readers, by family.
    """
    families = by_family(comparisons)
    figure = _columns(families, readers)
    labels = step_labels(comparisons[0])
    for column, views in enumerate(families.values(), start=1):
        for comparison in views:
            values = np.asarray(in_unit(comparison.difference, unit))
            score = comparison.first
            bar = _bar(score.family, score.view, values, comparison.known, labels)
            bar.name = names[score.family, score.view]
            figure.add_trace(bar, row=1, col=column)
        figure.add_vline(x=0, line={"width": 1, "color": theme.NEUTRAL}, row=1, col=column)
    sizes = [np.abs(in_unit(each.difference, unit)) for each in comparisons]
    most = 1.08 * max((float(np.nanmax(size, initial=0.0)) for size in sizes), default=0.0) or 1.0
    figure.update_xaxes(range=[-most, most], title=axis, zeroline=False, nticks=5, tickangle=0)
    ticks = [
        f"<b>{text}</b>" if changed else text
        for text, changed in zip(labels, comparisons[0].changed, strict=True)
    ]
    return _finished(figure, ticks, families)


def step_labels(comparison: Comparison) -> list[str]:
    """The words of each step: “are → is”, “+ very” put in, “− very” left out; safe in a figure."""
    first, second = comparison.first.sentence.words, comparison.second.sentence.words
    labels = []
    for step in comparison.steps:
        before = "" if step.first is None else theme.short(first[step.first].text, 12)
        after = "" if step.second is None else theme.short(second[step.second].text, 12)
        labels.append(
            {
                "same": before,
                "substituted": f"{before} → {after}",
                "deleted": f"− {before}",
                "inserted": f"+ {after}",
            }[step.kind]
        )
    return labels


def _columns(families: Mapping[str, Sequence[Any]], readers: Mapping[str, str]) -> go.Figure:
    titles = theme.labels([readers.get(family, family) for family in families])
    return make_subplots(
        rows=1,
        cols=max(len(titles), 1),
        shared_yaxes=True,
        subplot_titles=titles,
        horizontal_spacing=0.03,
    )


def _bar(
    family: str, view: View, values: np.ndarray, known: np.ndarray, labels: Sequence[str]
) -> Any:
    colour = theme.FAMILY_COLOURS.get(family, theme.NEUTRAL)
    return go.Bar(
        x=values,
        y=np.arange(len(values)),
        orientation="h",
        marker={
            "color": [theme.faded(colour, 1.0 if certain else 0.35) for certain in known],
            "pattern": {"shape": PATTERNS[view], "fillmode": "overlay", "solidity": 0.4},
        },
        hovertext=list(labels),
        hovertemplate="%{hovertext}<br>%{x:.2f}<extra>%{fullData.name}</extra>",
        showlegend=False,
    )


def _finished(
    figure: go.Figure, ticks: Sequence[str], families: Mapping[str, Sequence[Any]]
) -> go.Figure:
    """Words down the side, the first at the top; taller where a reader has two views."""
    figure.update_yaxes(theme.rows_axis(ticks, automargin=None, showgrid=False))
    figure.update_yaxes(automargin=True, col=1)
    row = 26 if max((len(views) for views in families.values()), default=1) > 1 else 22
    height = 110 + row * max(len(ticks), 3)
    return theme.finished(figure, height=height, bargap=0.3, bargroupgap=0.1)
