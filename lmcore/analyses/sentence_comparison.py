"""Two sentences: which of them a reader finds likelier, and because of which words.

Letters in shapes: S steps of an alignment.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lmcore.analyses.sentence_score import TIE, Score, SentenceScoreView
from lmcore.text.alignment import Step, align_words

#: ``none``: the sentences have no numbers that could be compared.
Verdict = Literal["first", "second", "tie", "none"]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two sentences in one view of a reader.

    Attributes:
        first, second: their scores.
        steps: the alignment of their words.
        difference: float ``[S]`` in nats, first minus second: above 0 the step speaks for the
            first sentence. A word that only one sentence has counts in full. NaN where a word
            that stands there has no number: a missing number is not 0.
        left_out: bool ``[S]``, steps of two words only one of which has a number.
    """

    first: Score
    second: Score
    steps: tuple[Step, ...]
    difference: np.ndarray
    left_out: np.ndarray

    @property
    def total(self) -> float:
        """Log-probability of the first sentence minus that of the second: sum of the steps."""
        return float(self._compared[0].sum() - self._compared[1].sum())

    @property
    def per_word(self) -> float:
        """The same for the means per word, which a longer sentence does not lower."""
        first, second = self._compared
        return float(first.mean() - second.mean()) if len(first) and len(second) else math.nan

    @property
    def _compared(self) -> tuple[np.ndarray, np.ndarray]:
        """The numbers of both sentences that take part, float ``[words]`` each."""
        used = [step for step, gone in zip(self.steps, self.left_out, strict=True) if not gone]
        first = np.array([_at(self.first, step.first) for step in used])
        second = np.array([_at(self.second, step.second) for step in used])
        return first[np.isfinite(first)], second[np.isfinite(second)]

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
    def settled(self) -> bool:
        """Whether one sentence is the other and more behind it, and only the words before count:
        then nothing but the shorter one can win, since it is the probability of all texts that
        begin so.
        """
        kinds = [step.kind for step in self.steps]
        tail = kinds[min(len(self.first.sentence), len(self.second.sentence)) :]
        longer = set(tail) in ({"inserted"}, {"deleted"})
        return (
            self.first.view == "left" and longer and kinds.count("same") == len(kinds) - len(tail)
        )

    @property
    def verdict(self) -> Verdict:
        """Which sentence the reader finds likelier."""
        return verdict(self.total) if np.isfinite(self.difference).any() else "none"

    @property
    def known(self) -> np.ndarray:
        """Bool ``[S]``: whether the words of a step are in the vocabulary."""
        return np.array(
            [
                (step.first is None or self.first.predicted[step.first])
                and (step.second is None or self.second.predicted[step.second])
                for step in self.steps
            ],
            dtype=bool,
        )

    @property
    def unsure(self) -> bool:
        """Whether a changed word is outside the vocabulary, so that the verdict is not about it."""
        return bool((self.changed & ~self.known).any())

    @property
    def decisive(self) -> int | None:
        """The step that speaks most for the verdict; ``None`` for a tie."""
        if self.verdict in ("tie", "none"):
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
    left = np.array([_at(first, step.first) for step in steps])
    right = np.array([_at(second, step.second) for step in steps])
    paired = np.array([step.first is not None and step.second is not None for step in steps])
    left_out = paired & (np.isnan(left) != np.isnan(right))
    nothing = left_out | (np.isnan(left) & np.isnan(right))
    difference = np.where(nothing, np.nan, np.nan_to_num(left) - np.nan_to_num(right))
    return Comparison(first, second, tuple(steps), difference, left_out)


def _at(score: Score, word: int | None) -> float:
    return math.nan if word is None else float(score.log_probability[word])


def compare_views(first: SentenceScoreView, second: SentenceScoreView) -> list[Comparison]:
    """Two sentences in every view that a reader has on both."""
    others = {score.view: score for score in second.scores}
    return [compare(score, others[score.view]) for score in first.scores if score.view in others]


def main_comparison(comparisons: Sequence[Comparison]) -> Comparison:
    """The one that stands for a reader: of the means of both directions where it has two."""
    return next((c for c in comparisons if c.first.view == "mean"), comparisons[0])


def step_frame(
    comparisons: Sequence[Comparison], names: Sequence[str], titles: Mapping[str, str]
) -> pd.DataFrame:
    """One row a step of an alignment: both words, what happened, and the difference in every view.

    Args:
        comparisons: of the same two sentences.
        names: of the views.
        titles: ``first``, ``second``, ``kind`` and one for each kind.
    """
    first, second = comparisons[0].first.sentence, comparisons[0].second.sentence
    steps = comparisons[0].steps
    frame = pd.DataFrame(
        {
            titles["first"]: ["" if s.first is None else first.words[s.first].text for s in steps],
            titles["second"]: [
                "" if s.second is None else second.words[s.second].text for s in steps
            ],
            titles["kind"]: [titles[s.kind] for s in steps],
        }
    )
    for comparison, name in zip(comparisons, names, strict=True):
        frame[name] = comparison.difference
    return frame
