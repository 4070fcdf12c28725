"""How likely each reader finds every word of a sentence, and which of two sentences it prefers.

The numbers of the readers are not probabilities of the same thing:

- A reader that sees the left gives ln p(word | words before it); their sum is the log-probability
  of the whole sentence (chain rule). So does ELMo's forward model; its backward model does the same
  from the other end. The two are two opinions about one sentence: their mean is shown beside them.
- BERT gives ln p(word | all other words); their sum is the pseudo-log-likelihood of Salazar et al.
  2020 ("Masked Language Model Scoring", ACL, eq. 1), no probability of the sentence. BERT's pieces
  of one word tell each other, unless asked otherwise (:mod:`lmcore.readers.scoring`).

So sentences are compared within a reader, never readers with one another. A word outside a reader's
vocabulary has the probability of "unknown" and not its own: ``predicted`` tells.

Letters in shapes: W words of a sentence, S steps of an alignment.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from lmcore.text.alignment import Step, align_words
from lmcore.text.words import Sentence

if TYPE_CHECKING:
    from lmcore.readers.base import Reader

#: What a number was predicted from; ``mean``: of ELMo's two directions.
View = Literal["left", "right", "mean", "both"]
Unit = Literal["nats", "bits"]
Verdict = Literal["first", "second", "tie"]

#: Nats below which two sentences count as equally likely: what is left of rounding.
TIE = 1e-3
#: ln of the largest float.
_MOST_NATS = 709.0


def in_unit(nats: np.ndarray | float, unit: Unit) -> np.ndarray | float:
    """Natural logarithms in the chosen unit (1 bit = ln 2 nats)."""
    return nats / math.log(2) if unit == "bits" else nats


@dataclass(frozen=True, eq=False)
class Score:
    """One reader's view of every word of a sentence.

    Attributes:
        family: the reader.
        view: what it predicted from.
        sentence: the text and its words.
        log_probability: float ``[W]`` in nats; NaN for a word that has none (the first one of a
            reader that has nothing to start from).
        predicted: bool ``[W]``, whether the number is of this very word and not of "unknown".
    """

    family: str
    view: View
    sentence: Sentence
    log_probability: np.ndarray
    predicted: np.ndarray

    @property
    def total(self) -> float:
        """Sum over the words that have a number, nats."""
        return float(np.nansum(self.log_probability))

    @property
    def scored(self) -> int:
        """How many words have a number."""
        return int(np.isfinite(self.log_probability).sum())

    @property
    def mean(self) -> float:
        """Nats per word that has a number; NaN where none has."""
        return self.total / self.scored if self.scored else math.nan

    @property
    def perplexity(self) -> float:
        """exp of minus the mean: as unsure as an even choice among so many words.

        Infinite where a word of very many pieces makes it larger than any float.
        """
        return math.inf if -self.mean > _MOST_NATS else math.exp(-self.mean)

    @property
    def unknown(self) -> list[int]:
        """Words that have no number of their own: outside the vocabulary of the reader."""
        return [int(word) for word in np.flatnonzero(~self.predicted)]

    def surprisal(self, unit: Unit = "nats") -> np.ndarray:
        """Minus the log-probability, float ``[W]``: 0 for a word that was certain."""
        return np.asarray(in_unit(-self.log_probability, unit))

    def most_surprising(self) -> int | None:
        """The word with the least probability of its own; ``None`` where there is none."""
        own = np.where(self.predicted, self.log_probability, np.nan)
        return int(np.nanargmin(own)) if np.isfinite(own).any() else None


def score_all(
    reader: Reader, sentences: Sequence[Sentence], chained: bool = False
) -> list[list[Score]]:
    """Every view of a reader on some sentences, read in one batch.

    Args:
        reader: one that scores words.
        sentences: the sentences.
        chained: whether no piece of a word may be told by the pieces that follow in it.

    Raises:
        InputError: ``text_too_many_pieces``.
        UnsupportedError: the reader predicts no words.
    """
    given = (reader.chained_scores if chained else reader.scores)(list(sentences))
    found = []
    for sentence, own in zip(sentences, given, strict=True):
        by_view: dict[View, np.ndarray] = {}
        for one in own:
            values = by_view.setdefault(one.side, np.full(len(sentence), np.nan))
            values[one.word] = one.log_probability
        if "left" in by_view and "right" in by_view:
            by_view["mean"] = (by_view["left"] + by_view["right"]) / 2
        predicted = np.array([reader.predicts(word.text) for word in sentence.words], dtype=bool)
        found.append(
            [Score(reader.family, v, sentence, log, predicted) for v, log in by_view.items()]
        )
    return found


def main_view(scores: Sequence[Score]) -> Score:
    """The view that stands for a reader: the mean of both directions where it has two."""
    return next((score for score in scores if score.view == "mean"), scores[0])


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sentences in one view of a reader.

    Attributes:
        first, second: their scores.
        steps: the alignment of their words.
        difference: float ``[S]`` in nats, first minus second: above 0 the step speaks for the
            first sentence. A word that only one sentence has counts in full. NaN where neither
            word has a number.
    """

    first: Score
    second: Score
    steps: tuple[Step, ...]
    difference: np.ndarray

    @property
    def total(self) -> float:
        """Log-probability of the first sentence minus that of the second: sum of the steps."""
        return self.first.total - self.second.total

    @property
    def per_word(self) -> float:
        """The same for the means per word, which a longer sentence does not lower."""
        return self.first.mean - self.second.mean

    @property
    def changed(self) -> np.ndarray:
        """Bool ``[S]``: where the two sentences have different words."""
        return np.array([step.kind != "same" for step in self.steps], dtype=bool)

    @property
    def of_context(self) -> float:
        """The part of :attr:`total` that lies on words that both sentences have: what the changed
        words did to their neighbours, nats.
        """
        return float(np.nansum(self.difference[~self.changed]))

    @property
    def verdict(self) -> Verdict:
        """Which sentence the reader finds likelier."""
        return verdict(self.total)

    @property
    def unsure(self) -> bool:
        """Whether a changed word is outside the vocabulary, so that the verdict is not about it."""
        return any(
            (step.first is not None and not self.first.predicted[step.first])
            or (step.second is not None and not self.second.predicted[step.second])
            for step in self.steps
            if step.kind != "same"
        )

    @property
    def decisive(self) -> int | None:
        """The step that speaks most for the verdict; ``None`` for a tie."""
        if self.verdict == "tie" or not np.isfinite(self.difference).any():
            return None
        sign = 1 if self.total > 0 else -1
        return int(np.nanargmax(sign * self.difference))


