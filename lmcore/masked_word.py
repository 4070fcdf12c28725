"""Masked word: one blank, and what each reader would write into it from what it may see.

Every probability is that of the reader's own softmax over its whole vocabulary, never renormalised
over a list, except where a view says ``rescored``. Case variants ("The", "the") count as one word:
their probabilities are added, which is exact, since a blank holds only one of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log, log1p
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from lmcore.cloze import Blank, key
from lmcore.reading import Candidates
from lmcore.words import Sentence, split

if TYPE_CHECKING:
    from lmcore.readers.base import Reader

#: More than any vocabulary holds: all words of it.
_ALL = 10_000_000

#: What a view may use of the sentence; the order of the rows on the page.
SIDES: dict[str, tuple[str, ...]] = {
    "left": ("left",),
    "right": ("right",),
    "both": ("combined", "rescored", "both"),
}


@dataclass(frozen=True)
class Guess:
    """One word for the blank.

    Attributes:
        word: in its likeliest spelling.
        probability: of all its case variants together, 0 to 1.
        rank: 1 for the likeliest whole word.
    """

    word: str
    probability: float
    rank: int


@dataclass(frozen=True)
class _Lexicon:
    """The whole words of a vocabulary (sorted) and which of them are one word.

    Attributes:
        entries: the spellings.
        places: key of a word → its group.
        group: int ``[entries]``, the group of each spelling.
    """

    entries: tuple[str, ...]
    places: dict[str, int]
    group: np.ndarray


@lru_cache(maxsize=16)
def _lexicon(entries: tuple[str, ...]) -> _Lexicon:
    places: dict[str, int] = {}
    group = [places.setdefault(key(entry), len(places)) for entry in entries]
    return _Lexicon(entries, places, np.asarray(group, dtype=np.int32))


@dataclass(frozen=True)
class Answer:
    """What one reader expects in the blank from one view of the sentence.

    Attributes:
        family, view: see :class:`lmcore.reading.Candidates`.
        lexicon: the words, shared between answers of the same reader.
        probabilities: float32 ``[groups]``, case variants added.
        spelling: int32 ``[groups]``, the likeliest spelling of each (entry of the lexicon).
        covered: share of the probability that lies on whole words; ``None`` for ``rescored``.
    """

    family: str
    view: str
    lexicon: _Lexicon
    probabilities: np.ndarray
    spelling: np.ndarray
    covered: float | None

    @property
    def side(self) -> str:
        """Which part of the sentence it used: a key of :data:`SIDES`."""
        return next(side for side, views in SIDES.items() if self.view in views)

    def _guess(self, place: int) -> Guess:
        probability = self.probabilities[place]
        rank = int((self.probabilities > probability).sum()) + 1
        return Guess(self.lexicon.entries[self.spelling[place]], float(probability), rank)

    def top(self, k: int) -> list[Guess]:
        """The likeliest words."""
        order = np.argsort(-self.probabilities, kind="stable")[:k]
        return [self._guess(int(place)) for place in order]

    def of(self, word: str) -> Guess | None:
        """A word's place; ``None`` where it is no whole word of the vocabulary."""
        place = self.lexicon.places.get(key(word))
        return None if place is None else self._guess(place)


def merged(found: Candidates) -> Answer:
    """A reader's candidates with the case variants of each word added up."""
    ordered = sorted(found.candidates, key=lambda candidate: candidate.word)
    lexicon = _lexicon(tuple(candidate.word for candidate in ordered))
    single = np.asarray([candidate.probability for candidate in ordered], dtype=np.float64)
    rising = np.argsort(single, kind="stable")
    spelling = np.zeros(len(lexicon.places), dtype=np.int32)
    spelling[lexicon.group[rising]] = rising  # the last one written is the likeliest
    sums = np.bincount(lexicon.group, single, minlength=len(lexicon.places)).astype(np.float32)
    return Answer(found.family, found.view, lexicon, sums, spelling, found.covered)


def answers(reader: Reader, blank: Blank) -> list[Answer]:
    """Everything one reader expects in the blank, one answer for each of its views."""
    return [merged(found) for found in reader.fill(blank.sentence, blank.position, _ALL)]


#: Why an asked word has no probability.
Reason = Literal["", "pieces", "unknown"]


