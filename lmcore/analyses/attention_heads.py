"""What every head of a reader does: to which place it looks, how far, how widely.

Letters in shapes: L layers, H heads, N units (words or pieces).

How well two measures of influence agree.

Letters in shapes: W words.

Attention between the two sentences of a pair: how much of each stays, how much goes across.

Letters in shapes: L layers, H heads, N units (words or pieces).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lmcore.analyses.attention import CHOICE, Level, Weights, offsets, units_of
from lmcore.outputs.reading import Reading

Pattern = Literal["previous", "next", "self", "delimiter", "selective", "broad"]

#: A head is named after a position where more than half of its weight goes there (Clark et al.
#: 2019, section 3.1), and called broad where its weight is spread over at least half of the units
#: in sight.
MOSTLY = 0.5


def profile(weights: Weights) -> pd.DataFrame:
    """What every head does, one line each.

    Args:
        weights: ``[L, H, N, N]`` with the special positions left out.

    Returns:
        ``layer`` and ``head`` (from 1), ``pattern``; the mean shares ``previous``, ``next``,
        ``self`` (of the weight shown; NaN where nothing can be seen) and ``special`` (of all
        weight); ``entropy`` in nats; ``spread``, the number of units over which the weight is
        spread (e to the entropy); ``distance``, the mean distance looked, in units. Rows with
        fewer than :data:`lmcore.analyses.attention.CHOICE` units in sight are left out of the
        means.
    """
    layers, heads = weights.matrix.shape[:2]
    flat = weights.matrix.reshape(layers * heads, *weights.matrix.shape[2:])
    special = weights.hidden.sum(axis=-1).mean(axis=-1).reshape(-1)
    can = _can(flat)
    rows = can.sum(axis=-1) >= CHOICE
    known = np.nan_to_num(flat)
    entropy = -(known * np.log(np.maximum(known, 1e-12))).sum(axis=-1)  # [LH, N]
    far = np.abs(offsets(len(can)))
    frame = pd.DataFrame(
        {
            "layer": np.repeat(np.arange(1, layers + 1), heads),
            "head": np.tile(np.arange(1, heads + 1), layers),
            "previous": _share_at(known, can, rows, -1),
            "next": _share_at(known, can, rows, 1),
            "self": _share_at(known, can, rows, 0),
            "special": special,
            "entropy": _mean_of(entropy, rows),
            "spread": _mean_of(np.exp(entropy), rows),
            "distance": _mean_of((known * far).sum(axis=-1), rows),
        }
    )
    crowd = can.sum(axis=-1)[rows].mean() if rows.any() else np.nan
    patterns = [_pattern(frame.iloc[number], crowd) for number in range(len(frame))]
    frame.insert(2, "pattern", patterns)
    return frame


def _pattern(line: pd.Series, crowd: float) -> Pattern:
    """The class of a head; ``crowd`` is the mean number of units in sight."""
    if line["special"] > MOSTLY:
        return "delimiter"
    places: tuple[Pattern, ...] = ("previous", "next", "self")
    best = max(places, key=lambda place: np.nan_to_num(line[place]))
    if line[best] > MOSTLY:
        return best
    return "selective" if line["spread"] < MOSTLY * crowd else "broad"


def even_share(weights: Weights, place: Literal["previous", "next", "self"]) -> float:
    """What :func:`profile` would say of a head that spreads its weight evenly."""
    can = _can(weights.matrix.reshape(-1, *weights.matrix.shape[-2:]))
    even = (can / np.maximum(can.sum(axis=-1, keepdims=True), 1))[None]
    step = {"previous": -1, "next": 1, "self": 0}[place]
    return float(_share_at(even, can, can.sum(axis=-1) >= CHOICE, step)[0])


def in_sight(weights: Weights) -> float:
    """Mean number of units that a unit can look at, over the rows that :func:`profile` counts."""
    seen = _can(weights.matrix.reshape(-1, *weights.matrix.shape[-2:])).sum(axis=-1)
    return float(seen[seen >= CHOICE].mean()) if (seen >= CHOICE).any() else float("nan")


def most_telling(heads: pd.DataFrame) -> tuple[int, int]:
    """Layer and head (from 1) that follow one position most, to begin with."""
    shares = heads[["previous", "next", "self"]].fillna(0.0).max(axis=1)
    best = heads.iloc[int(np.argmax(shares * (1 - heads["special"])))]
    return int(best["layer"]), int(best["head"])


def _can(flat: np.ndarray) -> np.ndarray:
    """bool ``[N, N]``: which unit any of the heads ``[heads, N, N]`` can look at."""
    return (~np.isnan(flat)).any(axis=0)


def _share_at(known: np.ndarray, can: np.ndarray, rows: np.ndarray, step: int) -> np.ndarray:
    """Mean weight ``[heads]`` at a fixed distance, over the rows where something stands there."""
    there = (offsets(len(can)) == step) & can & rows[:, None]
    return _mean_of((known * there).sum(axis=-1), there.any(axis=-1))


def _mean_of(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Mean of ``[heads, N]`` over chosen rows; NaN where there are none."""
    if not rows.any():
        return np.full(len(values), np.nan)
    return values[:, rows].mean(axis=-1)


