"""Blanks by whole sentences: many fillings are tried with all that stands behind them.

For a reader that goes from left to right this is the only way in which the right side has a say.
Each filling gets its share of the summed probability of the sentences tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lmcore.blank_answers import Answer, Lexicon
from lmcore.readers import blanks as common
from lmcore.readers.blanks import Beam, Entries, Found
from lmcore.readers.blanks_left import LeftWalk, sentence_scores, total

if TYPE_CHECKING:
    from lmcore.readers.transformer import TransformerReader

#: How many words of one blank, and at least how many fillings of several, are scored as sentences.
TRIED, TRIED_OF_SEVERAL = 100, 40
#: Positions that are read in all to try other words in the best filling: bounds the time.
_SWEPT = 2_048


def tried(
    reader: TransformerReader,
    parts: Sequence[Sequence[int]],
    words: Lexicon,
    left: Found,
    beam: int,
) -> Found:
    """Fillings with ln p of the whole sentence from the first blank on.

    At each blank the likeliest continuations are read up to the next blank before the best go on:
    so the words between blanks have their say in time. Then other words are tried in each blank of
    the best filling, and at last the filling made of each blank's likeliest word.
    """
    count = len(parts) - 1
    width = TRIED if count == 1 else max(TRIED_OF_SEVERAL, TRIED // count)
    walk, own = LeftWalk(reader, parts), Beam.empty()
    for blank in range(count):
        log = walk.log()
        score = torch.from_numpy(own.evidence)[:, None] + log
        parents, entries = common.expanded(score, words.ids, width)
        taken = score[parents, entries].numpy()
        reached = taken + walk.advance(parents, entries)
        fillings = [(*own.entries[p], e) for p, e in zip(parents, entries, strict=True)]
        own = Beam(fillings, reached, reached)
        if blank + 1 < count:
            kept = np.argsort(-reached, kind="stable")[:beam].tolist()
            walk.keep(kept)
            own = own.rows(kept)
    if count > 1:
        own = _with(reader, parts, own, _neighbours(own, words, left.alone, sum(map(len, parts))))
    apart = tuple(_likeliest(words, own, blank) for blank in range(count))
    own = _with(reader, parts, own, [apart])
    return Found([], own.entries, own.evidence, apart)


def _neighbours(own: Beam, words: Lexicon, alone: Sequence[Tensor], length: int) -> list[Entries]:
    """The best filling with another word in one of its blanks: those likeliest from the left."""
    best = own.entries[int(own.evidence.argmax())]
    many = max(1, min(TRIED, _SWEPT // length) // len(best))
    found = []
    for blank, log in enumerate(alone):
        _, entries = common.expanded(log[None], words.ids, many)
        found += [(*best[:blank], entry, *best[blank + 1 :]) for entry in entries]
    return found


def _with(
    reader: TransformerReader,
    parts: Sequence[Sequence[int]],
    own: Beam,
    others: Sequence[Entries],
) -> Beam:
    """Fillings and some more that were not among them."""
    known = set(own.entries)
    new = [filling for filling in dict.fromkeys(others) if filling not in known]
    if not new:
        return own
    evidence = sentence_scores(reader, parts, new)
    every = np.concatenate([own.evidence, evidence])
    return Beam([*own.entries, *new], every, every)


def _likeliest(words: Lexicon, own: Beam, blank: int) -> int:
    """The likeliest word of one blank: case variants and what stands in the others summed."""
    single = np.zeros(len(words.ids))
    place = {int(entry): number for number, entry in enumerate(words.ids)}
    shares = np.exp(own.evidence - total(own.evidence))
    np.add.at(single, [place[filling[blank]] for filling in own.entries], shares)
    sums, spelling = words.merged(single)
    return int(words.ids[spelling[int(sums.argmax())]])


def share(reader: TransformerReader, found: Found, blank: int) -> Answer:
    """What stands in one blank in the fillings tried, weighted by the whole sentences."""
    entries = sorted({filling[blank] for filling in found.entries})
    place = {entry: number for number, entry in enumerate(entries)}
    single = np.zeros(len(entries))
    evidence = total(found.chosen)
    shares = np.exp(found.chosen - evidence)
    np.add.at(single, [place[filling[blank]] for filling in found.entries], shares)
    own = Lexicon.of([reader.plain(reader.texts[entry]).strip() for entry in entries], entries)
    sums, spelling = own.merged(single)
    return Answer(reader.family, "rescored", own, sums, spelling, None, evidence)