@dataclass(frozen=True)
class Asked:
    """What one view says about a word that somebody asked for.

    Attributes:
        word: as it was asked.
        probability: ``None`` where the reader cannot put the word into one blank.
        rank: among the whole words of the vocabulary (``rescored``: among the tried words); a word
            of several pieces is ranked as if it were one of them.
        reason: why there is no probability: the word is several ``pieces`` and a blank holds one,
            or it is ``unknown``.
        pieces: how the reader cuts the word, where it does.
    """

    family: str
    view: str
    word: str
    probability: float | None
    rank: int | None
    reason: Reason = ""
    pieces: str = ""


def ask(reader: Reader, blank: Blank, word: str, given: Sequence[Answer]) -> list[Asked]:
    """Probability and rank of one word in each answer of one reader.

    A word of several pieces has an exact probability for a reader that goes from left to right:
    the product over its pieces, each given those before it.

    Args:
        reader: the reader that gave the answers.
        blank: the blank it was asked about.
        word: a single word.
        given: its answers.
    """
    notes = {note.kind: note.detail for note in reader.read([split(word)])[0].notes}
    spelling = notes.get("accents_stripped", word)
    pieces = notes.get("split", "")
    found: list[Asked] = []
    for answer in given:
        guess = answer.of(spelling)
        if guess is not None:
            value: tuple[float, int] | None = (guess.probability, guess.rank)
        elif "unknown" in notes:
            value = None
        elif answer.view == "rescored":
            value = _rescored(reader, blank, word, answer)
        elif pieces and reader.sight == "left":
            value = _by_pieces(reader, blank, word, answer)
        else:
            value = None
        reason: Reason = "" if value else "pieces" if pieces else "unknown"
        probability, rank = value or (None, None)
        found.append(Asked(answer.family, answer.view, word, probability, rank, reason, pieces))
    return found


def _by_pieces(reader: Reader, blank: Blank, word: str, answer: Answer) -> tuple[float, int]:
    """Chain rule over the pieces of a word, from the left."""
    scores = reader.score(blank.filled(word))
    probability = exp(next(s.log_probability for s in scores if s.word == blank.position))
    return probability, int((answer.probabilities > probability).sum()) + 1


def _rescored(reader: Reader, blank: Blank, word: str, answer: Answer) -> tuple[float, int]:
    """Share of a word in the softmax over the tried words and itself."""
    best = answer.top(1)[0]
    anchor, own = (
        sum(score.log_probability for score in reader.score(blank.filled(other)))
        for other in (best.word, word)
    )
    odds = own - anchor + log(best.probability)  # ln of its share relative to the tried words
    probability = exp(odds - log1p(exp(odds))) if odds < 0 else 1 / (1 + exp(-odds))
    return probability, int((answer.probabilities > exp(min(odds, 0.0))).sum()) + 1


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


@dataclass(frozen=True)
class Change:
    """What happens to an answer when the words behind the blank are deleted.

    Attributes:
        before, after: the likeliest word with and without them.
        moved: total variation distance of the two distributions, 0 (equal) to 1 (nothing in
            common); what lies on no whole word counts as one further outcome.
    """

    family: str
    view: str
    before: Guess
    after: Guess
    moved: float


def change(full: Answer, cut: Answer) -> Change:
    """Compare an answer with the same view's answer to the shortened sentence."""
    if full.lexicon is cut.lexicon:
        p, q = (np.append(a.probabilities, 1 - a.probabilities.sum()) for a in (full, cut))
    else:
        keys = sorted(full.lexicon.places.keys() | cut.lexicon.places.keys())
        p, q = (_spread(answer, keys) for answer in (full, cut))
    moved = 0.5 * float(np.abs(p - q).sum())
    return Change(full.family, full.view, full.top(1)[0], cut.top(1)[0], moved)


def _spread(answer: Answer, keys: Sequence[str]) -> np.ndarray:
    """Probabilities of some words, and the rest as a last outcome."""
    places = answer.lexicon.places
    own = np.asarray(
        [answer.probabilities[places[name]] if name in places else 0.0 for name in keys],
        dtype=np.float64,
    )
    return np.append(own, 1.0 - own.sum())


def order_of(reader: Reader, first: Sentence, second: Sentence) -> tuple[float, float]:
    """Next-sentence judgement of a pair, as given and with the order swapped.

    Returns:
        probability that the second text follows the first, and that the first follows the second,
        each in its own question (they need not add up to 1). Devlin et al. 2018, task 2.
    """
    return reader.follows(first, second), reader.follows(second, first)
