"""Filling blanks in a fixed order: what every reader's search has in common.

A reader walks through a sentence from blank to blank. At each it gives a distribution for every
hypothesis (a filling of the blanks so far), and the likeliest hypotheses go on: a beam search. The
same decoder gives what stands in a blank if nobody tells what stands in the others: the mixture of
the hypotheses' distributions, each weighted by the probability of all that was read under it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from lmcore.errors import InputError
from lmcore.outputs.answers import Answer, Filling, Fillings, Lexicon, View
from lmcore.runtime.limits import LIMITS
from lmcore.text.words import fold

if TYPE_CHECKING:
    from lmcore.readers.base import Reader

#: How many blanks a sentence may have, and how many hypotheses a search may keep.
MAX_BLANKS, MAX_BEAM = LIMITS.blanks, LIMITS.beam

Entries = tuple[int, ...]
_LEXICONS: WeakKeyDictionary[Reader, Lexicon] = WeakKeyDictionary()


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
    def empty(cls) -> Beam:
        """Before the first blank."""
        return cls([()], np.zeros(1), np.zeros(1))

    def rows(self, kept: Sequence[int]) -> Beam:
        """Some of the hypotheses."""
        return Beam([self.entries[i] for i in kept], self.chosen[kept], self.evidence[kept])


def check(blanks: Sequence[int], beam: int) -> None:
    """Refuse more blanks than :data:`MAX_BLANKS`; a beam is between 1 and :data:`MAX_BEAM`.

    Raises:
        InputError: ``blank_too_many``, ``setting_out_of_range``.
    """
    if len(blanks) > MAX_BLANKS:
        raise InputError("blank_too_many", count=len(blanks), limit=MAX_BLANKS)
    if not 1 <= beam <= MAX_BEAM:
        raise InputError("setting_out_of_range", name="beam", value=beam, low=1, high=MAX_BEAM)


def lexicon(reader: Reader, texts: Sequence[str], whole: Tensor) -> Lexicon:
    """The whole words of a reader's vocabulary, found once.

    Args:
        reader: whose.
        texts: its entries as they stand in a text.
        whole: bool ``[V]``, which of them are whole words.
    """
    found = _LEXICONS.get(reader)
    if found is None:
        ids = np.flatnonzero(whole.numpy())
        found = Lexicon.of([texts[i].strip() for i in ids.tolist()], ids.tolist())
        _LEXICONS[reader] = found
    return found


def answer(
    family: str, view: View, words: Lexicon, log: Tensor, unknown: int | None = None
) -> Answer:
    """A distribution over a vocabulary as an answer.

    Args:
        log: ln p ``[V]``.
        unknown: the entry for all words that the vocabulary lacks.
    """
    single = log.double().exp().numpy()[words.ids]
    sums, spelling = words.merged(single)
    rest = None if unknown is None else float(log[unknown].exp())
    return Answer(family, view, words, sums, spelling, float(single.sum()), unknown=rest)


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


def mixture(log: Tensor, evidence: np.ndarray) -> Tensor:
    """ln p ``[V]`` of a blank when the hypotheses ``[H, V]`` are weighted by their evidence."""
    weights = torch.from_numpy(evidence).log_softmax(0)[:, None]
    return (log.double() + weights).logsumexp(0)


@dataclass(frozen=True)
class Found:
    """What a decoder from blank to blank gives, in the order in which it met the blanks.

    Attributes:
        marginal: ln p ``[V]`` of each blank for itself.
        entries: the best fillings, best first (the one made of the likeliest words is the last
            where it is not among them).
        chosen: their summed ln p.
        independent: the filling made of each blank's own likeliest word.
    """

    marginal: list[Tensor]
    entries: list[Entries]
    chosen: np.ndarray
    independent: Entries


def beam_search(
    decoder: Decoder,
    count: int,
    words: Lexicon,
    beam: int,
    *,
    bonus: Sequence[Tensor] | None = None,
    independent: Entries | None = None,
    last: int | None = None,
) -> Found:
    """Beam search over the blanks in the order of the decoder.

    Args:
        decoder: stands at the first blank.
        count: how many blanks there are.
        words: what may be filled in.
        beam: how many hypotheses go on.
        bonus: ``[V]`` for each blank, added to ln p when hypotheses are compared.
        independent: the filling made of the likeliest words, where the decoder itself cannot tell.
        last: how many fillings to end with, where more than ``beam``.
    """
    own, marginal = Beam.empty(), []
    likeliest: Entries = ()
    rank = np.zeros(1)
    for blank in range(count):
        log = decoder.log()
        marginal.append(mixture(log, own.evidence))
        best = (
            independent[blank]
            if independent
            else _likeliest(words, marginal[-1].exp().numpy()[words.ids])
        )
        likeliest = (*likeliest, best)
        score = torch.from_numpy(rank)[:, None] + log
        if bonus is not None:
            score = score + bonus[blank]
        width = last or beam if blank + 1 == count else beam
        parents, entries = expanded(score, words.ids, width)
        _also(own, likeliest, parents, entries)
        taken = log[parents, entries].double().numpy()
        rank = score[parents, entries].double().numpy()
        own = Beam(
            [(*own.entries[p], e) for p, e in zip(parents, entries, strict=True)],
            own.chosen[parents] + taken,
            own.evidence[parents] + taken,
        )
        if blank + 1 < count:
            own.evidence = own.evidence + decoder.advance(parents, entries)
    return Found(marginal, own.entries, own.chosen, likeliest)


def _likeliest(words: Lexicon, single: np.ndarray) -> int:
    sums, spelling = words.merged(single)
    return int(words.ids[spelling[int(sums.argmax())]])


def _also(own: Beam, independent: Entries, parents: list[int], entries: list[int]) -> None:
    """Let the filling that is made of the likeliest words go on in any case."""
    for row, before in enumerate(own.entries):
        if before == independent[:-1] and (row, independent[-1]) not in zip(
            parents, entries, strict=True
        ):
            parents.append(row)
            entries.append(independent[-1])


def score_fillings(decoder: Decoder, fillings: Sequence[Entries]) -> tuple[np.ndarray, np.ndarray]:
    """ln p of given fillings along a decoder.

    Returns:
        ``[F]`` of the blanks' entries alone; ``[F]`` of these and all fixed words read.
    """
    chosen = np.zeros(len(fillings))
    evidence = np.zeros(len(fillings))
    for blank in range(len(fillings[0])):
        entries = [filling[blank] for filling in fillings]
        parents = list(range(len(fillings))) if blank else [0] * len(fillings)
        taken = decoder.log()[parents, entries].double().numpy()
        chosen = chosen + taken
        evidence = evidence + taken + decoder.advance(parents, entries)
    return chosen, evidence


def fillings(
    family: str,
    view: View,
    words: Lexicon,
    found: Found,
    order: Sequence[int],
    tried: int | None = None,
) -> Fillings:
    """Fillings in words, likeliest first.

    Args:
        found: the one made of the likeliest words must be among them.
        order: the blank that was met first, second, …
        tried: see :class:`Fillings`.
    """
    back = np.argsort(order)
    places = {int(entry): number for number, entry in enumerate(words.ids)}
    sums: dict[tuple[str, ...], tuple[float, tuple[str, ...]]] = {}
    independent: tuple[str, ...] = ()
    for i in np.argsort(-found.chosen, kind="stable"):
        spelt = tuple(words.words[places[found.entries[i][blank]]] for blank in back)
        same = tuple(fold(word) for word in spelt)  # case variants are one filling
        before, likeliest = sums.get(same, (-np.inf, spelt))
        sums[same] = (float(np.logaddexp(before, found.chosen[i])), likeliest)
        if found.entries[i] == found.independent:
            independent = same
    filled = {same: Filling(spelt, value) for same, (value, spelt) in sums.items()}
    best = sorted(filled.values(), key=lambda one: -one.log_probability)[:MAX_BEAM]
    return Fillings(family, view, tuple(best), filled[independent], tuple(order), tried)
