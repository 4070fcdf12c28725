"""The contract that every reader keeps.

A reader turns sentences into :class:`~lmcore.outputs.reading.Reading`s and answers what its
architecture can answer. It holds no state between calls: the same call gives the same bits,
whatever came before, from any thread.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from lmcore.errors import InputError, UnsupportedError
from lmcore.outputs.answers import BlankAnswers, Candidates
from lmcore.outputs.facts import ReaderFacts
from lmcore.outputs.generation import Forced, GeneratedToken, GenerationSettings
from lmcore.outputs.lens import Aim, Lens
from lmcore.outputs.reading import Influence, Note, Reading, TokenScore
from lmcore.runtime.checkpoints import Card
from lmcore.runtime.families import Capability, Context, Family, Sizes
from lmcore.runtime.limits import BEAM
from lmcore.text.language import Language, of_names
from lmcore.text.prompts import Direction
from lmcore.text.words import Sentence

if TYPE_CHECKING:  # whoever names a reader in an annotation needs no PyTorch
    import torch

    from lmcore.readers.attention_norms import Norms
    from lmcore.readers.attribution import Route


class Reader(ABC):
    """One trained model that reads sentences.

    Attributes:
        about: its family: what is known of it before any weights are read.
        capabilities: what it can do beyond reading: what its architecture can do, less ``lacks``.
        lacks: capabilities of the architecture that these very weights cannot serve, with the code
            of the sentence that says why (``error.CODE`` in the catalogue of the pages).
        card: where its weights come from.
        device: where it computes.
    """

    about: ClassVar[Family]
    #: Short name of the family, also that of its checkpoint folder.
    family: str

    def __init__(
        self, card: Card, device: torch.device, lacks: Mapping[Capability, str] | None = None
    ) -> None:
        self.card, self.device, self.lacks = card, device, dict(lacks or {})
        self.capabilities = self.about.capabilities - self.lacks.keys()
        self.family = self.about.name

    @property
    def context(self) -> Context:
        """What it sees of a sentence (:attr:`Family.context`)."""
        return self.about.context

    @cached_property
    def language(self) -> Language:
        """The language of its classroom, by those that it was trained on."""
        return of_names(self.card.languages)

    @property
    def writes(self) -> tuple[Direction, ...]:
        """On which sides of a text it can write on, where it can at all."""
        return self.about.writes

    @classmethod
    @abstractmethod
    def load(cls, folder: Path, device: torch.device) -> Reader:
        """Load a checkpoint folder.

        Raises:
            CheckpointError: it is missing, damaged or does not fit together.
        """

    @abstractmethod
    def read(self, sentences: Sequence[Sentence]) -> list[Reading]:
        """Read some sentences, in their order; batching never changes a result beyond 5e-5.

        Raises:
            InputError: ``text_too_many_pieces``.
        """

    def notes(self, sentence: Sentence) -> tuple[Note, ...]:
        """What happens to each word before the network reads it; no network runs for this."""
        return self.read([sentence])[0].notes

    @property
    def max_pieces(self) -> int | None:
        """How many pieces of its own a text may have; ``None`` where there is no limit."""
        return None

    @property
    def layers(self) -> int:
        """How many layers of vectors there are above the input."""
        return 0

    @property
    @abstractmethod
    def width(self) -> int:
        """How many numbers a word's vector has."""

    @cached_property
    def facts(self) -> ReaderFacts:
        """What can be said of this reader before it has read a word."""
        sizes = Sizes(self.layers, self.width, self.max_pieces)
        return ReaderFacts(self.family, self.card, self.capabilities, sizes, self.lacks)

    def count_pieces(self, sentence: Sentence) -> int:
        """Into how many pieces of its own the reader cuts a text, special positions left out."""
        return len(sentence)

    def word_layers(self, sentences: Sequence[Sentence]) -> list[np.ndarray]:
        """Only ``layers`` of each reading, ``[L + 1, W, D]``: the fast path for many sentences.

        Raises:
            InputError: ``text_too_many_pieces``.
        """
        return [reading.layers for reading in self.read(sentences)]

    def forward_pass(self, sentence: Sentence) -> Callable[[], object]:
        """The forward pass of the network on a sentence whose inputs are ready: what reading costs
        at the least (for measuring).
        """
        raise self.unsupported("it has no network")

    def fill(self, sentence: Sentence, blank: int, k: int = 10) -> list[Candidates]:
        """Words for one blank, likeliest first, one list for each way in which the reader can tell.

        Args:
            sentence, blank: the blank is its word of this number, whatever stands there.
            k: how many candidates.
        """
        return [answer.candidates(k) for answer in self.fill_blanks(sentence, [blank]).marginal[0]]

    def fill_blanks(
        self, sentence: Sentence, blanks: Sequence[int], beam: int = BEAM
    ) -> BlankAnswers:
        """Words for several blanks: each for itself with the others open, and all together.

        Args:
            sentence: its words number ``blanks`` are the blanks, whatever stands there.
            blanks: indices into the words, rising.
            beam: how many hypotheses a search keeps.

        Raises:
            InputError: ``blank_too_many``, ``blank_first``, ``text_too_many_pieces``.
        """
        raise self.unsupported("it predicts no words")

    def log_probability_of_word(
        self, sentence: Sentence, blanks: Sequence[int], which: int, word: str, beam: int = BEAM
    ) -> dict[str, float]:
        """ln p of any word in one blank, in the reader's pieces, by view; case variants added up.

        For the view ``rescored`` it is ln of the summed probabilities of the whole sentences with
        the word in place, to be set against ``Answer.evidence``.

        Args:
            sentence, blanks, beam: as in :meth:`fill_blanks`.
            which: index into ``blanks``.
            word: a single word.

        Returns:
            nothing for a view that cannot tell (a word outside the reader's vocabulary).
        """
        raise self.unsupported("it predicts no words")

    def score(self, sentence: Sentence) -> list[TokenScore]:
        """:meth:`scores` of one sentence."""
        return self.scores([sentence])[0]

    def scores(self, sentences: Sequence[Sentence]) -> list[list[TokenScore]]:
        """Log-probability of each word of each sentence, in nats: one entry for a word and side."""
        raise self.unsupported("it predicts no words")

    def chained_scores(self, sentences: Sequence[Sentence]) -> list[list[TokenScore]]:
        """:meth:`scores` in which no piece of a word is told by those that follow in it."""
        return self.scores(sentences)

    def predicts(self, word: str) -> bool:
        """Whether :meth:`score` gives the probability of this very word (not of “unknown”)."""
        return True

    def masked_scores(
        self, sentences: Sequence[Sentence], share: float, random: np.random.Generator
    ) -> list[np.ndarray]:
        """Log-probabilities in nats of some pieces that were masked at once, by sentence.

        Args:
            sentences: whole texts.
            share: chance of each piece to be asked for (see :mod:`lmcore.readers.scoring`).
            random: chooses the pieces, sentence by sentence.
        """
        raise self.unsupported("it does not see both sides of a masked word")

    def generate(
        self,
        prompt: Sentence,
        settings: GenerationSettings,
        forced: Sequence[Forced] = (),
        side: Direction = "right",
    ) -> Iterator[GeneratedToken]:
        """Write on from a prompt, piece by piece; stops when the caller stops asking.

        Args:
            prompt: the beginning of a text, or its ending where ``side`` is ``left``.
            settings: how to choose.
            forced: the first pieces, written as told; their probabilities are those that the reader
                gives them, and what it writes behind them is drawn with the same random numbers.
            side: where to write.

        Raises:
            InputError: ``setting_out_of_range``, ``no_room_to_generate``, ``forced_piece_unknown``.
            UnsupportedError: it cannot write on that side.
        """
        raise self.unsupported("it predicts no words")

    def check_side(self, side: Direction) -> None:
        """Refuse a side on which the reader cannot write."""
        if side not in self.writes:
            raise self.unsupported(f"it has no probabilities for what stands to the {side}")

    def routes(self, sentence: Sentence) -> list[Route]:
        """The ways from a sentence's input vectors to its top vectors, within a turn on the device.

        Raises :class:`UnsupportedError` where no vector depends on the neighbours.
        """
        raise self.unsupported("its vectors do not depend on the neighbours")

    def influence(self, sentence: Sentence) -> Influence:
        """Gradient × input influence of each word on each word's top vector (:meth:`routes`)."""
        from lmcore.readers.attribution import influence

        return influence(self.family, lambda: self.routes(sentence))

    def leave_one_out(self, sentence: Sentence) -> Influence:
        """How much each word's top vector moves when a word is taken away (:meth:`routes`)."""
        from lmcore.readers.attribution import leave_one_out

        return leave_one_out(self.family, lambda: self.routes(sentence))

    def norms(self, reading: Reading, units: np.ndarray | None = None) -> Norms:
        """Lengths of what each head carries between units of pieces, bool ``[U, P]``.

        See :mod:`lmcore.readers.attention_norms`; each piece for itself without units.
        """
        raise self.unsupported("it has no attention")

    def lens(self, sentence: Sentence, word: int, k: int = 5, aim: Aim = "for") -> list[Lens]:
        """What each layer would predict, see :mod:`lmcore.analyses.logit_lens`.

        Args:
            sentence: the text.
            word: index into its words.
            k: how many entries a layer.
            aim: ``for``: the vectors from which the word is predicted; ``of``: those that stand at
                the word.

        Returns:
            one lens for each direction that the reader has; none where nothing stands at the place.

        Raises:
            InputError: ``setting_out_of_range``, ``text_too_many_pieces``.
        """
        raise self.unsupported("it predicts no words")

    def read_pair(self, first: Sentence, second: Sentence) -> Reading:
        """Two sentences as one text, each marked as what it is; words of both in one row."""
        raise self.unsupported("it was not trained on pairs of sentences")

    def follows(self, first: Sentence, second: Sentence) -> float:
        """Probability that the second text follows the first."""
        raise self.unsupported("it judges no pairs of sentences")

    def can(self, capability: Capability) -> bool:
        """Whether the reader has a capability."""
        return capability in self.capabilities

    def need(self, capability: Capability) -> None:
        """Refuse what these weights cannot serve, by an error with the code of :attr:`lacks`."""
        if capability in self.lacks:
            raise UnsupportedError(self.lacks[capability], reader=self.card.name)

    def unsupported(self, reason: str) -> UnsupportedError:
        """The error for a question that the architecture cannot answer."""
        return UnsupportedError("unsupported", reader=self.card.name, reason=reason)

    def too_many(self, count: int, limit: int) -> InputError:
        """The error for a text that does not fit into the reader's positions."""
        return InputError("text_too_many_pieces", reader=self.card.name, count=count, limit=limit)
