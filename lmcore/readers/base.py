"""The contract that every reader keeps.

A reader turns sentences into :class:`~lmcore.reading.Reading`s and answers what its architecture
can answer. It holds no state between calls: the same call gives the same bits, whatever came
before, from any thread.
"""

from __future__ import annotations

import threading
import unicodedata
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import torch

from lmcore.checkpoints import Card
from lmcore.errors import InputError, UnsupportedError
from lmcore.reading import (
    Candidates,
    GeneratedToken,
    GenerationSettings,
    Influence,
    Note,
    Reading,
    TokenScore,
)
from lmcore.words import Sentence, Word, plain

#: What a reader may be able to do; pages ask for these and never for a family's name.
Capability = Literal["attention", "fill", "generate", "score", "influence", "pairs"]
#: What a reader sees of a sentence when it forms the top vector of one word.
Sight = Literal["both", "left", "both_apart", "none"]

#: How many computations run at once in the process: enough for two cores, bounded in memory.
_COMPUTING = threading.BoundedSemaphore(2)


@contextmanager
def computing() -> Iterator[None]:
    """Take a turn on the device, without gradients."""
    with _COMPUTING, torch.inference_mode():
        yield


@contextmanager
def differentiating() -> Iterator[None]:
    """Take a turn on the device, with gradients."""
    with _COMPUTING, torch.enable_grad():
        yield


class Reader(ABC):
    """One trained model that reads sentences.

    Attributes:
        family: short name, also that of its checkpoint folder.
        order: where it stands among the families, on every page.
        capabilities: what it can do beyond reading.
        sight: ``left`` (GPT), ``both`` (BERT), ``both_apart`` (ELMo: two directions that do not
            see each other), ``none`` (static vectors: only the word itself).
        card: where its weights come from.
        device: where it computes.
    """

    family: ClassVar[str]
    order: ClassVar[int]
    capabilities: ClassVar[frozenset[Capability]]
    sight: ClassVar[Sight]

    def __init__(self, card: Card, device: torch.device) -> None:
        self.card, self.device = card, device

    @classmethod
    @abstractmethod
    def load(cls, folder: Path, device: torch.device) -> Reader:
        """Load a checkpoint folder.

        Raises:
            CheckpointError: it is missing, damaged or does not fit together.
        """

    @abstractmethod
    def read(self, sentences: Sequence[Sentence]) -> list[Reading]:
        """Read some sentences, in their order; batching never changes a result beyond 1e-5.

        Raises:
            InputError: ``text_too_many_pieces``.
        """

    @property
    def room(self) -> int | None:
        """How many pieces of its own a text may have; ``None`` where there is no limit."""
        return None

    def units(self, sentence: Sentence) -> int:
        """Into how many pieces of its own the reader cuts a text, special positions left out."""
        return len(sentence)

    def word_layers(self, sentences: Sequence[Sentence]) -> list[np.ndarray]:
        """Only ``layers`` of each reading, ``[L + 1, W, D]``: the fast path for many sentences.

        Raises:
            InputError: ``text_too_many_pieces``.
        """
        return [reading.layers for reading in self.read(sentences)]

    def bare(self, sentence: Sentence) -> Callable[[], object]:
        """The forward pass of the network on a sentence whose inputs are ready: what reading costs
        at the least (for measuring).
        """
        raise self.unsupported("it has no network")

    def fill(self, sentence: Sentence, blank: int, k: int = 10) -> list[Candidates]:
        """Words for a blank, likeliest first, one list for each way in which the reader can tell.

        Args:
            sentence: its word number ``blank`` is the blank, whatever stands there.
            blank: index into the words.
            k: how many candidates.
        """
        raise self.unsupported("it predicts no words")

    def score(self, sentence: Sentence) -> list[TokenScore]:
        """Log-probability of each word, in nats; one entry for each word and side."""
        raise self.unsupported("it predicts no words")

    def scores(self, sentences: Sequence[Sentence]) -> list[list[TokenScore]]:
        """:meth:`score` of several sentences at once: the fast path for many sentences."""
        return [self.score(sentence) for sentence in sentences]

    def predicts(self, word: str) -> bool:
        """Whether :meth:`score` gives the probability of this very word (not of “unknown”)."""
        return True

    def masked_scores(
        self, sentences: Sequence[Sentence], share: float, random: np.random.Generator
    ) -> list[np.ndarray]:
        """Log-probabilities in nats of some pieces that were masked at once, by sentence.

        Args:
            sentences: whole texts.
            share: chance of each piece to be asked for (see :mod:`lmcore.readers.masking`).
            random: chooses the pieces, sentence by sentence.
        """
        raise self.unsupported("it does not see both sides of a masked word")

    def generate(self, prompt: Sentence, settings: GenerationSettings) -> Iterator[GeneratedToken]:
        """Write on from a prompt, piece by piece; stops when the caller stops asking."""
        raise self.unsupported("it predicts no words")

    def influence(self, sentence: Sentence) -> Influence:
        """Gradient × input influence of each word on each word's top vector."""
        raise self.unsupported("its vectors do not depend on the neighbours")

    def follows(self, first: Sentence, second: Sentence) -> float:
        """Probability that the second text follows the first."""
        raise self.unsupported("it judges no pairs of sentences")

    def can(self, capability: Capability) -> bool:
        """Whether the reader has a capability."""
        return capability in self.capabilities

    def unsupported(self, reason: str) -> UnsupportedError:
        """The error for a question that the architecture cannot answer."""
        return UnsupportedError("unsupported", reader=self.card.name, reason=reason)

    def too_many(self, count: int, limit: int) -> InputError:
        """The error for a text that does not fit into the reader's positions."""
        return InputError("text_too_many_pieces", reader=self.card.name, count=count, limit=limit)


def case_notes(position: int, word: Word) -> list[Note]:
    """Notes on a word that a lower-casing, accent-stripping reader changes (uncased models)."""
    notes = quote_notes(position, word)
    composed = plain(word.text)
    lowered = composed.lower()
    stripped = strip_accents(lowered)
    if lowered != composed:
        notes.append(Note(position, "lower_cased", lowered))
    if stripped != lowered:
        notes.append(Note(position, "accents_stripped", stripped))
    return notes


def quote_notes(position: int, word: Word) -> list[Note]:
    """A note on a word whose curly quotes are read as straight ones."""
    composed = unicodedata.normalize("NFC", word.text)
    straight = plain(word.text)
    return [Note(position, "normalised", straight)] if straight != composed else []


def strip_accents(text: str) -> str:
    """Text without combining marks, as the normaliser of the uncased models leaves it."""
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in apart if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", kept)
