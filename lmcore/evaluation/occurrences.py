"""Words with a sense in sentences, and their vectors under a reader."""

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from lmcore.evaluation.batches import in_batches
from lmcore.evaluation.benchmark import Progress, percent
from lmcore.evaluation.centroids import with_sum
from lmcore.evaluation.text import fits, given
from lmcore.readers.base import Reader
from lmcore.text.words import Sentence


@dataclass(frozen=True)
class Target:
    """A word of a sentence (positions ``first`` to ``last``, exclusive) with its true sense.

    Attributes:
        word: what the senses belong to; only senses of the same word compete.
        sense: the right answer.
    """

    word: str
    sense: str
    first: int
    last: int


@dataclass(frozen=True)
class Marked:
    """A sentence with its targets."""

    sentence: Sentence
    targets: tuple[Target, ...]


def targets_of(texts: Sequence[Marked]) -> list[Target]:
    """All targets of some sentences, in their order."""
    return [target for text in texts for target in text.targets]


def _part_of(text: Marked, first: int, last: int) -> Marked:
    """A part of a sentence, with the targets that lie inside."""
    inside = tuple(
        replace(target, first=target.first - first, last=target.last - first)
        for target in text.targets
        if first <= target.first and target.last <= last
    )
    return Marked(given([word.text for word in text.sentence.words[first:last]]), inside)


def window(reader: Reader, text: Marked) -> Marked:
    """The largest window round the only target that a reader can hold.

    Words are taken away from the longer side until the rest fits; a text that fits stays whole.
    """
    (target,) = text.targets
    first, last = 0, len(text.sentence)
    part = text
    while not fits(reader, part.sentence) and last - first > target.last - target.first:
        if target.first - first > last - target.last:
            first += 1
        else:
            last -= 1
        part = _part_of(text, first, last)
    return part


def halves(reader: Reader, text: Marked) -> list[Marked]:
    """A sentence, or, where a reader cannot hold it, its halves, quarters and so on.

    The cut is moved so that no target is cut in two.
    """
    if fits(reader, text.sentence) or len(text.sentence) < 2:
        return [text]
    middle = len(text.sentence) // 2
    for target in text.targets:
        if target.first < middle < target.last:
            middle = target.first or target.last
    if middle >= len(text.sentence):
        return [text]
    parts = _part_of(text, 0, middle), _part_of(text, middle, len(text.sentence))
    return [small for part in parts for small in halves(reader, part)]


def occurrences(
    reader: Reader, texts: Sequence[Marked], progress: Progress
) -> Iterator[tuple[int, Target, np.ndarray]]:
    """Every target once: its number among all targets, itself, ``[L + 1, W, D]`` of its sentence.

    Sentences come in the order of their length.

    Args:
        reader: who reads.
        texts: none longer than the reader can hold.
        progress: told how far it is.
    """
    sentences = [text.sentence for text in texts]
    starts = np.cumsum([0, *(len(text.targets) for text in texts)])
    for index, layers in in_batches(reader, reader.word_layers, sentences, progress):
        for offset, target in enumerate(texts[index].targets):
            yield int(starts[index]) + offset, target, layers


def of_word(layers: np.ndarray, target: Target) -> np.ndarray:
    """Vectors ``[L + 2, D]`` of the target from ``[L + 1, W, D]``: layers, and the last four's sum.

    The mean of its words; zero where there is none.
    """
    return with_sum(np.nan_to_num(layers[:, target.first : target.last]).mean(axis=1))


def of_neighbours(layers: np.ndarray, target: Target) -> np.ndarray:
    """Mean vectors of the other words of the sentence that have one (zero where none has)."""
    others = np.delete(layers, np.s_[target.first : target.last], axis=1)
    known = np.isfinite(others).all(axis=(0, 2))
    total = np.nan_to_num(others).sum(axis=1)
    return with_sum(total / max(1, int(known.sum())))


def summary(test: Sequence[Target], answers: Sequence[Hashable]) -> dict[str, float]:
    """Macro-F1, averaged over the words, and pooled accuracy, in per cent."""
    by_word: dict[str, tuple[list[str], list[Hashable]]] = {}
    for target, answer in zip(test, answers, strict=True):
        gold, guesses = by_word.setdefault(target.word, ([], []))
        gold.append(target.sense)
        guesses.append(answer)
    scores = [macro_f1(gold, guesses) for gold, guesses in by_word.values()]
    pooled = np.mean([t.sense == answer for t, answer in zip(test, answers, strict=True)])
    return {"macro_f1": percent(float(np.mean(scores))), "micro": percent(float(pooled))}


def macro_f1(gold: Sequence[Hashable], answers: Sequence[Hashable]) -> float:
    """Mean of the F1 scores of all labels that occur as truth or as answer (0 to 1)."""
    scores = []
    for label in set(gold) | set(answers):
        right = sum(g == a == label for g, a in zip(gold, answers, strict=True))
        met = sum(a == label for a in answers) + sum(g == label for g in gold)
        scores.append(2 * right / met)
    return float(np.mean(scores))


def by_layer(
    test: Sequence[Target], answers: Sequence[Sequence[Hashable]]
) -> dict[str, float | list[float]]:
    """The same under each vector: the layers, then the sum of the last four."""
    *layers, last4 = [summary(test, kind) for kind in zip(*answers, strict=True)]
    return {
        "macro_f1_by_layer": [row["macro_f1"] for row in layers],
        "macro_f1_last4": last4["macro_f1"],
        "micro_by_layer": [row["micro"] for row in layers],
        "micro_last4": last4["micro"],
    }


def most_frequent_sense(train: Sequence[Target], test: Sequence[Target]) -> dict[str, float]:
    """Reference: each word always has the sense that is commonest in training."""
    counts: dict[str, Counter[str]] = {}
    for target in train:
        counts.setdefault(target.word, Counter())[target.sense] += 1
    commonest = {word: senses.most_common(1)[0][0] for word, senses in counts.items()}
    return summary(test, [commonest[target.word] for target in test])
