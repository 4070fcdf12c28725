"""Light, dark and print: the colours that an exported picture gets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

#: Red, green, blue and opacity, each from 0 to 1.
Rgba = tuple[float, float, float, float]


class UnsupportedFigureError(ValueError):
    """A figure holds something that the exporter cannot draw, which would otherwise be lost."""


@dataclass(frozen=True)
class Palette:
    """What a picture stands on.

    Attributes:
        name: ``light``, ``dark`` or ``print``.
        ground: of the whole picture.
        ink: text and axes.
        muted: the caption.
        grid: lines behind the data.
        grey: whether every colour becomes a shade of grey; groups then differ in hatching, lines in
            dashes and marks in shape.
        order: colours in the order in which they were met: their number chooses grey and hatching.
    """

    name: str
    ground: str
    ink: str
    muted: str
    grid: str
    grey: bool = False
    order: dict[tuple[int, ...], int] = field(default_factory=dict, compare=False)

    def fresh(self) -> Palette:
        """The same for another picture, with no colours met yet."""
        return replace(self, order={})


PALETTES = {
    "light": Palette("light", "#FFFFFF", "#1F2430", "#5A6070", "#E3E5EA"),
    "dark": Palette("dark", "#0E1117", "#F2F3F5", "#A9B0BD", "#2B303B"),
    "print": Palette("print", "#FFFFFF", "#000000", "#333333", "#D9D9D9", grey=True),
}

#: Shades of lines and marks on paper, in the order in which colours are met.
_LINES = (0.0, 0.42, 0.22, 0.55)
#: Shades of areas on paper, light enough for a black hatching.
_AREAS = (0.5, 0.8, 0.65, 0.73)
#: Hatchings of areas on paper where the figure itself has none.
HATCHES = ("", "//", "..", "xx", "--", "||", "\\\\")


def parsed(colour: str) -> Rgba:
    """A colour as Plotly writes it: ``#RRGGBB``, ``rgb(…)`` or ``rgba(…)``.

    Raises:
        UnsupportedFigureError: it is written otherwise.
    """
    if colour.startswith("#") and len(colour) == 7:
        red, green, blue = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
        return red, green, blue, 1.0
    if colour.startswith("rgb"):
        parts = [float(part) for part in colour[colour.index("(") + 1 : -1].split(",")]
        red, green, blue = (part / 255 for part in parts[:3])
        return red, green, blue, parts[3] if len(parts) > 3 else 1.0
    raise UnsupportedFigureError(f"colour {colour!r}")


def luminance(colour: Sequence[float]) -> float:
    """Relative luminance, 0 black to 1 white (WCAG 2.2)."""
    values = np.asarray(colour[:3], dtype=float)
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    return float(linear @ np.asarray([0.2126, 0.7152, 0.0722]))


def contrast(one: Sequence[float], other: Sequence[float]) -> float:
    """Contrast ratio, 1 to 21 (WCAG 2.2)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def number(palette: Palette, colour: Rgba) -> int:
    """Which of the colours of a picture this is, in the order in which they are met, from 0."""
    key = tuple(round(255 * part) for part in colour[:3])
    return palette.order.setdefault(key, len(palette.order))


def of_line(palette: Palette, colour: str) -> Rgba:
    """A colour of a line or a mark in a palette.

    On dark ground a dark colour is lightened until its contrast is 3, the least for graphics.
    """
    own = parsed(colour)
    if palette.grey:
        shade = _LINES[number(palette, own) % len(_LINES)]
        return shade, shade, shade, own[3]
    if palette.name == "dark":
        ground, part = parsed(palette.ground), 0.0
        mixed = own
        while contrast(mixed, ground) < 3 and part < 1:
            part += 0.1
            red, green, blue = (c + (1 - c) * part for c in own[:3])
            mixed = (red, green, blue, own[3])
        return mixed
    return own


def of_area(palette: Palette, colour: str) -> tuple[Rgba, str]:
    """A colour of a bar in a palette, and the hatching that tells it apart on paper."""
    own = parsed(colour)
    if palette.grey:
        place = number(palette, own)
        shade = 1 - (1 - _AREAS[place % len(_AREAS)]) * own[3]
        return (shade, shade, shade, 1.0), HATCHES[place % len(HATCHES)]
    return of_line(palette, colour), ""


def scale(palette: Palette, steps: Sequence[tuple[float, str]] | None) -> list[tuple[float, Rgba]]:
    """A colour scale in a palette: on paper, from white to black.

    A scale with transparency shows the ground through, as it does on the screen.

    Raises:
        UnsupportedFigureError: the figure leaves its colours to somebody else.
    """
    if palette.grey:
        return [(0.0, (0.97, 0.97, 0.97, 1.0)), (1.0, (0.08, 0.08, 0.08, 1.0))]
    if steps is None:
        raise UnsupportedFigureError("colours left to a template")
    ground = parsed(palette.ground)
    solid = []
    for place, colour in steps:
        red, green, blue, alpha = parsed(colour)
        mixed = [
            c * alpha + g * (1 - alpha) for c, g in zip((red, green, blue), ground, strict=False)
        ]
        solid.append((float(place), (mixed[0], mixed[1], mixed[2], 1.0)))
    return solid


def ink_on(palette: Palette, cell: Sequence[float]) -> str:
    """Black or white, whichever reads better on a cell."""
    black, white = (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)
    return "#000000" if contrast(black, cell) >= contrast(white, cell) else "#FFFFFF"
