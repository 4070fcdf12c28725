"""What stands around the data of an exported picture: shapes, notes, colour bars, the legend."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from matplotlib import ticker
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from matplotlib.legend import Legend
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.transforms import Transform, blended_transform_factory

from lmcore.charts import export_bars as bars
from lmcore.charts import export_marks as marks
from lmcore.charts.export_axes import POINT, Scale, number
from lmcore.charts.export_palette import Palette, UnsupportedFigureError, of_area, of_line
from lmcore.charts.export_plain import plain

#: Shapes and notes may be placed by an axis (``x2``), by its domain, or by the plot (``paper``).
Parts = dict[str, tuple[Axes, Scale]]


def _side(ref: str, parts: Parts, plot: Transform) -> tuple[Transform, Any]:
    """How one coordinate is to be read, and the axis it belongs to, if any."""
    if ref == "paper":
        return plot, None
    name, _, domain = ref.partition(" ")
    if name not in parts:
        raise UnsupportedFigureError(f"place by {ref!r}")
    axes, scale = parts[name]
    return (axes.transAxes, None) if domain else (axes.transData, scale)


def _placed(
    refs: tuple[str, str], parts: Parts, plot: Transform
) -> tuple[Transform, Any, Any, Axes | None]:
    across, x = _side(refs[0], parts, plot)
    up, y = _side(refs[1], parts, plot)
    own = [parts[ref.split()[0]][0] for ref in refs if ref != "paper"]
    # The same transform twice is not to be blended: it would be frozen as it is now.
    both = across if across is up else blended_transform_factory(across, up)
    return both, x, y, own[0] if own else None


def _refs(own: Any) -> tuple[str, str]:
    """What a shape or a note is placed by: the first axes where nothing is said."""
    return own.xref or "x", own.yref or "y"


def _value(value: Any, scale: Scale | None) -> float:
    return float(value) if scale is None else float(scale.places([value])[0])


def shape(figure: Figure, own: Any, parts: Parts, plot: Transform, palette: Palette) -> None:
    """A line or a frame.

    Raises:
        UnsupportedFigureError: another shape.
    """
    transform, x, y, axes = _placed(_refs(own), parts, plot)
    left, right = _value(own.x0, x), _value(own.x1, x)
    low, high = _value(own.y0, y), _value(own.y1, y)
    style = {
        "color": of_line(palette, own.line.color) if own.line.color else palette.muted,
        "linewidth": (2 if own.line.width is None else own.line.width) * POINT,
        "linestyle": marks.dashed(own.line.dash),
        "transform": transform,
        "clip_on": False,
        "zorder": 1.5 if own.layer == "below" else 2.5,
    }
    drawn: Line2D | Rectangle
    if own.type == "line":
        drawn = Line2D([left, right], [low, high], **style)
    elif own.type == "rect":
        fill = of_area(palette, own.fillcolor)[0] if own.fillcolor else "none"
        edge = style.pop("color")
        drawn = Rectangle(
            (left, low), right - left, high - low, facecolor=fill, edgecolor=edge, **style
        )
    else:
        raise UnsupportedFigureError(f"shape of type {own.type}")
    if axes is None:
        figure.add_artist(drawn)
    else:
        axes.add_artist(drawn)


def note(figure: Figure, own: Any, parts: Parts, plot: Transform, palette: Palette) -> Any:
    """A text beside the data; its shifts are pixels of the screen.

    Returns:
        The text as it was drawn.
    """
    if own.showarrow:
        raise UnsupportedFigureError("arrow")
    transform, x, y, axes = _placed(_refs(own), parts, plot)
    text, bold = plain(own.text)
    turned = -float(own.textangle or 0)
    ha = {"left": "left", "right": "right"}.get(own.xanchor or "", "center")
    va = {"bottom": "bottom", "top": "top"}.get(own.yanchor or "", "center")
    # Our letters are a little wider than those of a browser, so what stands beyond them moves out.
    shift = ((own.xshift or 0) * POINT * 1.15, (own.yshift or 0) * POINT * 1.15)
    if own.xanchor is None and axes is not None and "domain" in str(own.yref):
        ha, shift = "left", (shift[0] + 2, shift[1])  # a note beside a line across the plot
    return (axes or figure.axes[0]).annotate(
        text,
        (_value(own.x, x), _value(own.y, y)),
        shift,
        xycoords=transform,
        textcoords="offset points",
        ha=ha,
        va=va,
        rotation=turned,
        rotation_mode="anchor" if not turned else "default",
        fontsize=(own.font.size or 12) * POINT,
        weight="bold" if bold else "normal",
        color=palette.ink,
        annotation_clip=False,
    )


def legend(figure: Figure, source: go.Figure, palette: Palette, width: float) -> Legend | None:
    """The legend, over as many columns as the width allows.

    Args:
        width: inches.
    """
    told = [t for t in source.data if t.showlegend is not False and t.name and _kind(t)]
    if source.layout.showlegend is False or not told:
        return None
    if len(told) == 1 and source.layout.showlegend is None and told[0].showlegend is None:
        return None
    names = [plain(trace.name)[0] for trace in told]
    longest = max(len(name) for name in names) * 0.085 + 0.55
    columns = max(1, min(len(told), int(width / longest)))
    return figure.legend(
        [_entry(trace, palette) for trace in told],
        [f" {name}" for name in names],  # a name that begins with a _ is a name too
        ncols=columns,
        loc="lower left",
        frameon=False,
        fontsize=11 * POINT,
        labelcolor=palette.ink,
        handlelength=3.2,
        borderaxespad=0,
        columnspacing=1.4,
        bbox_transform=figure.transFigure,
    )


def _kind(trace: Any) -> bool:
    return isinstance(trace, (go.Bar, go.Scatter)) and trace.name is not None


def _entry(trace: Any, palette: Palette) -> Patch | Line2D:
    """What stands before a name in the legend."""
    if isinstance(trace, go.Bar):
        return Patch(**bars.area(trace, palette))
    mode = trace.mode or "lines+markers"
    style = marks.line_style(trace, palette) if "lines" in mode else {"linestyle": "none"}
    if "markers" not in mode:
        return Line2D([], [], **style)
    own = marks.mark_style(trace, palette)
    return Line2D(
        [],
        [],
        **style,
        marker=own["marker"],
        markersize=min(own["s"] ** 0.5, 9),
        markerfacecolor=own["facecolors"][0],
        markeredgecolor=own.get("edgecolors", own["facecolors"])[0],
        markeredgewidth=own["linewidths"],
    )


def colour_bar(
    figure: Figure, trace: go.Heatmap, place: tuple[float, float, float, float], palette: Palette
) -> Axes:
    """A colour bar in its own axes.

    Args:
        place: left, bottom, width, height, as shares of the picture.
    """
    own = trace.colorbar
    flat = own.orientation == "h"
    axes = figure.add_axes(place)
    mappable = ScalarMappable(marks.normed(trace), marks.colours(trace, palette))
    bar = figure.colorbar(mappable, cax=axes, orientation="horizontal" if flat else "vertical")
    below = flat and (own.y or 0) < 0
    if flat and not below:
        axes.xaxis.set_ticks_position("top")
    if own.tickvals is not None:
        texts = own.ticktext or [number(float(v), own.tickformat) for v in own.tickvals]
        bar.set_ticks([float(v) for v in own.tickvals], labels=[plain(text)[0] for text in texts])
    else:
        bar.locator = ticker.MaxNLocator(nbins=own.nticks or 5)
        bar.formatter = ticker.FuncFormatter(lambda value, _: number(value, own.tickformat))
        bar.update_ticks()
    axes.tick_params(length=0, labelsize=10 * POINT, labelcolor=palette.ink, pad=2)
    bar.outline.set_visible(False)  # type: ignore[operator]
    title = plain(own.title.text or "")[0]
    if title and flat:
        axes.set_title(title, fontsize=11 * POINT, color=palette.ink, pad=4)
    elif title:
        axes.set_ylabel(title, fontsize=11 * POINT, color=palette.ink, rotation=-90, va="bottom")
    return axes
