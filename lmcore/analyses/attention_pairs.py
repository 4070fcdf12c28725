"""Attention between the two sentences of a pair: how much of each stays, how much goes across.

Letters in shapes: L layers, H heads, N units (words or pieces).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lmcore.analyses.analysis import Analysis
from lmcore.analyses.attention import Level, Weights, between, read, units_of, with_mean
from lmcore.analyses.attention_heads import AttentionQuestion, AttentionView, attention_view
from lmcore.outputs.reading import Reading
from lmcore.readers.base import Reader

#: From which sentence the weight comes and to which it goes.
Part = Literal["aa", "ab", "ba", "bb"]
PARTS: tuple[Part, ...] = ("aa", "ab", "ba", "bb")


@dataclass(frozen=True)
class PairShares:
    """Where the weight of one head goes.

    Attributes:
        layer: from 1.
        head: from 1; 0 is the mean of all heads of the layer.
        parts: of the weight of a unit of the first (second) sentence, the mean share that goes to
            the first (second): ``aa`` and ``ab`` sum to 1, and ``ba`` and ``bb``.
        special: of all weight, what goes to special positions.
    """

    layer: int
    head: int
    parts: dict[Part, float]
    special: float


@dataclass(frozen=True)
class PairView:
    """All heads of one reader on two sentences that are read as one text.

    Attributes:
        attention: all heads; rows and columns are the units of both sentences.
        first: how many units of it belong to the first sentence.
        shares: of each head, layer by layer; special positions are left out.
        even: the shares of a head that looks at all units alike.
    """

    attention: AttentionView
    first: int
    shares: tuple[PairShares, ...]
    even: dict[Part, float]

    def share(self, layer: int, head: int) -> PairShares:
        """Where the weight of one head goes; the layer from 1, head 0 is the mean."""
        return self.shares[(layer - 1) * self.attention.columns + head]

    def crossing(self) -> PairShares:
        """The head that looks across most, both ways taken together."""
        single = [share for share in self.shares if share.head]
        return max(single, key=lambda share: share.parts["ab"] + share.parts["ba"])


def _compute(reader: Reader, question: AttentionQuestion) -> PairView:
    reading = read(reader, question.texts)
    view = attention_view(reading, question)
    weights = view.weights
    if not question.hide_special:
        weights = between(reading, with_mean(reading), question.level, hide_special=True)
    first = _boundary(reading, question.level, hide_special=True)
    return PairView(
        attention=view,
        first=_boundary(reading, question.level, question.hide_special),
        shares=shares(weights, first, first_head=0),
        even={part: _even(first, len(weights.names), part) for part in PARTS},
    )


PAIR = Analysis("attention_pair", PairView, _compute, large=True)


def _boundary(reading: Reading, level: Level, hide_special: bool) -> int:
    """How many units of a pair belong to its first sentence, with the mark that ends it."""
    marks = [place for place, piece in enumerate(reading.pieces) if piece.special]
    units = units_of(reading, level, hide_special)
    return int((units.pieces.argmax(axis=1) <= marks[1]).sum())


def _sides(first: int, part: Part) -> tuple[slice, slice]:
    sides: dict[str, slice] = {"a": slice(None, first), "b": slice(first, None)}
    return sides[part[0]], sides[part[1]]


def shares(weights: Weights, first: int, first_head: int = 1) -> tuple[PairShares, ...]:
    """Where the weight of every head goes, layer by layer.

    Args:
        weights: ``[L, H, N, N]`` with the special positions left out.
        first: units of the first sentence.
        first_head: number of the first head; 0 where the mean stands before the heads.
    """
    layers, heads = weights.matrix.shape[:2]
    known = np.nan_to_num(weights.matrix)
    special = weights.hidden.sum(axis=-1).mean(axis=-1)
    columns: dict[Part, np.ndarray] = {}
    for part in PARTS:
        rows, targets = _sides(first, part)
        columns[part] = known[..., rows, targets].sum(axis=-1).mean(axis=-1)
    return tuple(
        PairShares(
            layer + 1,
            head + first_head,
            {part: float(column[layer, head]) for part, column in columns.items()},
            float(special[layer, head]),
        )
        for layer in range(layers)
        for head in range(heads)
    )


def _even(first: int, count: int, part: Part) -> float:
    """The share that a head would have that looks at all units alike."""
    return (first if part[1] == "a" else count - first) / count


def only(weights: Weights, first: int, part: Part) -> Weights:
    """Weights ``[..., N, N]`` with everything blank but one part; nothing is scaled up.

    Args:
        weights: between the units of both sentences.
        first: units of the first sentence.
        part: from which sentence to which.
    """
    kept = np.full_like(weights.matrix, np.nan)
    rows, targets = _sides(first, part)
    kept[..., rows, targets] = weights.matrix[..., rows, targets]
    return Weights(weights.names, kept, weights.specials, weights.hidden)
