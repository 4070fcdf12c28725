"""Masked word: blanks, and what each reader would write into them from what it may see.

Every probability is that of the reader's own softmax over its whole vocabulary, never renormalised
over a list, except where a view is ``rescored`` or a joint probability says how many were tried.
What the readers answer is in :mod:`lmcore.blank_answers`, how they find it in
:mod:`lmcore.readers.blanks`; here it is set side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lmcore.blank_answers import Answer, BlankAnswers, key
from lmcore.cloze import Cloze
from lmcore.limits import LIMITS
from lmcore.masked_word_asked import Asked

if TYPE_CHECKING:
    from lmcore.readers.base import Reader

#: How many hypotheses a search for joint fillings keeps.
BEAM = LIMITS.beam


def answers(reader: Reader, cloze: Cloze, beam: int = BEAM) -> BlankAnswers:
    """Everything one reader says about the blanks of a sentence."""
    return reader.fill_blanks(cloze.sentence, cloze.positions, beam)


def rows(given: Sequence[Answer], k: int, asked: Sequence[str] = ()) -> list[str]:
    """The words of the comparison: the ``k`` likeliest of every answer, and the asked ones.

    Ordered by the largest probability that any view over a vocabulary gives them. A word is spelt
    in lower case where any reader does so.
    """
    spellings: dict[str, list[str]] = {}
    for answer in given:
        for guess in answer.top(k):
            spellings.setdefault(key(guess.word), []).append(guess.word)
    for word in asked:
        spellings.setdefault(key(word), []).append(word)
    shown = [next((s for s in own if s == s.lower()), own[0]) for own in spellings.values()]
    honest = [answer for answer in given if answer.view != "rescored"] or list(given)

    def largest(word: str) -> float:
        return max((g.probability for a in honest if (g := a.of(word)) is not None), default=0.0)

    return sorted(shown, key=largest, reverse=True)


def comparison(
    given: Sequence[Answer], words: Sequence[str], asked: Sequence[Asked] = ()
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and ranks of some words in some answers.

    Args:
        given: the columns.
        words: the rows.
        asked: what is known about words that stand in no vocabulary as one entry.

    Returns:
        float ``[words, answers]`` twice, NaN where a reader cannot put the word into one blank (or,
        rescored, has not tried it).
    """
    known = {(key(one.word), one.family, one.view): one for one in asked}
    probability = np.full((len(words), len(given)), np.nan)
    rank = np.full((len(words), len(given)), np.nan)
    for row, word in enumerate(words):
        for column, answer in enumerate(given):
            one = known.get((key(word), answer.family, answer.view)) or answer.of(word)
            if one is not None and one.probability is not None and one.rank is not None:
                probability[row, column], rank[row, column] = one.probability, one.rank
    return probability, rank


def frame(
    words: Sequence[str],
    columns: Sequence[str],
    probability: np.ndarray,
    rank: np.ndarray,
    titles: tuple[str, str],
) -> pd.DataFrame:
    """The comparison as a table: one row a word, a probability and a rank per view.

    Args:
        words: ``[W]``.
        columns: ``[V]``, names of the views.
        probability: ``[W, V]``.
        rank: ``[W, V]``.
        titles: name of the column of words, and the word for "rank".
    """
    table = pd.DataFrame({titles[0]: list(words)})
    for column, name in enumerate(columns):
        table[name] = probability[:, column]
        table[f"{name}, {titles[1]}"] = pd.array(
            [None if np.isnan(value) else int(value) for value in rank[:, column]], dtype="Int64"
        )
    return table
