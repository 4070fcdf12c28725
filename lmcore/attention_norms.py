"""Norm-weighted attention between words or pieces, in the form of the pictures.

What :mod:`lmcore.readers.norms` measures is not attention: it tells how long the vector is that a
head really carries from one word to another. A row is scaled to 1 here like a row of attention, so
that both can be read as shares, and only so.

Letters in shapes: L layers, H heads, N units, S special positions left out.
"""

from __future__ import annotations

import numpy as np

from lmcore.attention import Level, Weights, sight, units_of
from lmcore.readers.base import Reader
from lmcore.reading import Reading, pool_attention


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
