"""Where everything stands in an exported picture: the plot, and what is round it."""

from __future__ import annotations

import itertools
from typing import Any

import plotly.graph_objects as go
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox, BboxTransformTo, TransformedBbox

from lmcore.charts.export_axes import Scale, limits
from lmcore.charts.export_notes import Parts

#: Pixels of the screen to the inch.
DPI = 96
#: Pixels round the picture.
EDGE = 14


def turn(drawn: Figure, parts: Parts) -> None:
    """Turn the names below an axis where they would lie on top of each other."""
    renderer = drawn.canvas.get_renderer()  # type: ignore[attr-defined]
    for name, (axes, scale) in parts.items():
        if name[0] != "x":
            continue
        labels = [label for label in axes.get_xticklabels() if label.get_text()]
        if scale.own.tickangle:
            angle = -float(scale.own.tickangle)
        else:
            boxes = sorted(
                (label.get_window_extent(renderer) for label in labels), key=lambda box: box.x0
            )
            close = any(a.x1 + 3 > b.x0 for a, b in itertools.pairwise(boxes))
            angle = 90.0 if close or (labels and labels[0].get_rotation()) else 0.0
            if scale.own.tickangle == 0:
                angle = 0.0
        for label in labels:
            label.set_rotation(angle)
            if angle not in (0.0, 90.0):
                label.set_horizontalalignment("right")
                label.set_rotation_mode("anchor")


class Frame:
    """The plot inside the picture, and the room for what stands around it."""

    def __init__(self, drawn: Figure, parts: Parts, layout: Any) -> None:
        edges = layout.margin
        #: Pixels that the figure gives its plot, where it leaves no choice.
        self.fixed = layout.height - edges.t - edges.b if edges.autoexpand is False else None
        self.drawn = drawn
        self.parts = parts
        self.box = Bbox.from_bounds(0.1, 0.1, 0.8, 0.8)  # of the picture
        self.inside = Bbox.from_bounds(0, 0, 1, 1)
        #: From shares of the plot to pixels, whatever the plot's place becomes.
        self.plot = _plot(self)

    def place(self, left: float, low: float, width: float, height: float, total: float) -> None:
        """Put the plot at these pixels of a picture so many pixels high."""
        wide = self.drawn.get_figwidth() * DPI
        self.drawn.set_figheight(total / DPI)
        share = Bbox.from_bounds(left / wide, low / total, width / wide, height / total)
        self.inside.set_points(share.get_points())
        for axes in {axes for axes, _ in self.parts.values()}:
            x = next(s for n, (a, s) in self.parts.items() if a is axes and n[0] == "x")
            begin, end = x.own.domain or (0.0, 1.0)
            axes.set_position(
                (
                    (left + begin * width) / wide,
                    low / total,
                    (end - begin) * width / wide,
                    height / total,
                )
            )
            y = next(s for n, (a, s) in self.parts.items() if a is axes and n[0] == "y")
            if y.own.scaleanchor and y.own.constrain != "domain":
                _even(axes, x, y, (end - begin) * width, height)

    def overhang(self) -> tuple[float, float, float, float]:
        """Pixels that names and titles take outside the plot: left, below, right, above."""
        renderer = self.drawn.canvas.get_renderer()  # type: ignore[attr-defined]
        plot = self.inside.transformed(self.drawn.transFigure)
        found = [axes.get_tightbbox(renderer) for axes in {a for a, _ in self.parts.values()}]
        box = Bbox.union([plot, *[one for one in found if one is not None]])
        return plot.x0 - box.x0, plot.y0 - box.y0, box.x1 - plot.x1, box.y1 - plot.y1

    def settle(
        self, legend: Any, trace: go.Heatmap | None, bar: Any, foot: Any, height: int
    ) -> None:
        """Measure everything and place it."""
        renderer = self.drawn.canvas.get_renderer()  # type: ignore[attr-defined]
        wide = self.drawn.get_figwidth() * DPI
        left, below, right, above = self.overhang()
        flat = trace is not None and trace.colorbar.orientation == "h"
        under = flat and (trace.colorbar.y or 0) < 0 if trace is not None else False
        side = 70 if bar is not None and not flat else 0
        strip = 52 if bar is not None and flat else 0
        key = legend.get_window_extent(renderer).height + 8 if legend else 0
        text = foot.get_window_extent(renderer).height + 16 if foot else 0
        tall = max(height - above - below - (strip if flat else 0), 0.5 * height, 90)
        if self.fixed is not None:
            tall = max(self.fixed, 120)
        room = max(wide - 2 * EDGE - left - right - side, 120)
        foot_end = EDGE + text
        low = foot_end + below + (strip if under else 0)
        top = low + tall + above
        total = top + (0 if under else strip) + key + EDGE
        self.place(EDGE + left, low, room, tall, total)
        if bar is not None and flat:
            spot = low - below - 26 if under else top + 6
            bar.set_position(
                ((EDGE + left + 0.1 * room) / wide, spot / total, 0.8 * room / wide, 8 / total)
            )
        elif bar is not None:
            bar.set_position(
                ((wide - EDGE - side + 16) / wide, low / total, 12 / wide, tall / total)
            )
        if legend:
            legend.set_bbox_to_anchor((EDGE / wide, (total - EDGE - key + 8) / total))
        if foot:
            foot.set_position((EDGE / wide, EDGE / total))


def _even(axes: Any, x: Scale, y: Scale, width: float, height: float) -> None:
    """Widen one range so that a unit is as long across as upwards."""
    (left, right), (low, high) = limits(x), limits(y)
    unit = max((right - left) / width, (high - low) / height)
    middle, centre = (left + right) / 2, (low + high) / 2
    axes.set_xlim(middle - unit * width / 2, middle + unit * width / 2)
    axes.set_ylim(centre - unit * height / 2, centre + unit * height / 2)


def _plot(frame: Frame) -> Any:
    return BboxTransformTo(TransformedBbox(frame.inside, frame.drawn.transFigure))