def verdict(difference: float) -> Verdict:
    """Which of two sentences is likelier, by first minus second in nats."""
    if not abs(difference) >= TIE:
        return "tie"
    return "first" if difference > 0 else "second"


def compare(first: Score, second: Score) -> Comparison:
    """Two sentences in the same view of the same reader."""
    steps = align_words(first.sentence, second.sentence)
    one = np.array([_at(first, step.first) for step in steps])
    other = np.array([_at(second, step.second) for step in steps])
    nothing = np.isnan(one) & np.isnan(other)
    difference = np.where(nothing, np.nan, np.nan_to_num(one) - np.nan_to_num(other))
    return Comparison(first, second, tuple(steps), difference)


def _at(score: Score, word: int | None) -> float:
    return math.nan if word is None else float(score.log_probability[word])


def word_frame(
    scores: Sequence[Score], names: Sequence[str], titles: Mapping[str, str]
) -> pd.DataFrame:
    """One row a word: log-probability and surprisal in every view, in nats and bits.

    Args:
        scores: of one sentence.
        names: of the views.
        titles: of the columns: ``word``, ``log`` and ``bits`` (which hold the name of a view as
            ``{name}``) and ``unknown``.
    """
    frame = pd.DataFrame({titles["word"]: [word.text for word in scores[0].sentence.words]})
    for score, name in zip(scores, names, strict=True):
        frame[titles["log"].format(name=name)] = score.log_probability
        frame[titles["bits"].format(name=name)] = score.surprisal("bits")
    frame[titles["unknown"]] = [
        ", ".join(name for s, name in zip(scores, names, strict=True) if not s.predicted[place])
        for place in range(len(frame))
    ]
    return frame


def step_frame(
    comparisons: Sequence[Comparison], names: Sequence[str], titles: Mapping[str, str]
) -> pd.DataFrame:
    """One row a step of an alignment: both words, what happened, and the difference in every view.

    Args:
        comparisons: of the same two sentences.
        names: of the views.
        titles: ``first``, ``second``, ``kind`` and one for each kind.
    """
    one, other = comparisons[0].first.sentence, comparisons[0].second.sentence
    steps = comparisons[0].steps
    frame = pd.DataFrame(
        {
            titles["first"]: ["" if s.first is None else one.words[s.first].text for s in steps],
            titles["second"]: [
                "" if s.second is None else other.words[s.second].text for s in steps
            ],
            titles["kind"]: [titles[s.kind] for s in steps],
        }
    )
    for comparison, name in zip(comparisons, names, strict=True):
        frame[name] = comparison.difference
    return frame
