"""What the three ways to a task have in common: examples in, answers and losses out.

Letters in shapes: B examples, S sequences of an example, D dimensions, C numbers of an answer
(labels, or answers to choose from).
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from lmcore.finetuning import base
from lmcore.finetuning.base import SeededDropout, fill_linear
from lmcore.finetuning.outcome import Observation
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import Example, Kind
from lmcore.readers.base import Reader
from lmcore.runtime.scheduler import computing


class Scored(NamedTuple):
    """Answers of some examples.

    Attributes:
        logits: ``[B, C]``.
        language: mean loss of the language model on the same sequences, in nats a piece, or
            ``None`` where the method has no such part.
    """

    logits: Tensor
    language: Tensor | None = None


class Learner(nn.Module, ABC):
    """One reader on its way to a task, on copies of its weights: the reader itself never changes.

    Attributes:
        reader: the reader, or its twin with random weights.
        kind: of the task.
        width: C.
        settings: how to train.
        random: what dropout draws from.
    """

    family: ClassVar[str]
    #: Examples of a batch whose gradients are computed at once: the fewer, the less memory a step
    #: takes for a moment.
    at_once: ClassVar[int] = 16

    def __init__(self, reader: Reader, kind: Kind, width: int, settings: Settings) -> None:
        super().__init__()
        if not settings.pretrained:
            reader = base.random_twin(reader, settings.seed)
        self.reader: Any = reader
        self.kind, self.width, self.settings = kind, width, settings
        self.random = torch.Generator().manual_seed(settings.seed)

    def make_head(self, inputs: int) -> None:
        """The classifier: C numbers a sequence, or one number an answer to choose from."""
        outputs = 1 if self.kind == "choice" else self.width
        self.dropout = SeededDropout(self.settings.dropout, self.random)
        self.head = fill_linear(nn.Linear(inputs, outputs), self.random)

    def answer(self, vectors: Tensor, sequences: int) -> Tensor:
        """Vectors of sequences ``[B · S, D]`` to logits ``[B, C]``.

        Answers to choose from are scored one by one; otherwise the vectors of an example's
        sequences are added (two orders of a pair, Radford et al. 2018).
        """
        grouped = vectors.reshape(-1, sequences, vectors.shape[-1])
        if self.kind == "choice":
            return self.head(self.dropout(grouped))[..., 0]
        return self.head(self.dropout(grouped.sum(dim=1)))

    @abstractmethod
    def encode(self, examples: Sequence[Example]) -> list[Any]:
        """What the network gets of each example; done once.

        Raises:
            InputError: ``text_too_many_pieces``.
        """

    @abstractmethod
    def length(self, item: Any) -> int:
        """Positions of the longest sequence of an encoded example."""

    @abstractmethod
    def forward(self, items: Sequence[Any]) -> Scored:
        """Answers to some encoded examples; gradients flow where they are on."""

    @abstractmethod
    def observe(self, texts: Sequence[str]) -> Observation:
        """What the network makes of the texts of one example."""

    def predicted(self, items: Sequence[Any]) -> int:
        """Pieces of some encoded examples that :attr:`Scored.language` is the mean of."""
        return 0

    def penalty(self) -> Tensor:
        """What is added to the loss whatever the examples, a scalar."""
        return torch.zeros((), device=self.reader.device)

    def mix(self) -> tuple[np.ndarray, float] | None:
        """Learned weights of layers ``[L + 1]``, which sum to 1, and γ; ``None`` without a mix."""
        return None

    def left_out(self, items: Sequence[Any]) -> int:
        """How many of some encoded examples were cut to fit."""
        return 0

    def learned(self) -> dict[str, Tensor]:
        """Parameters that learn, by name."""
        return {name: p for name, p in self.named_parameters() if p.requires_grad}

    def probabilities(self, texts: Sequence[Sequence[str]]) -> np.ndarray:
        """Probabilities of the answers for some examples, float ``[N, C]``."""
        items = self.encode([Example(tuple(example), 0) for example in texts])
        self.eval()
        with computing():
            return self(items).logits.float().softmax(-1).cpu().numpy()
