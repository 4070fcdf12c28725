"""What attention heads look at, between words or pieces, and how it adds up over the layers.

Three quantities are kept apart here and on the page. *Attention*: the weights of one head.
*Rollout*: the weights of several layers multiplied through. *Influence*: how much an input moves a
vector (:mod:`lmcore.readers.attribution`), the only one of the three that ELMo has.

Letters in shapes: L layers, H heads, P pieces (special positions included), W words, N units (the
rows and columns of a picture: words or pieces), S special positions left out.

Norm-weighted attention between words or pieces, in the form of the pictures.

What :mod:`lmcore.readers.attention_norms` measures is not attention: it tells how long the vector
is that a head really carries from one word to another. A row is scaled to 1 here like a row of
attention, so that both can be read as shares, and only so.

Letters in shapes: L layers, H heads, N units, S special positions left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lmcore.outputs.reading import Reading, pool_attention
from lmcore.readers.base import Reader

Level = Literal["words", "pieces"]

#: Rows with fewer units in sight than this have hardly a choice; GPT's first word has none.
CHOICE = 3


@dataclass(frozen=True)
class Weights:
    """Weights between the units of a sentence, as a picture shows them.

    Attributes:
        names: ``[N]`` the units: words as the user wrote them, pieces as the vocabulary does.
        matrix: float32 ``[..., N, N]``; row = unit that looks, column = unit looked at; every row
            sums to 1; NaN where the architecture cannot look.
        specials: ``[S]`` names of the special positions left out.
        hidden: float32 ``[..., N, S]``, the share of each row that went to each of them.
    """

    names: tuple[str, ...]
    matrix: np.ndarray
    specials: tuple[str, ...]
    hidden: np.ndarray

    def at(self, *index: int) -> Weights:
        """One head of several, or one layer."""
        return Weights(self.names, self.matrix[index], self.specials, self.hidden[index])

    def hidden_shares(self) -> dict[str, float]:
        """Mean share that went to each kind of hidden position, the largest first."""
        shares: dict[str, float] = {}
        for name, share in zip(self.specials, self.hidden.mean(axis=-2).tolist(), strict=True):
            shares[name] = shares.get(name, 0.0) + share
        return dict(sorted(shares.items(), key=lambda item: -item[1]))


def to_words(reading: Reading, attention: np.ndarray, hide_special: bool = True) -> Weights:
    """Attention between words: the sum to their pieces, the mean from them (Clark et al. 2019).

    Args:
        reading: with attention; the mask is read off its weights.
        attention: ``[..., P, P]``, some of the reading's heads or what was made of them.
        hide_special: leave out ``[CLS]``, ``[SEP]``, ``<s>``, scale what is left of each row to 1
            and report what was left out; otherwise they stand as units among the words.
    """
    return _between(reading, attention, *units_of(reading, "words", hide_special))


def to_pieces(reading: Reading, attention: np.ndarray, hide_special: bool = True) -> Weights:
    """Attention between pieces; see :func:`to_words`."""
    return _between(reading, attention, *units_of(reading, "pieces", hide_special))


#: How to get from pieces to the units of each level.
TO: dict[Level, Callable[[Reading, np.ndarray, bool], Weights]] = {
    "words": to_words,
    "pieces": to_pieces,
}


def units_of(reading: Reading, level: Level, hide: bool) -> tuple[tuple[str, ...], np.ndarray]:
    """Names ``[N]`` and word_pieces ``[N, P]`` of the units, in the order of their first pieces."""
    own = np.eye(len(reading.pieces), dtype=bool)
    units: list[tuple[int, str, np.ndarray]] = [
        (place, piece.text, own[place])
        for place, piece in enumerate(reading.pieces)
        if (piece.special and not hide) or (level == "pieces" and not piece.special)
    ]
    if level == "words":
        units += [
            (int(np.argmax(pieces)), word.text, pieces)
            for word, pieces in zip(reading.sentence.words, reading.word_pieces, strict=True)
        ]
    units.sort(key=lambda unit: unit[0])
    return tuple(name for _, name, _ in units), np.stack([pieces for _, _, pieces in units])


def _between(
    reading: Reading, attention: np.ndarray, names: tuple[str, ...], word_pieces: np.ndarray
) -> Weights:
    pooled = pool_attention(word_pieces, attention)
    left = pooled.sum(axis=-1, keepdims=True)
    scaled = np.divide(pooled, left, out=np.full_like(pooled, np.nan), where=left > 1e-9)
    visible = pool_attention(word_pieces, sight(reading)) > 0
    shown = set(np.flatnonzero(word_pieces.any(axis=0)).tolist())
    out = [p for p, piece in enumerate(reading.pieces) if piece.special and p not in shown]
    rows = word_pieces / word_pieces.sum(axis=1, keepdims=True)
    return Weights(
        names,
        np.where(visible, scaled, np.nan).astype(np.float32),
        tuple(reading.pieces[p].text for p in out),
        (rows @ attention[..., out]).astype(np.float32),
    )


def sight(reading: Reading) -> np.ndarray:
    """Which piece can look at which, read off the weights: float ``[P, P]`` of 0 and 1.

    A softmax never gives 0 unless the mask does.
    """
    return (_weights_of(reading).max(axis=(0, 1)) > 0).astype(np.float32)


def _weights_of(reading: Reading) -> np.ndarray:
    if reading.attention is None:
        raise ValueError(f"a reading of {reading.family} has no attention")
    return reading.attention


def influence_weights(names: tuple[str, ...], matrix: np.ndarray) -> Weights:
    """An influence map ``[W, W]`` in the form of the pictures; zero is what cannot be seen."""
    nothing = np.zeros((len(names), 0), dtype=np.float32)
    return Weights(names, np.where(matrix > 0, matrix, np.nan).astype(np.float32), (), nothing)


def rollout(reading: Reading) -> np.ndarray:
    """What reaches each piece through all layers up to each, normalised by the receptive field.

    Abnar and Zuidema 2020, equation 1: ``R_l = (0.5 W_l + 0.5 I) R_{l-1}`` with ``W_l`` the mean of
    the heads. Under a causal mask early pieces gather weight whatever the heads do, because more
    positions can see them; the authors ask to normalise by the receptive field and give no formula.
    Here the share that is a piece's own stays as it is, and the rest is divided by what perfectly
    even attention would carry through the same mask and scaled back to its total. Where everybody
    sees everybody this changes nothing, so one rule serves GPT and BERT.

    Returns:
        float32 ``[L, P, P]``, each row sums to 1.
    """
    weights = _weights_of(reading).mean(axis=1).astype(np.float64)
    mask = sight(reading).astype(np.float64)
    even = mask / mask.sum(axis=-1, keepdims=True)
    raw, null = np.eye(len(mask)), np.eye(len(mask))
    layers = []
    for layer in weights:
        raw = 0.5 * (layer @ raw + raw)
        null = 0.5 * (even @ null + null)
        layers.append(_per_field(raw, null))
    return np.stack(layers).astype(np.float32)


def _per_field(raw: np.ndarray, null: np.ndarray) -> np.ndarray:
    """Off the diagonal, ``raw`` divided by ``null`` and scaled back to its row's total."""
    others = ~np.eye(len(raw), dtype=bool)
    ratio = np.where(others, raw / np.where(null > 0, null, 1.0), 0.0)
    total = np.where(others, raw, 0.0).sum(axis=-1, keepdims=True)
    scale = total / np.maximum(ratio.sum(axis=-1, keepdims=True), 1e-30)
    return np.where(others, ratio * scale, raw)


