"""The sense bank: sentences in which a word with several senses has a known one.

A reader finds the sentences of the bank whose word is closest to the user's, and they vote a sense
(:mod:`lmcore.analyses.nearest_contexts`). They were written for this project and stand under its
licence. All senses of a word have the same number of plurals there, and sentences with the same
number within their senses are alike in form and place of the word: neither gives a sense away.

``python -m lmcore bank`` keeps a reader's vectors of the bank in ``checkpoints/LANGUAGE/FAMILY/``,
in half precision. That file says for which checkpoint and for which sentences it was made; where
either has changed since it counts as absent, and the vectors are computed anew. It does not belong
to the files that the card of a checkpoint lists: a checkpoint is complete without it, and writing a
checkpoint (:func:`lmcore.runtime.checkpoints.write`) removes it.

Letters in shapes: L + 1 layers, M sentences of a word, D dimensions.
"""

import hashlib
import json
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from lmcore.errors import BankError, InputError
from lmcore.readers.base import Reader
from lmcore.runtime.checkpoints import Card, digest, shown
from lmcore.runtime.disk import write_atomically
from lmcore.text.inflections import forms
from lmcore.text.language import language, of_names
from lmcore.text.words import Sentence, fold, split_around

FOLDER = language().folder
SENTENCES_FILE, SENSES_FILE = "sense_bank.tsv", "senses.json"
HEADER = ["word", "sense", "sentence"]

#: Stored vectors of a checkpoint.
VECTORS_FILE = "bank.safetensors"
#: Raised when vectors are computed in another way, so that older files count as stale.
FORMAT = "1"
#: How many senses a word has, at least and at most, and fewest sentences of a sense.
SENSES, PER_SENSE = (2, 4), 8

_LOG = logging.getLogger(__name__)


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
        typed = fold(word)
        if typed in self.senses:
            return typed
        return next((base for base in self.words if typed in forms(base)), None)

    def senses_of(self, word: str) -> tuple[Sense, ...]:
        """The senses of a word or of one of its forms.

        Raises:
            InputError: ``word_not_in_bank``.
        """
        return self.senses[self._known(word)]

    def of(self, word: str) -> tuple[Entry, ...]:
        """The M sentences of a word or of one of its forms.

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
    for word, of_word in senses.items():
        for sense in of_word:
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
        senses = {
            word: tuple(Sense(**sense) for sense in rows)
            for word, rows in json.loads(_text(path)).items()
        }
    except (ValueError, TypeError, AttributeError) as error:
        raise _damaged(path, "it does not hold senses by word") from error
    for word, of_word in senses.items():
        glosses: list[Any] = [text for sense in of_word for text in vars(sense).values()]
        if not all(isinstance(gloss, str) and gloss.strip() for gloss in glosses):
            raise _damaged(path, f"a gloss of {word} is missing")
        distinct = min(len({s.id for s in of_word}), len({s.en for s in of_word}))
        if distinct < len(of_word) or not SENSES[0] <= len(of_word) <= SENSES[1]:
            raise _damaged(path, f"{word} has too few or too many senses, or one of them twice")
    return senses


def _entry(path: Path, number: int, line: str, senses: Mapping[str, Sequence[Sense]]) -> Entry:
    """One line of the file, in which the sense is given by its English gloss."""
    fields = line.split("\t")
    if len(fields) != len(HEADER):
        raise _damaged(path, f"line {number} does not have {len(HEADER)} columns")
    word, gloss, text = fields
    sense = next((sense.id for sense in senses.get(word, ()) if sense.en == gloss), None)
    if sense is None:
        raise _damaged(path, f"the word or the sense of line {number} is unknown")
    sentence, spellings = split_around(text, word), forms(word)
    places = [n for n, other in enumerate(sentence.words) if fold(other.text) in spellings]
    if len(places) != 1:
        raise _damaged(path, f"“{word}” stands {len(places)} times in line {number}")
    return Entry(word, sense, sentence, places[0])


def bank_vectors(reader: Reader, word: str, root: Path | None = None) -> np.ndarray:
    """Vectors of a word in its sentences of the bank: stored ones, or read now.

    Stored vectors count only for the very checkpoint that the reader was loaded from and for the
    very sentences of the bank.

    Args:
        reader: any reader.
        word: a word of the bank or one of its forms.
        root: folder of the checkpoints, from which the reader was loaded.

    Returns:
        float32 ``[L + 1, M, D]``, NaN where the reader has no vector; stored ones are rounded.

    Raises:
        InputError: ``word_not_in_bank``.
    """
    base = load(reader.language.folder).of(word)[0].word
    folder = (root or reader.language.checkpoints) / reader.family
    stored = stored_vectors(folder, reader.card, base)
    return read_vectors(reader, base) if stored is None else stored


def read_vectors(reader: Reader, word: str) -> np.ndarray:
    """:func:`bank_vectors` from the sentences themselves, read in one batch in their order."""
    entries = load(reader.language.folder).of(word)
    layers = reader.word_layers([entry.sentence for entry in entries])
    rows = [vectors[:, entry.position] for vectors, entry in zip(layers, entries, strict=True)]
    return np.stack(rows, axis=1)


def build(reader: Reader, root: Path | None = None) -> Path:
    """Read the whole bank and store the vectors beside the reader's checkpoint, in ``root``."""
    root, words = root or reader.language.checkpoints, load(reader.language.folder).words
    vectors = {word: read_vectors(reader, word) for word in words}
    return write_vectors(root / reader.family, reader.card, vectors)


