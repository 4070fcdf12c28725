"""What fine-tuning has changed inside a network: layers and attention before and after.

Two measures for each layer, both 1 where nothing has changed:

* the mean cosine similarity between the vector of a position before and the vector of the same
  position after, over one text. Beside it stands what chance gives: the mean cosine similarity of
  *different* positions of that text before.
* linear CKA (Kornblith et al. 2019, section 3.1) over the positions of several texts:
  ‖Xᵀ Y‖² / (‖Xᵀ X‖ ‖Yᵀ Y‖), X and Y centred. It asks whether the vectors lie to each other as they
  did, whatever a rotation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lmcore.finetuning.learners import Learner, Observation, learner
from lmcore.outputs.reading import cosine, cosine_matrix
from lmcore.readers.base import Reader


@dataclass(frozen=True)
class Change:
    """One text in a network before and after.

    Attributes:
        before, after: what the network made of it.
        same: float ``[L + 1]``, mean cosine of a position with itself.
        chance: float ``[L + 1]``, mean cosine of different positions, before.
    """

    before: Observation
    after: Observation
    same: np.ndarray
    chance: np.ndarray


def untrained(reader: Reader, trained: Learner) -> Learner:
    """The network as it stood before its first step: made again from the same seed."""
    start = learner(reader, trained.kind, trained.width, trained.settings)
    start.eval()
    return start


def change(start: Learner, trained: Learner, texts: Sequence[str]) -> Change:
    """What has changed for the texts of one example.

    Raises:
        InputError: ``text_too_many_pieces``.
    """
    before, after = start.observe(texts), trained.observe(texts)
    same = np.nanmean(cosine(before.layers, after.layers), axis=1)
    return Change(before, after, same, _among(before.layers))


def _among(layers: np.ndarray) -> np.ndarray:
    """Mean cosine of different positions in each layer of ``[L + 1, P, D]``."""
    count = layers.shape[1]
    if count < 2:
        return np.full(len(layers), np.nan)
    others = ~np.eye(count, dtype=bool)
    return np.array([float(np.nanmean(cosine_matrix(own)[others])) for own in layers])


def cka(before: np.ndarray, after: np.ndarray) -> float:
    """Linear CKA of two ``[N, D]``; NaN where one of them does not vary."""
    x, y = before - before.mean(axis=0), after - after.mean(axis=0)
    x, y = x.astype(np.float64), y.astype(np.float64)
    size = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(np.linalg.norm(x.T @ y) ** 2 / size) if size > 0 else float("nan")


def cka_by_layer(start: Learner, trained: Learner, texts: Sequence[Sequence[str]]) -> np.ndarray:
    """Linear CKA of every layer over all positions of some examples, float ``[L + 1]``."""
    before = [start.observe(own).layers for own in texts]
    after = [trained.observe(own).layers for own in texts]
    x, y = np.concatenate(before, axis=1), np.concatenate(after, axis=1)
    return np.array([cka(*own) for own in zip(x, y, strict=True)])


def attention_moved(own: Change) -> np.ndarray | None:
    """How much attention each head gives elsewhere than before, float ``[L, H]``.

    Half the sum of absolute differences of a row, mean over the rows: 0 where nothing has changed,
    1 where all attention has moved. ``None`` where there is no attention.
    """
    if own.before.attention is None or own.after.attention is None:
        return None
    return 0.5 * np.abs(own.before.attention - own.after.attention).sum(axis=-1).mean(axis=-1)
