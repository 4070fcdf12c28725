"""A sentence with one blank: written as underscores, or made by taking a word out."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from lmcore.errors import InputError
from lmcore.words import Sentence, split

#: How a blank is written: one or more underscores; this is what the page writes itself.
BLANK = "___"
#: How many words may be asked about at once.
MAX_ASKED = 5


@dataclass(frozen=True)
class Blank:
    """A sentence with one blank.

    Attributes:
        sentence: the text in which the blank is written as underscores.
        position: which word is the blank.
        hidden: the word that was taken out to make it; ``None`` where the blank was typed.
    """

    sentence: Sentence
    position: int
    hidden: str | None = None

    @property
    def right(self) -> str:
        """The text behind the blank."""
        return self.sentence.text[self.sentence.words[self.position].end :]

    def filled(self, word: str) -> Sentence:
        """The sentence with a word in the blank, apart from letters that touch the blank."""
        place, text = self.sentence.words[self.position], self.sentence.text
        before, after = text[: place.start], text[place.end :]
        left = " " if _clings(before[-1:]) else ""
        right = " " if _clings(after[:1]) else ""
        return split(f"{before}{left}{word}{right}{after}")

    def without_right(self) -> Blank:
        """The same blank with nothing behind it."""
        end = self.sentence.words[self.position].end
        return Blank(split(self.sentence.text[:end]), self.position, self.hidden)


def _clings(character: str) -> bool:
    """Whether a character would grow together with a word beside it (letters, apostrophes)."""
    return character.isalnum() or character in ("'", "’")


def blanks(sentence: Sentence) -> list[int]:
    """Which words of a sentence are blanks (runs of underscores)."""
    return [i for i, word in enumerate(sentence.words) if not word.text.strip("_")]


def typed_blank(sentence: Sentence) -> Blank:
    """The blank that somebody wrote into a sentence.

    Raises:
        InputError: ``blank_missing``, ``blank_too_many`` or ``blank_alone``.
    """
    found = blanks(sentence)
    if not found:
        raise InputError("blank_missing")
    if len(found) > 1:
        raise InputError("blank_too_many", count=len(found), limit=1)
    return _with_company(Blank(sentence, found[0]))


def hide(sentence: Sentence, position: int) -> Blank:
    """The blank that is left when a word is taken out of a sentence.

    Raises:
        InputError: ``blank_too_many`` (there is a typed blank already) or ``blank_alone``.
    """
    found = blanks(sentence)
    if found:
        raise InputError("blank_too_many", count=len(found) + 1, limit=1)
    word = sentence.words[position]
    text = sentence.text[: word.start] + BLANK + sentence.text[word.end :]
    return _with_company(Blank(split(text), position, word.text))


def _with_company(blank: Blank) -> Blank:
    if not any(word.has_letters for word in blank.sentence.words):
        raise InputError("blank_alone")
    return blank


def asked_words(text: str, hidden: str | None = None) -> list[str]:
    """The words that somebody wants to know about, without repetitions and signs.

    Args:
        text: what was typed.
        hidden: the word that was taken out to make the blank: asked about without being typed.

    Raises:
        InputError: ``asked_too_many``.
    """
    found: dict[str, str] = {}
    for word in split(text).words:
        if word.has_letters:
            found.setdefault(key(word.text), word.text)
    if len(found) > MAX_ASKED:
        raise InputError("asked_too_many", count=len(found), limit=MAX_ASKED)
    if hidden is not None:
        found = {key(hidden): hidden} | {k: word for k, word in found.items() if k != key(hidden)}
    return list(found.values())


def key(word: str) -> str:
    """What makes two spellings one word: the same letters, whatever their case."""
    return unicodedata.normalize("NFC", word).casefold()
