"""What a training has to say: its passes, and how it did on the test part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


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
