"""One place for what every figure looks like, and for making text safe inside a figure."""

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale, unlabel_rgb

from lmcore.runtime.families import FAMILIES
from lmcore.text.words import is_han

#: One colour, mark and dash per family, everywhere.
FAMILY_COLOURS = {name: family.colour for name, family in FAMILIES.items()}
FAMILY_MARKS = {name: family.mark for name, family in FAMILIES.items()}
FAMILY_DASHES = {name: family.dash for name, family in FAMILIES.items()}
FAMILY_NAMES = {name: family.title for name, family in FAMILIES.items()}
#: What belongs to no family.
NEUTRAL = FAMILY_COLOURS["static"]

#: For groups without an order (senses, sentences): after Okabe and Ito, with a darker blue, and
#: violet and brown for what is too bright for a light page.
GROUP_COLOURS = ["#D55E00", "#3C9BD3", "#CC79A7", "#962DFF", "#009E73", "#0072B2", "#875A2D"]
GROUP_MARKS = ["circle", "diamond", "square", "cross", "triangle-up", "star", "pentagon"]

#: Weights and shares from 0 upwards: perceptually even, safe for colour-blind readers.
SEQUENTIAL = "Cividis"
#: Similarities from -1 to 1, with a neutral middle.
DIVERGING = "RdBu"
#: A colour bar above the picture: it takes no width from a narrow one.
FLAT_BAR = {"orientation": "h", "thickness": 8, "y": 1.03, "yanchor": "bottom", "ypad": 0}

#: A legend in one line above the picture.
LEGEND = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}

_REPLACED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "$": "&#36;"}


def label(text: str) -> str:
    """A user's text as a label: escaped as it is, never read as markup or LaTeX by Plotly."""
    escaped = "".join(_REPLACED.get(character, character) for character in text)
    return "".join(c if c.isprintable() else " " for c in escaped)


def labels(texts: Sequence[str]) -> list[str]:
    """Several labels."""
    return [label(text) for text in texts]


def short(text: str, most: int = 18) -> str:
    """A label of at most so many characters; a table beside the figure holds the whole text."""
    return label(text if len(text) <= most else text[: most - 1] + "…")


