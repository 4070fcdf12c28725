"""Masked word: what happens to the answers when the words behind the blank are deleted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lmcore.analyses.analysis import Analysis
from lmcore.analyses.masked_word import BlankQuestion, answer_blanks
from lmcore.outputs.answers import Answer, Candidate
from lmcore.readers.base import Reader

#: Less than this much of the probability moved is a matter of rounding.
UNMOVED = 1e-5


@dataclass(frozen=True)
class ChangeQuestion:
    """What deleting the words behind one blank changes.

    Attributes:
        blanks, which: the sentence, and the number of the blank, from 0.
    """

    blanks: BlankQuestion
    which: int


@dataclass(frozen=True)
class Change:
    """An answer with and without the words behind the blank.

    Attributes:
        family, view: who and from what.
        before, after: the likeliest word with and without them.
        moved: total variation distance of the two distributions, 0 (equal) to 1 (nothing in
            common); what lies on no whole word counts as one further outcome.
        words: ``[W]`` those that gain most and those that lose most, largest gain first.
        difference: ``[W]`` probability without minus probability with the right side.
    """

    family: str
    view: str
    before: Candidate
    after: Candidate
    moved: float
    words: tuple[str, ...]
    difference: np.ndarray

    @property
    def still(self) -> bool:
        """Whether nothing changed."""
        return self.moved < UNMOVED


@dataclass(frozen=True)
class Changes:
    """What deleting the words behind a blank changes for one reader, by view."""

    changes: tuple[Change, ...]


def compare_without_right(reader: Reader, question: ChangeQuestion) -> Changes:
    """What deleting the words behind a blank changes in each view."""
    full, cut = (
        answer_blanks(reader, blanks).marginal[question.which]
        for blanks in (question.blanks, question.blanks.without_right(question.which))
    )
    return Changes(tuple(change(*pair) for pair in zip(full, cut, strict=True)))


def change(full: Answer, cut: Answer, k: int = 8) -> Change:
    """Compare an answer with the same view's answer to the shortened sentence.

    Args:
        full, cut: with and without the right side.
        k: how many words to list at most, half of them gaining and half losing.
    """
    if full.lexicon is cut.lexicon:
        keys: Sequence[str] = list(full.lexicon.places)
        p, q = (answer.probabilities.astype(np.float64) for answer in (full, cut))
    else:
        keys = sorted(full.lexicon.places.keys() | cut.lexicon.places.keys())
        p, q = (_spread(answer, keys) for answer in (full, cut))
    difference = q - p
    rest = abs((1.0 - q.sum()) - (1.0 - p.sum()))
    moved = 0.5 * float(np.abs(difference).sum() + rest)
    rising = np.argsort(difference, kind="stable")
    gains = [place for place in rising[::-1][: k // 2] if difference[place] > 0]
    losses = [place for place in rising[: k // 2] if difference[place] < 0]
    most = np.asarray([*gains, *losses[::-1]], dtype=int)
    words = tuple(_spelt(keys[place], full, cut) for place in most)
    before, after = full.top(1)[0], cut.top(1)[0]
    return Change(full.family, full.view, before, after, moved, words, difference[most])


def _spread(answer: Answer, keys: Sequence[str]) -> np.ndarray:
    places = answer.lexicon.places
    return np.asarray(
        [answer.probabilities[places[key]] if key in places else 0.0 for key in keys],
        dtype=np.float64,
    )


def _spelt(key: str, full: Answer, cut: Answer) -> str:
    candidate = full.of(key) or cut.of(key)
    return candidate.word if candidate is not None else key


CHANGES = Analysis("without_right", Changes, compare_without_right)
