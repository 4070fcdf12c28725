"""Masked word: blanks, and what each reader would write into them from what it may see.

Every probability is that of the reader's own softmax over its whole vocabulary, never renormalised
over a list, except where a view is ``rescored`` or a joint probability says how many were tried.
What the readers answer is in :mod:`lmcore.outputs.answers`, how they find it in
:mod:`lmcore.readers.infilling.beam`; here it is set side by side.

The probability and the rank of any word that somebody asks about.

Case variants are one word: its probability is the sum over those of its variants that are entries
of the vocabulary. A word that is none is written in pieces. GPT: the product over the pieces, each
given those before it, the last of which ends the word. BERT: as many masks as pieces, filled from
left to right (chain rule); the number of masks tells it how long the word is, so the number is too
large beside those of whole words. ELMo predicts whole words only; all words that its vocabulary
lacks share the probability of one entry.

What happens to an answer when the words behind the blank are deleted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from lmcore.outputs.answers import Answer, BlankAnswers, Guess
from lmcore.runtime.limits import LIMITS
from lmcore.text.cloze import Cloze
from lmcore.text.words import fold, split

if TYPE_CHECKING:
    from lmcore.readers.base import Reader


#: How a word came by its probability, or why it has none.
Way = Literal["whole", "chain", "masks", "tried", "unknown"]


@dataclass(frozen=True)
class WordScore:
    """What one view says about a word that somebody asked for.

    Attributes:
        word: as it was asked.
        probability: ``None`` where the reader lacks the word.
        rank: 1 + how many whole words of the vocabulary have a greater probability (``rescored``:
            of the tried words). A word of several pieces is ranked as if it were one of them.
        way: ``whole``: an entry of the vocabulary; ``chain``: a product over pieces; ``masks``: the
            same with as many masks as pieces; ``tried``: a share of the whole sentences tried,
            this one included; ``unknown``: no probability.
        pieces: how the reader cuts the word, where it does.
        unknown: probability of all words outside the vocabulary together, where it has an entry.
    """

    family: str
    view: str
    word: str
    probability: float | None
    rank: int | None
    way: Way = "whole"
    pieces: str = ""
    unknown: float | None = None


def ask(
    reader: Reader, cloze: Cloze, which: int, word: str, given: Sequence[Answer]
) -> list[WordScore]:
    """Probability and rank of one word in each answer of one reader.

    Args:
        reader: the reader that gave the answers.
        cloze: the sentence it was asked about.
        which: the blank that they are for.
        word: a single word.
        given: its answers.
    """
    notes = {note.kind: note.detail for note in reader.read([split(word)])[0].notes}
    spelling = notes.get("accents_stripped", word)
    guesses = [answer.of(spelling) for answer in given]
    spelled: dict[str, float] = {}
    if None in guesses and "unknown" not in notes:
        spelled = reader.log_probability_of_word(cloze.sentence, cloze.positions, which, word)
    found: list[WordScore] = []
    for answer, guess in zip(given, guesses, strict=True):
        pieces = "" if guess else notes.get("split", "")
        who = (answer.family, answer.view, word)
        if guess is not None:
            found.append(WordScore(*who, guess.probability, guess.rank))
        elif answer.view in spelled:
            value, rank, way = _placed(answer, spelled[answer.view])
            found.append(WordScore(*who, value, rank, way, pieces))
        else:
            found.append(WordScore(*who, None, None, "unknown", pieces, answer.unknown))
    return found


def _placed(answer: Answer, log: float) -> tuple[float, int, Way]:
    if answer.evidence is None:
        value = exp(log)
        return value, answer.rank(value), "masks" if answer.view == "both" else "chain"
    odds = log - answer.evidence  # ln of its share relative to those tried before
    share = 1 / (1 + exp(-odds)) if odds > -700 else 0.0
    return share, answer.rank(exp(min(odds, 0.0))), "tried"


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
            spellings.setdefault(fold(guess.word), []).append(guess.word)
    for word in asked:
        spellings.setdefault(fold(word), []).append(word)
    shown = [next((s for s in own if s == s.lower()), own[0]) for own in spellings.values()]
    honest = [answer for answer in given if answer.view != "rescored"] or list(given)

    def largest(word: str) -> float:
        return max((g.probability for a in honest if (g := a.of(word)) is not None), default=0.0)

    return sorted(shown, key=largest, reverse=True)


def comparison(
    given: Sequence[Answer], words: Sequence[str], asked: Sequence[WordScore] = ()
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
    known = {(fold(one.word), one.family, one.view): one for one in asked}
    probability = np.full((len(words), len(given)), np.nan)
    rank = np.full((len(words), len(given)), np.nan)
    for row, word in enumerate(words):
        for column, answer in enumerate(given):
            one = known.get((fold(word), answer.family, answer.view)) or answer.of(word)
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


#: Less than this much of the probability moved is a matter of rounding.
UNMOVED = 1e-5


@dataclass(frozen=True)
class Change:
    """An answer with and without the words behind the blank.

    Attributes:
        before, after: the likeliest word with and without them.
        moved: total variation distance of the two distributions, 0 (equal) to 1 (nothing in
            common); what lies on no whole word counts as one further outcome.
        words: those that gain most and those that lose most, largest gain first.
        difference: ``[words]``, probability without minus probability with the right side.
    """

    family: str
    view: str
    before: Guess
    after: Guess
    moved: float
    words: tuple[str, ...]
    difference: np.ndarray

    @property
    def still(self) -> bool:
        """Whether nothing changed."""
        return self.moved < UNMOVED


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
    return Change(
        full.family, full.view, full.top(1)[0], cut.top(1)[0], moved, words, difference[most]
    )


def _spread(answer: Answer, keys: Sequence[str]) -> np.ndarray:
    places = answer.lexicon.places
    return np.asarray(
        [answer.probabilities[places[name]] if name in places else 0.0 for name in keys],
        dtype=np.float64,
    )


def _spelt(name: str, full: Answer, cut: Answer) -> str:
    guess = full.of(name) or cut.of(name)
    return guess.word if guess is not None else name