def faded(colour: str, alpha: float) -> str:
    """A colour ``#RRGGBB`` with transparency (1: solid), so that it suits light and dark pages."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{alpha:g})"


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours ``#rrggbb``, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    values = np.asarray([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.asarray([0.2126, 0.7152, 0.0722]))


@cache
def shades(count: int) -> tuple[tuple[str, str], ...]:
    """Ground and ink for shares from 0 to 1 in so many steps, the ink as it reads better."""
    colours = []
    for sample in sample_colorscale(SEQUENTIAL, np.linspace(0.02, 0.98, count).tolist()):
        red, green, blue = (round(value) for value in unlabel_rgb(sample))
        ground = f"#{red:02x}{green:02x}{blue:02x}"
        colours.append((ground, max("#000000", "#ffffff", key=lambda ink: contrast(ground, ink))))
    return tuple(colours)


def word_axis(words: Sequence[str], **more: Any) -> dict[str, Any]:
    """An axis with one tick per word by position, so that a word may occur twice."""
    return {
        "tickmode": "array",
        "tickvals": list(range(len(words))),
        "ticktext": labels(words),
        "showgrid": False,
        "zeroline": False,
        **more,
    }


def rows_axis(names: Sequence[str], **more: Any) -> dict[str, Any]:
    """An axis with one whole number a name, the first at the top; ``more`` may say otherwise."""
    return {
        "tickmode": "array",
        "tickvals": np.arange(len(names)),
        "ticktext": list(names),
        "range": [len(names) - 0.5, -0.5],
        "automargin": True,
        "zeroline": False,
        **more,
    }


def level(name: str, value: float, ends: Sequence[float], dash: str, number: str) -> go.Scatter:
    """A value across a figure, for what has no layers or passes: a grey line between two ends.

    Args:
        name: in the legend: plain text.
        value: of the line.
        ends: where it begins and ends.
        dash: of the line.
        number: how the value is written, a format of d3.
    """
    return go.Scatter(
        x=list(ends),
        y=[value, value],
        mode="lines",
        name=label(name),
        line={"color": NEUTRAL, "dash": dash, "width": 1.5},
        hovertemplate=f"<b>{label(name)}</b>: %{{y:{number}}}<extra></extra>",
    )


def finished(figure: go.Figure, height: int = 420, **layout: Any) -> go.Figure:
    """Margins, height and a hover font that suit every figure."""
    figure.update_layout(
        height=height, margin={"l": 10, "r": 10, "t": 30, "b": 10}, hovermode="closest", **layout
    )
    return figure


def heatmap_height(rows: int, least: int = 220, most: int = 900, row: int = 26) -> int:
    """Pixels that a heat map needs.

    Args:
        rows: of words.
        least, most: the ends between which it lies.
        row: pixels of one.
    """
    return max(least, min(most, 110 + row * rows))


#: Pixels: letters of ticks and titles, and from one to the next in a column.
SIZE, STEP = 12, 15
_PARTS = re.compile(r"([\u2e80-\u9fff\uf900-\ufaff︵︶])|\s+")


def upright(figure: go.Figure) -> go.Figure:
    """The figure, or a copy in which Chinese titles at the side and names below stand upright."""
    layout = figure.layout.to_plotly_json()
    sides = [name for name in layout if name.startswith("yaxis") and _has_han(_title(layout[name]))]
    feet = {
        name: names
        for name in layout
        if name.startswith("xaxis") and _all_han(names := _names(figure, name, layout[name]))
    }
    turned = [
        note
        for note in layout.get("annotations", ())
        if note.get("textangle") == -90 and _has_han(note["text"])
    ]
    if not (sides or feet or turned):
        return figure
    changed = go.Figure(figure)
    for note in changed.layout.annotations:
        if note.textangle == -90 and _has_han(note.text):
            note.update(text=stacked(note.text), textangle=0, xshift=(note.xshift or 0) - 5)
    for name, names in feet.items():
        _stand(changed, name, names)
    for name in sides:
        _beside(changed, name, layout[name])
    return changed


def stacked(text: str) -> str:
    """Characters one below the other, and what stands between Chinese ones in one line."""
    standing = text.translate({ord("（"): "︵", ord("）"): "︶"})
    return "<br>".join(part for part in _PARTS.split(standing) if part)


def _stand(figure: go.Figure, name: str, names: list[str]) -> None:
    """Names of ticks below a picture as columns, with the room that they need."""
    columns = [stacked(text) for text in names]
    figure.layout[name].update(
        tickmode="array",
        tickvals=figure.layout[name].tickvals or names,
        ticktext=columns,
        tickangle=0,
    )
    if figure.layout[name].automargin is False:
        size = figure.layout[name].tickfont.size or SIZE
        lines = max(column.count("<br>") + 1 for column in columns)
        more = math.ceil(lines * 0.35 * size) + 4
        figure.layout.margin.b = (figure.layout.margin.b or 0) + more
        figure.layout.height = figure.layout.height + more if figure.layout.height else None
        for note in figure.layout.annotations:
            if note.y == 0 and note.yshift:
                note.yshift -= more


def _beside(figure: go.Figure, name: str, axis: dict[str, Any]) -> None:
    """The title of a vertical axis as a column left of the names of its ticks."""
    room = math.ceil(SIZE * max(map(_ems, axis.get("ticktext", ("0.00",)))))
    title, place = stacked(_title(axis)), name.removeprefix("yaxis")
    figure.layout[name].title = None
    figure.add_annotation(
        text=title,
        x=0,
        y=0.5,
        xref=f"x{place} domain",
        yref=f"y{place} domain",
        xanchor="right",
        xshift=-room - 10,
        showarrow=False,
    )
    wide = room + 14 + STEP * max(map(_ems, title.split("<br>")))
    figure.layout.margin.l = max(figure.layout.margin.l or 0, math.ceil(wide))


def _title(axis: dict[str, Any]) -> str:
    return axis.get("title", {}).get("text") or ""


def _names(figure: go.Figure, name: str, axis: dict[str, Any]) -> list[str]:
    """Names of the ticks of a horizontal axis: its own, or the categories of its first trace."""
    if "ticktext" in axis or "tickvals" in axis:
        return list(map(str, axis.get("ticktext", axis.get("tickvals", ()))))
    if axis.get("type") != "category":
        return []
    on = name.replace("axis", "")
    values = (trace.x for trace in figure.data if (trace.xaxis or "x") == on)
    return list(map(str, next(values, None) or ()))


def _has_han(text: str) -> bool:
    return any(map(is_han, text))


def _all_han(names: list[str]) -> bool:
    """Whether the names of ticks are Chinese, but for signs and numbers."""
    words = [name for name in names if any(map(str.isalpha, name))]
    return bool(words) and all(map(_has_han, words))


def _ems(text: str) -> float:
    """About how wide a label is, in multiples of the size of its letters."""
    return sum(1.0 if is_han(sign) else 0.6 for sign in str(text))
