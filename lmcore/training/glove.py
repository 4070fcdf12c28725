"""GloVe (Pennington, Socher and Manning 2014): vectors whose dot products are log co-occurrences.

Written here because no maintained library trains it. Co-occurrences are counted in passes over an
array of word ids, distance by distance; the weighted least squares of equation 8 are solved with
AdaGrad, as in the authors' program.
"""

import sys
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

#: Ids of words outside the vocabulary and of the ends of sentences: nothing co-occurs across these.
OUTSIDE, BREAK = -1, -2


@dataclass(frozen=True)
class GloveSettings:
    """Settings of the paper (section 4.2) for a small corpus.

    Attributes:
        window: how many words to each side count; a word at distance d counts 1 / d.
        least: pairs with a smaller sum are left out (they are most of the pairs and almost noise).
        cap, power: weight f(x) = min(1, (x / cap) ** power) of equation 9.
        rate: initial step of AdaGrad.
    """

    dimension: int = 100
    window: int = 8
    least: float = 1.0
    cap: float = 50.0
    power: float = 0.75
    rate: float = 0.05
    epochs: int = 15
    batch: int = 32_768


@dataclass(frozen=True)
class Cooccurrences:
    """A sparse symmetric table: row, column and count of each pair that is kept."""

    rows: np.ndarray
    columns: np.ndarray
    counts: np.ndarray


def count(
    ids: np.ndarray, size: int, settings: GloveSettings, chunk: int = 4_000_000
) -> Cooccurrences:
    """Count weighted co-occurrences within sentences.

    Args:
        ids: int ``[N]``, words by frequency rank, :data:`OUTSIDE` for other words and
            :data:`BREAK` between sentences.
        size: number of words in the vocabulary.
        chunk: how many positions are sorted at once (bounds the memory).
    """
    keys: np.ndarray = np.empty(0, dtype=np.int64)
    sums: np.ndarray = np.empty(0, dtype=np.float64)
    sentence = np.cumsum(ids == BREAK)
    for start in range(0, len(ids), chunk):
        stop = min(len(ids), start + chunk + settings.window)
        words, part = ids[start:stop], sentence[start:stop]
        pairs, weights = [keys], [sums]
        for distance in range(1, settings.window + 1):
            # Pairs whose left word stands in this chunk: the overlap is not counted twice.
            last = max(0, min(chunk, len(words) - distance))
            left, right = words[:last], words[distance : last + distance]
            both = (left >= 0) & (right >= 0) & (part[:last] == part[distance : last + distance])
            a, b = left[both].astype(np.int64), right[both].astype(np.int64)
            pair, times = np.unique(np.minimum(a, b) * size + np.maximum(a, b), return_counts=True)
            pairs.append(pair)
            weights.append(times / distance)
        keys, where = np.unique(np.concatenate(pairs), return_inverse=True)
        sums = np.bincount(where, np.concatenate(weights), minlength=len(keys))
    kept = sums >= settings.least
    rows, columns = np.divmod(keys[kept], size)
    counts, apart = sums[kept], rows != columns
    return Cooccurrences(
        np.concatenate([rows, columns[apart]]),
        np.concatenate([columns, rows[apart]]),
        np.concatenate([counts, counts[apart]]).astype(np.float32),
    )


def fit(table: Cooccurrences, size: int, settings: GloveSettings, seed: int = 0) -> np.ndarray:
    """Minimise sum of f(X_ij) (w_i · c_j + b_i + d_j - ln X_ij)^2 (equation 8).

    Word plus context vector of each word, float32 ``[size, dimension]``, as in the paper.
    """
    random = torch.Generator().manual_seed(seed)
    width = settings.dimension
    sides = [
        (torch.rand(size, width + 1, generator=random) - 0.5) / width  # last column: the bias
        for _ in range(2)
    ]
    squares = [torch.ones_like(side) for side in sides]
    rows, columns = torch.from_numpy(table.rows), torch.from_numpy(table.columns)
    logs = torch.from_numpy(np.log(table.counts))
    weights = torch.from_numpy(np.minimum(1.0, (table.counts / settings.cap) ** settings.power))
    for epoch in range(settings.epochs):
        total = 0.0
        for part in torch.randperm(len(rows), generator=random).split(settings.batch):
            pair = (rows[part], columns[part])
            total += _step(sides, squares, pair, logs[part], weights[part], settings.rate)
        line = f"GloVe epoch {epoch + 1} of {settings.epochs}, cost {total / len(rows):.4f}\n"
        sys.stderr.write(line)
    return (sides[0] + sides[1])[:, :width].numpy()


def _step(
    sides: list[Tensor],
    squares: list[Tensor],
    pair: tuple[Tensor, Tensor],
    logs: Tensor,
    weights: Tensor,
    rate: float,
) -> float:
    """One AdaGrad step on a batch of pairs; returns the summed cost before it."""
    word, context = (side[ids] for side, ids in zip(sides, pair, strict=True))
    difference = (word[:, :-1] * context[:, :-1]).sum(1) + word[:, -1] + context[:, -1] - logs
    pull = (weights * difference)[:, None].clamp(-100, 100)
    ones = torch.ones_like(pull)
    gradients = (
        torch.cat([pull * context[:, :-1], pull * ones], dim=1),
        torch.cat([pull * word[:, :-1], pull * ones], dim=1),
    )
    for side, square, ids, gradient in zip(sides, squares, pair, gradients, strict=True):
        # What a batch says of one word is added up first: step by step it would overshoot.
        whole = torch.zeros_like(side).index_add_(0, ids, gradient)
        square += whole.square()
        side -= rate * whole / square.sqrt()
    return float((weights * difference.square()).sum())
