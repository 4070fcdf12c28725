"""A decoder on its way through a sentence with blanks, from left to right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lmcore.errors import InputError
from lmcore.readers.infilling.beam import Entries
from lmcore.readers.scoring import log_of

if TYPE_CHECKING:
    from lmcore.readers.transformer import TransformerReader

#: Positions that are read at once: bounds the memory for long sentences.
_AT_ONCE = 4_096


def total(values: np.ndarray) -> float:
    """ln of the sum of some probabilities given as ln p."""
    return float(np.logaddexp.reduce(values))


class LeftDecoder:
    """A decoder on its way through a sentence with blanks (a :class:`blanks.Decoder`).

    Args:
        reader: whose network.
        parts: ``[blanks + 1]`` pieces before, between and behind the blanks.

    Raises:
        InputError: ``blank_first``: nothing stands before the first blank, not even a start sign.
    """

    def __init__(self, reader: TransformerReader, parts: Sequence[Sequence[int]]) -> None:
        if not parts[0]:
            raise InputError("blank_first", reader=reader.card.name)
        self.reader, self.parts, self.blank = reader, parts, 0
        self.rows = [list(parts[0])]
        self.last, _ = self._read(0)

    def _read(self, scored: int) -> tuple[Tensor, np.ndarray]:
        """Last vectors ``[H, D]`` and ln p of the last ``scored`` pieces of each row."""
        ids, head = torch.tensor(self.rows, device=self.reader.device), self.reader.model.lm_head
        last, values = [], []
        for rows in ids.split(max(1, _AT_ONCE // ids.shape[1])):
            hidden = self.reader.body(rows).last_hidden_state
            last.append(hidden[:, -1])
            if scored:
                seen, wanted = hidden[:, -1 - scored : -1], rows[:, -scored:]
                flat = log_of(head, seen.flatten(0, 1), wanted.flatten()).double()
                values.append(flat.reshape(len(rows), -1).sum(1).numpy())
        return torch.cat(last), np.concatenate(values) if scored else np.zeros(len(ids))

    def log(self) -> Tensor:
        """See :meth:`Decoder.log`."""
        return self.reader.model.lm_head(self.last).float().log_softmax(-1).cpu()

    def advance(self, parents: Sequence[int], entries: Sequence[int]) -> np.ndarray:
        """See :meth:`Decoder.advance`."""
        return self.log_probabilities(parents, [[entry] for entry in entries])

    def log_probabilities(
        self, parents: Sequence[int], words: Sequence[Sequence[int]]
    ) -> np.ndarray:
        """:meth:`advance` with words of several pieces, equally many in each row.

        Returns:
            ``[len(words)]`` ln p of all that was read but the first pieces.
        """
        self.blank += 1
        behind = self.parts[self.blank]
        self.rows = [
            [*self.rows[parent], *word, *behind]
            for parent, word in zip(parents, words, strict=True)
        ]
        scored = len(words[0]) - 1 + len(behind)
        if self.blank + 1 == len(self.parts) and not scored:
            return np.zeros(len(words))  # the sentence ends with the blank: nothing is left to read
        self.last, values = self._read(scored)
        return values

    def keep(self, rows: Sequence[int]) -> None:
        """See :meth:`Decoder.keep`."""
        self.rows = [self.rows[row] for row in rows]
        self.last = self.last[list(rows)]


def sentence_scores(
    reader: TransformerReader, parts: Sequence[Sequence[int]], fillings: Sequence[Entries]
) -> np.ndarray:
    """ln p of whole sentences from the first blank on ``[fillings]``, read in one go."""
    rows = [
        [
            piece
            for entry, behind in zip(filling, parts[1:], strict=True)
            for piece in (entry, *behind)
        ]
        for filling in fillings
    ]
    start = len(parts[0]) - 1
    ids = torch.tensor([[*parts[0], *row] for row in rows], device=reader.device)
    values = []
    for group in ids.split(max(1, _AT_ONCE // ids.shape[1])):
        hidden = reader.body(group).last_hidden_state[:, start:-1].flatten(0, 1)
        flat = log_of(reader.model.lm_head, hidden, group[:, start + 1 :].flatten()).double()
        values.append(flat.reshape(len(group), -1).sum(1).numpy())
    return np.concatenate(values)


def inside(
    reader: TransformerReader,
    rows: Sequence[list[int]],
    word: Entries,
    first: np.ndarray,
    evidence: np.ndarray,
) -> float:
    """ln p of a word behind rows: its first piece (given, with evidence) and the others."""
    inner = np.zeros(len(rows))
    if len(word) > 1:
        ids = torch.tensor([[*row, *word] for row in rows], device=reader.device)
        count = len(word) - 1
        hidden = reader.body(ids).last_hidden_state[:, -1 - count : -1]
        flat = log_of(reader.model.lm_head, hidden.flatten(0, 1), ids[:, -count:].flatten())
        inner = flat.double().reshape(len(rows), -1).sum(1).numpy()
    return total(first + inner) - total(evidence)
