"""Static vectors as a reader: one vector per word form, whatever stands around it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np
import torch

from lmcore.checkpoints import LOAD_LOCK, Card, load_weights, mismatch, verify
from lmcore.readers.base import Capability, Reader, Sight
from lmcore.readers.letters import quote_notes
from lmcore.reading import Note, Piece, Reading
from lmcore.words import Sentence, plain


class StaticReader(Reader):
    """word2vec skip-gram (Mikolov et al. 2013): the baseline that cannot see context."""

    family: ClassVar[str] = "static"
    order: ClassVar[int] = 3
    capabilities: frozenset[Capability] = frozenset()
    sight: ClassVar[Sight] = "none"

    def __init__(
        self, card: Card, device: torch.device, vectors: np.ndarray, words: Sequence[str]
    ) -> None:
        super().__init__(card, device)
        self.vectors = vectors  # [V, D]
        self.rows = {word: row for row, word in enumerate(words)}

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> StaticReader:
        """Load a checkpoint folder: ``vectors [V, D]`` and ``vocabulary.txt``, a word a line."""
        checkpoint = verify(folder)
        words = (folder / "vocabulary.txt").read_text(encoding="utf8").split("\n")[:-1]
        with LOAD_LOCK:
            vectors = load_weights(checkpoint).get("vectors")
        if vectors is None or len(vectors) != len(words):
            raise mismatch(checkpoint, "vectors and vocabulary.txt differ in length")
        return cls(checkpoint.card, device, vectors.numpy(), words)

    def read(self, sentences: Sequence[Sentence]) -> list[Reading]:
        """Look the words up; a word without a vector is a row of NaN and has a note."""
        return [self._reading(sentence) for sentence in sentences]

    def _reading(self, sentence: Sentence) -> Reading:
        layer = np.full((len(sentence), self.vectors.shape[1]), np.nan, dtype=np.float32)
        notes: list[Note] = []
        for position, word in enumerate(sentence.words):
            composed = plain(word.text)
            lowered = composed.lower()
            notes += quote_notes(position, word)
            row = self.rows.get(lowered)
            if lowered != composed:
                notes.append(Note(position, "lower_cased", lowered))
            if row is None:
                notes.append(Note(position, "unknown", lowered))
            else:
                layer[position] = self.vectors[row]
        return Reading(
            family=self.family,
            sentence=sentence,
            pieces=tuple(Piece(w.text, (w.start, w.end)) for w in sentence.words),
            membership=np.eye(len(sentence), dtype=bool),
            layers=layer[None],
            piece_layers=layer[None],
            attention=None,
            layer_names=("vector",),
            notes=tuple(notes),
        )


READER = StaticReader
