"""Which examples a training learns from together."""

from __future__ import annotations

import numpy as np

#: So many batches of a pass are sorted by length together: padding costs as much as words do.
WINDOW = 8


def batches(lengths: np.ndarray, size: int, seed: int, epoch: int) -> list[np.ndarray]:
    """Rows of each batch of a pass; nothing but the arguments decides.

    Drawn by chance, then sorted by length within windows of :data:`WINDOW` batches, so that a batch
    has little padding, then the batches are drawn by chance again. Of a small training part the
    windows are smaller: else each pass would have the same batches.

    Args:
        lengths: positions of each example ``[N]``.
        size: examples of a batch; the last one may have fewer.
        seed: of the training.
        epoch: number of the pass.

    Returns:
        every row of ``0 … N - 1`` once.
    """
    random = np.random.default_rng([seed, epoch])
    rows = random.permutation(len(lengths))
    window = size * max(1, min(WINDOW, -(-len(lengths) // size) // 4))
    windows = np.split(rows, range(window, len(rows), window))
    ordered = [own[np.argsort(lengths[own], kind="stable")] for own in windows]
    drawn = np.split(np.concatenate(ordered), range(size, len(rows), size))
    return [drawn[place] for place in random.permutation(len(drawn))]