@dataclass(frozen=True)
class Link:
    """One unit looking at another: indices, and the share of the row."""

    source: int
    target: int
    share: float


def standing_out(matrix: np.ndarray, include_self: bool = True) -> Link | None:
    """The link of ``[N, N]`` that is furthest above an even spread over what its row can see.

    The plain maximum would nearly always stand in the first rows of a causal map, which have little
    to choose from.
    """
    lifted = matrix * (~np.isnan(matrix)).sum(axis=-1, keepdims=True)
    lifted[~has_choice(matrix)] = np.nan
    if not include_self:
        lifted = without_self(lifted)
    if np.isnan(lifted).all():
        return None
    source, target = np.unravel_index(np.nanargmax(lifted), lifted.shape)
    return Link(int(source), int(target), float(matrix[source, target]))


@dataclass(frozen=True)
class Sides:
    """Mean shares of a map that come from the left, from the unit itself, from the right."""

    left: float
    own: float
    right: float


def sides(matrix: np.ndarray) -> Sides:
    """From where the weight of ``[N, N]`` comes, averaged over its rows."""
    known, away = np.nan_to_num(matrix), offsets(len(matrix))
    parts = ((known * (np.sign(away) == sign)).sum(axis=-1).mean() for sign in (-1, 0, 1))
    return Sides(*(float(part) for part in parts))


def without_self(matrix: np.ndarray) -> np.ndarray:
    """``[N, N]`` with a blank diagonal; nothing is scaled up."""
    return np.where(np.eye(len(matrix), dtype=bool), np.nan, matrix)


def has_choice(matrix: np.ndarray) -> np.ndarray:
    """bool ``[N]``: rows with enough in sight to say something, all rows if none has."""
    seen = (~np.isnan(matrix)).sum(axis=-1)
    return seen >= min(CHOICE, int(seen.max(initial=0)))


def top_of(*matrices: np.ndarray) -> float:
    """Upper end of a colour scale for some maps: their largest weight in rows with a choice."""
    tops = [matrix[has_choice(matrix)] for matrix in matrices]
    return max((float(np.nanmax(top)) for top in tops if not np.isnan(top).all()), default=1.0)


def offsets(size: int) -> np.ndarray:
    """int ``[N, N]``: column minus row."""
    return np.arange(size)[None, :] - np.arange(size)[:, None]


def norm_weights(reader: Reader, reading: Reading, level: Level, hide_special: bool) -> Weights:
    """Shares of each unit's incoming vector length.

    Args:
        reader: the one that made the reading.
        reading: with attention.
        level: words or pieces.
        hide_special: leave out special positions, scale what is left of each row to 1, and report
            the share that was left out.

    Returns:
        ``[L, H + 1, N, N]``: place 0 is all heads of the layer together (the length of their sum),
        place h is head h.
    """
    names, every = units_of(reading, level, hide=False)
    found = reader.norms(reading, every)
    lengths = np.concatenate([found.together[:, None], found.heads], axis=1)
    total = lengths.sum(axis=-1, keepdims=True)
    shares = lengths / np.where(total > 0, total, 1.0)
    special = np.array([reading.pieces[int(unit.argmax())].special for unit in every])
    hidden = np.flatnonzero(special & hide_special)
    kept = np.flatnonzero(~(special & hide_special))
    inner = shares[..., kept, :][..., kept]
    left = inner.sum(axis=-1, keepdims=True)
    scaled = np.divide(inner, left, out=np.full_like(inner, np.nan), where=left > 1e-9)
    visible = pool_attention(every[kept], sight(reading)) > 0
    return Weights(
        tuple(names[place] for place in kept),
        np.where(visible, scaled, np.nan).astype(np.float32),
        tuple(names[place] for place in hidden),
        shares[..., kept, :][..., hidden].astype(np.float32),
    )
