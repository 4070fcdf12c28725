"""Coloured text while it is being written: the one place where a text becomes HTML, all escaped.

Each token carries its own background and text colour, so that it reads the same on light and dark
pages. Finished texts are drawn by :mod:`pages.ui.components.text_pieces`, in the same colours.
"""

from collections.abc import Sequence
from html import escape

from streamlit.delta_generator import DeltaGenerator

from lmcore.analyses.generation import Segment
from lmcore.charts.generation import BANDS, band, band_colours
from pages.ui.text import t

_TOKEN = "padding:0.1em 0.15em;border-radius:3px;unicode-bidi:isolate;"
_NEWEST = "outline:2px solid currentColor;outline-offset:1px;"
_COVERED = "display:inline-block;width:1.6em;height:1em;border:1px dashed currentColor;"
_TEXT = "line-height:2;white-space:pre-wrap;overflow-wrap:anywhere;"


def show(
    place: DeltaGenerator,
    before: str,
    written: Sequence[Segment],
    after: str = "",
    newest: int | None = None,
) -> None:
    """Draw a prompt and the tokens beside it.

    Args:
        place: where; a placeholder is overwritten.
        before: the visitor's own text in front of the tokens, shown as it is.
        written: the tokens from left to right.
        after: the visitor's own text behind them.
        newest: the step to be marked, if any.
    """
    tokens = "".join(_token(segment, newest) for segment in written)
    body = f"<b>{escape(before)}</b>{tokens}<b>{escape(after)}</b>"
    place.html(f'<div dir="auto" style="{_TEXT}">{body}</div>')


def _token(segment: Segment, newest: int | None) -> str:
    lead = escape(segment.lead)
    if segment.token is None:
        name = escape(t("generation.covered"), quote=True)
        return f'{lead}<span role="img" aria-label="{name}" style="{_COVERED}"></span>'
    ground, ink = band_colours()[band(segment.token.probability)]
    style = f"{_TOKEN}background:{ground};color:{ink};"
    if segment.step == newest:
        style += _NEWEST
    return f'{lead}<span style="{style}">{escape(segment.text)}</span>'


def legend(place: DeltaGenerator) -> None:
    """What the colours mean."""
    ends = [*BANDS[1:], 1.0]
    swatches = "".join(
        f'<span style="{_TOKEN}background:{ground};color:{ink};">'
        f"{100 * low:g}–{100 * high:g} %</span> "
        for low, high, (ground, ink) in zip(BANDS, ends, band_colours(), strict=True)
    )
    place.html(f'<div style="{_TEXT}">{escape(t("generation.legend"))} {swatches}</div>')