#: Fewer pairs than this say nothing about agreement.
LEAST_PAIRS = 6


@dataclass(frozen=True)
class Agreement:
    """Spearman's rank correlation of two maps.

    Attributes:
        rho: -1 to 1; NaN where there are too few pairs, or one map is flat.
        pairs: over how many pairs of words.
    """

    rho: float
    pairs: int


def agreement(first: np.ndarray, second: np.ndarray) -> Agreement:
    """Rank correlation over the pairs of different words of which one can see the other.

    A word's share of itself is left out: it is by far the largest in both maps and would make any
    two of them agree.

    Args:
        first: ``[W, W]``, rows sum to 1; NaN or 0 where nothing can be seen.
        second: the same of the other measure.
    """
    apart = ~np.eye(len(first), dtype=bool)
    seen = apart & (np.nan_to_num(first) > 0) & (np.nan_to_num(second) > 0)
    pairs = int(seen.sum())
    if pairs < LEAST_PAIRS or min(np.unique(first[seen]).size, np.unique(second[seen]).size) < 2:
        return Agreement(float("nan"), pairs)
    from scipy.stats import spearmanr

    return Agreement(float(spearmanr(first[seen], second[seen]).statistic), pairs)


#: From which sentence the weight comes and to which it goes.
Part = Literal["aa", "ab", "ba", "bb"]
PARTS: tuple[Part, ...] = ("aa", "ab", "ba", "bb")


def boundary(reading: Reading, level: Level, hide_special: bool) -> int:
    """How many units of a pair belong to its first sentence, with the mark that ends it.

    Args:
        reading: of :meth:`lmcore.readers.base.Reader.read_pair`: three special positions, of which
            the second ends the first sentence.
        level: words or pieces.
        hide_special: whether special positions are left out.
    """
    marks = [place for place, piece in enumerate(reading.pieces) if piece.special]
    _, members = units_of(reading, level, hide_special)
    return int((members.argmax(axis=1) <= marks[1]).sum())


def _sides(first: int, part: Part) -> tuple[slice, slice]:
    sides: dict[str, slice] = {"a": slice(None, first), "b": slice(first, None)}
    return sides[part[0]], sides[part[1]]


def shares(weights: Weights, first: int) -> pd.DataFrame:
    """Where the weight of every head goes, one line each.

    Args:
        weights: ``[L, H, N, N]``.
        first: units of the first sentence.

    Returns:
        ``layer`` and ``head`` (from 1); ``aa``, ``ab``, ``ba``, ``bb``: of the weight of a unit of
        the first (second) sentence, the mean share that goes to the first (second): ``aa`` and
        ``ab`` sum to 1, and ``ba`` and ``bb``; ``special``, the share that is hidden.
    """
    layers, heads = weights.matrix.shape[:2]
    known = np.nan_to_num(weights.matrix)
    columns: dict[str, np.ndarray] = {}
    for part in PARTS:
        rows, targets = _sides(first, part)
        columns[part] = known[..., rows, targets].sum(axis=-1).mean(axis=-1).reshape(-1)
    return pd.DataFrame(
        {
            "layer": np.repeat(np.arange(1, layers + 1), heads),
            "head": np.tile(np.arange(1, heads + 1), layers),
            **columns,
            "special": weights.hidden.sum(axis=-1).mean(axis=-1).reshape(-1),
        }
    )


def even(first: int, count: int, part: Part) -> float:
    """The share that a head would have that looks at all units alike."""
    return (first if part[1] == "a" else count - first) / count


def only(matrix: np.ndarray, first: int, part: Part) -> np.ndarray:
    """``[..., N, N]`` with everything blank but one part; nothing is scaled up."""
    kept = np.full_like(matrix, np.nan)
    rows, targets = _sides(first, part)
    kept[..., rows, targets] = matrix[..., rows, targets]
    return kept


def crossing(table: pd.DataFrame) -> dict[str, float]:
    """The line of :func:`shares` of the head that looks across most, both ways taken together."""
    best = int((table["ab"] + table["ba"]).to_numpy().argmax())
    return {name: float(table.iloc[best][name]) for name in table.columns}
