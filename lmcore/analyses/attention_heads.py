"""What every head of a reader does: to which place it looks, how far, how widely.

Letters in shapes: L layers, H heads, P pieces, N units (words or pieces), n cells of a small
picture.
"""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lmcore.analyses.analysis import Analysis, Example
from lmcore.analyses.attention import (
    CHOICE,
    Level,
    Weights,
    between,
    offsets,
    read,
    top_of,
    with_mean,
)
from lmcore.outputs.reading import Reading, WordNotes
from lmcore.readers.base import Reader
from lmcore.runtime.families import FAMILIES
from lmcore.text.examples import EXAMPLE

#: A place at a fixed distance from the unit that looks.
Place = Literal["previous", "next", "self"]
Pattern = Literal["previous", "next", "self", "delimiter", "selective", "broad"]

#: How many columns each place is away.
STEPS: dict[Place, int] = {"previous": -1, "next": 1, "self": 0}
#: A head is named after a position where more than half of its weight goes there (Clark et al.
#: 2019, section 3.1), and called broad where its weight is spread over at least half of the units
#: that it can see.
MOSTLY = 0.5
#: Cells along the edge of one small picture: more cannot be told apart.
MOST_CELLS = 24
#: Cells of all small pictures of a reader: a byte each that goes to the browser.
MOST_BYTES = 130_000


@dataclass(frozen=True)
class HeadProfile:
    """What one head does, as means over the rows that have a choice.

    Attributes:
        layer: from 1.
        head: from 1; 0 is the mean of all heads of the layer.
        pattern: the class of the head.
        shares: of the weight between units, what goes to each place; NaN where nothing stands.
        special: of all weight, what goes to special positions.
        entropy: of a row, in nats.
        spread: e to the entropy, the number of units over which the weight is spread.
        distance: how far away the units looked at are, in units.
    """

    layer: int
    head: int
    pattern: Pattern
    shares: dict[Place, float]
    special: float
    entropy: float
    spread: float
    distance: float


@dataclass(frozen=True)
class Even:
    """What a head would do that spreads its weight evenly over all that it can see.

    Attributes:
        shares: what would go to each place.
        visible: mean number of units that a unit can look at; NaN where no row has a choice.
    """

    shares: dict[Place, float]
    visible: float


@dataclass(frozen=True)
class AttentionQuestion:
    """Which heads are asked for.

    Attributes:
        texts: one sentence, or the two of a pair.
        level: of the units.
        hide_special: leave special positions out and scale the rest of each row to 1.
    """

    texts: tuple[str, ...]
    level: Level = "words"
    hide_special: bool = True


@dataclass(frozen=True)
class AttentionView:
    """All heads of one reader on one text.

    Attributes:
        weights: ``[L, H + 1, N, N]``; place 0 is the mean of the heads of a layer (of norms: the
            length of their sum), place h is head h.
        heads: the profile of each, layer by layer, with special positions left out.
        even: the same of a head that does not choose.
        first: layer and head (from 1) that follow one position most, to begin with.
        pictures: uint8 ``[L, H + 1, n, n]``, see :func:`small_pictures`.
        notes: what the reader did to the words.
    """

    weights: Weights
    heads: tuple[HeadProfile, ...]
    even: Even
    first: tuple[int, int]
    pictures: np.ndarray
    notes: WordNotes

    @property
    def layers(self) -> int:
        """L."""
        return int(self.weights.matrix.shape[0])

    @property
    def columns(self) -> int:
        """H + 1."""
        return int(self.weights.matrix.shape[1])

    def profile(self, layer: int, head: int) -> HeadProfile:
        """What one head does; the layer from 1, head 0 is the mean."""
        return self.heads[(layer - 1) * self.columns + head]

    def patterns(self) -> dict[Pattern, int]:
        """How many heads have each pattern, the commonest first; the means are none."""
        counts = Counter(head.pattern for head in self.heads if head.head)
        return dict(counts.most_common())


def _compute(reader: Reader, question: AttentionQuestion) -> AttentionView:
    return attention_view(read(reader, question.texts), question)


def attention_view(reading: Reading, question: AttentionQuestion) -> AttentionView:
    """All heads of a reading with attention."""
    every = with_mean(reading)
    return heads_view(reading, question, lambda hide: between(reading, every, question.level, hide))


def heads_view(
    reading: Reading, question: AttentionQuestion, weights_of: Callable[[bool], Weights]
) -> AttentionView:
    """The view of what every head does.

    Args:
        reading: of the text.
        question: what is asked for.
        weights_of: the weights ``[L, H + 1, N, N]`` with special positions hidden, or not.
    """
    weights = weights_of(question.hide_special)
    between_words = weights if question.hide_special else weights_of(True)
    heads = profile(between_words, first=0)
    return AttentionView(
        weights=weights,
        heads=heads,
        even=even(between_words),
        first=most_telling(heads),
        pictures=small_pictures(weights.matrix),
        notes=reading.word_notes,
    )


ATTENTION = Analysis("attention", AttentionView, _compute, large=True)


def examples() -> list[Example[AttentionQuestion, AttentionView]]:
    """The sentence that every page begins with; it also tells with which head to begin."""
    able = (family for family in FAMILIES.values() if "attention" in family.capabilities)
    families = tuple(family.name for family in able)
    return [Example(ATTENTION, families, (AttentionQuestion((EXAMPLE,)),))]


