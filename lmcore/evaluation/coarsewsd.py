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

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
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


def target(layers: np.ndarray, position: int) -> np.ndarray:
    """Vectors of the ambiguous word itself, ``[L + 1, W, D]`` to ``[L + 2, D]``."""
    return with_sum(np.nan_to_num(layers[:, position]))


def neighbours(layers: np.ndarray, position: int) -> np.ndarray:
    """Mean vectors of the other words of the sentence that have one (zero where none has)."""
    others = np.delete(layers, position, axis=1)
    known = np.isfinite(others).all(axis=(0, 2))
    total = np.nan_to_num(others).sum(axis=1)
    return with_sum(total / max(1, int(known.sum())))


def measure(reader: Reader, data: Split, progress: Progress) -> Rows:
    """One reader; two rows for static vectors: the word itself, and the mean of its neighbours."""
    takers = {reader.family: target}
    if reader.sight == "none":
        takers[f"{reader.family}_context"] = neighbours
    known = {name: Centroids() for name in takers}
    answers: dict[str, dict[int, list[object]]] = {name: {} for name in takers}
    windowed, share = 0, len(data.train) / (len(data.train) + len(data.test))

    train, cut = _windows(reader, data.train)
    windowed += cut
    for index, layers in word_vectors(
        reader, [o.sentence for o in train], lambda done, text: progress(done * share, text)
    ):
        one = train[index]
        for name, take in takers.items():
            known[name].add(one.word, one.sense, take(layers, one.position))

    test, cut = _windows(reader, data.test)
    windowed += cut
    for index, layers in word_vectors(
        reader,
        [o.sentence for o in test],
        lambda done, text: progress(share + done * (1 - share), text),
    ):
        one = test[index]
        for name, take in takers.items():
            answers[name][index] = known[name].nearest(one.word, take(layers, one.position))

    rows = {
        name: by_layer(data, [found[i] for i in range(len(test))])
        for name, found in answers.items()
    }
    if reader.room is not None:
        rows[reader.family]["windowed"] = windowed
    return rows


def _windows(reader: Reader, occurrences: list[Occurrence]) -> tuple[list[Occurrence], int]:
    """The same occurrences in sentences that a reader can hold, and how many had to be cut."""
    found, cut = [], 0
    for one in occurrences:
        sentence, position, is_cut = window(reader, one.sentence, one.position)
        found.append(replace(one, sentence=sentence, position=position))
        cut += is_cut
    return found, cut


def summary(data: Split, answers: Sequence[object]) -> tuple[float, float]:
    """Macro-F1, averaged over the words, and pooled accuracy, in per cent."""
    gold = [one.sense for one in data.test]
    scores = []
    for word in data.words:
        own = [index for index, one in enumerate(data.test) if one.word == word]
        scores.append(macro_f1([gold[i] for i in own], [answers[i] for i in own]))
    return percent(float(np.mean(scores))), percent(accuracy(gold, answers))


def by_layer(data: Split, answers: Sequence[Sequence[object]]) -> Row:
    """The numbers of a reader from the answers of each test occurrence under each vector."""
    pairs = [summary(data, kind) for kind in zip(*answers, strict=True)]
    return {
        "macro_f1_by_layer": [macro for macro, _ in pairs[:-1]],
        "macro_f1_last4": pairs[-1][0],
        "micro_by_layer": [micro for _, micro in pairs[:-1]],
        "micro_last4": pairs[-1][1],
    }


def most_frequent_sense(data: Split) -> Row:
    """Reference: each word always has the sense that is commonest in training."""
    commonest = {
        word: Counter(o.sense for o in data.train if o.word == word).most_common(1)[0][0]
        for word in data.words
    }
    macro, micro = summary(data, [commonest[one.word] for one in data.test])
    return {"macro_f1": macro, "micro": micro}


def bag_of_words(data: Split) -> Row:
    """Reference: for each word a logistic regression on which words stand in the sentence."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    answers: dict[int, object] = {}
    for word in data.words:
        train = [one for one in data.train if one.word == word]
        test = [index for index, one in enumerate(data.test) if one.word == word]
        senses = [one.sense for one in train]
        if len(set(senses)) < 2:
            answers |= dict.fromkeys(test, senses[0])
            continue
        words = CountVectorizer(analyzer=str.split, binary=True)
        model = LogisticRegression(C=10.0, max_iter=1_000)
        model.fit(words.fit_transform([one.sentence.text for one in train]), senses)
        told = model.predict(words.transform([data.test[i].sentence.text for i in test]))
        answers |= dict(zip(test, told.tolist(), strict=True))
    macro, micro = summary(data, [answers[index] for index in range(len(data.test))])
    return {"macro_f1": macro, "micro": micro}


def run(
    readers: Mapping[str, Reader], data: Path, progress: Progress, limit: int | None = None
) -> Rows:
    """The benchmark; see :class:`~lmcore.evaluation.benchmark.Run`."""
    split = load(locate(data, "coarsewsd20"), limit)
    progress(0.0, "reference rows")
    rows: Rows = {
        "most_frequent_sense": most_frequent_sense(split),
        "bag_of_words": bag_of_words(split),
    }
    for number, reader in enumerate(readers.values()):
        rows |= measure(reader, split, stretch(progress, number, len(readers), reader.card.name))
    sizes = {"train_sentences": len(split.train), "test_sentences": len(split.test)}
    return {name: row | sizes for name, row in rows.items()}


BENCHMARK = Benchmark(
    name="coarsewsd",
    summary="senses of 20 nouns, 1-nearest-neighbour by layer (CoarseWSD-20, Loureiro et al. 2021)",
    limits="training and test sentences of each word",
    applies=lambda reader: True,
    run=run,
)
