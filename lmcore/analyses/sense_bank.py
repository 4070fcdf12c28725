"""The sense bank: sentences in which a word with several senses has a known one.

A reader finds the sentences of the bank whose word is closest to the user's and votes a sense
(:mod:`lmcore.analyses.sense_vote`). The sentences in ``data/sense_bank.tsv`` were written for this
project and stand under its licence. All senses of a word have the same number of plurals there, and
the sentences with the same number within their senses are alike in form and in the place of the
word, so that neither form nor place gives a sense away.

Letters in shapes: L + 1 layers, N sentences of a word, D dimensions.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lmcore.analyses import bank_file
from lmcore.analyses.sense_vote import Accuracy, Nearest, leave_one_out, nearest
from lmcore.errors import BankError, InputError
from lmcore.runtime.checkpoints import ROOT, shown
from lmcore.text.inflections import forms
from lmcore.text.words import Sentence, split

if TYPE_CHECKING:
    from lmcore.readers.base import Reader

__all__ = [
    "Accuracy",
    "BankError",
    "Entry",
    "Nearest",
    "Sense",
    "SenseBank",
    "bank_vectors",
    "build",
    "leave_one_out",
    "load",
    "nearest",
    "read_vectors",
]

FOLDER = Path(__file__).resolve().parents[1] / "data"
SENTENCES_FILE, SENSES_FILE = "sense_bank.tsv", "senses.json"
HEADER = ["word", "sense", "sentence"]

#: How many senses a word has, at least and at most.
SENSES = (2, 4)
#: Fewest sentences of a sense.
PER_SENSE = 8


@dataclass(frozen=True)
class Sense:
    """One sense of a word.

    Attributes:
        id: short name in ASCII (``river_edge``), unique within the word.
        en: English gloss of one to three words.
        zh: Chinese gloss.
    """

    id: str
    en: str
    zh: str


@dataclass(frozen=True)
class Entry:
    """One sentence of the bank.

    Attributes:
        word: base form of the word.
        sense: id of its sense here.
        sentence: the text and its words.
        position: index of the word into the words of the sentence.
    """

    word: str
    sense: str
    sentence: Sentence
    position: int


@dataclass(frozen=True)
class SenseBank:
    """All sentences, in the order of the file, and the senses of every word."""

    entries: tuple[Entry, ...]
    senses: Mapping[str, tuple[Sense, ...]]

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the bank (base forms), in alphabetical order."""
        return tuple(sorted(self.senses))

    def base(self, word: str) -> str | None:
        """The word of the bank of which a typed word is a form (*Banks* → *bank*), if any."""
        typed = unicodedata.normalize("NFC", word.strip()).casefold()
        if typed in self.senses:
            return typed
        return next((own for own in self.words if typed in forms(own)), None)

    def senses_of(self, word: str) -> tuple[Sense, ...]:
        """The senses of a word or of one of its forms.

        Raises:
            InputError: ``word_not_in_bank``.
        """
        return self.senses[self._known(word)]

    def of(self, word: str) -> tuple[Entry, ...]:
        """The N sentences of a word or of one of its forms.

        Raises:
            InputError: ``word_not_in_bank``.
        """
        known = self._known(word)
        return tuple(entry for entry in self.entries if entry.word == known)

    def _known(self, word: str) -> str:
        known = self.base(word)
        if known is None:
            raise InputError("word_not_in_bank", word=word)
        return known


@cache
def load(folder: Path = FOLDER) -> SenseBank:
    """Read the bank and check that it keeps its promises.

    Raises:
        BankError: ``bank_missing`` or ``bank_damaged``, with the file and what is wrong there.
    """
    senses = _senses(folder / SENSES_FILE)
    path = folder / SENTENCES_FILE
    lines = _text(path).rstrip("\n").split("\n")
    if lines[0].split("\t") != HEADER:
        raise _damaged(path, "line 1 is not the header")
    entries = tuple(_entry(path, n, line, senses) for n, line in enumerate(lines[1:], start=2))
    counts = Counter((entry.word, entry.sense) for entry in entries)
    for word, own in senses.items():
        for sense in own:
            if counts[word, sense.id] < PER_SENSE:
                raise _damaged(path, f"too few sentences for {word}, {sense.en}")
    if len({entry.sentence.text for entry in entries}) < len(entries):
        raise _damaged(path, "a sentence stands there twice")
    return SenseBank(entries, senses)


