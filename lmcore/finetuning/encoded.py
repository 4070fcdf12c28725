"""The parts of a task as a network gets them: encoded bit by bit, and asked for by length."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from lmcore.finetuning import steps
from lmcore.finetuning.learner import Learner
from lmcore.finetuning.task import Example, Split

#: Examples that are encoded at once.
READ_AT_ONCE = 16


class EncodedParts:
    """Training, validation and test part of one training.

    Attributes:
        items: what is encoded so far, by part.
    """

    def __init__(self, learner: Learner, parts: Split) -> None:
        self._learner = learner
        self._examples: dict[str, Sequence[Example]] = {
            "train": parts.train,
            "validation": parts.validation,
            "test": parts.test,
        }
        self.items: dict[str, list[Any]] = {part: [] for part in self._examples}
        self._by_length: dict[str, np.ndarray] = {}
        self._batched: tuple[int, list[np.ndarray]] | None = None

    @property
    def share(self) -> float:
        """How much is encoded, 0 to 1."""
        total = sum(map(len, self._examples.values()))
        return sum(map(len, self.items.values())) / max(1, total)

    def read_some(self) -> bool:
        """Encode the next examples; false where all are.

        Raises:
            InputError: ``text_too_many_pieces``.
        """
        for part, examples in self._examples.items():
            done = self.items[part]
            if len(done) < len(examples):
                done += self._learner.encode(examples[len(done) : len(done) + READ_AT_ONCE])
                return True
        return False

    def drop(self) -> int:
        """Give up what is encoded; how many examples had been cut to fit."""
        cut = sum(self._learner.left_out(items) for items in self.items.values())
        self.items = {part: [] for part in self.items}
        return cut

    def batches(self, epoch: int) -> list[np.ndarray]:
        """Rows of each batch of a pass over the training part, kept until another is asked for."""
        if self._batched is None or self._batched[0] != epoch:
            settings = self._learner.settings
            lengths = self._lengths("train")
            rows = steps.batches(lengths, settings.batch, settings.seed, epoch)
            self._batched = (epoch, rows)
        return self._batched[1]

    def next_of(self, part: str, begin: int, count: int) -> list[Any]:
        """The next examples of a part, the shortest first: answers do not depend on neighbours.

        Args:
            part: ``train``, ``validation`` or ``test``.
            begin: how many are behind.
            count: how many are wanted.
        """
        return [self.items[part][row] for row in self._sorted(part)[begin : begin + count]]

    def in_order(self, part: str, answers: Sequence[np.ndarray]) -> np.ndarray:
        """Answers ``[N, C]`` of a whole part, given by :meth:`next_of`, in the part's own order."""
        return np.concatenate(answers)[np.argsort(self._sorted(part), kind="stable")]

    def _sorted(self, part: str) -> np.ndarray:
        if part not in self._by_length:
            self._by_length[part] = np.argsort(self._lengths(part), kind="stable")
        return self._by_length[part]

    def _lengths(self, part: str) -> np.ndarray:
        return np.array([self._learner.length(item) for item in self.items[part]])
