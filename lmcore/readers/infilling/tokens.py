"""Blanks in the pieces of a reader with a tokenizer (GPT and BERT)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from lmcore.outputs.answers import Lexicon
from lmcore.readers.infilling import beam as common
from lmcore.readers.infilling.beam import Entries
from lmcore.text.words import Sentence

if TYPE_CHECKING:
    from lmcore.readers.tokens import Encoding
    from lmcore.readers.transformer import TransformerReader


def stretches(own: Encoding, blanks: Sequence[int]) -> list[list[int]]:
    """The pieces before, between and behind the blanks."""
    inside = [np.flatnonzero(own.word_pieces[blank]) for blank in blanks]
    ends = [-1, *(int(pieces[-1]) for pieces in inside)]
    starts = [*(int(pieces[0]) for pieces in inside), len(own.ids)]
    return [list(own.ids[end + 1 : start]) for end, start in zip(ends, starts, strict=True)]


def spellings(
    reader: TransformerReader, sentence: Sentence, blank: int, word: str
) -> list[Entries]:
    """The ways to write a word in a blank: one for each case variant that the reader tells apart.

    Returns:
        the pieces of each; nothing where the reader lacks a piece.
    """
    # Some vocabularies hold the blank before a word in its first piece.
    led = " " if sentence.text[: sentence.words[blank].start][-1:].isspace() else ""
    variants = dict.fromkeys([word, word.lower(), word.capitalize(), word.upper()])
    found = [reader.tokenizer.encode(led + one, add_special_tokens=False) for one in variants]
    ways = [tuple(own.ids) for own in found if own.ids and reader.unknown_id not in own.ids]
    return list(dict.fromkeys(ways))


def lexicon(reader: TransformerReader) -> Lexicon:
    """The whole words of a reader's vocabulary."""
    return common.lexicon(reader, [reader.plain(text) for text in reader.texts], reader.whole)
