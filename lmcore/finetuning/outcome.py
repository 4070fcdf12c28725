"""What a training has to say while it runs and in the end, and whether a saved state is of it."""

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
class Standing:
    """Where a training stands.

    Attributes:
        share: how much is behind, 0 to 1; an early end jumps to 1.
        steps: batches learned from; 0 while the examples are still being read.
        epoch: the pass under way, from 1 to ``epochs``.
        epochs: passes at the most.
        seconds: of work so far.
        accuracies: of the validation part after each pass that is behind, 0 to 1.
    """

    share: float
    steps: int
    epoch: int
    epochs: int
    seconds: float
    accuracies: tuple[float, ...]


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
    def kept(self) -> Epoch:
        """The pass whose weights were kept; of an outcome with passes."""
        return self.epochs[self.best - 1]

    @property
    def answers(self) -> np.ndarray:
        """The likeliest answers, int ``[N]``."""
        return self.probabilities.argmax(axis=1)


@dataclass(frozen=True)
class Observation:
    """What a network makes of one example.

    Attributes:
        pieces: ``[P]`` of its first sequence.
        layers: float32 ``[L + 1, P, D]``.
        attention: float32 ``[L, H, P, P]``, or ``None`` where the architecture has none.
        decides: the position that the classifier sits on, ``None`` where it takes all of them.
    """

    pieces: tuple[str, ...]
    layers: np.ndarray
    attention: np.ndarray | None
    decides: int | None = None


def identity(reader: Reader, task: Task, parts: Split) -> dict[str, str]:
    """What a training is of: a state of another one must not be taken up.

    Args:
        reader: what is trained.
        task: on what.
        parts: of the task.
    """
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
        of: the :func:`identity` of the training.
        settings: of the training.
        shapes: of the weights that learn, by name.
    """
    for expected, actual in ((of, state.get("of", {})), (settings, state.get("settings", {}))):
        for name in sorted({*expected, *actual}):
            both = name in expected and name in actual
            if not both or expected[name] != actual[name]:
                return name
    for weights in (state.get("learned", {}), state.get("best") or shapes):
        for name in sorted({*shapes, *weights}):
            there = weights.get(name)
            if name not in shapes or getattr(there, "shape", there) != shapes[name]:
                return name
    return None
