"""Traces of an exported picture: cells, lines, marks, text and bars."""

from __future__ import annotations

import math
import re
from typing import Any

import numpy as np
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.patches import Rectangle

from lmcore.charts.export_axes import POINT, Scale, number
from lmcore.charts.export_palette import Palette, UnsupportedFigureError, ink_on, of_line, parsed
from lmcore.charts.export_palette import scale as colour_scale
from lmcore.charts.export_plain import plain

#: Plotly's marks by name: sign of matplotlib and how much larger it must be to look alike.
MARKS = {
    "circle": ("o", 1.0),
    "square": ("s", 1.0),
    "diamond": ("D", 0.9),
    "cross": ("P", 1.1),
    "x": ("X", 1.1),
    "triangle-up": ("^", 1.1),
    "triangle-down": ("v", 1.1),
    "triangle-right": (">", 1.1),
    "triangle-left": ("<", 1.1),
    "star": ("*", 1.5),
    "pentagon": ("p", 1.15),
    "line-ew": ("_", 1.4),
}
#: Plotly's dashes in multiples of the line's width.
DASHES: dict[str, tuple[float, ...]] = {
    "solid": (),
    "dot": (1, 1.4),
    "dash": (3.5, 2.5),
    "longdash": (6, 3),
    "dashdot": (3.5, 2, 1, 2),
    "longdashdot": (6, 2.5, 1, 2.5),
}
_PLACES = {
    "top center": (0, 6, "center", "bottom"),
    "bottom center": (0, -6, "center", "top"),
    "top right": (3, 3, "left", "bottom"),
    "middle center": (0, 0, "center", "center"),
    "middle left": (-6, 0, "right", "center"),
    "middle right": (6, 0, "left", "center"),
}
_TEMPLATE = re.compile(r"%\{(text|z)(?::([^}]+))?\}")


