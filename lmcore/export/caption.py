"""The caption below a picture that leaves the app, which becomes a part of it."""

import re
import unicodedata
from html import escape

from lmcore.export.palette import CAPTION_FONT, Palette

#: Pixels: size of the letters of a caption, from line to line, and round the whole picture.
LETTERS, LINE, EDGE = 11, 15, 14
#: Signs that belong to what stands before them.
_CLOSING = "[、。，．：；！？」』》）】〉…—]*"
#: Where a line may end: behind a space, a word or a Chinese sign, each with what closes it.
PARTS = rf"\s+|[⺀-￯]{_CLOSING}|[^\s⺀-￯]+{_CLOSING}"


def ems(text: str) -> float:
    """About how wide a text is, in multiples of its font size."""
    return sum(1.0 if unicodedata.east_asian_width(sign) in "WF" else 0.58 for sign in text)


def wrapped(text: str, width: float) -> list[str]:
    """A text in lines of at most ``width`` ems; a word that is longer alone is broken."""
    lines: list[str] = []
    line = ""
    for part in re.findall(PARTS, text):
        if ems(line + part) > width and line.strip():
            lines, line = [*lines, line.rstrip()], ""
        while ems(part) > width:
            cut = max(1, int(width / max(map(ems, part))))
            lines, part = [*lines, part[:cut]], part[cut:]
        line += part if line or not part.isspace() else ""
    return [*lines, line.rstrip()] if line.strip() else lines


def printable(caption: str) -> str:
    """A caption without signs that no picture may hold."""
    return "\n".join(
        "".join(sign if sign.isprintable() else " " for sign in line)
        for line in caption.splitlines()
    )


def below(svg: str, caption: str, palette: Palette, size: tuple[int, int]) -> tuple[str, int, int]:
    """A picture with its caption.

    Args:
        svg: the picture.
        caption: plain text, several lines.
        palette: of both.
        size: width and height of the picture in pixels.

    Returns:
        The picture as SVG, its width and its height.
    """
    lines = [
        line
        for paragraph in printable(caption).splitlines()
        for line in wrapped(paragraph, size[0] / LETTERS)
    ]
    width, height = (
        size[0] + 2 * EDGE,
        size[1] + 2 * EDGE + (LINE * len(lines) + EDGE) * bool(lines),
    )
    texts = "".join(
        f'<text x="{EDGE}" y="{2 * EDGE + size[1] + LINE * number + LETTERS}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    letters = f'font-family="{escape(CAPTION_FONT)}" font-size="{LETTERS}" fill="{palette.muted}"'
    inside = re.sub(r"^<svg ", f'<svg x="{EDGE}" y="{EDGE}" ', svg)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}">'
        f'<rect width="{width}" height="{height}" fill="{palette.ground}"/>{inside}'
        f"<g {letters}>{texts}</g></svg>",
        width,
        height,
    )
