"""The small pictures of the dashboard, as HTML from plain data: one cell a reader, side by side.

Nothing has to be loaded to show them. Every text is escaped; words stand as they were typed, with
what stands between them, so that they break into lines anywhere a text does.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from lmcore.charts.theme import faded
from lmcore.runtime.families import FAMILIES
from lmcore.text.words import Sentence

#: Opacity of the strongest ground of a word; text in the page's colour can be read on it.
STRONGEST = 0.6
#: Opacity of the ground of what may be seen.
SEEN = 0.22
_STYLE = f"<style>{Path(__file__).with_name('dashboard.css').read_text('utf8')}</style>"


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its length from 0 to 1, and the number beside it."""

    name: str
    length: float
    number: str


def row(cells: Collection[str], label: str) -> str:
    """Cells of HTML side by side; one below the other on a telephone; ``label`` is read aloud."""
    frame = f'role="group" aria-label="{escape(label)}" style="--readers:{len(cells)}"'
    return f'{_STYLE}<div class="readers" {frame}>{"".join(cells)}</div>'


def cell(family: str, name: str, body: str, note: str = "") -> str:
    """What one reader answers.

    Args:
        family: whose colour stands at its side.
        name: of the reader.
        body: HTML.
        note: plain text below it.
    """
    below = f'<div class="note">{escape(note)}</div>' if note else ""
    return (
        f'<div class="cell" style="border-color:{FAMILIES[family].colour}">'
        f'<div class="name">{escape(name)}</div>{body}{below}</div>'
    )


def words(
    sentence: Sentence,
    chosen: int,
    grounds: Sequence[str],
    seen: Sequence[bool] | None = None,
) -> str:
    """A sentence as running text, a ground behind each word and the chosen one framed.

    Args:
        sentence: the text and its words.
        chosen: index of the framed word.
        grounds: the colour behind each word, or nothing.
        seen: which words may be seen; the others are pale.
    """
    parts, end = [], 0
    for i, word in enumerate(sentence.words):
        kinds = ["word", *(["chosen"] if i == chosen else [])]
        if seen is not None and not seen[i]:
            kinds.append("unseen")
        colour = grounds[i]
        style = f' style="background-color:{colour}"' if colour else ""
        gap = escape(sentence.text[end : word.start])
        parts.append(f'{gap}<span class="{" ".join(kinds)}"{style}>{escape(word.text)}</span>')
        end = word.end
    return f'<div class="text" dir="auto">{"".join(parts)}</div>'


def tinted(family: str, share: float) -> str:
    """A reader's colour as the ground of a word, for a share of the scale from 0 to 1."""
    opacity = STRONGEST * min(max(share, 0.0), 1.0)
    return faded(FAMILIES[family].colour, round(opacity, 3)) if opacity >= 0.01 else ""


def bars(family: str, rows: Iterable[Bar]) -> str:
    """Horizontal bars, all on one scale from 0 to 1."""
    colour = FAMILIES[family].colour
    lines = "".join(
        f'<span dir="auto">{escape(bar.name)}</span><span class="room">'
        f'<span class="bar" style="background-color:{colour};width:{55 * bar.length:.1f}%"></span>'
        f'<span class="number">{escape(bar.number)}</span></span>'
        for bar in rows
    )
    return f'<div class="bars">{lines}</div>'


def continued(family: str, before: str, written: str) -> str:
    """A beginning and what a reader wrote behind it."""
    ground = tinted(family, SEEN / STRONGEST)
    return (
        f'<div class="text" dir="auto"><b>{escape(before)}</b>'
        f'<span class="word" style="background-color:{ground}">{escape(written)}</span></div>'
    )


def plain(text: str) -> str:
    """A sentence in place of a picture."""
    return f'<div class="note">{escape(text)}</div>'