def _text(path: Path) -> str:
    if not path.is_file():
        raise BankError("bank_missing", file=shown(path))
    try:
        return path.read_text(encoding="utf8")
    except ValueError as error:
        raise _damaged(path, "it is not UTF-8") from error


def _damaged(path: Path, detail: str) -> BankError:
    return BankError("bank_damaged", file=shown(path), detail=detail)


def _senses(path: Path) -> dict[str, tuple[Sense, ...]]:
    try:
        found = {
            word: tuple(Sense(**sense) for sense in own)
            for word, own in json.loads(_text(path)).items()
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise _damaged(path, "it does not hold senses by word") from error
    for word, own in found.items():
        glosses: list[Any] = [gloss for sense in own for gloss in (sense.id, sense.en, sense.zh)]
        if not all(isinstance(gloss, str) and gloss.strip() for gloss in glosses):
            raise _damaged(path, f"a gloss of {word} is missing")
        distinct = min(len({s.id for s in own}), len({s.en for s in own}))
        if distinct < len(own) or not SENSES[0] <= len(own) <= SENSES[1]:
            raise _damaged(path, f"{word} has too few or too many senses, or one of them twice")
    return found


def _entry(path: Path, number: int, line: str, senses: Mapping[str, Sequence[Sense]]) -> Entry:
    """One line of the file, in which the sense is given by its English gloss."""
    fields = line.split("\t")
    if len(fields) != len(HEADER):
        raise _damaged(path, f"line {number} does not have {len(HEADER)} columns")
    word, gloss, text = fields
    sense = next((sense.id for sense in senses.get(word, ()) if sense.en == gloss), None)
    if sense is None:
        raise _damaged(path, f"the word or the sense of line {number} is unknown")
    sentence, own = split(text), forms(word)
    places = [n for n, other in enumerate(sentence.words) if other.text.casefold() in own]
    if len(places) != 1:
        raise _damaged(path, f"“{word}” stands {len(places)} times in line {number}")
    return Entry(word, sense, sentence, places[0])


@cache
def _digest() -> str:
    """SHA-256 of the shipped bank."""
    return bank_file.sentences_digest([FOLDER / SENTENCES_FILE, FOLDER / SENSES_FILE])


def bank_vectors(reader: Reader, word: str, root: Path | None = None) -> np.ndarray:
    """Vectors of a word in its sentences of the bank: stored ones, or read now.

    Stored vectors (:mod:`lmcore.analyses.bank_file`) count only for the very checkpoint that the
    reader was loaded from and the very sentences that stand in the bank.

    Args:
        word: a word of the bank or one of its forms.
        root: folder of the checkpoints.

    Returns:
        float32 ``[L + 1, N, D]``; NaN where the reader has no vector for the form. Stored ones are
        rounded to half precision.

    Raises:
        InputError: ``word_not_in_bank``.
    """
    base = load().of(word)[0].word
    stored = bank_file.read((root or ROOT) / reader.family, reader.card, _digest(), base)
    return read_vectors(reader, base) if stored is None else stored


def read_vectors(reader: Reader, word: str) -> np.ndarray:
    """:func:`bank_vectors` from the sentences themselves, read in one batch in their order.

    Raises:
        InputError: ``word_not_in_bank``.
    """
    entries = load().of(word)
    layers = reader.word_layers([entry.sentence for entry in entries])
    rows = [own[:, entry.position] for own, entry in zip(layers, entries, strict=True)]
    return np.stack(rows, axis=1)


def build(reader: Reader, root: Path | None = None) -> Path:
    """Read the whole bank and store the vectors beside the reader's checkpoint.

    Args:
        root: folder of the checkpoints, from which the reader was loaded.

    Returns:
        the file that was written.
    """
    vectors = {word: read_vectors(reader, word) for word in load().words}
    return bank_file.write((root or ROOT) / reader.family, reader.card, _digest(), vectors)
