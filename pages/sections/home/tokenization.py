"""How each reader cuts a sentence: pieces stand under the words they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.charts.theme import FAMILY_COLOURS
from lmcore.outputs.reading import Note, Reading
from pages.ui.figure import show_table
from pages.ui.text import t

#: Characters of a piece that stand in one line.
LONGEST = 20
#: Pieces of one word that stand in a column of ordinary width.
MANY = 6
_STYLE = """<style>
.pieces {overflow-x: auto}
.pieces table {border-collapse: collapse; font-size: 0.85rem}
.pieces th, .pieces td {padding: 0.3rem 0.25rem; text-align: center; vertical-align: top;
  border: none; border-bottom: 1px solid rgba(128, 128, 128, 0.3)}
.pieces tbody th {text-align: left; white-space: nowrap; padding-right: 0.6rem;
  position: sticky; left: 0; backdrop-filter: blur(0.5rem)}
.pieces .piece {display: inline-block; border: 1.5px solid; border-radius: 0.3rem;
  padding: 0 0.25rem; margin: 1px; font-family: monospace; white-space: pre}
.pieces .long {overflow-wrap: anywhere; white-space: pre-wrap; min-width: 9rem; max-width: 14rem}
.pieces .many {min-width: 18rem}
.pieces .special {opacity: 0.75; border-style: dashed}
.pieces .note {display: block; font-size: 0.75rem; opacity: 0.8; line-height: 1.2}
</style>"""


def table(readings: Mapping[str, Reading], names: Mapping[str, str]) -> None:
    """Show the pieces of each reader under the words, with what was done to each word.

    Args:
        readings: of one sentence, by family; at least one.
        names: of the readers, by family.
    """
    first = next(iter(readings.values()))
    head = "".join(
        f'<th><div class="{_width(word.text)}" dir="auto">{escape(word.text)}</div></th>'
        for word in first.sentence.words
    )
    body = "".join(_row(names[family], reading) for family, reading in readings.items())
    st.html(
        f'{_STYLE}<div class="pieces" tabindex="0" role="region"'
        f' aria-label="{escape(t("pieces.caption"))}"><table>'
        f"<thead><tr><th></th><th></th>{head}<th></th></tr></thead><tbody>{body}</tbody></table></div>"
    )
    show_table(_frame(readings, names), "pieces")


def _row(name: str, reading: Reading) -> str:
    """One reader: special positions in front, the words' pieces, special positions behind."""
    before, after = _specials(reading)
    colour = FAMILY_COLOURS.get(reading.family, FAMILY_COLOURS["static"])
    cells = [_chips(before, colour, "piece special")]
    for word in range(len(reading.sentence)):
        texts = _texts(reading, word)
        notes = "".join(_note(note, reading) for note in reading.notes_on(word))
        kind = "many" if len(texts) > MANY else ""
        cells.append(f'<div class="{kind}">{_chips(texts, colour, "piece")}{notes}</div>')
    cells.append(_chips(after, colour, "piece special"))
    return f"<tr><th>{escape(name)}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _texts(reading: Reading, word: int) -> list[str]:
    return [reading.pieces[piece].text for piece in np.flatnonzero(reading.word_pieces[word])]


def _specials(reading: Reading) -> tuple[list[str], list[str]]:
    """Special positions in front of the first and behind it."""
    own = [place for place, piece in enumerate(reading.pieces) if not piece.special]
    before = [piece.text for piece in reading.pieces[: own[0]]]
    return before, [piece.text for piece in reading.pieces[own[-1] + 1 :]]


def _chips(texts: list[str], colour: str, kind: str) -> str:
    return "".join(
        f'<span class="{kind} {_width(text)}" dir="auto" style="border-color:{colour}">'
        f"{escape(text)}</span>"
        for text in texts
    )


def _width(text: str) -> str:
    """The class of a text too long for one line of a narrow column."""
    return "long" if len(text) > LONGEST else ""


def _note(note: Note, reading: Reading) -> str:
    """A short remark; the whole sentence is told on hover and in the table."""
    return (
        f'<span class="note" title="{escape(_sentence(note, reading))}">'
        f"{escape(t(f'pieces.{note.kind}'))}</span>"
    )


def _sentence(note: Note, reading: Reading) -> str:
    word = reading.sentence.words[note.word].text
    return t(f"note.{note.kind}", word=word, detail=note.detail)


def _frame(readings: Mapping[str, Reading], names: Mapping[str, str]) -> pd.DataFrame:
    """One row a word: its pieces in each reader and what was done to it."""
    first = next(iter(readings.values()))
    frame = pd.DataFrame({t("common.word"): [word.text for word in first.sentence.words]})
    for family, reading in readings.items():
        words = range(len(reading.sentence))
        frame[names[family]] = [" ".join(_texts(reading, word)) for word in words]
        frame[t("pieces.notes", reader=names[family])] = [
            "; ".join(_sentence(note, reading) for note in reading.notes_on(word)) for word in words
        ]
    return frame
