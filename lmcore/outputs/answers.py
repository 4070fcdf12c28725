"""What is said about blanks. Plain data, no torch: words, their probabilities, and whole fillings.

Case variants ("The", "the") and a leading blank (" the" in some vocabularies) are one word here:
their probabilities are added, which is exact, since a blank holds only one of them.

Letters in shapes: N spellings and G words of a vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from lmcore.text.words import fold

#: What a reader used to fill a blank: see :class:`Candidates`.
View = Literal["both", "left", "right", "combined", "rescored"]
#: What a view may use of the sentence; the order of the rows on the page.
SIDES: dict[str, tuple[View, ...]] = {
    "left": ("left",),
    "right": ("right",),
    "both": ("combined", "rescored", "both"),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One word proposed for a blank.

    Attributes:
        word: in its likeliest spelling.
        probability: of all its case variants together, 0 to 1, never renormalised over a list.
        rank: 1 + how many whole words have a greater probability.
    """

    word: str
    probability: float
    rank: int


@dataclass(frozen=True)
class Candidates:
    """Proposals of one reader for one blank.

    Attributes:
        family: the reader.
        view: what the reader used: ``both`` (BERT), ``left`` (GPT, ELMo forward), ``right`` (ELMo
            backward), ``combined`` (ELMo, both directions), ``rescored`` (GPT, the whole
            sentence scored with each candidate in place).
        blank: which blank of the sentence, from 0.
        candidates: likeliest first.
        covered: probability mass of all entries that are whole words; the rest lies on pieces of
            words, signs and special entries. ``None`` where the numbers are no softmax over a
            vocabulary (rescored: a softmax over the words that were tried).
        words: how many words the ranks count: of the vocabulary, or tried.
        hidden: the likeliest entry of all where it is no whole word (a sign, a piece, a special
            entry) and so stands in no list of words.
    """

    family: str
    view: View
    blank: int
    candidates: tuple[Candidate, ...]
    covered: float | None = None
    words: int = 0
    hidden: Candidate | None = None

    @property
    def best(self) -> Candidate:
        """The likeliest word."""
        return self.candidates[0]

    @property
    def side(self) -> str:
        """Which part of the sentence it used: a key of :data:`SIDES`."""
        return next(side for side, views in SIDES.items() if self.view in views)


