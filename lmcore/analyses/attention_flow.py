"""What is looked at more closely on request: norms, rollout, and whether two measures agree.

Norms are not attention: they tell how long the vector is that a head really carries from one word
to another (:mod:`lmcore.readers.attention_norms`). A row is scaled to 1 here like a row of
attention, so that both can be read as shares, and only so.

Letters in shapes: L layers, H heads, P pieces, W words, N units, S special positions left out.
"""

from dataclasses import dataclass

import numpy as np

from lmcore.analyses.analysis import Analysis
from lmcore.analyses.attention import (
    Level,
    Weights,
    between,
    heads_of,
    mask_of,
    read,
    scaled,
    units_of,
    visible,
)
from lmcore.analyses.attention_heads import AttentionQuestion, AttentionView, heads_view
from lmcore.outputs.reading import Reading, WordNotes
from lmcore.readers.base import Reader

#: Fewer pairs than this say nothing about agreement.
LEAST_PAIRS = 6


def _norm_weights(reader: Reader, reading: Reading, level: Level, hide_special: bool) -> Weights:
    """Shares of each unit's incoming vector length, ``[L, H + 1, N, N]``.

    Place 0 is all heads of the layer together (the length of their sum), place h is head h.
    """
    every = units_of(reading, level, hide_special=False)
    norms = reader.norms(reading, every.pieces)
    lengths = np.concatenate([norms.together[:, None], norms.heads], axis=1)
    total = lengths.sum(axis=-1, keepdims=True)
    shares = lengths / np.where(total > 0, total, 1.0)
    special = np.array([reading.pieces[int(unit.argmax())].special for unit in every.pieces])
    hidden = np.flatnonzero(special & hide_special)
    kept = np.flatnonzero(~(special & hide_special))
    return Weights(
        tuple(every.names[place] for place in kept),
        scaled(shares[..., kept, :][..., kept], visible(reading, every)[kept][:, kept]),
        tuple(every.names[place] for place in hidden),
        shares[..., kept, :][..., hidden].astype(np.float32),
    )


def _norms(reader: Reader, question: AttentionQuestion) -> AttentionView:
    reading = read(reader, question.texts)
    return heads_view(
        reading, question, lambda hide: _norm_weights(reader, reading, question.level, hide)
    )


@dataclass(frozen=True)
class RolloutView:
    """Attention of all layers multiplied through.

    Attributes:
        weights: ``[L, N, N]``, up to each layer.
        notes: what the reader did to the words.
    """

    weights: Weights
    notes: WordNotes


def _rollout(reader: Reader, question: AttentionQuestion) -> RolloutView:
    reading = read(reader, question.texts)
    weights = between(reading, rollout(reading), question.level, question.hide_special)
    return RolloutView(weights, reading.word_notes)


NORMS = Analysis("attention_norms", AttentionView, _norms, large=True)
ROLLOUT = Analysis("attention_rollout", RolloutView, _rollout, large=True)


def rollout(reading: Reading) -> np.ndarray:
    """What reaches each piece through all layers up to each, ``[L, P, P]``, each row sums to 1.

    Abnar and Zuidema 2020, equation 1: ``R_l = (0.5 W_l + 0.5 I) R_{l-1}`` with ``W_l`` the mean of
    the heads. Under a causal mask early pieces gather weight whatever the heads do, because more
    positions can see them; the authors ask to normalise by the receptive field and give no formula.
    Here a piece's share of itself stays as it is, and the rest is divided by what perfectly even
    attention would carry through the same mask and scaled back to its total. Where everybody sees
    everybody this changes nothing, so one rule serves GPT and BERT.
    """
    weights = heads_of(reading).mean(axis=1).astype(np.float64)
    mask = mask_of(reading).astype(np.float64)
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
class Agreement:
    """Spearman's rank correlation of two maps.

    Attributes:
        rho: -1 to 1; NaN where there are too few pairs, or one map is flat.
        pairs: over how many pairs of words.
    """

    rho: float
    pairs: int


def agreement(first: np.ndarray, second: np.ndarray) -> Agreement:
    """Rank correlation of two maps ``[W, W]`` over pairs of words of which one can see the other.

    A word's share of itself is left out: it is by far the largest in both maps and would make any
    two of them agree. Rows sum to 1; cells are NaN or 0 where nothing can be seen.
    """
    apart = ~np.eye(len(first), dtype=bool)
    seen = apart & (np.nan_to_num(first) > 0) & (np.nan_to_num(second) > 0)
    pairs = int(seen.sum())
    if pairs < LEAST_PAIRS or min(np.unique(first[seen]).size, np.unique(second[seen]).size) < 2:
        return Agreement(float("nan"), pairs)
    from scipy.stats import spearmanr

    return Agreement(float(spearmanr(first[seen], second[seen]).statistic), pairs)
