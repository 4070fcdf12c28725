"""Next sentence: does one text follow the other? (Devlin et al. 2018, task 2)."""

from dataclasses import dataclass
from typing import Literal

from lmcore.analyses.analysis import Analysis, Example
from lmcore.outputs.reading import WordNotes
from lmcore.readers.base import Reader
from lmcore.text.examples import FOLLOWS
from lmcore.text.words import split

#: A difference of less than this between the two orders is no preference.
CLOSE = 0.05

Verdict = Literal["given", "swapped", "both", "neither"]


@dataclass(frozen=True)
class PairQuestion:
    """Two texts, of which the second may follow the first."""

    first: str
    second: str


@dataclass(frozen=True)
class Judgement:
    """One reader's judgement of a pair in both orders, each a question of its own.

    Attributes:
        given: probability that the second text follows the first.
        swapped: probability that the first text follows the second. The two need not add up to 1.
        verdict: the preferred order, or whether both or neither are taken for a continuation.
        notes: what the reader did to the words of each text.
    """

    given: float
    swapped: float
    verdict: Verdict
    notes: tuple[WordNotes, ...]


def judge(reader: Reader, question: PairQuestion) -> Judgement:
    """A reader's judgement of two texts in both orders.

    Raises:
        InputError: ``text_too_many_pieces``.
        UnsupportedError: the reader has no such head.
    """
    texts = split(question.first), split(question.second)
    given, swapped = reader.follows(*texts), reader.follows(*reversed(texts))
    notes = tuple(WordNotes(reader.family, text, reader.notes(text)) for text in texts)
    return Judgement(given, swapped, verdict_of(given, swapped), notes)


def verdict_of(given: float, swapped: float) -> Verdict:
    """The preferred one of two orders, by the probabilities of both."""
    if abs(given - swapped) >= CLOSE:
        return "given" if given > swapped else "swapped"
    return "both" if given + swapped > 1 else "neither"


SENTENCE_PAIR = Analysis("sentence_pair", Judgement, judge)


def examples() -> list[Example[PairQuestion, Judgement]]:
    """The pair that the page holds at first."""
    question = PairQuestion(FOLLOWS[0].first, FOLLOWS[0].second)
    return [Example(SENTENCE_PAIR, ("bert",), (question,))]
