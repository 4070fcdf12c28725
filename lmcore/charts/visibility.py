"""Which words of a sentence each reader may see: strips for one word, triangles for all words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lmcore.charts.theme import FAMILY_COLOURS, NEUTRAL, faded, finished, label, rows_axis, short

#: Fill of a cell that may be seen while nothing is measured.
ALLOWED = 0.75
#: A sentence of no more words has gaps between its cells.
FEW = 40


@dataclass(frozen=True)
class Strip:
    """What one stream of a reader may see.

    Attributes:
        name: as the page calls it (``ELMo → forward``).
        family: gives the colour.
        allowed: bool ``[W, W]``; row = the word looked at, column = the word seen.
        strength: measured influence ``[W, W]``, each row sums to 1; ``None``: not measured.
    """

    name: str
    family: str
    allowed: np.ndarray
    strength: np.ndarray | None = None


@dataclass(frozen=True)
class Texts:
    """Words of the figures in the language of the interface: plain text, ours."""

    seen: str
    unseen: str
    influence: str


def strips(words: Sequence[str], rows: Sequence[Strip], word: int, texts: Texts) -> go.Figure:
    """One strip a stream over the words of the sentence, for the top vector of one word.

    A frame goes round what may be seen. Inside, the colour is the measured influence where there
    is one, else even. All strips share one scale, which ends at the strongest other word: the word
    itself mostly counts so much that nothing else could be told apart beside it.

    Args:
        words: of the sentence.
        rows: one a stream.
        word: whose vector it is.
        texts: words of the figure.
    """
    figure = go.Figure()
    top = max(_strongest_other(row, [word]) for row in rows)
    for place, row in enumerate(rows):
        figure.add_trace(_strip(row, word, words, texts, top, place))
        figure.add_shape(_frame(row, word, place))
    figure.add_shape(
        type="rect",
        x0=word - 0.5,
        x1=word + 0.5,
        y0=-0.62,
        y1=len(rows) - 0.38,
        line={"color": NEUTRAL, "width": 2, "dash": "dot"},
    )
    figure.update_xaxes(**_words_axis(words), side="top")
    names, ends = [label(row.name) for row in rows], [len(rows) - 0.3, -0.7]
    figure.update_yaxes(rows_axis(names, tickmode=None, range=ends, showgrid=False))
    longest = max(len(short(word)) for word in words)
    return finished(figure, 60 + 36 * len(rows) + 7 * longest)


def triangles(words: Sequence[str], panels: Sequence[Strip], word: int, texts: Texts) -> go.Figure:
    """One small square a stream: row = the word looked at, column = the word seen.

    Args:
        words: of the sentence.
        panels: one a stream.
        word: framed in each.
        texts: words of the figure.
    """
    figure = make_subplots(
        rows=1,
        cols=len(panels),
        horizontal_spacing=0.03,
        shared_yaxes=True,
        subplot_titles=[label(panel.name).replace(" ", "<br>", 1) for panel in panels],
    )
    count = len(words)
    for place, panel in enumerate(panels, start=1):
        figure.add_trace(_square(panel, texts), row=1, col=place)
        for low, high, style in (
            (-0.5, count - 0.5, {"color": NEUTRAL, "width": 1}),
            (word - 0.5, word + 0.5, {"color": NEUTRAL, "width": 2, "dash": "dot"}),
        ):
            figure.add_shape(
                {"type": "rect", "x0": -0.5, "x1": count - 0.5, "y0": low, "y1": high},
                line=style,
                row=1,
                col=place,
            )
    hidden = {**_words_axis(words), "showticklabels": False, "ticks": ""}
    figure.update_xaxes(hidden)
    figure.update_yaxes({**hidden, "range": [count - 0.5, -0.5]})
    figure.update_annotations(font_size=11)
    return finished(figure, 250)


def _strongest_other(row: Strip, looked_at: Sequence[int]) -> float:
    """The largest influence of a word on another one, above 0: the end of the colour scale."""
    if row.strength is None:
        return 1e-6
    others = row.strength[list(looked_at)].copy()
    others[range(len(looked_at)), list(looked_at)] = 0.0
    return max(float(others.max()), 1e-6)


def _words_axis(words: Sequence[str]) -> dict[str, Any]:
    """Words as ticks where there is room; every how-manieth word is named is left to the width."""
    return {
        "type": "category",
        "categoryorder": "array",
        "categoryarray": [str(place) for place in range(len(words))],
        "labelalias": {str(place): short(word) for place, word in enumerate(words)},
        "range": [-0.5, len(words) - 0.5],
        "showgrid": False,
        "zeroline": False,
        "automargin": True,
    }


def _values(row: Strip, looked_at: Sequence[int]) -> np.ndarray:
    """What each cell shows: influence, or an even value; NaN where nothing may be seen."""
    allowed = row.allowed[list(looked_at)]
    if row.strength is None:
        return np.where(allowed, ALLOWED, np.nan)
    # What is measured outside the frame is drawn too: it would be a fault to be seen.
    measured = row.strength[list(looked_at)]
    return np.where(allowed | (measured > 0), measured, np.nan)


def _heatmap(row: Strip, values: np.ndarray, top: float, **more: Any) -> go.Heatmap:
    """Cells in the colour of a family, which is full from ``top`` upwards."""
    colour = FAMILY_COLOURS.get(row.family, NEUTRAL)
    return go.Heatmap(
        z=values.astype(np.float32),
        x=[str(place) for place in range(values.shape[1])],
        zmin=0.0,
        zmax=1.0 if row.strength is None else top,
        colorscale=[[0.0, faded(colour, 0.04)], [1.0, faded(colour, 1.0)]],
        showscale=False,
        **more,
    )


def _strip(
    row: Strip, word: int, words: Sequence[str], texts: Texts, top: float, place: int
) -> go.Heatmap:
    """One strip; a cell tells its word, whether it may be seen, and how much it counts."""
    hints = [texts.seen if cell else texts.unseen for cell in row.allowed[word]]
    if row.strength is not None:
        hints = [
            f"{text}<br>{texts.influence}: {value:.1%}"
            for text, value in zip(hints, row.strength[word], strict=True)
        ]
    return _heatmap(
        row,
        _values(row, [word]),
        top,
        y=[place],
        xgap=2 if len(words) <= FEW else 0,
        ygap=4,
        text=[[f"{short(w, 40)}<br>{text}" for w, text in zip(words, hints, strict=True)]],
        hovertemplate=f"<b>{label(row.name)}</b><br>%{{text}}<extra></extra>",
        hoverongaps=True,
    )


def _square(panel: Strip, texts: Texts) -> go.Heatmap:
    """All words at once; the words of a cell come from the axes, which keeps the figure small."""
    every = list(range(len(panel.allowed)))
    measured = panel.strength is not None
    gap = 1 if len(every) <= FEW else 0
    return _heatmap(
        panel,
        _values(panel, every),
        _strongest_other(panel, every),
        y=[str(place) for place in every],
        xgap=gap,
        ygap=gap,
        hovertemplate=f"<b>{label(panel.name)}</b><br>%{{y}} ← %{{x}}"
        + (f"<br>{texts.influence}: %{{z:.1%}}" if measured else "")
        + "<extra></extra>",
        hoverongaps=False,
    )


def _frame(row: Strip, word: int, place: int) -> dict[str, Any]:
    """The frame round the words that may be seen: they always stand together."""
    seen = np.flatnonzero(row.allowed[word])
    return {
        "type": "rect",
        "x0": float(seen[0]) - 0.5,
        "x1": float(seen[-1]) + 0.5,
        "y0": place - 0.42,
        "y1": place + 0.42,
        "line": {"color": FAMILY_COLOURS.get(row.family, NEUTRAL), "width": 2},
    }
