"""What a tokenizer does to the letters of a word before it looks it up, told word by word."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from lmcore.reading import Note
from lmcore.words import Word, plain


@dataclass(frozen=True)
class Changes:
    """What a tokenizer does to letters before it looks them up.

    Attributes:
        plain: curly quotes become straight.
        lower: capital letters become small.
        accents: accents are taken away.
    """

    plain: bool = True
    lower: bool = True
    accents: bool = True


def case_notes(position: int, word: Word, does: Changes) -> list[Note]:
    """Notes on a word whose letters a tokenizer changes."""
    notes = quote_notes(position, word) if does.plain else []
    composed = plain(word.text) if does.plain else unicodedata.normalize("NFC", word.text)
    lowered = composed.lower() if does.lower else composed
    stripped = strip_accents(lowered) if does.accents else lowered
    if lowered != composed:
        notes.append(Note(position, "lower_cased", lowered))
    if stripped != lowered:
        notes.append(Note(position, "accents_stripped", stripped))
    return notes


def quote_notes(position: int, word: Word) -> list[Note]:
    """A note on a word whose curly quotes are read as straight ones."""
    composed = unicodedata.normalize("NFC", word.text)
    straight = plain(word.text)
    return [Note(position, "normalised", straight)] if straight != composed else []


def strip_accents(text: str) -> str:
    """Text without combining marks, as the normaliser of the uncased models leaves it."""
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in apart if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", kept)
