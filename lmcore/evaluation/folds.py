"""Senses of words in data that come without a training part: nearest centroids in five folds."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from lmcore.evaluation.benchmark import Benchmark, Progress, Row, Rows, stretch
from lmcore.evaluation.centroids import Centroids
from lmcore.evaluation.occurrences import (
    Marked,
    Target,
    by_layer,
    occurrences,
    of_neighbours,
    of_word,
    summary,
    targets_of,
    window,
)
from lmcore.readers.base import Reader
from lmcore.text.words import split

FOLDS = 5


def marked(text: str, start: int, word: str, sense: str) -> Marked:
    """A text of which one stretch is a word with a sense, whatever stands beside it.

    Args:
        text: the sentence.
        start: where the word begins.
        word: what the sense belongs to, as it stands there.
        sense: the right one.
    """
    sentence = split(text, apart=[(start, start + len(word))])
    place = next(i for i, other in enumerate(sentence.words) if other.start == start)
    return Marked(sentence, (Target(word, sense, place, place + 1),))


def folds_of(targets: Sequence[Target]) -> np.ndarray:
    """Fold of each occurrence, int ``[N]``: the occurrences of a sense in turn."""
    counts: Counter[tuple[str, str]] = Counter()
    folds = []
    for target in targets:
        folds.append(counts[target.word, target.sense] % FOLDS)
        counts[target.word, target.sense] += 1
    return np.array(folds, dtype=int)


def answers(targets: Sequence[Target], vectors: np.ndarray) -> list[list[object]]:
    """The nearest sense of each occurrence among those of the other folds, for each of K vectors.

    Args:
        targets: all occurrences, ``[N]``.
        vectors: ``[N, K, D]``.
    """
    folds = folds_of(targets)
    senses: list[list[object]] = [[] for _ in targets]
    for fold in range(FOLDS):
        known = Centroids()
        for number in np.flatnonzero(folds != fold).tolist():
            target = targets[number]
            known.add(target.word, target.sense, vectors[number])
        for number in np.flatnonzero(folds == fold).tolist():
            word = targets[number].word
            there = known.senses(word)
            nearest = known.nearest(word, vectors[number]) if there else [None] * vectors.shape[1]
            senses[number] = list(nearest)
    return senses


def commonest(targets: Sequence[Target]) -> Row:
    """Reference: the sense of a word that is commonest in the other folds."""
    folds, guesses = folds_of(targets), []
    for number, target in enumerate(targets):
        counts = Counter(
            other.sense
            for place, other in enumerate(targets)
            if other.word == target.word and folds[place] != folds[number]
        )
        guesses.append(counts.most_common(1)[0][0] if counts else None)
    return dict(summary(targets, guesses))


def _row(
    reader: Reader,
    texts: Sequence[Marked],
    take: Callable[[np.ndarray, Target], np.ndarray],
    progress: Progress,
) -> Row:
    texts = [window(reader, text) for text in texts]
    gold = targets_of(texts)
    vectors: list[np.ndarray] = [np.empty(0)] * len(gold)
    for number, target, layers in occurrences(reader, texts, progress):
        vectors[number] = take(layers, target)
    return dict(by_layer(gold, answers(gold, np.stack(vectors))))


@dataclass(frozen=True)
class FoldedSenses(Benchmark[list[Marked]]):
    """Senses in folds; static vectors have a row for the mean of their neighbours, too."""

    measure: Callable[[Reader, list[Marked], Progress], Row] = field(
        default=lambda reader, texts, progress: _row(reader, texts, of_word, progress)
    )
    references: Callable[[list[Marked]], Rows] = field(
        default=lambda texts: {"most_frequent_sense": commonest(targets_of(texts))}
    )
    facts: Callable[[list[Marked]], Row] = field(
        default=lambda texts: {
            "occurrences": len(texts),
            "words": len({target.word for target in targets_of(texts)}),
            "folds": FOLDS,
        }
    )

    def rows(self, name: str, reader: Reader, material: list[Marked], progress: Progress) -> Rows:
        """See :meth:`Benchmark.rows`."""
        if reader.context != "none":
            return super().rows(name, reader, material, progress)
        halves = [stretch(progress, half, 2, "") for half in (0, 1)]
        word = _row(reader, material, of_word, halves[0])
        return {name: word, f"{name}_context": _row(reader, material, of_neighbours, halves[1])}
