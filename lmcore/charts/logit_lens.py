"""Figures of the logit lens: words that each layer would predict, and the true word by layer."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from lmcore.charts import depth
from lmcore.charts.theme import FLAT_BAR, GROUP_COLOURS, SEQUENTIAL, finished, label, labels, short
from lmcore.outputs.lens import Lens

#: Characters of an entry that fit into a cell.
CELL = 9
#: The colours reach from this probability to 1, on a logarithmic scale.
FAINT = 1e-4
_TICKS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)


@dataclass(frozen=True)
class Texts:
    """Words of the figures in the language of the interface: plain text, ours."""

    probability: str
    rank: str
    entropy: str
    truth: str
    depth: str


@dataclass(frozen=True)
class Curve:
    """The true word of one lens over the layers.

    Attributes:
        name: of the reader or of its direction.
        layers: ``[L + 1]`` names on the screen.
        lens: the numbers.
    """

    name: str
    layers: Sequence[str]
    lens: Lens


def percent(probability: float) -> str:
    """A probability as it stands in a text: two figures, never an exact 0."""
    value = 100 * probability
    if not np.isfinite(value):
        return "–"
    return "<0.001 %" if value < 0.001 else f"{float(f'{value:.2g}'):g} %"


def guesses(lens: Lens, layers: Sequence[str], texts: Texts) -> go.Figure:
    """One row a layer, the top layer on top: its likeliest entries, likeliest on the left.

    The colour is the probability; a star marks the true word where it is among them.

    Args:
        lens: with the same number of entries in every layer.
        layers: ``[L + 1]`` names on the screen.
        texts: words of the figure.
    """
    shares = np.array([[entry.probability for entry in top] for top in lens.tops])  # [L + 1, k]
    hover = [
        [
            f"<b>{label(entry.text)}</b> · {label(name)}<br>{label(texts.probability)}:"
            f" {label(percent(entry.probability))}<br>{label(texts.rank)}: {rank}"
            for rank, entry in enumerate(top, start=1)
        ]
        for top, name in zip(lens.tops, layers, strict=True)
    ]
    heat = go.Heatmap(
        z=np.log10(np.maximum(shares, FAINT)).astype(np.float32),
        x=[str(rank) for rank in range(1, shares.shape[1] + 1)],
        y=labels(layers),
        zmin=np.log10(FAINT),
        zmax=0.0,
        colorscale=SEQUENTIAL,
        xgap=1,
        ygap=1,
        text=[[short(entry.text, CELL) for entry in top] for top in lens.tops],
        texttemplate="%{text}",
        textfont={"size": 10},
        hovertext=hover,
        hoverinfo="text",
        colorbar={
            **FLAT_BAR,
            "tickvals": [float(np.log10(tick)) for tick in _TICKS],
            "ticktext": [f"{100 * tick:g}%" for tick in _TICKS],
        },
    )
    figure = go.Figure([heat, _stars(lens, layers, texts)])
    figure.update_xaxes(type="category", showgrid=False, fixedrange=True)
    figure.update_yaxes(type="category", showgrid=False, automargin=True, fixedrange=True)
    return finished(figure, 150 + 34 * len(lens.tops))


def _stars(lens: Lens, layers: Sequence[str], texts: Texts) -> go.Scatter:
    """A star beside the true word wherever it is one of the entries shown."""
    places = [
        (str(int(rank)), label(name))
        for rank, name, top in zip(lens.rank, layers, lens.tops, strict=True)
        if np.isfinite(rank)
        and rank <= len(top)
        and top[int(rank) - 1].text == lens.target
        and lens.known
    ]
    return go.Scatter(
        x=[place for place, _ in places],
        y=[name for _, name in places],
        mode="text",
        text=["★"] * len(places),
        textposition="top right",
        textfont={"size": 12, "color": GROUP_COLOURS[3]},
        name=label(texts.truth),
        hoverinfo="skip",
        showlegend=False,
    )


def truth(curves: Sequence[Curve], measure: str, texts: Texts) -> go.Figure:
    """Probability or rank of the true word over relative depth, one line a direction.

    Args:
        curves: those without a true word are left out.
        measure: ``probability`` or ``rank``; both axes are logarithmic, up is better.
        texts: words of the figure.
    """
    figure = go.Figure()
    for curve in curves:
        lens = curve.lens
        if np.isnan(lens.rank).all():
            continue
        hover = [
            f"<b>{label(curve.name)}</b> · {label(layer)}<br>{label(texts.truth)}:"
            f" {label(lens.target or '')}<br>{label(texts.probability)}:"
            f" {label(percent(lens.probability[n]))}<br>{label(texts.rank)}:"
            f" {lens.rank[n]:,.0f} / {lens.size:,}<br>{label(texts.entropy)}:"
            f" {lens.entropy[n]:.2f}"
            for n, layer in enumerate(curve.layers)
        ]
        figure.add_trace(
            depth.thick(
                curve.name,
                lens.family,
                lens.part,
                getattr(lens, measure),
                hovertext=hover,
                hoverinfo="text",
            )
        )
    depth.depth_axis(figure, texts.depth)
    figure.update_yaxes(type="log", title=label(getattr(texts, measure)), zeroline=False)
    if measure == "rank":
        figure.update_yaxes(autorange="reversed", tickformat=",d", dtick=1)
    else:
        steps = [10.0**power for power in range(-9, 1)]
        # In per cent, never as 1e-05.
        ticks = [f"{100 * step:.8f}".rstrip("0").rstrip(".") + "%" for step in steps]
        figure.update_yaxes(tickvals=steps, ticktext=ticks)
    return finished(figure, 360, legend={"orientation": "h", "y": -0.3})
