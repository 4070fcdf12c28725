"""Bars of an exported picture, with their hatching and their numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from lmcore.charts.export_axes import POINT, Scale
from lmcore.charts.export_marks import at
from lmcore.charts.export_palette import (
    Palette,
    UnsupportedFigureError,
    ink_on,
    of_area,
    of_line,
    parsed,
)
from lmcore.charts.export_plain import plain

#: Hatchings of matplotlib by Plotly's names.
PATTERNS = {"": "", "/": "//", "\\": "\\\\", ".": "..", "x": "xx", "-": "--", "|": "||", "+": "++"}


def bars(
    axes: Axes, traces: Sequence[go.Bar], x: Scale, y: Scale, palette: Palette, layout: Any
) -> None:
    """All bars of one part of a figure, beside each other or stacked as the figure says."""
    lying = traces[0].orientation == "h"
    along, across = (x, y) if lying else (y, x)
    stacked = layout.barmode == "stack"
    if layout.barmode not in (None, "group", "stack"):
        raise UnsupportedFigureError(f"bars in mode {layout.barmode!r}")
    room = 1 - (0.2 if layout.bargap is None else layout.bargap)
    slot = room / (1 if stacked else len(traces))
    width = slot * (1 - (layout.bargroupgap or 0))
    ends: dict[float, float] = {}
    along.see([0.0])
    for place, trace in enumerate(traces):
        spots = across.places(trace.y if lying else trace.x)
        values = along.places(trace.x if lying else trace.y)
        across.see([*(spots - 0.5), *(spots + 0.5)])
        across.edge = True
        for index, (spot, value) in enumerate(zip(spots, values, strict=True)):
            if not math.isfinite(value):
                continue
            start = ends.get(spot, 0.0) if stacked else 0.0
            ends[spot] = start + value
            along.see([start + value])
            middle = spot if stacked else spot - room / 2 + slot * (place + 0.5)
            corner = (start, middle - width / 2) if lying else (middle - width / 2, start)
            size = (value, width) if lying else (width, value)
            axes.add_patch(Rectangle(corner, *size, zorder=2, **area(trace, palette, index)))
            if trace.text is not None:
                _bar_text(axes, trace, index, (start + value, middle), lying, palette)


def area(trace: go.Bar, palette: Palette, index: int = 0) -> dict[str, Any]:
    """Fill, edge and hatching of a bar, as arguments of a patch."""
    given = at(trace.marker.color, index) or palette.ink
    shape = at(trace.marker.pattern.shape, index) or ""
    if shape not in PATTERNS:
        raise UnsupportedFigureError(f"pattern {shape!r}")
    fill, hatch = of_area(palette, given)
    hatch = PATTERNS[shape] or ("" if _has_patterns(trace) else hatch)
    drawn = ink_on(palette, _on_ground(fill, palette))
    edge = at(trace.marker.line.color, index)
    wide = at(trace.marker.line.width, index) or 0
    if palette.grey:
        edge, wide = palette.ink, max(wide, 0.7)
    return {
        "facecolor": fill,
        "edgecolor": (of_line(palette, edge) if edge else drawn) if wide or hatch else "none",
        "linewidth": wide * POINT,
        "hatch": hatch or None,
    }


def _has_patterns(trace: go.Bar) -> bool:
    shape = trace.marker.pattern.shape
    return any(shape) if isinstance(shape, (list, tuple, np.ndarray)) else bool(shape)


def _on_ground(fill: Sequence[float], palette: Palette) -> list[float]:
    ground = parsed(palette.ground)
    return [c * fill[3] + g * (1 - fill[3]) for c, g in zip(fill[:3], ground, strict=False)]


def _bar_text(
    axes: Axes, trace: go.Bar, index: int, end: tuple[float, float], lying: bool, palette: Palette
) -> None:
    """The number at the end of a bar; “auto” stands there too, so that it is never cut off."""
    if trace.textposition not in (None, "outside", "auto"):
        raise UnsupportedFigureError(f"place of text {trace.textposition!r}")
    back = end[0] < 0
    value, middle = end
    axes.annotate(
        plain(at(trace.text, index))[0],
        (value, middle) if lying else (middle, value),
        ((-4 if back else 4), 0) if lying else (0, (-3 if back else 3)),
        textcoords="offset points",
        ha=("right" if back else "left") if lying else "center",
        va="center" if lying else ("top" if back else "bottom"),
        fontsize=11 * POINT,
        color=palette.ink,
        zorder=4,
    )
