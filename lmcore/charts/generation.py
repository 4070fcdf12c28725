"""Pictures of written text: colours of tokens, curves over the places, and the order of filling.

Who finds whose words likely: writers × judges.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import plotly.graph_objects as go

from lmcore.analyses.generation import GenerationView, segments
from lmcore.charts import theme

#: A token's colour tells in which of these ranges its probability lies (lower bounds).
BANDS = (0.0, 0.01, 0.05, 0.2, 0.5)

Measure = Literal["probability", "rank", "entropy"]


def band(probability: float) -> int:
    """Which range of :data:`BANDS` a probability lies in, from 0 (unlikely)."""
    return sum(probability >= bound for bound in BANDS) - 1


def band_colours() -> tuple[tuple[str, str], ...]:
    """Background and text colour of each range."""
    return theme.shades(len(BANDS))


def curves(
    views: Sequence[GenerationView],
    measure: Measure,
    *,
    places: str,
    axis: str,
    names: Mapping[str, str] = theme.FAMILY_NAMES,
) -> go.Figure:
    """One measure of every written piece over its place, one line a reader.

    Args:
        views: the continuations.
        measure: ``probability`` and ``rank`` are drawn on logarithmic axes.
        places: title of the horizontal axis.
        axis: title of the vertical axis.
        names: of the readers, by family.
    """
    figure = go.Figure()
    for view in views:
        ordered = sorted(view.tokens, key=lambda token: token.position)
        family = view.family
        figure.add_scatter(
            x=np.asarray([token.position + 1 for token in ordered]),
            y=np.asarray([getattr(token, measure) for token in ordered], dtype=np.float64),
            mode="lines+markers",
            name=theme.label(names[family]),
            line={
                "color": theme.FAMILY_COLOURS[family],
                "dash": theme.FAMILY_DASHES[family],
                "width": 1.5,
            },
            marker={"symbol": theme.FAMILY_MARKS[family], "size": 7},
            hovertext=theme.labels([token.text.strip() for token in ordered]),
            hovertemplate="%{hovertext}<br>%{y:.4g}<extra>%{fullData.name}</extra>",
        )
    figure.update_xaxes(title=places, rangemode="tozero", zeroline=False, showgrid=False)
    figure.update_yaxes(title=axis, zeroline=False)
    if measure == "probability":
        ticks = [1.0, 0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6]
        names_of_ticks = ["100 %", "10 %", "1 %", "0.1 %", "0.01 %", "0.001 %", "0.0001 %"]
        figure.update_yaxes(type="log", tickmode="array", tickvals=ticks, ticktext=names_of_ticks)
    elif measure == "rank":
        figure.update_yaxes(type="log", dtick=1, autorange="reversed")
    return theme.finished(figure, height=360, legend=theme.LEGEND, showlegend=True)


def order(view: GenerationView, *, places: str, steps: str) -> go.Figure:
    """When each place was filled: one mark a piece, in the colour of its token.

    Args:
        view: a continuation written in any order.
        places: title of the horizontal axis, the places from left to right.
        steps: title of the vertical axis, the first step at the top.
    """
    written = [(s.text, s.step, s.token) for s in segments(view) if s.token is not None]
    where = np.asarray([token.position + 1 for _, _, token in written])
    names = theme.labels([text for text, _, _ in written])
    figure = go.Figure(
        go.Scatter(
            x=where,
            y=np.asarray([step for _, step, _ in written]),
            mode="markers",
            marker={
                "size": 14,
                "symbol": theme.FAMILY_MARKS[view.family],
                "color": [band_colours()[band(token.probability)][0] for _, _, token in written],
                "line": {"width": 1, "color": "#7F7F7F"},
            },
            customdata=[f"{token.probability:.2%}" for _, _, token in written],
            hovertext=names,
            hovertemplate="%{hovertext}<br>%{y} · %{customdata}<extra></extra>",
        )
    )
    figure.update_xaxes(
        tickmode="array",
        tickvals=where,
        ticktext=[theme.short(text, 12) for text, _, _ in written],
        tickangle=-60,
        title=places,
        showgrid=False,
        zeroline=False,
    )
    figure.update_yaxes(title=steps, autorange="reversed", zeroline=False)
    return theme.finished(figure, height=420)


def matrix(
    values: np.ndarray,
    writers: Sequence[str],
    judges: Sequence[str],
    *,
    writer_axis: str,
    judge_axis: str,
    scale: str,
) -> go.Figure:
    """Mean ln p per word, one row a writer, one column a judge.

    The colour is the distance from the mean of the column: judges see different contexts, so that
    only the numbers below each other compare.

    Args:
        values: float ``[writers, judges]`` in nats; NaN is left empty.
        writers: names of the rows.
        judges: names of the columns.
        writer_axis: title of the rows.
        judge_axis: title of the columns.
        scale: title of the colours.
    """
    known = np.isfinite(values)
    count = np.maximum(known.sum(axis=0), 1)
    centred = values - np.where(known, values, 0.0).sum(axis=0) / count
    reach = max(float(np.abs(centred[known]).max(initial=0.0)), 0.1)
    texts = [[f"{v:.2f}" if np.isfinite(v) else "–" for v in row] for row in values]
    figure = go.Figure(
        go.Heatmap(
            z=centred,
            x=list(judges),
            y=theme.labels(writers),
            text=texts,
            texttemplate="%{text}",
            textfont={"size": 15},
            colorscale=theme.DIVERGING,
            zmid=0,
            zmin=-reach,
            zmax=reach,
            xgap=3,
            ygap=3,
            colorbar={"title": {"text": scale, "side": "right"}, "thickness": 12},
            hovertemplate="%{y} → %{x}: %{text}<extra></extra>",
        )
    )
    figure.update_xaxes(title=judge_axis, side="top", showgrid=False, zeroline=False)
    figure.update_yaxes(title=writer_axis, autorange="reversed", showgrid=False, zeroline=False)
    return theme.finished(figure, height=theme.heatmap_height(len(writers), row=52))
