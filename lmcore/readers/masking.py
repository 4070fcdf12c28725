"""Which pieces a masked language model is asked for (Devlin et al. 2018, section 3.1)."""

from __future__ import annotations

import numpy as np

#: What is asked in a text on which a loss is measured.
MASKED_SHARE = 0.15


def mask(
    ids: np.ndarray,
    random: np.random.Generator,
    share: float,
    mask_entry: int,
    ordinary: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Choose pieces to predict: 80 % become ``[MASK]``, 10 % a random piece, 10 % stay.

    Args:
        ids: entries of the vocabulary, any shape.
        random: makes all choices.
        share: chance of each piece to be chosen.
        mask_entry: the entry of ``[MASK]``.
        ordinary: bool ``[V]``, entries that may be asked for and put in (none of the special ones).

    Returns:
        ids with masks, and targets (-1 where nothing is asked), both of the shape of ``ids``.
    """
    chosen = (random.random(ids.shape) < share) & ordinary[ids]
    kind = random.random(ids.shape)
    masked = ids.copy()
    masked[chosen & (kind < 0.8)] = mask_entry
    swapped = chosen & (kind >= 0.8) & (kind < 0.9)
    entries = np.flatnonzero(ordinary)
    masked[swapped] = entries[random.integers(0, len(entries), int(swapped.sum()))]
    return masked, np.where(chosen, ids, -1)
