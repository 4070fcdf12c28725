"""Figures of the page about tasks: learning curves, confusion, layer weights, answers, changes."""

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
    SEQUENTIAL,
    faded,
    finished,
    label,
    level,
    short,
)

#: Dashes and patterns that tell several methods of one family apart.
DASHES = ("dot", "dash", "longdashdot", "dashdot", "longdash")
_PATTERNS = ("", "/", ".", "x", "-", "|")


@dataclass(frozen=True)
class Line:
    """One method in a figure.

    Attributes:
        name: shown in the legend: plain text.
        family: gives colour and mark.
        values: ``[N]``; NaN leaves a gap.
        place: how many methods of the family stand before it.
        mark: index of a point to be marked, or ``None``.
    """

    name: str
    family: str
    values: np.ndarray
    place: int = 0
    mark: int | None = None

    @property
    def colour(self) -> str:
        """Of the family, paler for its further methods."""
        return faded(FAMILY_COLOURS.get(self.family, NEUTRAL), 1.0 if self.place == 0 else 0.6)

    @property
    def dash(self) -> str:
        """Of the family, another for its further methods."""
        if self.place == 0:
            return FAMILY_DASHES.get(self.family, "solid")
        return DASHES[(self.place - 1) % len(DASHES)]


def curves(
    lines: Sequence[Line], levels: Sequence[tuple[str, float]], x: str, y: str, *, percent: bool
) -> go.Figure:
    """Values by pass over the training part, from 1.

    Args:
        lines: drawn in this order; the marked point is the pass that was kept.
        levels: name and value of what is reached without a reader.
        x, y: titles.
        percent: the values are shares.
    """
    figure = go.Figure()
    number = ".0%" if percent else ".3f"
    last = max([len(line.values) for line in lines] + [2])
    for line in lines:
        sizes = [14 if place == line.mark else 7 for place in range(len(line.values))]
        figure.add_trace(_thick(line, 1, sizes, x, y, number))
    for place, (name, value) in enumerate(levels):
        figure.add_trace(level(name, value, (1, last), DASHES[place % len(DASHES)], number))
    figure.update_xaxes(title=label(x), zeroline=False, range=[0.7, last + 0.3])
    figure.update_yaxes(title=label(y), zeroline=False)
    if percent:
        figure.update_yaxes(range=[-0.02, 1.05], tickformat=".0%")
    return finished(figure, 360, legend=LEGEND)


def _thick(
    line: Line, first: int, sizes: int | list[int], x: str, y: str, number: str
) -> go.Scatter:
    """The line of a method from ``first`` on, with marks."""
    return go.Scatter(
        x=np.arange(first, len(line.values) + first),
        y=line.values,
        mode="lines+markers",
        name=label(line.name),
        line={"color": line.colour, "dash": line.dash, "width": 2.5},
        marker={
            "symbol": FAMILY_MARKS.get(line.family, "circle"),
            "size": sizes,
            "color": line.colour,
        },
        hovertemplate=(
            f"<b>{label(line.name)}</b><br>{label(x)} %{{x}}<br>{label(y)}: %{{y:{number}}}"
            "<extra></extra>"
        ),
    )


def confusion(counts: np.ndarray, names: Sequence[str], rows: str, columns: str) -> go.Figure:
    """How often each label was answered with each.

    Args:
        counts: int ``[C, C]``, rows are the truth.
        names: ``[C]`` labels: a user's text.
        rows, columns: titles of the axes.
    """
    ticks = [f"{short(name, 14)}" + "\u200b" * place for place, name in enumerate(names)]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = go.Figure(
        go.Heatmap(
            z=shares.astype(np.float32),
            x=ticks,
            y=ticks,
            zmin=0.0,
            zmax=1.0,
            colorscale=SEQUENTIAL,
            showscale=False,
            xgap=2,
            ygap=2,
            text=counts,
            texttemplate="%{text}",
            hovertemplate=(
                f"{label(rows)}: %{{y}}<br>{label(columns)}: %{{x}}<br>%{{text}} (%{{z:.0%}})"
                "<extra></extra>"
            ),
        )
    )
    axis = {"type": "category", "showgrid": False, "automargin": True, "ticks": ""}
    figure.update_xaxes(title=label(columns), **axis)
    figure.update_yaxes(title=label(rows), autorange="reversed", **axis)
    return finished(figure, 150 + 42 * len(names))


