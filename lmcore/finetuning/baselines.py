"""What a reader has to beat: the commonest label, bags of words, averaged static vectors.

The two logistic regressions choose their penalty on the validation part, as the readers choose
their best epoch there.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lmcore.finetuning.inputs import joined, sequences
from lmcore.finetuning.stored import BASELINES
from lmcore.finetuning.task import Example, Kind, Split, Task, gold
from lmcore.readers.base import Reader
from lmcore.text.words import plain, split

#: Inverse penalties that are tried.
STRENGTHS = (0.01, 0.1, 1.0, 10.0, 100.0)

#: Examples to feature rows: one an example, or one an answer to choose from.
Featured = Callable[[Sequence[Example]], Any]


def answers(
    task: Task,
    parts: Split,
    static: Reader | None = None,
    rows: Sequence[str] = BASELINES,
) -> dict[str, np.ndarray]:
    """Answers of some baselines to the test part, int ``[N]`` by row.

    Args:
        task: the whole.
        parts: its parts.
        static: a reader with static vectors; without one their row is left out.
        rows: which baselines.
    """
    probabilities: dict[str, np.ndarray] = {}
    for row in rows:
        if row == "static" and static is not None:
            probabilities[row] = _static_vectors(task, parts, static)
        elif row != "static":
            method = majority if row == "majority" else bag_of_words
            probabilities[row] = method(task, parts)
    return {row: values.argmax(axis=1) for row, values in probabilities.items()}


def majority(task: Task, parts: Split) -> np.ndarray:
    """The commonest label of the training part for everything, float ``[N, C]``."""
    counts = np.bincount(gold(parts.train), minlength=task.width)
    answer = np.eye(task.width)[counts.argmax()]
    return np.tile(answer, (len(parts.test), 1))


def bag_of_words(task: Task, parts: Split) -> np.ndarray:
    """Which words occur, and logistic regression: probabilities ``[N, C]`` for the test part.

    The words of two texts with an order are kept apart.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(analyzer=lambda words: words, binary=True)
    rows = [words for example in parts.train for words in _words(task.kind, example)]
    vectorizer.fit(rows)
    return _regression(
        task,
        parts,
        lambda examples: vectorizer.transform(
            [words for example in examples for words in _words(task.kind, example)]
        ),
    )


def _words(kind: Kind, example: Example) -> list[list[str]]:
    """Words of each sequence of an example, lower-cased."""
    apart = kind in ("entailment", "choice")
    return [
        [
            f"{place if apart else ''} {plain(word.text).lower()}"
            for place, text in enumerate(texts)
            for word in split(text).words
        ]
        for texts in sequences(kind, example.texts, both_orders=False)
    ]


def _static_vectors(task: Task, parts: Split, reader: Reader) -> np.ndarray:
    """Averaged word vectors and logistic regression: probabilities ``[N, C]`` for the test part."""
    return _regression(task, parts, lambda examples: _averaged(task.kind, examples, reader))


def _averaged(kind: Kind, examples: Sequence[Example], reader: Reader) -> np.ndarray:
    rows = []
    for example in examples:
        for texts in sequences(kind, example.texts, both_orders=False):
            vectors = [_mean(reader, text) for text in texts]
            rows.append(joined(kind, vectors, np.concatenate))
    return np.stack(rows)


def _mean(reader: Reader, text: str) -> np.ndarray:
    """Mean of the vectors of the words that have one; zeros where none has."""
    layer = reader.word_layers([split(text)])[0][0]
    known = layer[~np.isnan(layer).any(axis=1)]
    return known.mean(axis=0) if len(known) else np.zeros(layer.shape[1], dtype=layer.dtype)


def _regression(task: Task, parts: Split, featured: Featured) -> np.ndarray:
    """Logistic regression with the penalty that does best on the validation part."""
    from sklearn.linear_model import LogisticRegression

    learn = featured(parts.train)
    wanted = _targets(task, parts.train)
    if len(set(wanted.tolist())) < 2:
        return majority(task, parts)
    check, test = featured(parts.validation), featured(parts.test)
    best, answers = -1.0, majority(task, parts)
    for strength in STRENGTHS:
        model = LogisticRegression(C=strength, max_iter=2_000).fit(learn, wanted)
        right = _answers(task, model, check).argmax(axis=1)
        share = float((right == gold(parts.validation)).mean())
        if share > best:
            best, answers = share, _answers(task, model, test)
    return answers


def _targets(task: Task, examples: Sequence[Example]) -> np.ndarray:
    """What a row of features is to say: its label, or whether it is the right answer."""
    if task.kind != "choice":
        return gold(examples)
    return np.array(
        [int(example.label == place) for example in examples for place in range(task.width)]
    )


def _answers(task: Task, model: Any, features: Any) -> np.ndarray:
    """Probabilities ``[N, C]``; answers to choose from are compared by their odds."""
    if task.kind == "choice":
        odds = model.decision_function(features).reshape(-1, task.width)
        exp = np.exp(odds - odds.max(axis=1, keepdims=True))
        return exp / exp.sum(axis=1, keepdims=True)
    full = np.zeros((features.shape[0], task.width))
    full[:, model.classes_] = model.predict_proba(features)
    return full
