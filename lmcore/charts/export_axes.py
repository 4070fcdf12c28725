"""Axes of an exported picture: places of categories, ranges, ticks and titles."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go
from matplotlib import ticker
from matplotlib.axes import Axes

from lmcore.charts.export_palette import Palette, UnsupportedFigureError
from lmcore.charts.export_plain import plain

#: Points: pixels of the screen are 1/96 inch.
POINT = 0.75
TICK_SIZE = 11


@dataclass
class Scale:
    """One axis of a figure.

    Attributes:
        name: ``x``, ``y2``, … as traces say it.
        own: Plotly's settings.
        categories: names in their order, ``None`` on an axis of numbers.
        seen: lowest and highest value of the data.
        whole: whether all values are whole numbers.
        edge: whether the data fills its range (cells, bars): then no room is left beside it.
    """

    name: str
    own: Any
    categories: dict[str, int] | None = None
    seen: list[float] = field(default_factory=list)
    edge: bool = False
    whole: bool = True

    @property
    def log(self) -> bool:
        """Whether the axis is logarithmic."""
        return bool(self.own.type == "log")

    def places(self, values: Any) -> np.ndarray:
        """Values or names as numbers; ``None`` becomes NaN, which leaves a gap."""
        if self.categories is None:
            return np.asarray([math.nan if v is None else v for v in values], dtype=float)
        return np.asarray([self._place(self.categories, v) for v in values], dtype=float)

    @staticmethod
    def _place(categories: Mapping[str, int], value: Any) -> float:
        """A name's place; a number that is no name is a place itself: the edge of a cell."""
        if value is None:
            return math.nan
        known = categories.get(str(value))
        return float(value) if known is None else known

    def see(self, values: Any) -> None:
        """Widen the range to hold these places."""
        known = np.asarray(values, dtype=float)
        known = known[np.isfinite(known) & ((known > 0) | (not self.log))]
        self.whole = self.whole and bool((known == np.rint(known)).all())
        if known.size:
            self.seen[:] = [min([*self.seen, known.min()]), max([*self.seen, known.max()])]


def layout_axis(figure: go.Figure, name: str) -> Any:
    """Settings of the axis ``x2``, in the layout ``xaxis2``."""
    return figure.layout[f"{name[0]}axis{name[1:]}"]


def scales(figure: go.Figure) -> dict[str, Scale]:
    """Every axis that a trace uses; axes that match share names and range."""
    found: dict[str, Scale] = {}
    for trace in figure.data:
        for kind in "xy":
            name = trace[f"{kind}axis"] or kind
            own = layout_axis(figure, name)
            if own.type not in (None, "-", "linear", "log", "category"):
                raise UnsupportedFigureError(f"axis of type {own.type}")
            found.setdefault(name, Scale(name, own))
    for scale in found.values():
        for values in _values(figure, scale.name):
            _name(scale, values)
    for name, scale in found.items():
        if scale.own.matches in found:  # shares the very list of what has been seen
            first = found[scale.own.matches]
            scale.categories = scale.categories if first.categories is None else first.categories
            found[name] = Scale(name, scale.own, scale.categories, first.seen, scale.edge)
    return found


def _values(figure: go.Figure, name: str) -> Iterator[Sequence[Any]]:
    for trace in figure.data:
        if (trace[f"{name[0]}axis"] or name[0]) == name:
            values = trace[name[0]]
            yield [] if values is None else list(values)


def _name(scale: Scale, values: Sequence[Any]) -> None:
    """Note the names on an axis of categories, in the order in which they come."""
    given = [v for v in values if v is not None]
    if scale.own.type == "category" or any(isinstance(v, str) for v in given):
        if scale.categories is None:
            first = scale.own.categoryarray
            scale.categories = {str(v): i for i, v in enumerate(() if first is None else first)}
        for value in given:
            scale.categories.setdefault(str(value), len(scale.categories))


def shown_name(scale: Scale, value: str) -> str:
    """How a category is written on its axis."""
    alias = scale.own.labelalias or {}
    return plain(alias.get(value, value))[0]


def limits(scale: Scale) -> tuple[float, float]:
    """Range of an axis, from left to right or from bottom to top."""
    own = scale.own
    if own.range is not None:
        low, high = (float(end) for end in own.range)
        low, high = (10**low, 10**high) if scale.log else (low, high)
    elif scale.categories is not None:
        low, high = -0.5, len(scale.categories) - 0.5
    else:
        low, high = _around(scale)
    return (high, low) if own.autorange == "reversed" else (low, high)


