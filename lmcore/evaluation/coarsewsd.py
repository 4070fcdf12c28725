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

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lmcore.evaluation.benchmark import Benchmark, Progress, Row, Rows, locate, spread
from lmcore.evaluation.centroids import Centroids
from lmcore.evaluation.occurrences import (
    Marked,
    Target,
    by_layer,
    most_frequent_sense,
    occurrences,
    of_neighbours,
    of_word,
    summary,
    targets_of,
    window,
)
from lmcore.evaluation.text import given
from lmcore.readers.base import Reader

#: From ``[L + 1, W, D]`` of a sentence to the vectors ``[K, D]`` of its target.
Taker = Callable[[np.ndarray, Target], np.ndarray]


@dataclass(frozen=True)
class Parts:
    """Training and test sentences, each with one target."""

    train: list[Marked]
    test: list[Marked]


def load(folder: Path, limit: int | None = None) -> Parts:
    """Read the data set: a folder for each word, with ``{train,test}.{data,gold}.txt``.

    At most ``limit`` training and as many test sentences of each word are taken, evenly spread.
    """
    parts: dict[str, list[Marked]] = {"train": [], "test": []}
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        for part, texts in parts.items():
            rows = (place / f"{part}.data.txt").read_text(encoding="utf8").strip().split("\n")
            gold = (place / f"{part}.gold.txt").read_text(encoding="utf8").split()
            for index in spread(len(rows), limit):
                row, sense = rows[index], gold[index]
                at, text = row.split("\t")
                target = Target(place.name, sense, int(at), int(at) + 1)
                texts.append(Marked(given(text.split()), (target,)))
    return Parts(parts["train"], parts["test"])


def _measured(reader: Reader, data: Parts, takers: Mapping[str, Taker], progress: Progress) -> Rows:
    """A row for each way to take the vectors of an occurrence."""
    share = len(data.train) / (len(data.train) + len(data.test))
    train = [window(reader, text) for text in data.train]
    test = [window(reader, text) for text in data.test]

    known = {row: Centroids() for row in takers}
    for _, target, layers in occurrences(
        reader, train, lambda done, text: progress(done * share, text)
    ):
        for row, take in takers.items():
            known[row].add(target.word, target.sense, take(layers, target))
    answers: dict[str, dict[int, list[object]]] = {row: {} for row in takers}
    for number, target, layers in occurrences(
        reader, test, lambda done, text: progress(share + done * (1 - share), text)
    ):
        for row, take in takers.items():
            answers[row][number] = known[row].nearest(target.word, take(layers, target))

    cut = sum(
        len(part.sentence) < len(whole.sentence)
        for part, whole in zip([*train, *test], [*data.train, *data.test], strict=True)
    )
    gold = targets_of(data.test)
    return {
        row: by_layer(gold, [senses[n] for n in range(len(gold))]) | {"windowed": cut}
        for row, senses in answers.items()
    }


def bag_of_words(data: Parts) -> Row:
    """Reference: for each word a logistic regression on which words stand in the sentence."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.linear_model import LogisticRegression

    gold = targets_of(data.test)
    answers: list[object] = [None] * len(gold)
    for word in dict.fromkeys(target.word for target in gold):
        train = [text for text in data.train if text.targets[0].word == word]
        test = [number for number, target in enumerate(gold) if target.word == word]
        senses = [text.targets[0].sense for text in train]
        guesses = [senses[0]] * len(test)
        if len(set(senses)) > 1:
            words = CountVectorizer(analyzer=str.split, binary=True)
            model = LogisticRegression(C=10.0, max_iter=1_000)
            model.fit(words.fit_transform([text.sentence.text for text in train]), senses)
            texts = [data.test[number].sentence.text for number in test]
            guesses = model.predict(words.transform(texts)).tolist()
        for number, answer in zip(test, guesses, strict=True):
            answers[number] = answer
    return dict(summary(gold, answers))


class _CoarseWsd(Benchmark[Parts]):
    def rows(self, name: str, reader: Reader, material: Parts, progress: Progress) -> Rows:
        """Two rows for static vectors: the word itself, and the mean of its neighbours."""
        takers = {name: of_word}
        if reader.context == "none":
            takers[f"{name}_context"] = of_neighbours
        return _measured(reader, material, takers, progress)


def _references(data: Parts) -> Rows:
    usual = most_frequent_sense(targets_of(data.train), targets_of(data.test))
    return {"most_frequent_sense": dict(usual), "bag_of_words": bag_of_words(data)}


BENCHMARK = _CoarseWsd(
    name="coarsewsd",
    summary="senses of 20 nouns, 1-nearest-neighbour by layer (CoarseWSD-20, Loureiro et al. 2021)",
    limits="training and test sentences of each word",
    applies=lambda reader: True,
    prepare=lambda data, limit: load(locate(data, "coarsewsd20"), limit),
    measure=lambda reader, data, progress: _measured(reader, data, {"": of_word}, progress)[""],
    references=_references,
    facts=lambda data: {"train_sentences": len(data.train), "test_sentences": len(data.test)},
)
