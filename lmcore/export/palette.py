"""Light, dark and print: the colours of a figure that leaves the app.

Ground, text and axes come from a layout template. On paper every colour becomes a shade of grey:
lines then differ in their dashes, marks in their shape, bars in hatching, and maps run from white
to black.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import plotly.graph_objects as go

_LATIN = "Arial, 'Liberation Sans', 'Noto Sans'"
_CHINESE = "'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', sans-serif"
#: Fonts of a figure, about as wide as those of the pages, for which there is room. A machine has
#: them by itself: a file brings none along.
FONT = f"{_LATIN}, {_CHINESE}"
#: Fonts of a caption, which may be wider.
CAPTION_FONT = f"{_LATIN}, 'DejaVu Sans', {_CHINESE}"
#: Pixels: width of a square map, of a picture, and of one with parts side by side.
NARROW, WIDTH, WIDE = 480, 760, 980


@dataclass(frozen=True)
class Palette:
    """What a picture stands on.

    Attributes:
        ground: of the whole picture.
        ink: text and axes.
        muted: the caption.
        grid: lines behind the data.
        accent: what the page draws in its own colour.
        grey: whether every colour becomes a shade of grey.
    """

    ground: str
    ink: str
    muted: str
    grid: str
    accent: str
    grey: bool = False


PALETTES = {
    "light": Palette("#FFFFFF", "#1F2430", "#5A6070", "#E3E5EA", "#1F5FBF"),
    "dark": Palette("#0E1117", "#F2F3F5", "#A9B0BD", "#2B303B", "#6FB1FF"),
    "print": Palette("#FFFFFF", "#000000", "#333333", "#D9D9D9", "#000000", grey=True),
}

#: Shades of lines and marks on paper, 0 black to 1 white, in the order in which colours are met.
_LINES = (0.0, 0.42, 0.22, 0.55)
#: Shades of areas on paper, light enough for a black hatching.
_AREAS = (0.5, 0.8, 0.65, 0.73)
#: Hatchings of areas on paper where the figure itself has none.
HATCHES = ("", "/", ".", "x", "-", "|", "\\")
#: A colour scale on paper.
_GREYS = [[0.0, "rgb(247,247,247)"], [1.0, "rgb(20,20,20)"]]
_HEX = re.compile(r"#([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")
_RGB = re.compile(r"rgba?\(([\d.]+),\s*([\d.]+),\s*([\d.]+)(?:,\s*([\d.]+))?\)")


def template(palette: Palette) -> dict[str, Any]:
    """The layout template of a palette, in the sizes that the pages have."""
    ink = palette.ink
    axis = {
        "automargin": True,
        "tickfont": {"color": ink, "size": 12},
        "ticklabelposition": "outside",
        **dict.fromkeys(("gridcolor", "zerolinecolor", "linecolor", "tickcolor"), palette.grid),
    }
    title = {"font": {"color": ink, "size": 14}}
    bar = {
        "outlinewidth": 0,
        "tickfont": {"color": ink, "size": 12},
        "title": {"font": {"color": ink, "size": 14}},
    }
    return {
        "layout": {
            "font": {"color": ink, "family": FONT, "size": 12},
            "paper_bgcolor": palette.ground,
            "plot_bgcolor": palette.ground,
            "xaxis": {**axis, "title": {**title, "standoff": 20}, "showgrid": False},
            "yaxis": {**axis, "title": {**title, "standoff": 24}},
            "legend": {
                "font": {"color": ink, "size": 12, "family": FONT},
                "title": {"font": {"color": ink, "size": 12}},
            },
            "margin": {"pad": 8},
            "coloraxis": {"colorbar": bar},
        }
    }


def changes(figure: go.Figure, palette: Palette) -> dict[str, Any]:
    """What a palette changes of a figure beside its template: ``data``, one a trace, ``layout``."""
    spec = figure.to_plotly_json()
    if not palette.grey:
        return {"data": [{} for _ in spec["data"]], "layout": {}}
    greys = _Greys(palette.ink)
    layout = {key: value for key, value in spec["layout"].items() if key != "template"}
    return {
        "data": [_trace(trace, greys) for trace in spec["data"]],
        "layout": _recoloured(layout, greys.line, palette.ink),
    }


def dressed(figure: go.Figure, palette: Palette) -> go.Figure:
    """A copy of a figure in a palette."""
    copy, change = go.Figure(figure), changes(figure, palette)
    copy.layout.template = template(palette)
    for trace, values in zip(copy.data, change["data"], strict=True):
        trace.update(values)
    copy.update_layout(change["layout"])
    return copy


def size(figure: go.Figure) -> tuple[int, int]:
    """Width and height of a figure in pixels, where no page says how wide it is."""
    height = int(figure.layout.height or 420)
    if len({trace.xaxis or "x" for trace in figure.data}) > 1:
        return WIDE, height
    square = all(isinstance(t, go.Heatmap) and len(t.z) == len(t.z[0]) for t in figure.data)
    return (min(WIDTH, max(NARROW, height)) if square else WIDTH), height


@dataclass
class _Greys:
    """The shades of one figure.

    Attributes:
        ink: of text.
        order: colours in the order in which they are met; their number chooses shade and hatching.
    """

    ink: str
    order: dict[tuple[int, int, int], int] = field(default_factory=dict)

    def number(self, colour: str) -> tuple[int, float] | None:
        """Which colour of the figure this is, from 0, and its opacity; nothing if it is none."""
        parsed = _parsed(colour)
        if parsed is None:
            return None
        return self.order.setdefault(parsed[0], len(self.order)), parsed[1]

    def line(self, colour: str) -> str:
        """A colour of a line, a mark or a frame on paper."""
        met = self.number(colour)
        if met is None:
            return colour
        shade = round(255 * _LINES[met[0] % len(_LINES)])
        return f"rgba({shade},{shade},{shade},{met[1]:g})"

    def area(self, colour: str) -> tuple[str, str]:
        """A colour of a bar on paper, and the hatching that tells it apart."""
        met = self.number(colour)
        if met is None:
            return colour, ""
        number, alpha = met
        shade = round(255 * (1 - (1 - _AREAS[number % len(_AREAS)]) * alpha))
        return f"rgb({shade},{shade},{shade})", HATCHES[number % len(HATCHES)]


def _parsed(colour: str) -> tuple[tuple[int, int, int], float] | None:
    """Red, green and blue from 0 to 255, and opacity from 0 to 1, of ``#RRGGBB`` or ``rgb(…)``."""
    if match := _HEX.fullmatch(colour):
        red, green, blue = (int(part, 16) for part in match.groups())
        return (red, green, blue), 1.0
    if match := _RGB.fullmatch(colour):
        red, green, blue = (round(float(part)) for part in match.groups()[:3])
        return (red, green, blue), float(match[4] or 1.0)
    return None


