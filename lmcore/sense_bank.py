"""The sense bank: sentences in which a word with several senses has a known one.

A reader finds the sentences of the bank whose word is closest to the user's and votes a sense
(k nearest neighbours by cosine, as in Peters et al. 2018, section 5.3, and Loureiro et al. 2021).
The sentences in ``data/sense_bank.tsv`` were written for this project and stand under its licence.

Letters in shapes: L + 1 layers, N sentences of a word, D dimensions, S senses.
"""

from __future__ import annotations

import json
import unicodedata
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from lmcore.checkpoints import shown
from lmcore.errors import BankError, InputError
from lmcore.inflections import forms
from lmcore.reading import cosine
from lmcore.words import Sentence, split

if TYPE_CHECKING:
    from lmcore.readers.base import Reader

FOLDER = Path(__file__).resolve().parent / "data"
SENTENCES_FILE, SENSES_FILE = "sense_bank.tsv", "senses.json"
HEADER = ["word", "sense", "sentence"]

#: How many senses a word has, at least and at most.
SENSES = (2, 4)
#: Fewest sentences of a sense.
PER_SENSE = 8
#: How many neighbours vote: fewer than a sense has sentences, and odd.
NEIGHBOURS = 5
#: Cosines within this of each other are equal (padding moves them by less).
EQUAL = 1e-5


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


def bank_vectors(reader: Reader, word: str) -> np.ndarray:
    """Vectors of a word in its sentences of the bank, in their order, read in one batch.

    Args:
        word: a word of the bank or one of its forms.

    Returns:
        float32 ``[L + 1, N, D]``; NaN where the reader has no vector for the form.

    Raises:
        InputError: ``word_not_in_bank``.
    """
    entries = load().of(word)
    layers = reader.word_layers([entry.sentence for entry in entries])
    rows = [own[:, entry.position] for own, entry in zip(layers, entries, strict=True)]
    return np.stack(rows, axis=1)


@dataclass(frozen=True)
class Nearest:
    """The sentences closest to a use of the word in one layer, and the sense they vote.

    Attributes:
        layer: which one.
        order: the k nearest sentences, nearest first, int ``[k]`` (equal ones in the order given).
        similarity: cosine to every sentence, float ``[N]``; NaN without a vector.
        weights: the vote of every sentence, float ``[N]``, k in total: 1 for each of the nearest;
            sentences that are equally near and compete for the last places share them.
        votes: sum of the weights by sense, in order of first appearance.
        sense: what the vote says; ``None`` where it says nothing (no vectors, or a full tie).
        leaders: the senses that share the first place; one, if ``sense`` is given.
        centroids: cosine to the centroid (mean of unit vectors) of each sense.
    """

    layer: int
    order: np.ndarray
    similarity: np.ndarray
    weights: np.ndarray
    votes: dict[str, float]
    sense: str | None
    leaders: tuple[str, ...]
    centroids: dict[str, float]


def nearest(
    target: np.ndarray,
    vectors: np.ndarray,
    senses: Sequence[str],
    layer: int,
    *,
    k: int = NEIGHBOURS,
    without: Collection[int] = (),
) -> Nearest:
    """Find the k sentences whose word is closest to a use of that word, and let them vote.

    The sense with most votes wins; of several the one with the largest sum of cosines.

    Args:
        target: the use in question, ``[L + 1, D]``.
        vectors: of the word in the sentences of the bank, ``[L + 1, N, D]``.
        senses: of these sentences, ``[N]``.
        layer: in which to compare.
        k: how many neighbours vote, 1 or more.
        without: sentences that are left out (the user's own, if it stands in the bank).

    Source: Peters et al. 2018 (section 5.3) and Loureiro et al. 2021 (section 4.2) for nearest
    neighbours by cosine and for centroids.
    """
    names = list(dict.fromkeys(senses))
    own = vectors[layer].astype(np.float64)
    own[list(without)] = np.nan
    use = target[layer].astype(np.float64)
    similarity = cosine(use, own)
    weights = _weights(similarity, k)
    belongs = np.array([[sense == name for sense in senses] for name in names])  # [S, N]
    votes = belongs @ weights
    sums = belongs @ (weights * np.nan_to_num(similarity))
    first = (votes > 0) & (votes >= votes.max() - EQUAL)
    leading = first & (sums >= sums[first].max(initial=-np.inf) - EQUAL * k)
    leaders = tuple(name for name, leads in zip(names, leading, strict=True) if leads)
    order = np.argsort(-np.nan_to_num(similarity, nan=-np.inf), kind="stable")
    return Nearest(
        layer=layer,
        order=order[: min(k, int(np.isfinite(similarity).sum()))],
        similarity=similarity,
        weights=weights,
        votes=dict(zip(names, votes.tolist(), strict=True)),
        sense=leaders[0] if len(leaders) == 1 else None,
        leaders=leaders,
        centroids={
            name: float(cosine(use, _centroid(own[rows])))
            for name, rows in zip(names, belongs, strict=True)
        },
    )