def at(value: Any, index: int) -> Any:
    """One of several values, or the one that holds for all."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return value[index]
    return value


def draw(axes: Axes, trace: Any, x: Scale, y: Scale, palette: Palette) -> None:
    """One trace that is not a bar.

    Raises:
        UnsupportedFigureError: its kind, or something about it, is not one of those we draw.
    """
    if isinstance(trace, go.Heatmap):
        cells(axes, trace, x, y, palette)
    elif isinstance(trace, go.Scatter):
        scatter(axes, trace, x, y, palette)
    else:
        raise UnsupportedFigureError(f"trace of type {trace.type}")


def normed(trace: go.Heatmap) -> Normalize:
    """How values of a heat map become shares of its colour scale."""
    z = np.asarray(trace.z, dtype=float)
    low = trace.zmin if trace.zmin is not None else np.nanmin(z)
    high = trace.zmax if trace.zmax is not None else np.nanmax(z)
    return Normalize(float(low), float(high), clip=True)


def colours(trace: go.Heatmap, palette: Palette) -> LinearSegmentedColormap:
    """The colour scale of a heat map in a palette."""
    return LinearSegmentedColormap.from_list(
        "scale", colour_scale(palette, trace.colorscale), N=256
    )


def cells(axes: Axes, trace: go.Heatmap, x: Scale, y: Scale, palette: Palette) -> None:
    """A heat map as one rectangle a cell, which stays sharp and can be edited in an SVG."""
    z = np.asarray(trace.z, dtype=float)
    left, low = x.places(trace.x), y.places(trace.y)
    norm, shades = normed(trace), colours(trace, palette)
    x.edge = y.edge = True
    x.see([*(left - 0.5), *(left + 0.5)])
    y.see([*(low - 0.5), *(low + 0.5)])
    gap = 0.03 if (trace.xgap or trace.ygap) and max(z.shape) <= 48 else 0.0
    tall = 1 - gap if (trace.ygap or 0) < 3 or (trace.xgap or 0) >= 3 else 0.82
    for row, col in zip(*np.nonzero(np.isfinite(z)), strict=True):
        colour = shades(norm(z[row, col]))
        place = (left[col] - 0.5 + gap / 2, low[row] - tall / 2)
        axes.add_patch(
            Rectangle(place, 1 - gap, tall, facecolor=colour, edgecolor=colour, linewidth=0.15)
        )
        if trace.texttemplate:
            size = trace.textfont.size or 12
            axes.text(
                left[col],
                low[row],
                _written(trace, row, col, z),
                color=ink_on(palette, colour),
                fontsize=size * POINT,
                ha="center",
                va="center",
                clip_on=True,
            )


def _written(trace: go.Heatmap, row: int, col: int, z: np.ndarray) -> str:
    """What the template of a heat map writes into a cell."""
    if _TEMPLATE.sub("", trace.texttemplate):
        raise UnsupportedFigureError(f"text template {trace.texttemplate!r}")
    found = _TEMPLATE.fullmatch(trace.texttemplate)
    if found is None:
        raise UnsupportedFigureError(f"text template {trace.texttemplate!r}")
    if found[1] == "z":
        return number(float(z[row, col]), found[2])
    return plain(trace.text[row][col])[0]


def dashed(name: str | None) -> Any:
    """A dash as matplotlib takes it."""
    try:
        steps = DASHES[name or "solid"]
    except KeyError:
        raise UnsupportedFigureError(f"dash {name!r}") from None
    return (0, steps) if steps else "solid"


def mark(symbol: Any) -> tuple[str, float, bool]:
    """A mark as matplotlib takes it, its relative size, and whether it is hollow."""
    name = str(symbol or "circle")
    hollow = name.endswith("-open")
    try:
        sign, size = MARKS[name.removesuffix("-open")]
    except KeyError:
        raise UnsupportedFigureError(f"mark {name!r}") from None
    return sign, size, hollow


def line_style(trace: go.Scatter, palette: Palette) -> dict[str, Any]:
    """Colour, width and dash of a line."""
    red, green, blue, alpha = of_line(palette, trace.line.color or palette.ink)
    return {
        "color": (red, green, blue, alpha * (1 if trace.opacity is None else trace.opacity)),
        "linewidth": (trace.line.width or 2) * POINT,
        "linestyle": dashed(trace.line.dash),
    }


def scatter(axes: Axes, trace: go.Scatter, x: Scale, y: Scale, palette: Palette) -> None:
    """A line with or without marks, or marks alone, or text, as the mode says."""
    parts = set((trace.mode or "lines+markers").split("+"))
    if parts - {"lines", "markers", "text"}:
        raise UnsupportedFigureError(f"mode {trace.mode!r}")
    across, up = x.places(trace.x), y.places(trace.y)
    x.see(across)
    y.see(up)
    if "lines" in parts:
        axes.plot(across, up, zorder=2, **line_style(trace, palette))
    if trace.error_y.array is not None:
        _errors(axes, trace, across, up, y, palette)
    if "markers" in parts:
        for index, place in enumerate(zip(across, up, strict=True)):
            if all(math.isfinite(p) for p in place):
                axes.scatter(*place, zorder=3, clip_on=False, **mark_style(trace, palette, index))
    if "text" in parts and trace.text is not None:
        _texts(axes, trace, across, up, palette)


def _errors(
    axes: Axes, trace: go.Scatter, across: np.ndarray, up: np.ndarray, y: Scale, palette: Palette
) -> None:
    above = np.asarray(trace.error_y.array, dtype=float)
    below = trace.error_y.arrayminus
    below = above if below is None else np.asarray(below, dtype=float)
    y.see([*(up - below), *(up + above)])
    colour = of_line(palette, trace.line.color or palette.ink)
    axes.errorbar(
        across, up, yerr=[below, above], fmt="none", ecolor=colour, elinewidth=0.8, capsize=2
    )


def mark_style(trace: go.Scatter, palette: Palette, index: int = 0) -> dict[str, Any]:
    """Everything about the mark of a point, as arguments of ``Axes.scatter``."""
    own = trace.marker
    sign, larger, hollow = mark(at(own.symbol, index))
    seen = (1 if trace.opacity is None else trace.opacity) * (
        1 if own.opacity is None else own.opacity
    )
    given = at(own.color, index) or trace.line.color or palette.ink
    red, green, blue, alpha = of_line(palette, given)
    if palette.grey and isinstance(own.color, (list, tuple, np.ndarray)):
        # Colours of single points are steps of a scale: on paper their lightness tells them apart.
        shade = float(np.mean(parsed(given)[:3]))
        red = green = blue = shade
    colour = (red, green, blue, alpha * seen)
    size = float(at(own.size, index) or 6) * larger * POINT
    edge, width = (colour, 1.4) if hollow or sign == "_" else ("none", 0.0)
    if own.line.width and not hollow:
        edge = of_line(palette, own.line.color) if own.line.color else parsed(palette.muted)
        width = float(own.line.width)
    style = {"s": size**2, "marker": sign, "linewidths": width * POINT}
    if sign == "_":  # a stroke has no inside
        return {**style, "facecolors": [colour]}
    return {**style, "facecolors": ["none" if hollow else colour], "edgecolors": [edge]}


def _texts(
    axes: Axes, trace: go.Scatter, across: np.ndarray, up: np.ndarray, palette: Palette
) -> None:
    for index, (left, low, text) in enumerate(zip(across, up, trace.text, strict=True)):
        shown, bold = plain(text)
        if not shown or not (math.isfinite(left) and math.isfinite(low)):
            continue
        where = at(trace.textposition, index) or "middle center"
        if where not in _PLACES:
            raise UnsupportedFigureError(f"place of text {where!r}")
        right, above, ha, va = _PLACES[where]
        axes.annotate(
            shown,
            (left, low),
            (right, above),
            textcoords="offset points",
            ha=ha,
            va=va,
            color=of_line(palette, trace.textfont.color) if trace.textfont.color else palette.ink,
            fontsize=(trace.textfont.size or 12) * POINT,
            weight="bold" if bold else "normal",
            zorder=4,
        )