def _around(scale: Scale) -> tuple[float, float]:
    """A range round the data."""
    if not scale.seen:
        return (0.1, 1.0) if scale.log else (0.0, 1.0)
    low, high = scale.seen
    if scale.log:
        room = 0.06 * max(math.log10(high / low), 0.5)
        return low / 10**room, high * 10**room
    if scale.edge:
        return low, high
    room = 0.06 * (high - low) or 0.5
    low, high = low - room, high + room
    if scale.own.rangemode == "tozero":
        low, high = min(low, 0.0) if scale.seen[0] < 0 else 0.0, max(high, 0.0)
    return low, high


def number(value: float, spec: str | None) -> str:
    """A number by the few formats of d3 that our figures use.

    Raises:
        UnsupportedFigureError: another format.
    """
    if not spec:
        return f"{value:,.10g}" if abs(value) >= 1e4 else f"{value:.6g}"
    if spec == ",d":
        return f"{round(value):,}"
    try:
        return format(value, spec)
    except ValueError as error:
        raise UnsupportedFigureError(f"number format {spec!r}") from error


def _si(value: float, _: object = None) -> str:
    """200,000 as 200k."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def dress(axes: Axes, scale: Scale, palette: Palette) -> None:
    """Range, ticks, grid and title of one axis."""
    own, kind = scale.own, scale.name[0]
    axis = axes.xaxis if kind == "x" else axes.yaxis
    if scale.log:
        (axes.set_xscale if kind == "x" else axes.set_yscale)("log")
        axis.set_minor_locator(ticker.NullLocator())
    (axes.set_xlim if kind == "x" else axes.set_ylim)(*limits(scale))
    _ticks(axis, scale)
    size = own.tickfont.size or TICK_SIZE
    top = kind == "x" and own.side == "top"
    hide = own.showticklabels is False
    axis.set_tick_params(
        length=0,
        pad=4,
        labelsize=size * POINT,
        labelcolor=palette.ink,
        **(
            {"labeltop": top and not hide, "labelbottom": not top and not hide}
            if kind == "x"
            else {"labelleft": not hide}
        ),
    )
    if top:
        axes.xaxis.set_label_position("top")
    grid = own.showgrid is not False and scale.categories is None
    if grid:
        axis.grid(True, color=palette.grid, linewidth=0.8)
    axes.set_axisbelow(True)
    if own.zeroline is True:
        line = axes.axvline if kind == "x" else axes.axhline
        line(0, color=palette.muted, linewidth=1, zorder=0.9)
    title, bold = plain(own.title.text or "")
    if title:
        axis.set_label_text(
            title, fontsize=12 * POINT, color=palette.ink, weight="bold" if bold else "normal"
        )


def _ticks(axis: Any, scale: Scale) -> None:
    own = scale.own
    if scale.categories is not None:
        names = list(scale.categories)
        if own.tickvals is not None:
            names = [str(value) for value in own.tickvals]
        axis.set_ticks(
            [scale.categories[name] for name in names],
            labels=[shown_name(scale, name) for name in names],
        )
    elif own.tickvals is not None:
        _given(axis, scale)
    else:
        axis.set_major_locator(_locator(scale))
        form = _si if own.exponentformat == "SI" else None
        axis.set_major_formatter(
            ticker.FuncFormatter(form or (lambda value, _: number(value, own.tickformat)))
        )


def _given(axis: Any, scale: Scale) -> None:
    """Ticks that the figure names itself; those outside the range are left out."""
    own = scale.own
    values = [float(value) for value in own.tickvals]
    names = own.ticktext
    texts = (
        [plain(n) for n in names]
        if names is not None
        else [(number(value, own.tickformat), False) for value in values]
    )
    low, high = sorted(limits(scale))
    kept = [(v, text) for v, text in zip(values, texts, strict=True) if low <= v <= high]
    axis.set_ticks([v for v, _ in kept], labels=[text for _, (text, _) in kept])
    for label, (_, (_, bold)) in zip(axis.get_ticklabels(), kept, strict=True):
        label.set_fontweight("bold" if bold else "normal")


def _locator(scale: Scale) -> ticker.Locator:
    own = scale.own
    if scale.log:
        subs = (1.0, 2.0, 5.0) if own.dtick == "D2" else (1.0,)
        low, high = sorted(limits(scale))
        if own.dtick is None and math.log10(high / low) < 2:
            subs = (1.0, 2.0, 5.0)
        return ticker.LogLocator(subs=subs, numticks=12)
    low, high = sorted(limits(scale))
    if own.dtick is not None and (high - low) / float(own.dtick) <= 30:
        return ticker.MultipleLocator(float(own.dtick))
    return ticker.MaxNLocator(nbins=own.nticks or 7, steps=[1, 2, 2.5, 5, 10], integer=scale.whole)
