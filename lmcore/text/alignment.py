"""Two sentences word by word: which word of one stands for which of the other.

The cheapest way to turn the first sentence into the second (Levenshtein distance over words; Wagner
and Fischer 1974).
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lmcore.text.words import Sentence, Word, fold

Kind = Literal["same", "substituted", "deleted", "inserted"]

#: What it costs to leave a word out or put one in, and to put one in another's place: dearer, so
#: that a word which both sentences have is rather kept than two words be replaced.
GAP, OTHER = 1.0, 1.5
#: Another writing of the same word (*The*, *the*), and a word in place of a sign: so dear that
#: leaving out and putting in is preferred.
CASE, UNLIKE = 0.25, 2.5


@dataclass(frozen=True)
class Step:
    """One place of an alignment.

    Attributes:
        first: index into the words of the first sentence, ``None`` for an inserted word.
        second: index into the words of the second, ``None`` for a deleted word.
        kind: ``same`` where both have the very same word, ``substituted`` where they differ,
            ``deleted`` or ``inserted`` where only one has a word.
    """

    first: int | None
    second: int | None
    kind: Kind


def align_words(first: Sentence, second: Sentence) -> list[Step]:
    """The cheapest alignment of two sentences, in reading order.

    Words are compared as they stand in the original text. Among equally cheap alignments the one
    that pairs words as far to the right as possible is taken.
    """
    costs = _costs(first, second)
    row, column = len(first), len(second)
    steps: list[Step] = []
    while row or column:
        here = costs[row, column]
        if row and column:
            left, right = first.words[row - 1], second.words[column - 1]
            if here == costs[row - 1, column - 1] + _price(left, right):
                row, column = row - 1, column - 1
                kind: Kind = "same" if left.text == right.text else "substituted"
                steps.append(Step(row, column, kind))
                continue
        if row and here == costs[row - 1, column] + GAP:
            row -= 1
            steps.append(Step(row, None, "deleted"))
        else:
            column -= 1
            steps.append(Step(None, column, "inserted"))
    return steps[::-1]


def _costs(first: Sentence, second: Sentence) -> np.ndarray:
    """Cheapest cost ``[A + 1, B + 1]`` of turning the first a words into the first b words."""
    costs = np.zeros((len(first) + 1, len(second) + 1))
    costs[:, 0] = GAP * np.arange(len(first) + 1)
    costs[0] = GAP * np.arange(len(second) + 1)
    for row, left in enumerate(first.words, start=1):
        for column, right in enumerate(second.words, start=1):
            costs[row, column] = min(
                costs[row - 1, column - 1] + _price(left, right),
                costs[row - 1, column] + GAP,
                costs[row, column - 1] + GAP,
            )
    return costs


def _price(left: Word, right: Word) -> float:
    if left.text == right.text:
        return 0.0
    if fold(left.text) == fold(right.text):
        return CASE
    return OTHER if _is_word(left) == _is_word(right) else UNLIKE


def _is_word(word: Word) -> bool:
    """Whether it is a word or stands for one (a blank), and no sign."""
    return word.has_letters or word.text[0] in "_＿"
