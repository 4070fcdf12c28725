"""Figures as SVG and PNG without the app: kaleido draws them with a Chrome or Chromium browser."""

import asyncio
import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from lmcore.errors import ReadersError
from lmcore.export.caption import below
from lmcore.export.palette import PALETTES, dressed, size

#: How much finer a PNG is than the screen.
FINER = 3
#: Plotly gives each picture a number of its own by chance, which stands in the names of its parts.
_CHANCE = re.compile(r'id="defs-([0-9a-f]{6})"')


@dataclass(frozen=True)
class Order:
    """A picture to be drawn.

    Attributes:
        figure: of :mod:`lmcore.charts`.
        palette: ``light``, ``dark`` or ``print``.
        caption: plain text below it.
    """

    figure: go.Figure
    palette: str
    caption: str


def draw(orders: Sequence[Order]) -> list[tuple[bytes, bytes]]:
    """SVG and PNG of each picture; the same figures give the same bytes.

    Raises:
        ReadersError: ``kaleido_missing`` or ``browser_missing``.
    """
    try:
        import kaleido
        from kaleido.errors import BrowserFailedError, ChromeNotFoundError
    except ImportError as error:
        raise ReadersError("kaleido_missing") from error
    try:
        return asyncio.run(_drawn(kaleido, orders))
    except (BrowserFailedError, ChromeNotFoundError) as error:
        raise ReadersError("browser_missing") from error


async def _drawn(kaleido: Any, orders: Sequence[Order]) -> list[tuple[bytes, bytes]]:
    """The pictures, all by one browser, which asks nobody for a script."""
    pictures = []
    async with kaleido.Kaleido(mathjax=False) as browser:
        for order in orders:
            palette = PALETTES[order.palette]
            width, height = size(order.figure)
            figure = dressed(order.figure, palette)
            options = {"format": "svg", "width": width, "height": height, "scale": 1}
            drawn = await browser.calc_fig(figure.to_dict(), opts=options)
            picture = drawn.decode()
            if chance := _CHANCE.search(picture):  # else no two pictures would be the same
                picture = picture.replace(chance[1], "000000")
            svg, *whole = below(picture, order.caption, palette, (width, height))
            options = {"format": "png", "width": whole[0], "height": whole[1], "scale": FINER}
            png = await browser.calc_fig(_holding(svg, *whole).to_dict(), opts=options)
            pictures.append((svg.encode(), bytes(png)))
    return pictures


def _holding(svg: str, width: int, height: int) -> go.Figure:
    """A figure that holds nothing but a picture: the browser makes its points."""
    source = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    image = {"source": source, "xref": "paper", "yref": "paper", "x": 0, "y": 1}
    return go.Figure(
        layout={
            "width": width,
            "height": height,
            "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
            "xaxis": {"visible": False},
            "yaxis": {"visible": False},
            "images": [{**image, "sizex": 1, "sizey": 1, "sizing": "stretch", "layer": "above"}],
        }
    )
