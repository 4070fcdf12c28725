"""Attention between the two sentences of a pair: how much of each stays, how much goes across.

Letters in shapes: L layers, H heads, N units (words or pieces).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from lmcore.attention import Level, Weights, units_of
from lmcore.reading import Reading

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
