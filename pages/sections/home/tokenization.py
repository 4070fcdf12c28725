"""How each reader cuts a sentence: pieces stand under the words they belong to."""

from collections.abc import Iterable, Mapping
from html import escape

import pandas as pd
import streamlit as st

from lmcore.analyses.tokenization import TokenizationView
from lmcore.outputs.reading import Note
from lmcore.runtime.families import FAMILIES
from pages.ui.figure import show_table
from pages.ui.names import FAMILY_NAMES
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


def table(cut: Mapping[str, TokenizationView]) -> None:
    """Show the pieces of each reader, by family, and what was done to each word."""
    first = next(iter(cut.values()))
    head = "".join(
        f'<th><div class="{_width(word.text)}" dir="auto">{escape(word.text)}</div></th>'
        for word in first.sentence.words
    )
    body = "".join(_row(view) for view in cut.values())
    st.html(
        f'{_STYLE}<div class="pieces" tabindex="0" role="region"'
        f' aria-label="{escape(t("pieces.caption"))}"><table>'
        f"<thead><tr><th></th><th></th>{head}<th></th></tr></thead><tbody>{body}</tbody></table></div>"
    )
    show_table(_frame(cut), "pieces")


def _row(view: TokenizationView) -> str:
    """One reader: special positions in front, the words' pieces, special positions behind."""
    colour = FAMILIES[view.family].colour
    cells = [_chips(view.before, colour, "piece special")]
    for word, texts in enumerate(view.pieces):
        notes = "".join(_note(note, view) for note in view.notes_on(word))
        kind = "many" if len(texts) > MANY else ""
        cells.append(f'<div class="{kind}">{_chips(texts, colour, "piece")}{notes}</div>')
    cells.append(_chips(view.after, colour, "piece special"))
    name = escape(FAMILY_NAMES[view.family])
    return f"<tr><th>{name}</th>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _chips(texts: Iterable[str], colour: str, kind: str) -> str:
    return "".join(
        f'<span class="{kind} {_width(text)}" dir="auto" style="border-color:{colour}">'
        f"{escape(text)}</span>"
        for text in texts
    )


def _width(text: str) -> str:
    """The class of a text too long for one line of a narrow column."""
    return "long" if len(text) > LONGEST else ""


def _note(note: Note, view: TokenizationView) -> str:
    """A short remark; the whole sentence is told on hover and in the table."""
    return (
        f'<span class="note" title="{escape(_sentence(note, view))}">'
        f"{escape(t(f'pieces.{note.kind}'))}</span>"
    )


def _sentence(note: Note, view: TokenizationView) -> str:
    word = view.sentence.words[note.word].text
    return t(f"note.{note.kind}", word=word, detail=note.detail)


def _frame(cut: Mapping[str, TokenizationView]) -> pd.DataFrame:
    """One row a word: its pieces in each reader and what was done to it."""
    first = next(iter(cut.values()))
    frame = pd.DataFrame({t("common.word"): [word.text for word in first.sentence.words]})
    for family, view in cut.items():
        name = FAMILY_NAMES[family]
        frame[name] = [" ".join(texts) for texts in view.pieces]
        frame[t("pieces.notes", reader=name)] = [
            "; ".join(_sentence(note, view) for note in view.notes_on(word))
            for word in range(len(view.pieces))
        ]
    return frame
