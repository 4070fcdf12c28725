"""Which words of a sentence each reader may see: strips for one word, triangles for all words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from lmcore.charts.theme import FAMILY_COLOURS, faded, finished, label, short

#: Fill of a cell that may be seen while nothing is measured.
ALLOWED = 0.75
#: A neutral that is visible on light and on dark pages.
_GREY = FAMILY_COLOURS["static"]


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
    """
    figure = go.Figure()
    top = max(_strongest_other(row, [word]) for row in rows)
    for place, row in enumerate(rows):
        figure.add_trace(_cells(row, [word], words, texts, top, y=[place]))
        figure.add_shape(_frame(row, word, place))
    figure.add_shape(
        type="rect",
        x0=word - 0.5,
        x1=word + 0.5,
        y0=-0.62,
        y1=len(rows) - 0.38,
        line={"color": _GREY, "width": 2, "dash": "dot"},
    )
    figure.update_xaxes(**_words_axis(words), side="top")
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[label(row.name) for row in rows],
        range=[len(rows) - 0.3, -0.7],
        showgrid=False,
        zeroline=False,
        automargin=True,
    )
    longest = max(len(short(word)) for word in words)
    return finished(figure, 60 + 36 * len(rows) + 7 * longest)


def triangles(words: Sequence[str], panels: Sequence[Strip], word: int, texts: Texts) -> go.Figure:
    """One small square a stream: row = the word looked at, column = the word seen."""
    figure = make_subplots(
        rows=1,
        cols=len(panels),
        horizontal_spacing=0.03,
        shared_yaxes=True,
        subplot_titles=[label(panel.name) for panel in panels],
    )
    count = len(words)
    every = list(range(count))
    for place, panel in enumerate(panels, start=1):
        top = _strongest_other(panel, every)
        figure.add_trace(_cells(panel, every, words, texts, top, y=every), row=1, col=place)
        for low, high, style in (
            (-0.5, count - 0.5, {"color": _GREY, "width": 1}),
            (word - 0.5, word + 0.5, {"color": _GREY, "width": 2, "dash": "dot"}),
        ):
            figure.add_shape(
                {"type": "rect", "x0": -0.5, "x1": count - 0.5, "y0": low, "y1": high},
                line=style,
                row=1,
                col=place,
            )
    hidden = {"showticklabels": False, "showgrid": False, "zeroline": False, "ticks": ""}
    figure.update_xaxes(range=[-0.5, count - 0.5], **hidden)
    figure.update_yaxes(range=[count - 0.5, -0.5], **hidden)
    figure.update_annotations(font_size=12)
    return finished(figure, 240)


def _strongest_other(row: Strip, looked_at: Sequence[int]) -> float:
    """The largest influence of a word on another one, above 0: the end of the colour scale."""
    if row.strength is None:
        return 1e-6
    others = row.strength[list(looked_at)].copy()
    others[range(len(looked_at)), list(looked_at)] = 0.0
    return max(float(others.max()), 1e-6)


def _words_axis(words: Sequence[str]) -> dict[str, object]:
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


def _cells(
    row: Strip,
    looked_at: Sequence[int],
    words: Sequence[str],
    texts: Texts,
    top: float,
    y: Sequence[int],
) -> go.Heatmap:
    """Cells of some words looked at (rows) over all words seen (columns)."""
    allowed = row.allowed[list(looked_at)]
    shown = np.where(allowed, ALLOWED, np.nan)
    hover = [[texts.seen if cell else texts.unseen for cell in line] for line in allowed]
    if row.strength is not None:
        # What is measured outside the frame is drawn too: it would be a fault to be seen.
        measured = row.strength[list(looked_at)]
        shown = np.where(allowed | (measured > 0), np.minimum(measured / top, 1.0), np.nan)
        hover = [
            [f"{text}<br>{texts.influence}: {value:.1%}" for text, value in zip(*pair, strict=True)]
            for pair in zip(hover, measured, strict=True)
        ]
    names = [short(word, 40) for word in words]
    custom = [
        [f"{names[looked]} ← {names[seen]}<br>{text}" for seen, text in enumerate(line)]
        for looked, line in zip(looked_at, hover, strict=True)
    ]
    colour = FAMILY_COLOURS.get(row.family, _GREY)
    gap = 2 if len(words) <= 40 and len(y) == 1 else 1 if len(words) <= 40 else 0
    return go.Heatmap(
        z=shown.astype(np.float32),
        y=list(y),
        x=[str(place) for place in range(len(words))] if len(y) == 1 else None,
        zmin=0.0,
        zmax=1.0,
        colorscale=[[0.0, faded(colour, 0.04)], [1.0, faded(colour, 1.0)]],
        showscale=False,
        xgap=gap,
        ygap=4 if len(y) == 1 else gap,
        text=custom,
        hovertemplate=f"<b>{label(row.name)}</b><br>%{{text}}<extra></extra>",
        hoverongaps=True,
    )


def _frame(row: Strip, word: int, place: int) -> dict[str, object]:
    """The frame round the words that may be seen: they always stand together."""
    seen = np.flatnonzero(row.allowed[word])
    return {
        "type": "rect",
        "x0": float(seen[0]) - 0.5,
        "x1": float(seen[-1]) + 0.5,
        "y0": place - 0.42,
        "y1": place + 0.42,
        "line": {"color": FAMILY_COLOURS.get(row.family, _GREY), "width": 2},
    }
