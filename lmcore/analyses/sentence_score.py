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

Letters in shapes: W words of a sentence.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from lmcore.analyses.analysis import Analysis, Example
from lmcore.outputs.reading import WordNotes
from lmcore.readers.base import Reader
from lmcore.runtime.families import CONTEXTUAL
from lmcore.text.examples import EXAMPLE, SECOND
from lmcore.text.words import Sentence, split

#: What a number was predicted from; ``mean``: of ELMo's two directions.
View = Literal["left", "right", "mean", "both"]
Unit = Literal["nats", "bits"]

#: Nats below which two sentences count as equally likely: what is left of rounding.
TIE = 1e-3
#: ln of the largest float.
_MOST_NATS = 709.0


def in_unit(nats: np.ndarray | float, unit: Unit) -> np.ndarray | float:
    """Natural logarithms in the chosen unit (1 bit = ln 2 nats)."""
    return nats / math.log(2) if unit == "bits" else nats


@dataclass(frozen=True)
class ScoreQuestion:
    """A sentence to be scored.

    Attributes:
        text: the sentence.
        chained: whether no piece of a word may be told by the pieces that follow in it.
    """

    text: str
    chained: bool = False


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
        known = np.where(self.predicted, self.log_probability, np.nan)
        return int(np.nanargmin(known)) if np.isfinite(known).any() else None


@dataclass(frozen=True, eq=False)
class SentenceScoreView:
    """How likely one reader finds every word of a sentence.

    Attributes:
        family: the reader.
        notes: what it did to the words before reading them.
        scores: one a view; of a reader with two directions their mean as well.
    """

    family: str
    notes: WordNotes
    scores: tuple[Score, ...]

    @property
    def sentence(self) -> Sentence:
        """What was scored."""
        return self.notes.sentence

    @property
    def main(self) -> Score:
        """The view that stands for the reader."""
        return main_view(self.scores)


def main_view(scores: Sequence[Score]) -> Score:
    """The view that stands for a reader: the mean of both directions where it has two."""
    return next((score for score in scores if score.view == "mean"), scores[0])


def score_sentence(reader: Reader, question: ScoreQuestion) -> SentenceScoreView:
    """Every view of a reader on a sentence.

    Raises:
        InputError: ``text_too_many_pieces``.
        UnsupportedError: the reader predicts no words.
    """
    sentence = split(question.text)
    scores = score_all(reader, [sentence], question.chained)[0]
    notes = WordNotes(reader.family, sentence, reader.notes(sentence))
    return SentenceScoreView(reader.family, notes, tuple(scores))


def score_all(
    reader: Reader, sentences: Sequence[Sentence], chained: bool = False
) -> list[list[Score]]:
    """Every view of a reader on some sentences, read in one batch.

    Args:
        reader: one that scores words.
        sentences: the sentences.
        chained: see :class:`ScoreQuestion`.

    Raises:
        InputError: ``text_too_many_pieces``.
        UnsupportedError: the reader predicts no words.
    """
    by_sentence = (reader.chained_scores if chained else reader.scores)(list(sentences))
    rows = []
    for sentence, tokens in zip(sentences, by_sentence, strict=True):
        by_view: dict[View, np.ndarray] = {}
        for token in tokens:
            values = by_view.setdefault(token.side, np.full(len(sentence), np.nan))
            values[token.word] = token.log_probability
        if "left" in by_view and "right" in by_view:
            by_view["mean"] = (by_view["left"] + by_view["right"]) / 2
        predicted = np.array([reader.predicts(word.text) for word in sentence.words], dtype=bool)
        rows.append(
            [Score(reader.family, v, sentence, log, predicted) for v, log in by_view.items()]
        )
    return rows


@dataclass(frozen=True)
class Relief:
    """The word at which a reader of both sides is least surprised beside one of the left side.

    Attributes:
        word: index into the words.
        left, both: the two scores.
    """

    word: int
    left: Score
    both: Score


def relief(scores: Sequence[Score], least: float = 1.0) -> Relief | None:
    """Where the right side helps most, by at least so many nats.

    ``None`` where it does not, or nobody reads it.
    """
    left = next((score for score in scores if score.view == "left"), None)
    both = next((score for score in scores if score.view == "both"), None)
    if left is None or both is None:
        return None
    letters = np.array([word.has_letters for word in left.sentence.words], dtype=bool)
    gain = both.log_probability - left.log_probability
    gain = np.where(left.predicted & both.predicted & letters, gain, np.nan)
    if not np.nanmax(gain, initial=0.0) > least:
        return None
    return Relief(int(np.nanargmax(gain)), left, both)


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


SENTENCE_SCORE = Analysis("sentence_score", SentenceScoreView, score_sentence)


def examples() -> list[Example[ScoreQuestion, SentenceScoreView]]:
    """The page's own sentence and the one that it is compared with."""
    questions = (ScoreQuestion(EXAMPLE), ScoreQuestion(SECOND["sentence_score"]))
    return [Example(SENTENCE_SCORE, CONTEXTUAL, questions)]
