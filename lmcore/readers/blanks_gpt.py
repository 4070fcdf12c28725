"""How GPT fills blanks: from left to right, and by scoring whole sentences.

``left``: each blank from what stands to its left, blanks there filled (chain rule). What stands to
the right of a blank has no say. ``rescored``: many fillings are tried, and each gets its share of
their summed probability as whole sentences, so that the right side does have a say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import torch

from lmcore.blank_answers import BlankAnswers
from lmcore.readers import blanks as common
from lmcore.readers import blanks_pieces as pieces
from lmcore.readers import blanks_rescored as rescored
from lmcore.readers.base import computing
from lmcore.readers.blanks import Beam, Entries, Found
from lmcore.readers.blanks_left import LeftWalk, inside, total
from lmcore.words import Sentence

if TYPE_CHECKING:
    from lmcore.readers.transformer import TransformerReader


def fill(
    reader: TransformerReader, sentence: Sentence, blanks: Sequence[int], beam: int
) -> BlankAnswers:
    """See :meth:`lmcore.readers.base.Reader.fill_blanks`."""
    common.check(blanks, beam)
    parts = pieces.stretches(reader.cut(sentence), blanks)
    words = pieces.lexicon(reader)
    with computing():
        found = common.walked(LeftWalk(reader, parts), len(blanks), words, beam)
        tried = rescored.tried(reader, parts, words, found, beam)
    left = [common.answer(reader.family, "left", words, log) for log in found.alone]
    shares = [rescored.share(reader, tried, blank) for blank in range(len(blanks))]
    order = range(len(blanks))
    joint = Found([], tried.entries, tried.chosen - total(tried.chosen), tried.apart)
    return BlankAnswers(
        tuple(zip(left, shares, strict=True)),
        (
            common.fillings(reader.family, "left", words, found, order),
            common.fillings(reader.family, "rescored", words, joint, order, len(tried.entries)),
        ),
    )


def spell(
    reader: TransformerReader,
    sentence: Sentence,
    blanks: Sequence[int],
    which: int,
    word: str,
    beam: int,
) -> dict[str, float]:
    """See :meth:`lmcore.readers.base.Reader.spell`.

    ``left`` is ln p of the word: the product over its pieces, the last of which ends the word,
    mixed over hypotheses of the blanks before it. ``rescored`` is ln of the summed probabilities of
    the whole sentences (from the first blank on) with the word in its place.
    """
    common.check(blanks, beam)
    ways = pieces.spellings(reader, sentence, blanks[which], word)
    if not ways:
        return {}
    parts = pieces.stretches(reader.cut(sentence), blanks)
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
    words, walk, own = pieces.lexicon(reader), LeftWalk(reader, parts), Beam.empty()
    left = 0.0
    for blank in range(len(parts) - 1):
        score = torch.from_numpy(own.evidence)[:, None] + walk.log()
        if blank == which:
            parents, entries = list(range(len(own.entries))), [word[0]] * len(own.entries)
            left = inside(reader, walk.rows, word, score[:, word[0]].numpy(), own.evidence)
            middle = walk.spell(parents, [word] * len(parents))
        else:
            parents, entries = common.expanded(score, words.ids, beam)
            middle = walk.advance(parents, entries)
        reached = score[parents, entries].numpy() + middle
        own = Beam([()] * len(reached), reached, reached)
    return left, total(own.evidence)
