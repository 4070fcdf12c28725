"""A reader whose vectors and probabilities are known beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from lmcore.outputs.reading import Piece, Reading, TokenScore
from lmcore.readers.base import Reader
from lmcore.runtime.checkpoints import Card
from lmcore.runtime.families import FAMILIES
from lmcore.text.words import Sentence

#: From a sentence and the position of a word to ``[L + 1, D]``.
Vectors = Callable[[Sentence, int], np.ndarray]


def silent(share: float, text: str) -> None:
    """Progress that nobody looks at."""


class FakeReader(Reader):
    """Vectors and log-probabilities from functions."""

    about = replace(FAMILIES["bert"], name="fake", capabilities=frozenset({"score"}))
    width = 0

    def __init__(
        self,
        vectors: Vectors | None = None,
        score: Callable[[Sentence], list[TokenScore]] | None = None,
        *,
        context: str = "both",
        room: int | None = None,
        known: set[str] | None = None,
        masked: float = -1.0,
        attention: Callable[[Sentence], np.ndarray] | None = None,
    ) -> None:
        self.about = replace(self.about, context=context)
        super().__init__(Card(self.about.name, "Fake", 0, {}), torch.device("cpu"))
        self.vectors, self.scorer, self.holds = vectors, score, room
        self.known, self.masked, self.attention = known, masked, attention

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> FakeReader:
        raise NotImplementedError

    @property
    def max_pieces(self) -> int | None:
        return self.holds

    def read(self, sentences: Sequence[Sentence]) -> list[Reading]:
        return [self._reading(sentence) for sentence in sentences]

    def _reading(self, sentence: Sentence) -> Reading:
        """With attention the words stand between two special positions."""
        assert self.max_pieces is None or len(sentence) <= self.max_pieces
        make = self.vectors or (lambda s, p: np.ones((1, 1)))
        layers = np.stack([make(sentence, p) for p in range(len(sentence))], axis=1)
        pieces = [Piece(word.text, (word.start, word.end)) for word in sentence.words]
        word_pieces = np.eye(len(sentence), dtype=bool)
        attention = None
        if self.attention is not None:
            attention = self.attention(sentence)
            pieces = [Piece("[CLS]", None), *pieces, Piece("[SEP]", None)]
            word_pieces = np.pad(word_pieces, ((0, 0), (1, 1)))
        return Reading(
            family=self.family,
            sentence=sentence,
            pieces=tuple(pieces),
            word_pieces=word_pieces,
            layers=layers.astype(np.float32),
            piece_layers=layers.astype(np.float32),
            attention=attention,
            layer_names=tuple(str(layer) for layer in range(len(layers))),
        )

    def scores(self, sentences: Sequence[Sentence]) -> list[list[TokenScore]]:
        assert self.scorer is not None
        return [self.scorer(sentence) for sentence in sentences]

    def predicts(self, word: str) -> bool:
        return self.known is None or word in self.known

    def masked_scores(self, sentences, share, random):
        return [np.full(len(sentence), self.masked) for sentence in sentences]
