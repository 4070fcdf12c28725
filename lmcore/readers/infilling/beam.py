"""Filling blanks in a fixed order: what every reader's search has in common.

A decoder goes through a sentence from blank to blank. At each it gives a distribution for every
hypothesis (a filling of the blanks so far), and the likeliest hypotheses go on: a beam search. What
stands in a blank if nobody tells what stands in the others: :mod:`.marginal`.

Letters in shapes: H hypotheses, V entries of a vocabulary, F fillings.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, cast

import numpy as np
import torch
from torch import Tensor

from lmcore.errors import InputError
from lmcore.outputs.answers import Answer, BlankAnswers, Candidate, Filling, Fillings, Lexicon, View
from lmcore.runtime.families import Capability
from lmcore.runtime.limits import LIMITS
from lmcore.text.words import Sentence, fold

#: How many blanks a sentence may have, and how many hypotheses a search may keep.
MAX_BLANKS, MAX_BEAM = LIMITS.blanks, LIMITS.beam

Entries = tuple[int, ...]


class Decoder(Protocol):
    """A reader on its way from blank to blank; it has one row for each hypothesis."""

    def log(self) -> Tensor:
        """Log-probabilities ``[H, V]`` (CPU) of what stands in the blank that was reached."""
        ...

    def advance(self, parents: Sequence[int], entries: Sequence[int]) -> np.ndarray:
        """Put entries into the blank and read on to the next.

        Args:
            parents: which row each new row continues.
            entries: of the vocabulary, one a new row.

        Returns:
            ``[len(entries)]`` ln p of the fixed words that were read.
        """
        ...

    def keep(self, rows: Sequence[int]) -> None:
        """Go on with these rows only."""
        ...


@dataclass
class Beam:
    """Hypotheses, one a row.

    Attributes:
        entries: what stands in the blanks so far.
        chosen: ``[H]`` sum of ln p of these entries.
        evidence: ``[H]`` the same and ln p of the fixed words read since the first blank.
    """

    entries: list[Entries]
    chosen: np.ndarray
    evidence: np.ndarray

    @classmethod
    def empty(cls) -> "Beam":
        """Before the first blank."""
        return cls([()], np.zeros(1), np.zeros(1))

    def rows(self, kept: Sequence[int]) -> "Beam":
        """Some of the hypotheses."""
        return Beam([self.entries[i] for i in kept], self.chosen[kept], self.evidence[kept])


class Infilling(Protocol):
    """How a family fills blanks: what its module of this folder offers."""

    def fill(
        self, reader: Any, sentence: Sentence, blanks: Sequence[int], beam: int
    ) -> BlankAnswers:
        """See :meth:`lmcore.readers.base.Reader.fill_blanks`."""
        ...

    def log_probability_of_word(
        self,
        reader: Any,
        sentence: Sentence,
        blanks: Sequence[int],
        which: int,
        word: str,
        beam: int,
    ) -> dict[str, float]:
        """See :meth:`lmcore.readers.base.Reader.log_probability_of_word`."""
        ...


class FillsBlanks:
    """A reader that fills blanks.

    Attributes:
        infilling, of_characters: how where pieces are of words, and where they are characters.
        lacks: see :class:`lmcore.readers.base.Reader`.
    """

    infilling: ClassVar[Infilling]
    of_characters: ClassVar[Infilling]
    lacks: dict[Capability, str]

    def fill_blanks(
        self, sentence: Sentence, blanks: Sequence[int], beam: int = MAX_BEAM
    ) -> BlankAnswers:
        """See :meth:`lmcore.readers.base.Reader.fill_blanks`."""
        self._check(blanks, beam)
        return self._way().fill(self, sentence, blanks, beam)

    def log_probability_of_word(
        self, sentence: Sentence, blanks: Sequence[int], which: int, word: str, beam: int = MAX_BEAM
    ) -> dict[str, float]:
        """See :meth:`lmcore.readers.base.Reader.log_probability_of_word`."""
        self._check(blanks, beam)
        return self._way().log_probability_of_word(self, sentence, blanks, which, word, beam)

    def _way(self) -> Infilling:
        characters = cast(Any, self).language.normaliser == "han"
        return self.of_characters if characters else self.infilling

    def _check(self, blanks: Sequence[int], beam: int) -> None:
        if "fill" in self.lacks:
            cast(Any, self).need("fill")
        check(blanks, beam)


def check(blanks: Sequence[int], beam: int) -> None:
    """Refuse more than :data:`MAX_BLANKS` blanks, or a beam outside 1 to :data:`MAX_BEAM`."""
    if len(blanks) > MAX_BLANKS:
        raise InputError("blank_too_many", count=len(blanks), limit=MAX_BLANKS)
    if not 1 <= beam <= MAX_BEAM:
        raise InputError("setting_out_of_range", name="beam", value=beam, low=1, high=MAX_BEAM)


def total(values: np.ndarray) -> float:
    """ln of the sum of some probabilities given as ln p."""
    return float(np.logaddexp.reduce(values))


def answer(
    reader: Any,
    view: View,
    log: Tensor,
    written: Callable[[int], str],
    unknown: int | None = None,
) -> Answer:
    """A distribution over a vocabulary as an answer.

    Args:
        reader: whose, with a lexicon of the whole words.
        view: from what.
        log: ln p ``[V]``.
        written: how an entry is shown.
        unknown: the entry for all words that the vocabulary lacks.
    """
    family, lexicon = reader.family, reader.lexicon
    every = log.double().exp().numpy()
    single = every[lexicon.ids]
    sums, spelling = lexicon.merged(single)
    rest = None if unknown is None else float(every[unknown])
    every[lexicon.ids] = 0.0
    first = int(every.argmax())
    most = float(every[first])
    hidden = Candidate(written(first), most, 1) if most > sums.max(initial=0.0) else None
    return Answer(family, view, lexicon, sums, spelling, float(single.sum()), None, rest, hidden)


def expanded(score: Tensor, ids: np.ndarray, most: int) -> tuple[list[int], list[int]]:
    """The best continuations of all hypotheses: parents and entries, best first.

    Args:
        score: ``[H, V]``.
        ids: entries that may be taken.
        most: how many continuations.
    """
    allowed = score[:, torch.from_numpy(np.asarray(ids, dtype=np.int64))]
    best = allowed.flatten().topk(min(most, allowed.numel())).indices.numpy()
    parents, places = np.divmod(best, len(ids))
    return parents.tolist(), np.asarray(ids)[places].tolist()


@dataclass(frozen=True)
class SearchResult:
    """What a decoder from blank to blank gives, in the order in which it met the blanks.

    Attributes:
        entries: the best fillings, best first (the one made of the likeliest words is the last
            where it is not among them).
        chosen: ``[F]`` their summed ln p.
        independent: the filling made of each blank's own likeliest word.
    """

    entries: list[Entries]
    chosen: np.ndarray
    independent: Entries


def beam_search(
    decoder: Decoder,
    count: int,
    lexicon: Lexicon,
    beam: int,
    independent: Entries,
    *,
    bonus: Sequence[Tensor] | None = None,
    last: int | None = None,
) -> SearchResult:
    """Beam search over the blanks in the order of the decoder.

    Args:
        decoder: stands at the first blank.
        count: how many blanks there are.
        lexicon: what may be filled in.
        beam: how many hypotheses go on.
        independent: the filling made of each blank's own likeliest word, which goes on in any case.
        bonus: ``[V]`` for each blank, added to ln p when hypotheses are compared.
        last: how many fillings to end with, where more than ``beam``.
    """
    kept, rank = Beam.empty(), np.zeros(1)
    for blank in range(count):
        log = decoder.log()
        score = torch.from_numpy(rank)[:, None] + log
        if bonus is not None:
            score = score + bonus[blank]
        width = last or beam if blank + 1 == count else beam
        parents, entries = expanded(score, lexicon.ids, width)
        _also(kept, independent[: blank + 1], parents, entries)
        taken = log[parents, entries].double().numpy()
        rank = score[parents, entries].double().numpy()
        kept = Beam(
            [(*kept.entries[p], e) for p, e in zip(parents, entries, strict=True)],
            kept.chosen[parents] + taken,
            kept.evidence[parents] + taken,
        )
        if blank + 1 < count:
            kept.evidence = kept.evidence + decoder.advance(parents, entries)
    return SearchResult(kept.entries, kept.chosen, independent)


def _also(beam: Beam, independent: Entries, parents: list[int], entries: list[int]) -> None:
    """Let the filling that is made of the likeliest words go on in any case."""
    for row, before in enumerate(beam.entries):
        if before == independent[:-1] and (row, independent[-1]) not in zip(
            parents, entries, strict=True
        ):
            parents.append(row)
            entries.append(independent[-1])


def score_fillings(decoder: Decoder, fillings: Sequence[Entries]) -> np.ndarray:
    """ln p ``[F]`` of the entries of given fillings along a decoder."""
    chosen = np.zeros(len(fillings))
    for blank in range(len(fillings[0])):
        entries = [filling[blank] for filling in fillings]
        parents = list(range(len(fillings))) if blank else [0] * len(fillings)
        chosen = chosen + decoder.log()[parents, entries].double().numpy()
        decoder.advance(parents, entries)
    return chosen


def fillings(
    family: str,
    view: View,
    lexicon: Lexicon,
    result: SearchResult,
    order: Sequence[int],
    tried: int | None = None,
) -> Fillings:
    """Fillings in words, likeliest first.

    Args:
        family, view: who and from what.
        lexicon: the whole words of the vocabulary.
        result: the one made of the likeliest words must be among its fillings.
        order: the blank that was met first, second, …
        tried: see :class:`Fillings`.
    """
    back = np.argsort(order)
    places = {int(entry): number for number, entry in enumerate(lexicon.ids)}
    sums: dict[tuple[str, ...], tuple[float, tuple[str, ...]]] = {}
    independent: tuple[str, ...] = ()
    for i in np.argsort(-result.chosen, kind="stable"):
        spelt = tuple(lexicon.words[places[result.entries[i][blank]]] for blank in back)
        same = tuple(fold(word) for word in spelt)  # case variants are one filling
        before, likeliest = sums.get(same, (-np.inf, spelt))
        sums[same] = (float(np.logaddexp(before, result.chosen[i])), likeliest)
        if result.entries[i] == result.independent:
            independent = same
    filled = {same: Filling(spelt, value) for same, (value, spelt) in sums.items()}
    best = sorted(filled.values(), key=lambda filling: -filling.log_probability)[:MAX_BEAM]
    return Fillings(family, view, tuple(best), filled[independent], tuple(order), tried)