def _weights(similarity: np.ndarray, k: int) -> np.ndarray:
    """The vote of every sentence ``[N]``; equal ones share what is left of the k places."""
    finite = np.sort(similarity[np.isfinite(similarity)])[::-1]
    if not len(finite):
        return np.zeros(len(similarity))
    places = min(k, len(finite))
    last = finite[places - 1]
    nearer = similarity > last + EQUAL
    level = np.abs(similarity - last) <= EQUAL
    return np.where(nearer, 1.0, np.where(level, (places - nearer.sum()) / level.sum(), 0.0))


def _centroid(vectors: np.ndarray) -> np.ndarray:
    """Mean of unit vectors ``[D]`` of some vectors ``[n, D]``; NaN if there is none."""
    present = vectors[np.isfinite(vectors).all(axis=1)]
    lengths = np.linalg.norm(present, axis=1, keepdims=True)
    units = present / np.where(lengths > 0, lengths, 1.0)
    return units.mean(axis=0) if len(units) else np.full(vectors.shape[1], np.nan)


@dataclass(frozen=True)
class Accuracy:
    """How often the vote is right for sentences of the bank itself.

    Attributes:
        by_layer: float ``[L + 1]``, 0 to 1; NaN where there is no vector at all.
        majority: what one gets by always answering the sense with most sentences.
        count: sentences judged (those with a vector).
    """

    by_layer: np.ndarray
    majority: float
    count: int


def leave_one_out(vectors: np.ndarray, senses: Sequence[str], *, k: int = NEIGHBOURS) -> Accuracy:
    """Let every sentence be judged by the others.

    With the sentence itself one sentence of every other sense is left out (the one with the same
    number within its sense). Otherwise the true sense would always be one sentence short, and a
    reader that cannot tell the uses apart would come out far below chance. A full tie counts as a
    guess among the leaders.

    Args:
        vectors: ``[L + 1, N, D]``.
        senses: ``[N]``.
        k: how many neighbours vote.
    """
    by_sense: dict[str, list[int]] = {}
    for number, sense in enumerate(senses):
        by_sense.setdefault(sense, []).append(number)
    judged = [n for n in range(len(senses)) if np.isfinite(vectors[:, n]).all()]
    right = np.full((len(vectors), len(judged)), np.nan)
    for column, number in enumerate(judged):
        rank = by_sense[senses[number]].index(number)
        left_out = [number, *(own[rank % len(own)] for own in by_sense.values())]
        for layer in range(len(vectors)):
            found = nearest(vectors[:, number], vectors, senses, layer, k=k, without=set(left_out))
            leaders = found.leaders or tuple(by_sense)
            right[layer, column] = (senses[number] in leaders) / len(leaders)
    nothing = np.full(len(vectors), np.nan)
    return Accuracy(
        by_layer=right.mean(axis=1) if judged else nothing,
        majority=max(Counter(senses).values()) / len(senses),
        count=len(judged),
    )
