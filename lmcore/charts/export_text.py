"""Text of an exported picture: fonts, how wide it is, and where lines break."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache

from matplotlib import font_manager, ft2font

#: Fonts that hold Chinese, the likeliest to be well drawn first.
CHINESE = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei",
    "Noto Sans CJK JP",  # the first face of the shared file: it holds the Chinese signs too
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
    "Hiragino Sans GB",
    "SimHei",
    "Droid Sans Fallback",
    "Arial Unicode MS",
)
#: Comes with the drawing library, so that Latin, Greek and Cyrillic are always there.
LATIN = "DejaVu Sans"


def ems(text: str) -> float:
    """About how wide a text is, in multiples of its font size."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.58 for c in text)


def wrapped(text: str, width: float) -> str:
    """A text in lines of at most ``width`` ems, broken at spaces, or anywhere in Chinese."""
    lines: list[str] = []
    line = ""
    for part in re.findall(r"\s+|[^\s\u2e80-\uffef]+|[\u2e80-\uffef]", text):
        while ems(part) > width:  # one word longer than a line
            cut = max(1, int(width / 0.58) if ems(part[:1]) < 1 else int(width))
            lines, line, part = [*lines, line] if line else lines, part[:cut], part[cut:]
            lines, line = [*lines, line], ""
        if ems(line + part) > width and line.strip():
            lines, line = [*lines, line.rstrip()], ""
        line += part if line or not part.isspace() else ""
    return "\n".join([*lines, line.rstrip()] if line.strip() else lines)


@cache
def families() -> tuple[str, ...]:
    """Fonts to draw with, in order: Latin first, then the first Chinese one that there is."""
    known = {entry.name for entry in font_manager.fontManager.ttflist}
    return (LATIN, *[name for name in CHINESE if name in known][:1])


@cache
def _held() -> frozenset[int]:
    """Code points that our fonts hold."""
    held: set[int] = set()
    for name in families():
        path = font_manager.findfont(name, fallback_to_default=False)
        held |= set(ft2font.FT2Font(path).get_charmap())
    return frozenset(held)


def undrawn(texts: Iterable[str]) -> str:
    """Signs that cannot be drawn as they should be, each once: no font here holds them, or they
    are written from right to left or joined to their neighbours, which the drawing library does
    not do.
    """
    signs = {c for text in texts for c in text if not c.isspace()}
    return "".join(
        sorted(
            c
            for c in signs
            if ord(c) not in _held()
            or unicodedata.bidirectional(c) in ("R", "AL")
            or 0x0900 <= ord(c) <= 0x0DFF  # scripts of India: joined
        )
    )
