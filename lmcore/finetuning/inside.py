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
from typing import TYPE_CHECKING

import numpy as np

from lmcore.outputs.reading import cosine, cosine_matrix
from lmcore.readers.base import Reader

if TYPE_CHECKING:
    from lmcore.finetuning.learner import Learner


@dataclass(frozen=True)
class AttentionChange:
    """Attention of one network on one text, before and after.

    Attributes:
        before, after: float32 ``[L, H, P, P]``, row = position that looks.
        moved: float ``[L, H]``, how much attention each head gives elsewhere than before: half the
            sum of absolute differences of a row, mean over the rows; 0 where nothing has changed,
            1 where all attention has moved.
    """

    before: np.ndarray
    after: np.ndarray
    moved: np.ndarray

    def most(self) -> tuple[int, int]:
        """Layer and head, from 0, whose attention has moved most."""
        layer, head = np.unravel_index(int(self.moved.argmax()), self.moved.shape)
        return int(layer), int(head)


@dataclass(frozen=True)
class ChangeView:
    """One text in a network before and after.

    Attributes:
        pieces: ``[P]`` of the text.
        same: float ``[L + 1]``, mean cosine of a position with itself.
        chance: float ``[L + 1]``, mean cosine of different positions, before.
        decides: the position that the classifier sits on, ``None`` where it takes all of them.
        attention: ``None`` where the architecture has none.
    """

    pieces: tuple[str, ...]
    same: np.ndarray
    chance: np.ndarray
    decides: int | None
    attention: AttentionChange | None


@dataclass(frozen=True)
class Gaze:
    """Where the position that decides looks most in one head.

    Attributes:
        decider: the piece at that position.
        before, after: the pieces looked at most.
        share_before, share_after: their attention weights, 0 to 1.
    """

    decider: str
    before: str
    share_before: float
    after: str
    share_after: float


def untrained(reader: Reader, trained: Learner) -> Learner:
    """The network as it stood before its first step: made again from the same seed."""
    from lmcore.finetuning.learners import learner

    start = learner(reader, trained.kind, trained.width, trained.settings)
    start.eval()
    return start


def change(start: Learner, trained: Learner, texts: Sequence[str]) -> ChangeView:
    """What has changed for the texts of one example.

    Args:
        start: the network before (:func:`untrained`).
        trained: the same one after.
        texts: of the example.

    Raises:
        InputError: ``text_too_many_pieces``.
    """
    before, after = start.observe(texts), trained.observe(texts)
    same = np.nanmean(cosine(before.layers, after.layers), axis=1)
    attention = None
    if before.attention is not None and after.attention is not None:
        moved = 0.5 * np.abs(before.attention - after.attention).sum(axis=-1).mean(axis=-1)
        attention = AttentionChange(before.attention, after.attention, moved)
    return ChangeView(before.pieces, same, _among(before.layers), after.decides, attention)


def _among(layers: np.ndarray) -> np.ndarray:
    """Mean cosine of different positions in each layer of ``[L + 1, P, D]``."""
    count = layers.shape[1]
    if count < 2:
        return np.full(len(layers), np.nan)
    others = ~np.eye(count, dtype=bool)
    return np.array([float(np.nanmean(cosine_matrix(vectors)[others])) for vectors in layers])


def gaze(view: ChangeView, layer: int, head: int) -> Gaze | None:
    """Where the position that decides looks most in a head, before and after.

    ``None`` where there is no such position or no attention.

    Args:
        view: of one text.
        layer, head: from 0.
    """
    if view.decides is None or view.attention is None:
        return None
    before = view.attention.before[layer, head, view.decides]
    after = view.attention.after[layer, head, view.decides]
    old, new = int(before.argmax()), int(after.argmax())
    pieces = view.pieces
    return Gaze(
        pieces[view.decides], pieces[old], float(before[old]), pieces[new], float(after[new])
    )


def cka(before: np.ndarray, after: np.ndarray) -> float:
    """Linear CKA of two ``[N, D]``; NaN where one of them does not vary."""
    x, y = before - before.mean(axis=0), after - after.mean(axis=0)
    x, y = x.astype(np.float64), y.astype(np.float64)
    size = np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y)
    return float(np.linalg.norm(x.T @ y) ** 2 / size) if size > 0 else float("nan")


def cka_by_layer(start: Learner, trained: Learner, texts: Sequence[Sequence[str]]) -> np.ndarray:
    """Linear CKA of every layer over all positions of some examples, float ``[L + 1]``.

    Args:
        start: the network before (:func:`untrained`).
        trained: the same one after.
        texts: of each example.
    """
    before = [start.observe(example).layers for example in texts]
    after = [trained.observe(example).layers for example in texts]
    x, y = np.concatenate(before, axis=1), np.concatenate(after, axis=1)
    return np.array([cka(*layer) for layer in zip(x, y, strict=True)])