def layer_weights(
    methods: Sequence[tuple[str, np.ndarray]], layers: Sequence[str], y: str
) -> go.Figure:
    """ELMo's learned weights of its layers, one group of bars for each method.

    Args:
        methods: name and weights ``[L + 1]``, which sum to 1.
        layers: ``[L + 1]`` names.
        y: title of the axis.
    """
    figure = go.Figure()
    for place, (name, weights) in enumerate(methods):
        figure.add_bar(
            x=[label(name) for name in layers],
            y=weights,
            name=label(name),
            text=[f"{weight:.0%}" for weight in weights],
            textposition="outside",
            cliponaxis=False,
            marker={
                "color": faded(FAMILY_COLOURS["elmo"], 1.0 if place == 0 else 0.5),
                "pattern": {"shape": _PATTERNS[place % len(_PATTERNS)]},
            },
            hovertemplate=f"<b>{label(name)}</b><br>%{{x}}: %{{y:.1%}}<extra></extra>",
        )
    figure.add_hline(y=1 / len(layers), line={"dash": "dot", "color": NEUTRAL, "width": 1.5})
    figure.update_yaxes(title=label(y), tickformat=".0%", rangemode="tozero")
    return finished(figure, 320, legend=LEGEND, showlegend=len(methods) > 1, barmode="group")


def answers(lines: Sequence[Line], names: Sequence[str], x: str) -> go.Figure:
    """Probabilities of the labels according to each method.

    Args:
        lines: ``values [C]`` of each method.
        names: ``[C]`` labels: a user's text.
        x: title of the axis.
    """
    ticks = [f"{short(name, 24)}" + "\u200b" * place for place, name in enumerate(names)]
    figure = go.Figure()
    for line in lines:
        figure.add_bar(
            y=ticks,
            x=line.values,
            orientation="h",
            name=label(line.name),
            text=[f"{value:.0%}" for value in line.values],
            textposition="outside",
            cliponaxis=False,
            marker={
                "color": line.colour,
                "pattern": {"shape": _PATTERNS[line.place % len(_PATTERNS)]},
            },
            hovertemplate=f"<b>{label(line.name)}</b><br>%{{y}}: %{{x:.1%}}<extra></extra>",
        )
    figure.update_xaxes(title=label(x), range=[0, 1.12], tickformat=".0%", tickvals=[0, 0.5, 1])
    figure.update_yaxes(type="category", autorange="reversed", automargin=True)
    height = 120 + (16 + 22 * len(lines)) * len(names)
    return finished(figure, min(900, height), legend=LEGEND, barmode="group")


def changes(lines: Sequence[Line], chance: Sequence[Line], x: str, y: str) -> go.Figure:
    """Likeness of each layer before and after.

    Args:
        lines: ``values [L + 1]`` of each method, layer 0 first.
        chance: what different positions have in common, drawn faint and dotted.
        x, y: titles.
    """
    figure = go.Figure([_thick(line, 0, 9, x, y, ".3f") for line in lines])
    for line in chance:
        figure.add_scatter(
            x=np.arange(len(line.values)),
            y=line.values,
            mode="lines",
            name=label(line.name),
            line={"color": line.colour, "dash": "dot", "width": 1.5},
            opacity=0.7,
            hovertemplate=f"<b>{label(line.name)}</b><br>%{{y:.3f}}<extra></extra>",
        )
    last = max([len(line.values) - 1 for line in lines] + [1])
    figure.update_xaxes(title=label(x), dtick=1, zeroline=False, range=[-0.2, last + 0.2])
    figure.update_yaxes(title=label(y), zeroline=False)
    return finished(figure, 380, legend=LEGEND)
