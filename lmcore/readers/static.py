"""Static vectors as a reader: one vector per word form, whatever stands around it.

word2vec and GloVe know the words of their list; fastText makes a vector for any other word from the
character n-grams that it shares with known ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import torch

from lmcore.outputs.reading import Note, Piece, Reading
from lmcore.readers.base import Reader
from lmcore.readers.tokens import sign_notes
from lmcore.runtime.checkpoints import LOAD_LOCK, Card, load_weights, mismatch, verify
from lmcore.runtime.families import FAMILIES, Family
from lmcore.text.words import Sentence, plain


@dataclass(frozen=True)
class Ngrams:
    """Vectors of hashed character n-grams (Bojanowski et al. 2017, section 3.2).

    Attributes:
        vectors: float32 ``[buckets, D]``.
        shortest, longest: how many characters an n-gram has.
    """

    vectors: np.ndarray
    shortest: int
    longest: int

    @classmethod
    def of(cls, weights: Mapping[str, Any], config: Mapping[str, Any]) -> "Ngrams | None":
        """Those of a checkpoint, where it has any."""
        if "ngrams" not in weights:
            return None
        sizes = int(config["shortest_ngram"]), int(config["longest_ngram"])
        return cls(weights["ngrams"].numpy(), *sizes)

    def buckets(self, word: str) -> list[int]:
        """The buckets of the n-grams of a word between its marks ``<`` and ``>``.

        A mark alone is none. The hash is the 32-bit FNV-1a of fastText, whose bytes are signed.
        """
        marked = f"<{word}>"
        buckets = []
        for start in range(len(marked)):
            for size in range(self.shortest, self.longest + 1):
                ngram = marked[start : start + size]
                if len(ngram) == size and not (size == 1 and ngram in "<>"):
                    buckets.append(fnv_1a(ngram.encode("utf8")) % len(self.vectors))
        return buckets

    def vector(self, word: str) -> np.ndarray | None:
        """Mean of the vectors of a word's n-grams; ``None`` for a word too short to have any."""
        buckets = self.buckets(word)
        return self.vectors[buckets].mean(axis=0) if buckets else None


def fnv_1a(data: bytes) -> int:
    """The hash of fastText: FNV-1a with bytes above 127 taken as negative numbers."""
    value = 2166136261
    for byte in data:
        signed = byte | 0xFFFFFF00 if byte > 127 else byte
        value = (value ^ signed) * 16777619 & 0xFFFFFFFF
    return value


class StaticReader(Reader):
    """word2vec (Mikolov et al. 2013), GloVe or fastText: baselines that cannot see context."""

    about: ClassVar[Family] = FAMILIES["static"]

    def __init__(
        self,
        card: Card,
        device: torch.device,
        vectors: np.ndarray,
        words: Sequence[str],
        ngrams: Ngrams | None = None,
    ) -> None:
        super().__init__(card, device)
        self.vectors = vectors  # [V, D]
        self.ngrams = ngrams
        self.rows = {word: row for row, word in enumerate(words)}

    @classmethod
    def load(cls, folder: Path, device: torch.device) -> "StaticReader":
        """Load a checkpoint folder: ``vectors [V, D]`` and ``vocabulary.txt``, a word a line.

        fastText has ``ngrams [buckets, D]`` too.
        """
        checkpoint = verify(folder)
        words = (folder / "vocabulary.txt").read_text(encoding="utf8").split("\n")[:-1]
        with LOAD_LOCK:
            weights = load_weights(checkpoint)
        vectors = weights.get("vectors")
        if vectors is None or len(vectors) != len(words):
            raise mismatch(checkpoint, "vectors and vocabulary.txt differ in length")
        ngrams = Ngrams.of(weights, checkpoint.config)
        return cls(checkpoint.card, device, vectors.numpy(), words, ngrams)

    @property
    def width(self) -> int:
        """See :attr:`Reader.width`."""
        return int(self.vectors.shape[1])

    def read(self, sentences: Sequence[Sentence]) -> list[Reading]:
        """Look the words up; a word that is none of them has a note.

        fastText makes its vector from n-grams; without them it is a row of NaN.
        """
        return [self._reading(sentence) for sentence in sentences]

    def _reading(self, sentence: Sentence) -> Reading:
        layer = np.full((len(sentence), self.vectors.shape[1]), np.nan, dtype=np.float32)
        notes: list[Note] = []
        for position, word in enumerate(sentence.words):
            composed = plain(word.text, self.language.normaliser)
            lowered = composed.lower()
            notes += sign_notes(position, word, self.language.normaliser)
            if lowered != composed:
                notes.append(Note(position, "lower_cased", lowered))
            row = self.rows.get(lowered)
            made = self.ngrams.vector(lowered) if self.ngrams and row is None else None
            if row is not None:
                layer[position] = self.vectors[row]
            elif made is not None:
                layer[position] = made
                notes.append(Note(position, "spelled", lowered))
            else:
                notes.append(Note(position, "unknown", lowered))
        return Reading(
            family=self.family,
            sentence=sentence,
            pieces=tuple(Piece(w.text, (w.start, w.end)) for w in sentence.words),
            word_pieces=np.eye(len(sentence), dtype=bool),
            layers=layer[None],
            piece_layers=layer[None],
            attention=None,
            layer_names=("vector",),
            notes=tuple(notes),
        )


READER = StaticReader