def profile(weights: Weights, first: int = 1) -> tuple[HeadProfile, ...]:
    """What every head does, layer by layer, from ``[L, H, N, N]`` without the special positions.

    Rows with fewer than :data:`lmcore.analyses.attention.CHOICE` units to look at are left out of
    the means. ``first`` is the number of the first head: 0 where the mean stands before the heads.
    """
    layers, heads = weights.matrix.shape[:2]
    flat = weights.matrix.reshape(layers * heads, *weights.matrix.shape[2:])
    special = weights.hidden.sum(axis=-1).mean(axis=-1).reshape(-1)
    seen = _seen(flat)
    rows = seen.sum(axis=-1) >= CHOICE
    known = np.nan_to_num(flat)
    entropy = -(known * np.log(np.maximum(known, 1e-12))).sum(axis=-1)  # [LH, N]
    far = np.abs(offsets(len(seen)))
    shares = {place: _share_at(known, seen, rows, step) for place, step in STEPS.items()}
    columns = {
        "special": special,
        "entropy": _mean_of(entropy, rows),
        "spread": _mean_of(np.exp(entropy), rows),
        "distance": _mean_of((known * far).sum(axis=-1), rows),
    }
    visible = float(seen.sum(axis=-1)[rows].mean()) if rows.any() else math.nan
    profiles = []
    for number in range(layers * heads):
        values = {name: float(column[number]) for name, column in columns.items()}
        places = {place: float(share[number]) for place, share in shares.items()}
        pattern = _pattern(places, values["special"], values["spread"], visible)
        layer, head = divmod(number, heads)
        profiles.append(HeadProfile(layer + 1, head + first, pattern, places, **values))
    return tuple(profiles)


def _pattern(shares: dict[Place, float], special: float, spread: float, visible: float) -> Pattern:
    """The class of a head; ``visible`` is the mean number of units that a unit can see."""
    if special > MOSTLY:
        return "delimiter"
    best = max(shares, key=lambda place: np.nan_to_num(shares[place]))
    if shares[best] > MOSTLY:
        return best
    return "selective" if spread < MOSTLY * visible else "broad"


def even(weights: Weights) -> Even:
    """What :func:`profile` would say of a head ``[N, N]`` that spreads its weight evenly."""
    seen = _seen(weights.matrix.reshape(-1, *weights.matrix.shape[-2:]))
    counts = seen.sum(axis=-1)
    rows = counts >= CHOICE
    spread = (seen / np.maximum(counts[:, None], 1))[None]
    shares = {place: float(_share_at(spread, seen, rows, step)[0]) for place, step in STEPS.items()}
    return Even(shares, float(counts[rows].mean()) if rows.any() else math.nan)


def most_telling(heads: tuple[HeadProfile, ...]) -> tuple[int, int]:
    """Layer and head (from 1) that follow one position most, to begin with; never a mean."""
    single = [head for head in heads if head.head]
    best = max(
        single, key=lambda head: np.nan_to_num([*head.shares.values()]).max() * (1 - head.special)
    )
    return best.layer, best.head


def _seen(flat: np.ndarray) -> np.ndarray:
    """bool ``[N, N]``: which unit any of the heads ``[heads, N, N]`` can look at."""
    return (~np.isnan(flat)).any(axis=0)


def _share_at(known: np.ndarray, seen: np.ndarray, rows: np.ndarray, step: int) -> np.ndarray:
    """Mean weight ``[heads]`` at a fixed distance, over the rows where something stands there."""
    there = (offsets(len(seen)) == step) & seen & rows[:, None]
    return _mean_of((known * there).sum(axis=-1), there.any(axis=-1))


def _mean_of(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Mean of ``[heads, N]`` over chosen rows; NaN where there are none."""
    if not rows.any():
        return np.full(len(values), np.nan)
    means: np.ndarray = values[:, rows].mean(axis=-1)
    return means


def small_pictures(matrix: np.ndarray, most: int = MOST_CELLS) -> np.ndarray:
    """Small pictures of all heads: uint8 ``[L, H + 1, n, n]``, 0 blank, 1 to 255 weight.

    The largest weight of the single heads gets the last colour. The root of the weight is shown, so
    that weak patterns can be seen as well. ``matrix [L, H + 1, N, N]`` begins with the mean and is
    NaN where nothing can be seen. Above ``most`` units (fewer where there are hundreds of heads),
    each cell shows the largest weight of a block, so that thin lines do not vanish.
    """
    layers, columns, units, _ = matrix.shape
    top = top_of(*matrix[:, 1:].reshape(-1, units, units))
    most = max(6, min(most, int(math.sqrt(MOST_BYTES / (layers * columns)))))
    block = math.ceil(units / most)
    cells = math.ceil(units / block)
    rest = cells * block - units
    padded = np.pad(matrix, [(0, 0), (0, 0), (0, rest), (0, rest)], constant_values=np.nan)
    blocks = padded.reshape(layers, columns, cells, block, cells, block)
    # -1 stands for blank: a block is blank only where every weight of it is.
    largest = np.nan_to_num(blocks, nan=-1.0).max(axis=(3, 5))
    shade = 1 + np.rint(254 * np.sqrt(np.clip(largest / top, 0.0, 1.0)))
    return np.where(largest < 0, 0, shade).astype(np.uint8)
