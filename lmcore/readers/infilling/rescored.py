"""Blanks by whole sentences: many fillings are tried with all that stands behind them.

For a reader that goes from left to right this is the only way in which the right side has a say.
Each filling gets its share of the summed probability of the sentences tried.

How GPT fills blanks: from left to right, and by scoring whole sentences.

``left``: each blank from what stands to its left, blanks there filled (chain rule). What stands to
the right of a blank has no say. ``rescored``: many fillings are tried, and each gets its share of
their summed probability as whole sentences, so that the right side does have a say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from lmcore.outputs.answers import Answer, BlankAnswers, Lexicon
from lmcore.readers.computing import computing
from lmcore.readers.infilling import beam as common
from lmcore.readers.infilling import tokens as pieces
from lmcore.readers.infilling.beam import Beam, Entries, Found
from lmcore.readers.infilling.causal import LeftDecoder, inside, sentence_scores, total
from lmcore.text.words import Sentence

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
    decoder, own = LeftDecoder(reader, parts), Beam.empty()
    for blank in range(count):
        log = decoder.log()
        score = torch.from_numpy(own.evidence)[:, None] + log
        parents, entries = common.expanded(score, words.ids, width)
        taken = score[parents, entries].numpy()
        reached = taken + decoder.advance(parents, entries)
        fillings = [(*own.entries[p], e) for p, e in zip(parents, entries, strict=True)]
        own = Beam(fillings, reached, reached)
        if blank + 1 < count:
            kept = np.argsort(-reached, kind="stable")[:beam].tolist()
            decoder.keep(kept)
            own = own.rows(kept)
    if count > 1:
        own = _with(
            reader, parts, own, _neighbours(own, words, left.marginal, sum(map(len, parts)))
        )
    independent = tuple(_likeliest(words, own, blank) for blank in range(count))
    own = _with(reader, parts, own, [independent])
    return Found([], own.entries, own.evidence, independent)


def _neighbours(
    own: Beam, words: Lexicon, marginal: Sequence[Tensor], length: int
) -> list[Entries]:
    """The best filling with another word in one of its blanks: those likeliest from the left."""
    best = own.entries[int(own.evidence.argmax())]
    many = max(1, min(TRIED, _SWEPT // length) // len(best))
    found = []
    for blank, log in enumerate(marginal):
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


def fill(
    reader: TransformerReader, sentence: Sentence, blanks: Sequence[int], beam: int
) -> BlankAnswers:
    """See :meth:`lmcore.readers.base.Reader.fill_blanks`."""
    common.check(blanks, beam)
    parts = pieces.stretches(reader.encode(sentence), blanks)
    words = pieces.lexicon(reader)
    with computing():
        found = common.beam_search(LeftDecoder(reader, parts), len(blanks), words, beam)
        attempts = tried(reader, parts, words, found, beam)
    left = [common.answer(reader.family, "left", words, log) for log in found.marginal]
    shares = [share(reader, attempts, blank) for blank in range(len(blanks))]
    order = range(len(blanks))
    joint = Found(
        [], attempts.entries, attempts.chosen - total(attempts.chosen), attempts.independent
    )
    return BlankAnswers(
        tuple(zip(left, shares, strict=True)),
        (
            common.fillings(reader.family, "left", words, found, order),
            common.fillings(reader.family, "rescored", words, joint, order, len(attempts.entries)),
        ),
    )


def log_probability_of_word(
    reader: TransformerReader,
    sentence: Sentence,
    blanks: Sequence[int],
    which: int,
    word: str,
    beam: int,
) -> dict[str, float]:
    """See :meth:`lmcore.readers.base.Reader.log_probability_of_word`.

    ``left`` is ln p of the word: the product over its pieces, the last of which ends the word,
    mixed over hypotheses of the blanks before it. ``rescored`` is ln of the summed probabilities of
    the whole sentences (from the first blank on) with the word in its place.
    """
    common.check(blanks, beam)
    ways = pieces.spellings(reader, sentence, blanks[which], word)
    if not ways:
        return {}
    parts = pieces.stretches(reader.encode(sentence), blanks)
    length = sum(map(len, parts)) + len(blanks) - 1 + max(map(len, ways))
    if length > reader.limit:
        around = len(reader.before) + len(reader.after)
        raise reader.too_many(length - around, reader.limit - around)
    with computing():
        both = [_spell_one(reader, parts, which, way, beam) for way in ways]
    return {
        "left": total(np.asarray([left for left, _ in both])),
        "rescored": total(np.asarray([whole for _, whole in both])),
    }


def _spell_one(
    reader: TransformerReader,
    parts: Sequence[Sequence[int]],
    which: int,
    word: Entries,
    beam: int,
) -> tuple[float, float]:
    words, decoder, own = pieces.lexicon(reader), LeftDecoder(reader, parts), Beam.empty()
    left = 0.0
    for blank in range(len(parts) - 1):
        score = torch.from_numpy(own.evidence)[:, None] + decoder.log()
        if blank == which:
            parents, entries = list(range(len(own.entries))), [word[0]] * len(own.entries)
            left = inside(reader, decoder.rows, word, score[:, word[0]].numpy(), own.evidence)
            middle = decoder.log_probabilities(parents, [word] * len(parents))
        else:
            parents, entries = common.expanded(score, words.ids, beam)
            middle = decoder.advance(parents, entries)
        reached = score[parents, entries].numpy() + middle
        own = Beam([()] * len(reached), reached, reached)
    return left, total(own.evidence)
