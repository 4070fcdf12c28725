"""Figure of the nearest contexts: what the sentences of the bank vote for each use of a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go

from lmcore.charts import theme

#: Bars of different senses differ in pattern too, not by colour alone.
_PATTERNS = ["", "/", ".", "x"]


def votes(
    names: Sequence[str],
    counts: Sequence[Mapping[str, float]],
    glosses: Mapping[str, str],
    texts: Mapping[str, str],
) -> go.Figure:
    """One bar a use, cut into the votes for each sense; a use without votes has no bar.

    Args:
        names: of the uses, ``[N]``: a user's text, shown as it is.
        counts: votes of each use by id of the sense, ``[N]``.
        glosses: what a sense is called, by its id, in the order of colours.
        texts: ``votes``, the name of the axis.
    """
    figure, places = go.Figure(), list(range(len(names)))
    for number, (sense, gloss) in enumerate(glosses.items()):
        values = [use.get(sense, 0.0) for use in counts]
        figure.add_bar(
            x=values,
            y=places,
            orientation="h",
            name=theme.label(gloss),
            marker={
                "color": theme.GROUP_COLOURS[number % len(theme.GROUP_COLOURS)],
                "pattern": {"shape": _PATTERNS[number % len(_PATTERNS)], "size": 6},
            },
            hovertext=[
                f"{theme.label(name)}<br>{theme.label(gloss)}<br>{value:.3g}"
                for name, value in zip(names, values, strict=True)
            ],
            hoverinfo="text",
        )
    most = max((sum(use.values()) for use in counts), default=0.0)
    figure.update_xaxes(title=texts["votes"], range=[0, max(most, 1.0)], dtick=1)
    labels = [theme.short(name) for name in names]
    figure.update_yaxes(
        tickmode="array",
        tickvals=places,
        ticktext=labels,
        range=[len(names) - 0.5, -0.5],
        showgrid=False,
        zeroline=False,
    )
    figure.update_layout(
        barmode="stack",
        showlegend=True,
        legend={**theme.LEGEND, "traceorder": "normal"},
    )
    return theme.finished(figure, height=theme.heatmap_height(len(names), least=200, row=24))