@dataclass(frozen=True, eq=False)
class Lexicon:
    """The whole words among the entries of a vocabulary, and which of them are one word.

    Attributes:
        words: the spellings ``[N]``.
        ids: int ``[N]``, the entry of the vocabulary of each spelling.
        group: int ``[N]``, the word (from 0 to G - 1) of each spelling.
        places: :func:`fold` of a word → its number.
    """

    words: tuple[str, ...]
    ids: np.ndarray
    group: np.ndarray
    places: dict[str, int]

    @classmethod
    def of(cls, words: Sequence[str], ids: Sequence[int] | None = None) -> "Lexicon":
        """A lexicon of these spellings; without their entries in a vocabulary they are numbered."""
        places: dict[str, int] = {}
        group = [places.setdefault(fold(word), len(places)) for word in words]
        numbers = np.arange(len(words)) if ids is None else np.asarray(ids)
        return cls(tuple(words), numbers, np.asarray(group, dtype=np.int32), places)

    @classmethod
    def of_vocabulary(cls, texts: Sequence[str], whole: Sequence[bool] | np.ndarray) -> "Lexicon":
        """The words of a vocabulary, given which of its entries are whole words, bool ``[V]``."""
        ids = np.flatnonzero(np.asarray(whole)).tolist()
        return cls.of([texts[entry].strip() for entry in ids], ids)

    def merged(self, single: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities of words from those of spellings.

        Args:
            single: ``[N]``.

        Returns:
            float32 ``[G]``, case variants added; int32 ``[G]``, the likeliest spelling of each.
        """
        rising = np.argsort(single, kind="stable")
        spelling = np.zeros(len(self.places), dtype=np.int32)
        spelling[self.group[rising]] = rising  # the last one written is the likeliest
        sums = np.bincount(self.group, single, minlength=len(self.places))
        return sums.astype(np.float32), spelling

    def likeliest(self, single: np.ndarray) -> int:
        """The entry that spells the likeliest word under probabilities of spellings ``[N]``."""
        sums, spelling = self.merged(single)
        return int(self.ids[spelling[int(sums.argmax())]])


@dataclass(frozen=True, eq=False)
class Answer:
    """What one reader expects in one blank from one view of the sentence.

    Attributes:
        family, view: who and from what, see :class:`Candidates`.
        lexicon: the words, shared between answers of the same reader (``rescored``: those tried).
        probabilities: float32 ``[G]``, case variants added.
        spelling: int32 ``[G]``, the likeliest spelling of each (index into the lexicon's words).
        covered: share of the probability that lies on whole words; ``None`` for ``rescored``.
        evidence: only ``rescored``: ln of the summed probabilities of all sentences tried.
        unknown: probability of the vocabulary's entry for all words that it lacks, if it has one.
        hidden: see :class:`Candidates`.
    """

    family: str
    view: View
    lexicon: Lexicon
    probabilities: np.ndarray
    spelling: np.ndarray
    covered: float | None
    evidence: float | None = None
    unknown: float | None = None
    hidden: Candidate | None = None

    def _candidate(self, place: int) -> Candidate:
        probability = self.probabilities[place]
        return Candidate(
            self.lexicon.words[self.spelling[place]], float(probability), self.rank(probability)
        )

    def rank(self, probability: float) -> int:
        """1 + how many words have a greater probability than this one."""
        return int((self.probabilities > np.float32(probability)).sum()) + 1

    def top(self, k: int) -> list[Candidate]:
        """The likeliest words."""
        order = np.argsort(-self.probabilities, kind="stable")[:k]
        return [self._candidate(int(place)) for place in order]

    def of(self, word: str) -> Candidate | None:
        """A word's place; ``None`` where it is no whole word of the vocabulary."""
        place = self.lexicon.places.get(fold(word))
        return None if place is None else self._candidate(place)

    def candidates(self, k: int, blank: int = 0) -> Candidates:
        """The ``k`` likeliest words of a blank of the sentence, from 0, as a plain list."""
        words = tuple(self.top(k))
        count = len(self.probabilities)
        return Candidates(self.family, self.view, blank, words, self.covered, count, self.hidden)

    def entry(self) -> int:
        """The entry of the vocabulary that spells the likeliest word."""
        return int(self.lexicon.ids[self.spelling[int(self.probabilities.argmax())]])


@dataclass(frozen=True)
class Filling:
    """All blanks filled at once.

    Attributes:
        words: one a blank, in their order.
        log_probability: joint, in nats; what it is a probability of is told by the
            :class:`Fillings` it belongs to.
    """

    words: tuple[str, ...]
    log_probability: float


@dataclass(frozen=True)
class Fillings:
    """The likeliest fillings of several blanks under one view of one reader.

    Attributes:
        family, view: who and from what.
        best: likeliest first.
        independent: the filling made of each blank's own likeliest word, with its joint
            probability.
        order: the order in which the blanks were filled (indices of blanks).
        tried: ``None`` where the joint probability is a product of the reader's own conditional
            probabilities; else it is a share of the probability of so many fillings tried.
    """

    family: str
    view: View
    best: tuple[Filling, ...]
    independent: Filling
    order: tuple[int, ...]
    tried: int | None = None


@dataclass(frozen=True)
class BlankAnswers:
    """Everything one reader says about the blanks of one sentence.

    Attributes:
        marginal: by blank, by view: each blank for itself, the others left open.
        joint: by view: all blanks together.
    """

    marginal: tuple[tuple[Answer, ...], ...]
    joint: tuple[Fillings, ...] = field(default=())
