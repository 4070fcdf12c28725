"""Senses of twenty ambiguous nouns: CoarseWSD-20.

Loureiro, Rezaee, Pilehvar and Camacho-Collados 2021, "Analysis and Evaluation of Language Models
for Word Sense Disambiguation", Computational Linguistics 47(2):387-443. The 1-nearest-neighbour
procedure is the authors' (see :mod:`lmcore.evaluation.centroids`), run for every layer and for the
sum of the last four layers, which is the one the paper uses. All numbers are percentages.

``macro_f1`` is the mean over the words of the mean F1 over the senses of a word; it comes first.
``micro`` pools all test sentences; three words and their commonest sense dominate it, and a bag of
words already gets nearly everything.

A sentence that is longer than a reader can hold is read in the largest window round the target
word (``windowed`` says how many were), so that all rows count the same test sentences. The paper
skips such sentences; its BERT holds all of them.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lmcore.evaluation.batches import word_vectors
from lmcore.evaluation.benchmark import (
    Benchmark,
    Progress,
    Row,
    Rows,
    locate,
    percent,
    spread,
    stretch,
)
from lmcore.evaluation.centroids import Centroids, with_sum
from lmcore.evaluation.scores import accuracy, macro_f1
from lmcore.evaluation.text import given, window
from lmcore.readers.base import Reader
from lmcore.words import Sentence

#: The vector of an occurrence from the layers of its sentence: all words or only the target.
CONTEXT = "_context"


@dataclass(frozen=True)
class Occurrence:
    """An ambiguous word in a sentence, with its true sense."""

    word: str
    sentence: Sentence
    position: int
    sense: str


@dataclass(frozen=True)
class Split:
    """The training and test occurrences of all words."""

    train: list[Occurrence]
    test: list[Occurrence]

    @property
    def words(self) -> list[str]:
        """The words, in their order."""
        return list(dict.fromkeys(occurrence.word for occurrence in self.test))


def load(folder: Path, limit: int | None = None) -> Split:
    """Read the data set.

    Args:
        folder: one folder a word, each with ``{train,test}.{data,gold}.txt``.
        limit: at most so many training and so many test sentences of each word, evenly spread.
    """
    parts: dict[str, list[Occurrence]] = {"train": [], "test": []}
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        for part, found in parts.items():
            rows = (place / f"{part}.data.txt").read_text(encoding="utf8").strip().split("\n")
            gold = (place / f"{part}.gold.txt").read_text(encoding="utf8").split()
            own = list(zip(rows, gold, strict=True))
            for index in spread(len(own), limit):
                row, sense = own[index]
                position, text = row.rstrip("\r").split("\t")
                sentence = given(text.split())
                found.append(Occurrence(place.name, sentence, int(position), sense))
    return Split(parts["train"], parts["test"])


def measure(reader: Reader, data: Split, progress: Progress) -> Rows:
    """One reader; for static vectors two rows, the word itself and the mean of its neighbours."""
    everything = [*data.train, *data.test]
    cut = [window(reader, o.sentence, o.position) for o in everything]
    vectors: dict[str, list[np.ndarray | None]] = {reader.family: [None] * len(everything)}
    if reader.sight == "none":
        vectors[reader.family + CONTEXT] = [None] * len(everything)
    for index, layers in word_vectors(reader, [sentence for sentence, _, _ in cut], progress):
        position = cut[index][1]
        vectors[reader.family][index] = with_sum(layers[:, position])
        if reader.sight == "none":
            others = np.delete(layers, position, axis=1)
            vectors[reader.family + CONTEXT][index] = with_sum(mean_of_known(others))
    windowed = sum(is_cut for _, _, is_cut in cut)
    rows: Rows = {}
    for name, found in vectors.items():
        rows[name] = score(data, found)
        if reader.room is not None:
            rows[name]["windowed"] = windowed
    return rows


def mean_of_known(layers: np.ndarray) -> np.ndarray:
    """Mean over the words ``[L + 1, W, D]`` that have a vector; zero where none has."""
    known = layers[:, np.isfinite(layers).all(axis=(0, 2))]
    return known.mean(axis=1) if known.shape[1] else np.zeros_like(layers[:, 0, :], shape=(
        len(layers), layers.shape[-1]))


def score(data: Split, vectors: list[np.ndarray | None]) -> Row:
    """Centroids of the training occurrences, answers for the test occurrences.

    Args:
        data: both parts.
        vectors: ``[K, D]`` of each occurrence, training first; NaN where a reader has none, which
            makes a training occurrence count for nothing and a test occurrence wrong.
    """
    centroids = Centroids()
    for occurrence, own in zip(data.train, vectors, strict=False):
        if own is not None and np.isfinite(own).all():
            centroids.add(occurrence.word, occurrence.sense, own)
    kinds = max(len(own) for own in vectors if own is not None)
    answers: list[list[object]] = []
    for occurrence, own in zip(data.test, vectors[len(data.train) :], strict=True):
        usable = own is not None and np.isfinite(own).all() and centroids.senses(occurrence.word)
        answers.append(
            centroids.nearest(occurrence.word, own) if usable and own is not None else [None] * kinds
        )
    by_kind = [summary(data, [row[kind] for row in answers]) for kind in range(kinds)]
    return {
        "macro_f1_by_layer": [row["macro_f1"] for row in by_kind[:-1]],
        "macro_f1_last4": by_kind[-1]["macro_f1"],
        "micro_by_layer": [row["micro"] for row in by_kind[:-1]],
        "micro_last4": by_kind[-1]["micro"],
    }
