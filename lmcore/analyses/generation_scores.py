"""Every written text judged by every reader: who finds whose words likely.

A judge gives each word its log-probability given the rest that the judge may see: GPT what stands
to the left, BERT both sides (pseudo-log-likelihood, Salazar et al. 2020, with the rest of a word
hidden too, Kauf and Ivanova 2023), ELMo the mean of its two directions. Judges use different
contexts, so numbers are compared between the texts of one judge, not between judges.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lmcore.errors import InputError
from lmcore.readers.base import Reader
from lmcore.text.words import Span, split


@dataclass(frozen=True)
class Text:
    """A text to be judged.

    Attributes:
        writer: who wrote it: a family, or any other name.
        text: the whole, prompt included: the judge reads all of it.
        written: characters of the part that is judged.
        label: which of the writer's texts it is.
    """

    writer: str
    text: str
    written: Span
    label: str = ""


def word_scores(reader: Reader, text: str) -> np.ndarray:
    """ln p of each word of a text, in nats, the mean over the sides that a reader scores from.

    Returns:
        float ``[W]``; NaN where the reader has no probability for that very word (outside its
        vocabulary, or nothing before it to predict it from), all NaN where the text is too long
        for it.
    """
    sentence = split(text)
    total, count = np.zeros(len(sentence)), np.zeros(len(sentence))
    try:
        for score in reader.chained_scores([sentence])[0]:
            total[score.word] += score.log_probability
            count[score.word] += 1
    except InputError:
        return np.full(len(sentence), np.nan)
    known = np.array([reader.predicts(word.text) for word in sentence.words], dtype=bool)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, total / count, np.nan)


@dataclass(frozen=True)
class CrossScores:
    """Texts × judges.

    Attributes:
        texts: the rows.
        judges: families, the columns.
        values: float ``[texts, judges]``, mean ln p per word in nats over the words that all judges
            can score; NaN where there is none.
        words: int ``[texts]``, how many words those are.
        left_out: int ``[texts]``, words of the written part that not every judge can score.
    """

    texts: tuple[Text, ...]
    judges: tuple[str, ...]
    values: np.ndarray
    words: np.ndarray
    left_out: np.ndarray

    @property
    def writers(self) -> tuple[str, ...]:
        """Everyone who wrote a text, in the order of the texts."""
        return tuple(dict.fromkeys(text.writer for text in self.texts))

    def by_writer(self) -> np.ndarray:
        """Float ``[writers, judges]``: the mean over all counted words of a writer's texts."""
        rows = []
        for writer in self.writers:
            own = [i for i, text in enumerate(self.texts) if text.writer == writer]
            weights = np.where(np.isfinite(self.values[own]), self.words[own][:, None], 0)
            total, count = np.nansum(self.values[own] * weights, axis=0), weights.sum(axis=0)
            rows.append(np.where(count > 0, total / np.maximum(count, 1), np.nan))
        return np.array(rows).reshape(len(self.writers), len(self.judges))

    def favourites(self) -> dict[str, str]:
        """For each judge the writer whose words it finds likeliest; judges without numbers lack."""
        table = self.by_writer()
        return {
            judge: self.writers[int(np.nanargmax(table[:, column]))]
            for column, judge in enumerate(self.judges)
            if np.isfinite(table[:, column]).any()
        }


def cross_scores(texts: Sequence[Text], scores: Mapping[str, Sequence[np.ndarray]]) -> CrossScores:
    """Put the judgements of several readers side by side, over the same words.

    Args:
        texts: what was judged.
        scores: :func:`word_scores` of each text, by judge. A judge that cannot read a text at all
            (all NaN) does not take part in choosing the words of that text.
    """
    judges = tuple(scores)
    values = np.full((len(texts), len(judges)), np.nan)
    counted, left_out = np.zeros(len(texts), dtype=int), np.zeros(len(texts), dtype=int)
    for row, text in enumerate(texts):
        inside = _inside(text)
        table = np.stack([scores[judge][row][inside] for judge in judges])  # [judges, words]
        can = np.isfinite(table).any(axis=1)
        fair = np.isfinite(table[can]).all(axis=0) if can.any() else np.zeros(0, dtype=bool)
        counted[row], left_out[row] = fair.sum(), len(inside) - fair.sum()
        if fair.any():
            values[row, can] = table[can][:, fair].mean(axis=1)
    return CrossScores(tuple(texts), judges, values, counted, left_out)


def _inside(text: Text) -> list[int]:
    """Words that share a character with the written part."""
    start, end = text.written
    words = split(text.text).words
    return [i for i, word in enumerate(words) if word.start < end and word.end > start]
