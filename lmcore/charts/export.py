"""Pictures as files for slides and paper: SVG and PNG, drawn without a browser and a network.

:func:`to_matplotlib` draws one of our Plotly figures anew with matplotlib: cells, lines, marks,
text and bars, shapes, notes, parts side by side, legends and colour bars. That is all that
:mod:`lmcore.charts` uses; a figure with anything else is refused and never drawn with a part
missing. Letters of an SVG are outlines, so that it looks the same where the fonts are not.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
import plotly.graph_objects as go
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

from lmcore.charts import export_marks as marks
from lmcore.charts import export_notes as notes
from lmcore.charts.export_axes import POINT, Scale, dress, scales
from lmcore.charts.export_bars import bars as columns_of
from lmcore.charts.export_frame import DPI, EDGE, Frame, turn
from lmcore.charts.export_palette import PALETTES, Palette, UnsupportedFigureError
from lmcore.charts.export_text import families, undrawn, wrapped

#: How much finer a PNG is than the screen.
FINER = 3
#: Pixels: width of a square map, of a picture, and of one with parts side by side.
NARROW, WIDTH, WIDE = 480, 760, 980
#: Settings of the whole drawing library: it has one set for all threads, so only one draws at once.
_LOCK = threading.Lock()
_SUPPORTED = (go.Heatmap, go.Scatter, go.Bar)


@dataclass(frozen=True)
class Picture:
    """A picture as a file.

    Attributes:
        data: the bytes.
        undrawn: signs that could not be drawn as they should be: no font here holds them, or their
            script is written from right to left or joined.
    """

    data: bytes
    undrawn: str


def svg(
    figure: go.Figure, palette: str = "light", caption: str = "", clear: bool = False
) -> Picture:
    """A figure as SVG; the same figure always gives the same bytes.

    Args:
        figure: of :mod:`lmcore.charts`.
        palette: ``light``, ``dark`` or ``print``.
        caption: plain text below the picture.
        clear: let what lies behind the picture shine through.

    Raises:
        UnsupportedFigureError: the figure holds something that cannot be drawn.
    """
    return _saved(figure, palette, caption, "svg", clear)


def png(figure: go.Figure, palette: str = "light", caption: str = "") -> Picture:
    """A figure as PNG, three times as fine as on the screen; see :func:`svg`."""
    return _saved(figure, palette, caption, "png")


def _saved(
    figure: go.Figure, palette: str, caption: str, kind: str, clear: bool = False
) -> Picture:
    with _LOCK, _settings():
        drawn = _drawn(figure, PALETTES[palette].fresh(), caption)
        if clear:
            drawn.patch.set_visible(False)
        out = io.BytesIO()
        if kind == "svg":
            drawn.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        else:
            drawn.savefig(out, format="png", dpi=DPI * FINER)
        return Picture(out.getvalue(), undrawn(_texts(drawn)))


def to_matplotlib(figure: go.Figure, palette: str = "light", caption: str = "") -> Figure:
    """A figure of ours as one of matplotlib; see :func:`svg`."""
    with _LOCK, _settings():
        return _drawn(figure, PALETTES[palette].fresh(), caption)


@contextmanager
def _settings() -> Iterator[None]:
    with mpl.rc_context(
        {
            "font.family": list(families()),
            "font.size": 11 * POINT,
            "svg.fonttype": "path",
            "svg.hashsalt": "three-readers",
            "text.parse_math": False,  # a dollar in a sentence is a dollar
            "axes.unicode_minus": True,
            "hatch.linewidth": 0.6,
            "figure.dpi": DPI,
        }
    ):
        yield


def _texts(drawn: Figure) -> list[str]:
    return [text.get_text() for text in drawn.findobj(Text) if text.get_visible()]


def _drawn(figure: go.Figure, palette: Palette, caption: str) -> Figure:
    _check(figure)
    wide = len({trace.xaxis or "x" for trace in figure.data}) > 1
    height = int(figure.layout.height or 420)
    width = WIDE if wide else min(WIDTH, max(NARROW, height)) if _square(figure) else WIDTH
    drawn = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=palette.ground)
    FigureCanvasAgg(drawn)
    parts, bars = _parts(drawn, figure, palette)
    _arrange(drawn, figure, palette, parts, bars, caption)
    return drawn


def _square(figure: go.Figure) -> bool:
    return all(isinstance(t, go.Heatmap) and len(t.z) == len(t.z[0]) for t in figure.data)


def _check(figure: go.Figure) -> None:
    """Refuse what would be left out."""
    for trace in figure.data:
        if not isinstance(trace, _SUPPORTED):
            raise UnsupportedFigureError(f"trace of type {trace.type}")
    for kind in ("images", "sliders", "updatemenus"):
        if figure.layout[kind]:
            raise UnsupportedFigureError(kind)


def _parts(
    drawn: Figure, figure: go.Figure, palette: Palette
) -> tuple[notes.Parts, list[go.Heatmap]]:
    """Axes with their data; also the heat maps that want a colour bar."""
    known = scales(figure)
    parts: notes.Parts = {}
    pairs = list(dict.fromkeys((t.xaxis or "x", t.yaxis or "y") for t in figure.data))
    for across, up in pairs:
        x, y = known[across], known[up]
        axes = drawn.add_axes((0.1, 0.1, 0.8, 0.8), label=f"{across}{up}", facecolor="none")
        own = [t for t in figure.data if (t.xaxis or "x", t.yaxis or "y") == (across, up)]
        for trace in own:
            if not isinstance(trace, go.Bar):
                marks.draw(axes, trace, x, y, palette)
        columns = [trace for trace in own if isinstance(trace, go.Bar)]
        if columns:
            columns_of(axes, columns, x, y, palette, figure.layout)
        parts |= {across: (axes, x), up: (axes, y)}
    for across, up in pairs:
        axes = parts[across][0]
        for scale in (known[across], known[up]):
            dress(axes, scale, palette)
        _spines(axes, known[across], palette)
        if known[up].own.scaleanchor and known[up].own.constrain == "domain":
            axes.set_aspect("equal", adjustable="box", anchor="C")
    bars = [t for t in figure.data if isinstance(t, go.Heatmap) and t.showscale is not False]
    return parts, bars


def _spines(axes: Any, x: Scale, palette: Palette) -> None:
    for spine in axes.spines.values():
        spine.set_visible(bool(x.own.showline))
        spine.set_color(palette.grid)


def _arrange(
    drawn: Figure,
    figure: go.Figure,
    palette: Palette,
    parts: notes.Parts,
    bars: Sequence[go.Heatmap],
    caption: str,
) -> None:
    """Give everything its room: the plot takes what the rest leaves, the picture grows with it."""
    frame = Frame(drawn, parts, figure.layout)
    for own in figure.layout.shapes:
        notes.shape(drawn, own, parts, frame.plot, palette)
    for own in figure.layout.annotations:
        notes.note(drawn, own, parts, frame.plot, palette)
    width = drawn.get_figwidth()
    legend = notes.legend(drawn, figure, palette, width - 2 * EDGE / DPI)
    foot = _caption(drawn, palette, caption, width * DPI - 2 * EDGE)
    bar = notes.colour_bar(drawn, bars[0], (0.1, 0.1, 0.1, 0.1), palette) if bars else None
    for _ in range(2):  # names that no longer fit side by side are turned, which takes more room
        frame.settle(legend, bars[0] if bars else None, bar, foot, int(figure.layout.height or 420))
        turn(drawn, parts)
    frame.settle(legend, bars[0] if bars else None, bar, foot, int(figure.layout.height or 420))


def _caption(drawn: Figure, palette: Palette, caption: str, width: float) -> Text | None:
    if not caption:
        return None
    size = 10.5
    # A control character is drawn nowhere, and would stand in the file as well, which forbids it.
    lines = ["".join(c if c.isprintable() else " " for c in one) for one in caption.splitlines()]
    text = "\n".join(wrapped(line, width / size) for line in lines)
    return drawn.text(
        0, 0, text, fontsize=size * POINT, color=palette.muted, va="bottom", linespacing=1.35
    )


__all__ = ["PALETTES", "Picture", "UnsupportedFigureError", "png", "svg", "to_matplotlib"]
