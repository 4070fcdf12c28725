"""What the three families have in common when they are trained.

An objective owns its untrained network, draws batches from a packed corpus and gives a loss.
Drawing is a pure function of the seed, the step and the part of a step, so that a resumed run sees
what an unbroken one would, and several processes what one would. It happens on the device that
learns, and nothing in it waits for that device.
"""

import shutil
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import torch
from torch import Tensor

from lmcore.training.draws import DeviceCorpus, generator
from lmcore.training.packing import Packed


@dataclass(frozen=True)
class Schedule:
    """Warm-up, then constant, then linear to zero (trapezoid): a run can be lengthened later.

    Attributes:
        peak: highest learning rate of AdamW.
        warmup_steps: steps from zero to the peak.
        decay: last share of the run, in which the rate falls to zero.
        ramp: batches a step has in the end; their gradients are averaged.
    """

    peak: float
    warmup_steps: int
    decay: float = 0.4
    ramp: int = 1

    def batches(self, progress: float) -> int:
        """How many batches a step has: 1 at first, :attr:`ramp` from half of the run on."""
        return max(1, round(1 + (self.ramp - 1) * min(1.0, 2 * progress)))

    def rate(self, step: int, progress: float) -> float:
        """Learning rate at a step (from 0), where ``progress`` of the run (0 to 1) is behind."""
        warm = min(1.0, (step + 1) / self.warmup_steps)
        return self.peak * warm * min(1.0, max(0.0, (1.0 - progress) / self.decay))


@dataclass
class Batch:
    """Tensors of one part of a step and how many positions they read."""

    tensors: dict[str, Tensor]
    positions: int


class Objective(ABC):
    """One family's way to learn from running text."""

    family: ClassVar[str]
    #: The family's own; a run may have another.
    schedule: Schedule
    #: Unit of the validation loss, as the card states it.
    unit: ClassVar[str]
    #: The network that learns.
    network: Any
    #: Whether it begins with trained weights: the short rows that get a run going are left out.
    begun = False
    #: The row of :meth:`embeddings` that belongs to id 0 of the packed corpus.
    first_embedded: ClassVar[int] = 0
    #: The corpus on the device that learns (:meth:`place`).
    corpus: DeviceCorpus

    def __init__(self, train: Packed, valid: Packed | None, seed: int) -> None:
        self.train, self.valid, self.seed = train, valid, seed
        self.place(torch.device("cpu"))

    def place(self, device: torch.device) -> None:
        """Put the corpus, and what else batches are made of, on the device that learns."""
        if not hasattr(self, "corpus") or self.corpus.device != device:
            self.corpus = DeviceCorpus.of(self.train, device)

    def random(self, step: int, part: int = 0) -> torch.Generator:
        """The generator of a part of a step, whatever came before it."""
        return generator(self.corpus.device, self.seed, step, part)

    @abstractmethod
    def draw(self, step: int, progress: float, part: int = 0) -> Batch:
        """A batch of a step.

        Args:
            step: from 0.
            progress: share of the run that is behind.
            part: number of the batch in a step that has several.
        """

    @abstractmethod
    def embeddings(self) -> Tensor:
        """Weights ``[vocabulary, width]`` that may begin as skip-gram vectors of the entries."""

    @abstractmethod
    def loss(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """The loss to minimise (a float32 scalar, nats) and its parts for the log."""

    @abstractmethod
    def validate(self, limit: int | None = None) -> dict[str, float]:
        """Losses on held-out text with the full vocabulary; ``loss`` is the headline, in nats.

        At most about ``limit`` positions are read (a quick look while training).
        """

    @abstractmethod
    def save_files(self, folder: Path) -> dict[str, Any]:
        """Write vocabulary or tokenizer into a checkpoint folder and return ``config.json``."""


class PieceObjective(Objective):
    """A transformer over pieces: GPT's and BERT's.

    Args:
        train, valid: packed corpora.
        seed: of weights and draws.
        tokenizer: the file that goes into the checkpoint.
        positions: that a step reads.
        sizes: of the network, where they are not the family's own.
    """

    #: Sizes of the network by the names of its configuration.
    sizes: ClassVar[dict[str, int]]
    #: Which of them is the number of positions.
    longest: ClassVar[str]
    #: Up to this share of a fresh run the rows are short: they get it going soonest.
    early: ClassVar[float]

    def __init__(
        self,
        train: Packed,
        valid: Packed | None,
        seed: int,
        tokenizer: Path,
        positions: int = 4_096,
        **sizes: int,
    ) -> None:
        super().__init__(train, valid, seed)
        self.tokenizer, self.positions = tokenizer, positions
        self.config = self.sizes | sizes
        torch.manual_seed(seed)
        self.network = self.new_network()
        with torch.no_grad():
            table = self.position_table()
            table.copy_(sinusoids(*table.shape))

    @abstractmethod
    def new_network(self) -> Any:
        """The untrained network."""

    @abstractmethod
    def position_table(self) -> Tensor:
        """The weights of the positions, ``[positions, width]``."""

    @property
    def context(self) -> int:
        """Positions of the longest row."""
        return int(self.config[self.longest])

    def length(self, step: int, progress: float) -> int:
        """Length of a row: 32 at first, then 64, and every fourth step the full context."""
        early = progress < self.early and not self.begun
        return min(self.context, 32 if early else self.context if step % 4 == 0 else 64)

    def save_files(self, folder: Path) -> dict[str, Any]:
        """The tokenizer, and the sizes of the network."""
        shutil.copyfile(self.tokenizer, folder / "tokenizer.json")
        return self.config


def sinusoids(positions: int, width: int) -> Tensor:
    """Sinusoidal position vectors ``[positions, width]``: where learned positions start from.

    Vaswani et al. 2017, section 3.5, scaled to the standard deviation 0.02 of the other weights.
    """
    angle = torch.arange(positions)[:, None] / 10_000 ** (torch.arange(0, width, 2) / width)[None]
    return 0.02 * 2**0.5 * torch.stack([angle.sin(), angle.cos()], dim=-1).flatten(1)
