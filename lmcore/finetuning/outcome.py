"""What a training has to say: its passes, and how it did on the test part.

Whether a saved state belongs to a training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from lmcore.finetuning.task import Split, Task
from lmcore.readers.base import Reader


@dataclass(frozen=True)
class Epoch:
    """One pass over the training part.

    Attributes:
        epoch: from 1.
        loss: mean cross-entropy of the training examples, in nats (L2).
        language: mean loss of the language model (L1), in nats a piece, or ``None``.
        validation_loss: cross-entropy of the validation part.
        validation_accuracy: 0 to 1.
    """

    epoch: int
    loss: float
    language: float | None
    validation_loss: float
    validation_accuracy: float


@dataclass(frozen=True)
class Outcome:
    """What a finished run has to say.

    Attributes:
        epochs: in their order.
        best: the epoch whose weights were kept.
        probabilities: float ``[N, C]`` for the test part.
        gold: int ``[N]``.
        mix: ELMo's weights of layers ``[L + 1]``, or ``None``.
        gamma: their factor, or ``None``.
        truncated: how many examples were cut to fit, all parts together.
    """

    epochs: tuple[Epoch, ...]
    best: int
    probabilities: np.ndarray
    gold: np.ndarray
    mix: np.ndarray | None
    gamma: float | None
    truncated: int

    @property
    def answers(self) -> np.ndarray:
        """The likeliest answers, int ``[N]``."""
        return self.probabilities.argmax(axis=1)


def identity(reader: Reader, task: Task, parts: Split) -> dict[str, str]:
    """What a training is of: a state of another one must not be taken up."""
    card = reader.card
    return {
        "family": reader.family,
        "weights": str(card.values.get("sha256") or f"{card.name}, {card.parameters}"),
        "kind": task.kind,
        "split": parts.fingerprint(),
    }


def mismatch(
    state: Mapping[str, Any],
    of: Mapping[str, str],
    settings: Mapping[str, Any],
    shapes: Mapping[str, Any],
) -> str | None:
    """The first thing in a state that does not belong to a training, or ``None``.

    Args:
        state: see :meth:`lmcore.finetuning.run.Run.state`.
        of: the training's own :func:`identity`.
        settings: its own.
        shapes: of the weights that learn, by name.
    """
    for own, theirs in ((of, state.get("of", {})), (settings, state.get("settings", {}))):
        for name in sorted({*own, *theirs}):
            if name not in own or name not in theirs or own[name] != theirs[name]:
                return name
    for weights in (state.get("learned", {}), state.get("best") or shapes):
        for name in sorted({*shapes, *weights}):
            there = weights.get(name)
            if name not in shapes or getattr(there, "shape", there) != shapes[name]:
                return name
    return None
