"""A vote on the sense of a word: which known uses are its nearest neighbours?

Letters in shapes: L + 1 layers, N known uses of the word, D dimensions, S senses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from lmcore.outputs.reading import cosine

#: How many neighbours vote: fewer than a sense of the bank has sentences, and odd.
NEIGHBOURS = 5
#: Cosines within this of each other are equal (padding moves them by less).
EQUAL = 1e-5


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

    With the sentence itself one sentence of every other sense is left out: the one with the same
    number within its sense, which in the bank is alike in form and place. Otherwise the true sense
    would always be one sentence short, and a reader that cannot tell the uses apart would come out
    far below chance. A full tie counts as a guess among the leaders.

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
