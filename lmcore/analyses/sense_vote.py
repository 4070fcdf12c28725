"""A vote on the sense of a word: which known uses are its nearest neighbours?

The vote can be held against the groups that a person gave, and weighed by what it is worth where
the senses are known.

Letters in shapes: L + 1 layers, M known uses of the word, D dimensions, S senses.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import Literal

import numpy as np

from lmcore.outputs.reading import cosine_matrix

#: How many neighbours vote: fewer than a sense of the bank has sentences, and odd.
NEIGHBOURS = 5
#: Cosines within this of each other are equal (padding moves them by less).
EQUAL = 1e-5
#: A result that guessing by the majority reaches at least this often may be chance.
CHANCE = 0.05
#: Votes and numbers of right answers are sums of fractions.
ROUNDING = 1e-6


@dataclass(frozen=True)
class Nearest:
    """The sentences closest to a use of the word in one layer, and the sense they vote.

    Attributes:
        order: the k nearest sentences, nearest first, int ``[k]`` (equal ones in the order given).
        similarity: cosine to every sentence, float ``[M]``; NaN without a vector.
        weights: the vote of every sentence, float ``[M]``, k in total: 1 for each of the nearest;
            sentences that are equally near and compete for the last places share them.
        votes: sum of the weights by sense, in order of first appearance.
        sense: what the vote says; ``None`` where it says nothing (no vectors, or a full tie).
        leaders: the senses that share the first place; one, if ``sense`` is given.
    """

    order: np.ndarray
    similarity: np.ndarray
    weights: np.ndarray
    votes: Mapping[str, float]
    sense: str | None
    leaders: tuple[str, ...]

    @property
    def total(self) -> float:
        """All votes together: 0 without a vector."""
        return sum(self.votes.values())

    @property
    def share(self) -> float:
        """Share of all votes that the voted sense has, 0 to 1; NaN where the vote says nothing."""
        return float("nan") if self.sense is None else self.votes[self.sense] / self.total

    @property
    def sharing(self) -> np.ndarray:
        """Which sentences share the last places, bool ``[M]``."""
        return (self.weights > 0) & (self.weights < 1)


def nearest(similarity: np.ndarray, senses: Sequence[str], k: int = NEIGHBOURS) -> Nearest:
    """Let the k sentences whose word is closest to a use of that word vote.

    The sense with most votes wins; of several the one with the largest sum of cosines.

    Args:
        similarity: cosine of the use to the word in every sentence, ``[M]``; NaN for sentences
            that are left out.
        senses: of these sentences, ``[M]``.
        k: how many neighbours vote, 1 or more.

    Source: Peters et al. 2018 (section 5.3) for nearest neighbours by cosine.
    """
    names = list(dict.fromkeys(senses))
    weights = _weights(similarity, k)
    belongs = np.array([[sense == name for sense in senses] for name in names])  # [S, M]
    votes = belongs @ weights
    sums = belongs @ (weights * np.nan_to_num(similarity))
    first = (votes > 0) & (votes >= votes.max() - EQUAL)
    leading = first & (sums >= sums[first].max(initial=-np.inf) - EQUAL * k)
    leaders = tuple(name for name, leads in zip(names, leading, strict=True) if leads)
    order = np.argsort(-np.nan_to_num(similarity, nan=-np.inf), kind="stable")
    return Nearest(
        order=order[: min(k, int(np.isfinite(similarity).sum()))],
        similarity=similarity,
        weights=weights,
        votes=dict(zip(names, votes.tolist(), strict=True)),
        sense=leaders[0] if len(leaders) == 1 else None,
        leaders=leaders,
    )


def _weights(similarity: np.ndarray, k: int) -> np.ndarray:
    """The vote of every sentence ``[M]``; equal ones share what is left of the k places."""
    finite = np.sort(similarity[np.isfinite(similarity)])[::-1]
    if not len(finite):
        return np.zeros(len(similarity))
    places = min(k, len(finite))
    last = finite[places - 1]
    nearer = similarity > last + EQUAL
    level = np.abs(similarity - last) <= EQUAL
    return np.where(nearer, 1.0, np.where(level, (places - nearer.sum()) / level.sum(), 0.0))


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


def leave_one_out(vectors: np.ndarray, senses: Sequence[str], k: int = NEIGHBOURS) -> Accuracy:
    """Let every sentence be judged by the others.

    With the sentence itself one sentence of every other sense is left out: the one with the same
    number within its sense, which in the bank is alike in form and place. Otherwise the true sense
    would always be one sentence short, and a reader that cannot tell the uses apart would come out
    far below chance. A full tie counts as a guess among the leaders.

    Args:
        vectors: ``[L + 1, M, D]``.
        senses: ``[M]``.
        k: how many neighbours vote.
    """
    by_sense: dict[str, list[int]] = {}
    for number, sense in enumerate(senses):
        by_sense.setdefault(sense, []).append(number)
    judged = [n for n in range(len(senses)) if np.isfinite(vectors[:, n]).all()]
    right = np.full((len(vectors), len(judged)), np.nan)
    for layer, layer_vectors in enumerate(vectors):
        similarity = cosine_matrix(layer_vectors.astype(np.float64))
        for column, number in enumerate(judged):
            rank = by_sense[senses[number]].index(number)
            left_out = [number, *(places[rank % len(places)] for places in by_sense.values())]
            similarity[number, left_out] = np.nan
            leaders = nearest(similarity[number], senses, k).leaders or tuple(by_sense)
            right[layer, column] = (senses[number] in leaders) / len(leaders)
    return Accuracy(
        by_layer=right.mean(axis=1) if judged else np.full(len(vectors), np.nan),
        majority=max(Counter(senses).values()) / len(senses),
        count=len(judged),
    )


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

    ``groups`` are numbers of labels (-1: none), ``voted`` senses (``None`` never agrees), one a
    use. ``None`` unless there are two labels or more: any vote agrees with a single one.
    """
    from scipy.optimize import linear_sum_assignment

    by_label = Counter(group for group in groups if group >= 0)
    if len(by_label) < 2:
        return None
    senses = {sense for sense in voted if sense is not None}
    pairs = Counter(zip(groups, voted, strict=True))
    counts = np.array([[pairs[label, sense] for sense in senses] for label in by_label])
    rows, columns = linear_sum_assignment(counts, maximize=True)
    return Agreement(int(counts[rows, columns].sum()), by_label.total(), max(by_label.values()))


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
