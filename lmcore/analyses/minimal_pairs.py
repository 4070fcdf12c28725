"""Minimal pairs: two sentences that differ in one thing, of which one is right.

The pairs in ``data/LANGUAGE/minimal_pairs.tsv`` were written for this project and stand under its
licence; they are few, short and in everyday words, so that a page can score them while somebody
waits. The sentences of a pair have the same number of words. Wherever a phenomenon allows it, what
is right in one pair is wrong in another (*the owner of the houses is*, *the windows of the house
are*), so that a reader which merely likes one form better is right half of the time. For the large
benchmark see :mod:`lmcore.evaluation.minimal_pairs` (BLiMP, Warstadt et al. 2020).

Letters in shapes: N pairs, V views of a reader.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import comb
from pathlib import Path
from typing import Any, Literal

import numpy as np

from lmcore.analyses.analysis import Analysis, Example
from lmcore.analyses.baseline import per_reader
from lmcore.analyses.sentence_comparison import compare
from lmcore.analyses.sentence_score import TIE, View, main_view, score_all
from lmcore.errors import BankError
from lmcore.readers.base import Reader
from lmcore.runtime.checkpoints import shown
from lmcore.runtime.families import CONTEXTUAL
from lmcore.text.language import language, languages
from lmcore.text.words import Sentence, split

NAME = "minimal_pairs.tsv"
FILE = language().folder / NAME
HEADER = ["phenomenon", "good", "bad"]

#: Phenomena of BLiMP (the names in its files) that ask nearly the same.
BLIMP = {
    "agreement_noun": "subject_verb_agreement",
    "agreement_clause": "subject_verb_agreement",
    "reflexives": "anaphor_agreement",
    "gender": "anaphor_agreement",
    "determiner_noun": "determiner_noun_agreement",
    "irregular_forms": "irregular_forms",
    "negative_polarity": "npi_licensing",
    "filler_gap": "filler_gap_dependency",
    "argument_structure": "argument_structure",
    "quantifiers": "quantifiers",
    "ellipsis": "ellipsis",
}


@dataclass(frozen=True)
class Pair:
    """A right and a wrong sentence."""

    phenomenon: str
    good: Sentence
    bad: Sentence

    @property
    def both(self) -> str:
        """Both sentences in one line: ``The owner of the houses [is | are] rich.``"""
        right, wrong = ([word.text for word in s.words] for s in (self.good, self.bad))
        first = _shared(right, wrong)
        shortest = min(len(right), len(wrong)) - first - 1
        last = min(_shared(right[::-1], wrong[::-1]), shortest)
        spans = []
        for sentence in (self.good, self.bad):
            words = sentence.words[first : len(sentence) - last]
            spans.append((words[0].start, words[-1].end))
        (start, end), (begin, stop) = spans
        good, bad = self.good.text, self.bad.text
        return f"{good[:start]}[{good[start:end]} | {bad[begin:stop]}]{good[end:]}"


def _shared(first: Sequence[str], second: Sequence[str]) -> int:
    """How many words two sentences have in common from their beginning."""
    pairs = zip(first, second, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))


@cache
def load(path: Path = FILE) -> dict[str, tuple[Pair, ...]]:
    """All pairs by phenomenon, in the order of the file.

    Raises:
        BankError: ``bank_missing`` or ``bank_damaged``.
    """
    try:
        lines = path.read_text(encoding="utf8").splitlines()
    except FileNotFoundError:
        raise BankError("bank_missing", file=shown(path)) from None
    except (OSError, ValueError) as error:
        raise BankError("bank_damaged", file=shown(path), detail=str(error)) from error
    if not lines or lines[0].split("\t") != HEADER:
        raise BankError("bank_damaged", file=shown(path), detail="line 1: no header")
    phenomena: dict[str, list[Pair]] = {}
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(HEADER) or not all(cells):
            raise BankError("bank_damaged", file=shown(path), detail=f"line {number}: not 3 cells")
        name, good, bad = cells
        phenomena.setdefault(name, []).append(Pair(name, split(good), split(bad)))
    return {name: tuple(pairs) for name, pairs in phenomena.items()}


@cache
def phenomena() -> frozenset[str]:
    """The names of the phenomena of all languages."""
    files = (record.folder / NAME for record in languages().values())
    return frozenset(name for path in files if path.is_file() for name in load(path))


@dataclass(frozen=True)
class PairsQuestion:
    """All pairs of one phenomenon.

    Attributes:
        phenomenon: its name.
        chained: see :class:`lmcore.analyses.sentence_score.ScoreQuestion`.
    """

    phenomenon: str
    chained: bool = False


@dataclass(frozen=True, eq=False)
class PairsView:
    """What one reader says about some pairs.

    Attributes:
        family: the reader.
        views: ``[V]``.
        difference: float ``[V, N]`` in nats, right minus wrong sentence: above 0 is right.
        known: bool ``[N]``, whether all words in which the sentences of a pair differ are in the
            reader's vocabulary. Where not, the difference is not about those words.
        main: which view stands for the reader.
    """

    family: str
    views: tuple[View, ...]
    difference: np.ndarray
    known: np.ndarray
    main: int

    @property
    def margins(self) -> np.ndarray:
        """Differences ``[N]`` in the main view; NaN for a pair that the reader cannot judge."""
        return np.where(self.known, self.difference[self.main], np.nan)

    @property
    def count(self) -> int:
        """How many pairs the reader can judge."""
        return int(self.known.sum())

    @property
    def right(self) -> int:
        """How many of them it judges right; a tie is wrong."""
        return int((np.nan_to_num(self.margins) >= TIE).sum())

    @property
    def accuracy(self) -> float:
        """Share of right ones, 0 to 1; NaN where it can judge none."""
        return self.right / self.count if self.count else float("nan")

    @property
    def verdict(self) -> Literal["beyond", "misled", "chance"]:
        """Whether so many right (or wrong) ones are unlikely by guessing."""
        needed = beyond_chance(self.count)
        if needed is None or self.count - needed < self.right < needed:
            return "chance"
        return "beyond" if self.right >= needed else "misled"


def judge(reader: Reader, pairs: Sequence[Pair], chained: bool = False) -> PairsView:
    """Score both sentences of some pairs in one batch.

    Args:
        reader: one that scores words.
        pairs: at least one.
        chained: see :class:`lmcore.analyses.sentence_score.ScoreQuestion`.
    """
    sentences = [sentence for pair in pairs for sentence in (pair.good, pair.bad)]
    scores = score_all(reader, sentences, chained)
    views = tuple(score.view for score in scores[0])
    compared = [
        [compare(good, bad) for good, bad in zip(*two, strict=True)]
        for two in zip(scores[::2], scores[1::2], strict=True)
    ]  # [N][V]
    return PairsView(
        family=reader.family,
        views=views,
        difference=np.array([[each.total for each in row] for row in compared]).T,
        known=np.array([not row[0].unsure for row in compared], dtype=bool),
        main=views.index(main_view(scores[0]).view),
    )


@per_reader
def _judged(reader: Reader) -> dict[PairsQuestion, PairsView]:
    return {}


def judge_phenomenon(reader: Reader, question: PairsQuestion) -> PairsView:
    """What a reader says about all pairs of a phenomenon: ours, and kept with the reader."""
    views = _judged(reader)
    if question not in views:
        pairs = load(reader.language.folder / NAME)[question.phenomenon]
        views[question] = judge(reader, pairs, question.chained)
    return views[question]


def pooled(parts: Sequence[PairsView]) -> PairsView:
    """Several phenomena of one reader as one."""
    first = parts[0]
    return PairsView(
        first.family,
        first.views,
        np.concatenate([part.difference for part in parts], axis=1),
        np.concatenate([part.known for part in parts]),
        first.main,
    )


def accuracies(parts: Sequence[PairsView]) -> np.ndarray:
    """Share of right ones by phenomenon, float ``[phenomena]``."""
    return np.array([part.accuracy for part in parts])


def mean_accuracy(shares: Sequence[np.ndarray]) -> np.ndarray:
    """Mean over readers of their shares ``[phenomena]``; one half where none has any."""
    known = np.isfinite(shares)
    sums, counts = np.where(known, shares, 0.0).sum(axis=0), known.sum(axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), 0.5)


def blimp_shares(row: Mapping[str, Any], phenomena: Sequence[str]) -> np.ndarray | None:
    """What a reader's results reach on the phenomena of BLiMP that ask nearly the same as ours.

    Float ``[phenomena]`` from 0 to 1, NaN where there is none; ``None`` without results.
    """
    measured = row.get("by_phenomenon")
    if not isinstance(measured, dict):
        return None
    values = [measured.get(BLIMP.get(phenomenon, "")) for phenomenon in phenomena]
    return np.array([v / 100 if isinstance(v, int | float) else np.nan for v in values])


def beyond_chance(count: int, level: float = 0.05) -> int | None:
    """How many of some pairs must be right before guessing is an unlikely explanation.

    The smallest k with P(at least k of ``count`` coin tosses) below ``level`` (one-sided binomial
    test); ``None`` where even all of them would not do.
    """
    tail = 0.0
    for right in range(count, -1, -1):
        tail += comb(count, right) / 2**count
        if tail >= level:
            return right + 1 if right < count else None
    return None


MINIMAL_PAIRS = Analysis("minimal_pairs", PairsView, judge_phenomenon)


def examples() -> list[Example[PairsQuestion, PairsView]]:
    """All pairs: the page shows every phenomenon at a glance."""
    questions = tuple(PairsQuestion(phenomenon) for phenomenon in load())
    return [Example(MINIMAL_PAIRS, CONTEXTUAL, questions)]
