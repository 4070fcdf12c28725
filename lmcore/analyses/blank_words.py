"""Masked word: words of all readers set side by side.

Letters in shapes: W words, C columns (one a reader and view).
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lmcore.analyses.masked_word import WordScore, proposed
from lmcore.outputs.answers import Candidates
from lmcore.text.words import fold


def rows(
    columns: Sequence[Candidates], scores: Sequence[WordScore], k: int, more: Sequence[str] = ()
) -> list[str]:
    """The words of the comparison, by the largest probability that a vocabulary gives them.

    Args:
        columns: of one blank.
        scores: of the words in these columns, words of vocabularies only.
        k: how many words a column.
        more: further words.
    """
    honest = {c.family + c.view for c in columns if c.view != "rescored"}
    largest: dict[str, float] = {}
    for score in scores:
        if score.probability is not None and (not honest or score.family + score.view in honest):
            word = fold(score.word)
            largest[word] = max(largest.get(word, 0.0), score.probability)
    return sorted(
        proposed(columns, k, more), key=lambda word: largest.get(fold(word), 0.0), reverse=True
    )


def comparison(
    columns: Sequence[Candidates], words: Sequence[str], scores: Sequence[WordScore]
) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities and ranks of some words in some columns.

    Args:
        columns: of one blank.
        words: the rows.
        scores: what is known of words; of two scores of a word in a column the later one counts.

    Returns:
        float ``[W, C]`` twice, NaN where a reader cannot put the word into one blank (or,
        rescored, has not tried it).
    """
    known = {(fold(score.word), score.family, score.view): score for score in scores}
    probability = np.full((len(words), len(columns)), np.nan)
    rank = np.full((len(words), len(columns)), np.nan)
    for row, word in enumerate(words):
        for place, column in enumerate(columns):
            score = known.get((fold(word), column.family, column.view))
            if score is not None and score.probability is not None and score.rank is not None:
                probability[row, place], rank[row, place] = score.probability, score.rank
    return probability, rank


def probabilities(column: Candidates, scores: Sequence[WordScore], k: int) -> list[float]:
    """What another answer gives the ``k`` likeliest words of a column; 0 where it has none.

    Args:
        column: whose words.
        scores: of words under the same reader and view in another sentence.
        k: how many words.
    """
    same = (s for s in scores if (s.family, s.view) == (column.family, column.view))
    known = {fold(score.word): score.probability or 0.0 for score in same}
    return [known.get(fold(candidate.word), 0.0) for candidate in column.candidates[:k]]


def mixed(column: Candidates, blanks: int) -> bool:
    """Whether some of the blanks were read before this one, so that its words are a mixture."""
    later = {"left": column.blank > 0, "right": column.blank < blanks - 1, "combined": blanks > 1}
    return later.get(column.view, False)


def highest(columns: Sequence[Candidates]) -> float | None:
    """The greatest probability of a word over a vocabulary; ``None`` where no column has one."""
    return max((c.best.probability for c in columns if c.covered is not None), default=None)


def favourites(probability: np.ndarray) -> list[int | None]:
    """Which of the words ``[W, C]`` each column likes best; ``None`` where it knows none."""
    usable = np.isfinite(probability).any(axis=0)
    best = np.argmax(np.where(np.isnan(probability), -1.0, probability), axis=0)
    return [int(row) if known else None for row, known in zip(best, usable, strict=True)]


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
        columns: ``[C]``, names of the views.
        probability: ``[W, C]``.
        rank: ``[W, C]``.
        titles: name of the column of words, and the word for "rank".
    """
    table = pd.DataFrame({titles[0]: list(words)})
    for place, name in enumerate(columns):
        table[name] = probability[:, place]
        table[f"{name}, {titles[1]}"] = pd.array(
            [None if np.isnan(value) else int(value) for value in rank[:, place]], dtype="Int64"
        )
    return table