def several(value: Any) -> bool:
    """Whether a value of a figure stands for several."""
    return isinstance(value, (list, tuple, np.ndarray))


def _trace(trace: Mapping[str, Any], greys: _Greys) -> dict[str, Any]:
    """What changes of one trace."""
    marker = trace.get("marker", {})
    if trace.get("type") != "bar" or "color" not in marker:
        return _recoloured(trace, greys.line, greys.ink)
    colours = marker["color"]
    areas = [greys.area(colour) for colour in (colours if several(colours) else [colours])]
    shades, hatches = ([area[place] for area in areas] for place in (0, 1))
    change = _recoloured(trace, greys.line, greys.ink)
    change["marker"] = {
        **change.get("marker", {}),
        "color": shades if several(colours) else shades[0],
    }
    if not marker.get("pattern", {}).get("shape"):
        shape = hatches if several(colours) else hatches[0]
        change["marker"]["pattern"] = {"shape": shape, "fillmode": "overlay", "size": 6}
    return change


def _recoloured(
    node: Mapping[str, Any], shade: Callable[[str], str], ink: str, text: bool = False
) -> dict[str, Any]:
    """Every colour below a node in another, and nothing else; ``text``: it is a font."""
    change: dict[str, Any] = {}
    for key, value in node.items():
        if key == "colorscale":
            change[key] = _GREYS
        elif key.endswith("color") and isinstance(value, str):
            change[key] = ink if text else shade(value)
        elif key.endswith("color") and several(value):
            if len(value) and all(isinstance(part, str) for part in value):
                change[key] = [ink if text else shade(part) for part in value]
        elif isinstance(value, Mapping):
            change[key] = _recoloured(value, shade, ink, key.endswith("font"))
        elif key in ("shapes", "annotations"):
            change[key] = [_recoloured(part, shade, ink) for part in value]
    return {key: value for key, value in change.items() if value}
