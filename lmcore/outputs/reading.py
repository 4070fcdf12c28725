"""What a reader returns. Plain data: NumPy arrays on the CPU, tuples and strings, no torch.

Letters in shapes: L layers (beside the input layer 0), H heads, P pieces (special positions
included), W words, D dimensions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from lmcore.text.words import Sentence, Span

#: What a reader did to a word before reading it.
NoteKind = Literal[
    "normalised",
    "simplified",
    "lower_cased",
    "accents_stripped",
    "unknown",
    "spelled",
    "split",
    "truncated",
    "mask",
    "no_mask",
]
Side = Literal["left", "right", "both"]


@dataclass(frozen=True)
class Piece:
    """One unit of a reader's own cutting.

    Attributes:
        text: as the reader's vocabulary writes it (``##ing``, ``play</w>``, ``[CLS]``).
        span: characters of the original text it stands for; ``None`` for a special position.
    """

    text: str
    span: Span | None

    @property
    def special(self) -> bool:
        """Whether the position stands for no text of the user (``[CLS]``, ``[SEP]``, ``<s>``)."""
        return self.span is None


@dataclass(frozen=True)
class Note:
    """What happened to one word: said on the page next to that very word.

    Attributes:
        word: index into the sentence's words.
        kind: what happened.
        detail: how the reader saw the word (``play ##ing``, ``cafe``), data for the page.
    """

    word: int
    kind: NoteKind
    detail: str


@dataclass(frozen=True)
class WordNotes:
    """What a reader did to the words of a text before it read them.

    Attributes:
        family: the reader.
        sentence: the text and its words.
        notes: by word; none where nothing happened.
    """

    family: str
    sentence: Sentence
    notes: tuple[Note, ...]


def unknown_words(notes: Sequence[Note]) -> set[int]:
    """The words of which a reader has seen no more than that they are there."""
    return {note.word for note in notes if note.kind == "unknown"}


@dataclass(frozen=True)
class Reading:
    """One sentence as one reader sees it.

    Attributes:
        family: ``elmo``, ``gpt``, ``bert`` or ``static``.
        sentence: the text and its words.
        pieces: the reader's own units, special positions included.
        word_pieces: bool ``[W, P]``, which pieces belong to which word.
        layers: float32 ``[L + 1, W, D]``; the vector of a word is the mean of its pieces.
            A word the reader has no vector for (static vectors only) is a row of NaN.
        piece_layers: float32 ``[L + 1, P, D]``.
        attention: float32 ``[L, H, P, P]``, row = position that looks, column = position looked
            at, each row sums to 1; ``None`` where the architecture has no attention.
        layer_names: ``[L + 1]`` short technical names (``token``, ``LSTM 1``, ``layer 3``).
        notes: what was lower-cased, stripped, split, unknown or cut, by word.
    """

    family: str
    sentence: Sentence
    pieces: tuple[Piece, ...]
    word_pieces: np.ndarray
    layers: np.ndarray
    piece_layers: np.ndarray
    attention: np.ndarray | None
    layer_names: tuple[str, ...]
    notes: tuple[Note, ...] = ()

    @property
    def n_layers(self) -> int:
        """Number of vectors per word: L + 1, the input layer included."""
        return len(self.layers)

    @property
    def word_notes(self) -> WordNotes:
        """The notes alone, with what they are about."""
        return WordNotes(self.family, self.sentence, self.notes)

    def vector(self, words: range) -> np.ndarray:
        """Vectors ``[L + 1, D]`` of a run of words: the mean of those that the reader knows."""
        parts = self.layers[:, words]
        known = np.isfinite(parts).all(axis=(0, 2))
        return np.asarray(parts[:, known].mean(axis=1) if known.any() else parts[:, 0])

    def notes_on(self, word: int) -> list[Note]:
        """What happened to one word."""
        return [note for note in self.notes if note.word == word]


def pool_vectors(word_pieces: np.ndarray, piece_layers: np.ndarray) -> np.ndarray:
    """Vectors of words ``[L + 1, W, D]``: the mean of their pieces, at least one a word."""
    share = word_pieces / word_pieces.sum(axis=1, keepdims=True)
    return np.matmul(share.astype(np.float32), piece_layers).astype(np.float32, copy=False)


def pool_attention(word_pieces: np.ndarray, attention: np.ndarray) -> np.ndarray:
    """Attention between words ``[..., W, W]``: the sum *to* their pieces, the mean *from* them.

    Clark et al. 2019, section 3. A piece that belongs to two words gives half to each
    (``word_pieces`` is bool ``[W, P]``). Special positions are left out, rows sum to what is
    left for words: see :func:`lmcore.analyses.attention.between` for the hidden share.
    """
    from_words = word_pieces / word_pieces.sum(axis=1, keepdims=True)
    to_words = word_pieces / np.maximum(word_pieces.sum(axis=0, keepdims=True), 1)
    return (from_words @ attention @ to_words.T).astype(np.float32)


@dataclass(frozen=True)
class TokenScore:
    """Log-probability of one word in its sentence, in nats.

    Attributes:
        word: index into the sentence's words.
        log_probability: ln p(word | what the reader may see); the sum over the word's pieces.
        side: which context was used.
    """

    word: int
    log_probability: float
    side: Side


@dataclass(frozen=True)
class Influence:
    """How much each word of a sentence moves the top vector of each word, for one reader.

    Attributes:
        family: the reader.
        matrix: float32 ``[W, W]``; row = the word whose vector is looked at, column = the word
            whose input is weighed. Non-negative, each row sums to 1. Zero where the architecture
            cannot see (right of the word for GPT).
        halves: for ELMo the matrices of the forward and the backward half, same form; else empty.
        error: where the numbers are estimates, the share of its size that about 95 of 100 of them
            are within; 0 where they are exact.
    """

    family: str
    matrix: np.ndarray
    halves: dict[str, np.ndarray] = field(default_factory=dict)
    error: float = 0.0


def cosine(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Cosine similarity of ``[..., D]`` and ``[..., D]``, NaN where a vector is missing or zero."""
    lengths = np.linalg.norm(a, axis=-1) * np.linalg.norm(b, axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.clip((a * b).sum(axis=-1) / np.where(lengths > 0, lengths, np.nan), -1.0, 1.0)


def cosine_matrix(vectors: np.ndarray) -> np.ndarray:
    """Cosines ``[..., N, N]`` of ``[..., N, D]``, NaN where a vector is missing or zero."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    units = vectors / np.where(lengths > 0, lengths, np.nan)
    return np.clip(units @ np.swapaxes(units, -1, -2), -1.0, 1.0)
