"""Senses that a bank of sentences votes for somebody's own uses of a word.

The bank (:mod:`lmcore.analyses.sense_bank`) holds sentences in which the sense of a word is known.
Here the votes for several uses are put together, held against the groups that a person gave, and
weighed by what the same vote is worth on the bank itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import comb
from typing import Literal

import numpy as np
import pandas as pd

from lmcore.analyses.sense_bank import Entry
from lmcore.analyses.sense_vote import Accuracy, Nearest, nearest
from lmcore.text.word_uses import Question
from lmcore.text.words import Sentence

#: A result that guessing by the majority reaches at least this often may be chance.
CHANCE = 0.05
#: Votes and numbers of right answers are sums of fractions.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Votes:
    """What the bank votes for every use of a question, in one layer of one reader.

    Attributes:
        family: the reader.
        layer: in which the uses were compared.
        baseline: mean cosine of unrelated words in that layer.
        found: neighbours and votes of each use, ``[N]``.
        accuracy: of the same vote on the bank itself.
    """

    family: str
    layer: int
    baseline: float
    found: tuple[Nearest, ...]
    accuracy: Accuracy

    @property
    def senses(self) -> list[str | None]:
        """The sense voted for each use; ``None`` where the vote says nothing."""
        return [one.sense for one in self.found]


def own_places(sentence: Sentence, entries: Sequence[Entry]) -> tuple[int, ...]:
    """Places in the bank at which a sentence stands itself, word for word, in upper or lower case.

    Such a sentence must not vote about itself.
    """
    words = [word.text.casefold() for word in sentence.words]
    return tuple(
        number
        for number, entry in enumerate(entries)
        if [word.text.casefold() for word in entry.sentence.words] == words
    )


def vote(
    question: Question,
    targets: np.ndarray,
    vectors: np.ndarray,
    entries: Sequence[Entry],
    layer: int,
) -> tuple[Nearest, ...]:
    """Let the bank vote about every use of a question.

    Args:
        targets: vectors of the uses, ``[L + 1, N, D]``.
        vectors: vectors of the word in the bank, ``[L + 1, M, D]``.
        entries: its sentences in the bank, ``[M]``.
        layer: in which to compare.
    """
    senses = [entry.sense for entry in entries]
    return tuple(
        nearest(
            targets[:, number],
            vectors,
            senses,
            layer,
            without=own_places(question.sentences[use.sentence], entries),
        )
        for number, use in enumerate(question.uses)
    )


def share(found: Nearest) -> float:
    """Share of all votes that the voted sense has, 0 to 1; NaN where the vote says nothing."""
    total = sum(found.votes.values())
    return float("nan") if found.sense is None else found.votes[found.sense] / total


@dataclass(frozen=True)
class Agreement:
    """How far votes group the uses as a person's labels do.

    Attributes:
        right: uses in agreement under the best pairing of labels with senses, one to one.
        count: uses with a label.
        constant: how many would agree if all votes were one and the same sense.
    """

    right: int
    count: int
    constant: int


def agreement(groups: Sequence[int], voted: Sequence[str | None]) -> Agreement | None:
    """Compare groupings, not names: which label goes with which sense is found out.

    Args:
        groups: number of each use's label, -1 without one.
        voted: sense of each use, ``None`` without one (never in agreement).

    Returns:
        ``None`` unless there are two labels or more: any vote agrees with a single one.
    """
    labels = sorted({group for group in groups if group >= 0})
    if len(labels) < 2:
        return None
    pairs = Counter(zip(groups, voted, strict=True))
    senses = sorted({sense for sense in voted if sense is not None})

    @cache
    def most(label: int, free: frozenset[str]) -> int:
        """Uses in agreement from a label on, with the senses that no earlier label has taken."""
        if label == len(labels):
            return 0
        taken = [pairs[labels[label], sense] + most(label + 1, free - {sense}) for sense in free]
        return max([most(label + 1, free), *taken])

    by_label = Counter(group for group in groups if group >= 0)
    return Agreement(most(0, frozenset(senses)), by_label.total(), max(by_label.values()))


Trust = Literal["missing", "none", "chance", "better"]


def trust(accuracy: Accuracy, layer: int) -> Trust:
    """Whether a vote is worth anything, by what it does on the bank itself.

    Returns:
        ``missing`` without a vector; ``none`` if the vote is no better than the majority;
        ``chance`` if guessing at the majority's rate is right that often in at least
        :data:`CHANCE` of all cases (one-sided binomial test); otherwise ``better``.
    """
    value, rate, count = float(accuracy.by_layer[layer]), accuracy.majority, accuracy.count
    if not count or np.isnan(value):
        return "missing"
    if value <= rate + ROUNDING:
        return "none"
    right = int(value * count + ROUNDING)
    luck = sum(
        comb(count, n) * rate**n * (1 - rate) ** (count - n) for n in range(right, count + 1)
    )
    return "chance" if luck >= CHANCE else "better"


def neighbours_frame(
    votes: Sequence[Votes], use: int, entries: Sequence[Entry], glosses: Mapping[str, str]
) -> pd.DataFrame:
    """The sentences of the bank that vote about one use: a row for each reader and sentence.

    Args:
        use: index into the uses.
        glosses: what a sense is called, by its id.
    """
    columns = ["reader", "layer", "rank", "sense", "cosine", "baseline", "vote", "sentence"]
    rows = []
    for own in votes:
        found = own.found[use]
        voters = np.flatnonzero(found.weights > 0)
        order = voters[np.argsort(-found.similarity[voters], kind="stable")]
        rows += [
            {
                "reader": own.family,
                "layer": own.layer,
                "rank": rank,
                "sense": glosses[entries[place].sense],
                "cosine": found.similarity[place],
                "baseline": own.baseline,
                "vote": found.weights[place],
                "sentence": entries[place].sentence.text,
            }
            for rank, place in enumerate(order.tolist(), start=1)
        ]
    return pd.DataFrame(rows, columns=columns).round(4)


def votes_frame(
    question: Question, votes: Sequence[Votes], glosses: Mapping[str, str]
) -> pd.DataFrame:
    """All votes: a row for each reader and use, a column of votes for each sense.

    Args:
        glosses: what a sense is called, by its id.
    """
    rows = [
        {
            "reader": own.family,
            "layer": own.layer,
            "use": use.name,
            "label": None if question.suggested else use.sense,
            "voted": None if found.sense is None else glosses[found.sense],
            "share": share(found),
            **{glosses[sense]: count for sense, count in found.votes.items()},
            "accuracy": own.accuracy.by_layer[own.layer],
            "majority": own.accuracy.majority,
            "judged": own.accuracy.count,
        }
        for own in votes
        for use, found in zip(question.uses, own.found, strict=True)
    ]
    return pd.DataFrame(rows).round(4)