@cache
def sentences_digest(folder: Path = FOLDER) -> str:
    """One SHA-256 for the files of a bank."""
    sums = digest(folder / SENTENCES_FILE) + digest(folder / SENSES_FILE)
    return hashlib.sha256(sums.encode()).hexdigest()


def _marks(card: Card) -> dict[str, str] | None:
    """What a file of vectors says of itself: sums of checkpoint and sentences, if there are any."""
    files, bank = card.values.get("files"), of_names(card.languages).folder
    if not isinstance(files, Mapping) or not files:
        return None
    lines = "".join(f"{name} {facts['sha256']}\n" for name, facts in sorted(files.items()))
    checkpoint = hashlib.sha256(lines.encode()).hexdigest()
    return {"format": FORMAT, "checkpoint": checkpoint, "sentences": sentences_digest(bank)}


def write_vectors(folder: Path, card: Card, vectors: Mapping[str, np.ndarray]) -> Path:
    """Write the file of a checkpoint beside its place, then move it there in one step.

    Args:
        folder: of the checkpoint.
        card: of the reader that made the vectors.
        vectors: ``[L + 1, M, D]`` by word, stored in half precision.
    """
    from safetensors.numpy import save_file

    half = {word: np.ascontiguousarray(rows, dtype=np.float16) for word, rows in vectors.items()}

    def save(part: Path) -> None:
        save_file(half, part, metadata=_marks(card))
        part.chmod(0o644)  # safetensors writes for the owner only

    write_atomically(folder / VECTORS_FILE, save)
    return folder / VECTORS_FILE


def stored_vectors(folder: Path, card: Card, word: str) -> np.ndarray | None:
    """The stored vectors of a word.

    Args:
        folder: of the checkpoint.
        card: of the reader.
        word: a word of the bank.

    Returns:
        float32 ``[L + 1, M, D]``; ``None`` where there is no file, where it was made for another
        checkpoint or other sentences, or where it is damaged (the log says so).
    """
    from safetensors import SafetensorError, safe_open

    path, marks = folder / VECTORS_FILE, _marks(card)
    if not path.is_file() or marks is None:
        return None
    try:
        with safe_open(path, framework="np") as file:
            if file.metadata() != marks or word not in file.keys():  # noqa: SIM118
                return None
            return np.asarray(file.get_tensor(word), dtype=np.float32)
    except (SafetensorError, OSError) as error:
        _LOG.warning("%s cannot be read (%s): computing its vectors anew", path.name, error)
        return None
