"""Text to pieces for the readers that have a tokenizer (GPT and BERT).

What a tokenizer does to the letters of a word before it looks it up, told word by word.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from lmcore.outputs.reading import Note, NoteKind, Piece
from lmcore.readers.spelling import Bytes, Spelling
from lmcore.runtime.checkpoints import Checkpoint, mismatch
from lmcore.text.words import Sentence, Span, Word, align, blanks_of, is_han, plain, readable


@dataclass(frozen=True)
class Changes:
    """What a tokenizer does to letters before it looks them up.

    Attributes:
        plain: curly quotes become straight.
        lower: capital letters become small.
        accents: accents are taken away.
        simplified: traditional Chinese characters become simplified ones, wide letters narrow.
    """

    plain: bool = True
    lower: bool = True
    accents: bool = True
    simplified: bool = False


def case_notes(position: int, word: Word, does: Changes) -> list[Note]:
    """Notes on a word whose letters a tokenizer changes.

    Args:
        position: of the word.
        word: as it was typed.
        does: what the tokenizer does to letters.
    """
    notes: list[Note] = []
    composed = unicodedata.normalize("NFC", word.text)
    if does.plain or does.simplified:
        normaliser = "han" if does.simplified else "latin"
        notes, composed = sign_notes(position, word, normaliser), plain(word.text, normaliser)
    lowered = composed.lower() if does.lower else composed
    stripped = strip_accents(lowered) if does.accents else lowered
    if lowered != composed:
        notes.append(Note(position, "lower_cased", lowered))
    if stripped != lowered:
        notes.append(Note(position, "accents_stripped", stripped))
    return notes


def sign_notes(position: int, word: Word, normaliser: str = "latin") -> list[Note]:
    """A note on a word whose signs are read as others: curly quotes, traditional characters.

    Args:
        position: of the word.
        word: as it was typed.
        normaliser: of the reader's language.
    """
    composed = unicodedata.normalize("NFC", word.text)
    seen = plain(word.text, normaliser)
    kind: NoteKind = "simplified" if normaliser == "han" else "normalised"
    return [Note(position, kind, seen)] if seen != composed else []


def mask_note(position: int, masks: bool = False) -> Note:
    """A note on a blank that was typed: read as a mask, or as text by a reader without one."""
    return Note(position, "mask" if masks else "no_mask", "")


def strip_accents(text: str) -> str:
    """Text without combining marks, as the normaliser of the uncased models leaves it."""
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(c for c in apart if unicodedata.category(c) != "Mn")
    return unicodedata.normalize("NFC", kept)


@dataclass(frozen=True)
class Encoding:
    """A sentence as pieces, special positions included.

    Attributes:
        ids: entries of the vocabulary, one a piece.
        pieces: their texts and spans.
        word_pieces: bool ``[W, P]``.
    """

    ids: tuple[int, ...]
    pieces: tuple[Piece, ...]
    word_pieces: np.ndarray

    def stretches(self, blanks: Sequence[int]) -> list[list[int]]:
        """The ids before, between and behind some words, which are to be filled in."""
        inside = [np.flatnonzero(self.word_pieces[blank]) for blank in blanks]
        ends = [-1, *(int(pieces[-1]) for pieces in inside)]
        starts = [*(int(pieces[0]) for pieces in inside), len(self.ids)]
        return [list(self.ids[end + 1 : start]) for end, start in zip(ends, starts, strict=True)]


def load_tokenizer(checkpoint: Checkpoint, size: int) -> Tokenizer:
    """Read ``tokenizer.json`` and check it against the size of the embedding matrix.

    Text that looks like a special entry (``[SEP]``, ``<s>``) is read as the text it is.

    Raises:
        CheckpointError: ``checkpoint_mismatch``.
    """
    path: Path = checkpoint.folder / "tokenizer.json"
    try:
        tokenizer = Tokenizer.from_file(str(path))
    except Exception as error:  # tokenizers raises bare Exception for a bad file
        raise mismatch(checkpoint, "tokenizer.json is no tokenizer") from error
    if tokenizer.get_vocab_size() != size:
        detail = f"{tokenizer.get_vocab_size()} entries in the tokenizer, {size} in the matrix"
        raise mismatch(checkpoint, detail)
    tokenizer.encode_special_tokens = True
    return tokenizer


def vocabulary(tokenizer: Tokenizer) -> list[str]:
    """All entries of a tokenizer by id."""
    by_id = {entry: text for text, entry in tokenizer.get_vocab().items()}
    return [by_id[entry] for entry in range(len(by_id))]


def encode(
    tokenizer: Tokenizer, sentence: Sentence, spelling: Spelling, normaliser: str = "latin"
) -> Encoding:
    """Cut a sentence into pieces between the special positions of a spelling.

    A blank that was typed is one mask for a spelling that has one, and text for the others.

    Args:
        tokenizer: cuts the text.
        sentence: the text and its words.
        spelling: special positions, and how pieces are shown.
        normaliser: of the reader's language.
    """
    text, places = readable(sentence, normaliser)
    encoding = tokenizer.encode(text, add_special_tokens=False)
    cut: Iterable[tuple[str, Span]] = zip(encoding.tokens, encoding.offsets, strict=True)
    if isinstance(spelling, Bytes):  # a character may run over several pieces
        cut = spelling.pieces(encoding.tokens, encoding.offsets, text)
    inner = [Piece(entry, _original(span, places)) for entry, span in cut]
    inner_ids, blanks = list(encoding.ids), blanks_of(sentence)
    if spelling.mask and blanks:
        mask = _ids(tokenizer, [spelling.mask])[0]
        for i in reversed(blanks):
            start, end = _covered(inner, sentence.words[i])
            span = sentence.words[i].start, sentence.words[i].end
            inner[start:end], inner_ids[start:end] = [Piece(spelling.mask, span)], [mask]
    before = [Piece(text, None) for text in spelling.before]
    after = [Piece(text, None) for text in spelling.after]
    pieces = (*before, *inner, *after)
    ids = (*_ids(tokenizer, spelling.before), *inner_ids, *_ids(tokenizer, spelling.after))
    word_pieces = align(sentence.words, [piece.span for piece in pieces])
    for position in blanks:
        first = int(word_pieces[position].argmax())
        if first > len(before):
            # The space before a blank to be filled is a part of what is to be filled in.
            start, end = pieces[first - 1].span or (0, 0)
            word_pieces[position, first - 1] |= not sentence.text[start:end].strip()
    return Encoding(ids, pieces, word_pieces)


def _covered(pieces: Sequence[Piece], word: Word) -> tuple[int, int]:
    """From which to which of some pieces a word runs."""
    spans = [piece.span or (0, 0) for piece in pieces]
    inside = [i for i, (start, end) in enumerate(spans) if start < word.end and word.start < end]
    return inside[0], inside[-1] + 1


def _original(span: Span, places: Sequence[int]) -> Span:
    """A span of the text that was read, as a span of the text that was typed."""
    start, end = span
    return (places[start], places[end - 1] + 1) if start < end else span


def _ids(tokenizer: Tokenizer, specials: Sequence[str]) -> list[int]:
    """Entries that a reader has looked for when it was made."""
    entries = [tokenizer.token_to_id(text) for text in specials]
    return [entry for entry in entries if entry is not None]


def spellings(
    tokenizer: Tokenizer, unknown: int | None, sentence: Sentence, blank: int, word: str
) -> list[tuple[int, ...]]:
    """The ways to write a word in a blank: one for each case variant that a tokenizer tells apart.

    Args:
        tokenizer: cuts the word into pieces.
        unknown: entry that stands for what the vocabulary lacks, where there is one.
        sentence: the text with the blank.
        blank: index of the blank among its words.
        word: what is to be written.

    Returns:
        the ids of each; nothing where the vocabulary lacks a piece.
    """
    # Some vocabularies hold the blank before a word in its first piece.
    spaced = sentence.text[: sentence.words[blank].start][-1:].isspace() and not is_han(word[:1])
    lead = " " if spaced else ""
    variants = dict.fromkeys([word, word.lower(), word.capitalize(), word.upper()])
    ways = [tuple(tokenizer.encode(lead + v, add_special_tokens=False).ids) for v in variants]
    return list(dict.fromkeys(way for way in ways if way and unknown not in way))


def changes(tokenizer: Tokenizer, normaliser: str = "latin") -> Changes:
    """What is done to letters: asked of the tokenizer behind the normaliser of a language."""
    normalise = tokenizer.normalizer.normalize_str if tokenizer.normalizer else str
    return Changes(
        plain=normalise("“") == '"',
        lower=normalise("A") == "a",
        accents=normalise("\u00e9") == "e",
        simplified=normaliser == "han",
    )


def notes_for(
    sentence: Sentence, encoding: Encoding, unknown: int | None, does: Changes, masks: bool = False
) -> tuple[Note, ...]:
    """What the tokenizer did to each word: case, accents, unknown pieces, splitting, masks.

    Args:
        sentence: the text.
        encoding: how it was cut.
        unknown: entry that stands for what the vocabulary lacks, where there is one.
        does: what the tokenizer does to letters.
        masks: whether a blank is read as a mask.
    """
    notes: list[Note] = []
    blanks = set(blanks_of(sentence))
    for position, word in enumerate(sentence.words):
        if position in blanks:
            notes.append(mask_note(position, masks))
            continue
        notes.extend(case_notes(position, word, does))
        inside = np.flatnonzero(encoding.word_pieces[position])
        texts = " ".join(encoding.pieces[p].text for p in inside)
        if any(encoding.ids[p] == unknown for p in inside):
            notes.append(Note(position, "unknown", texts))
        elif len(inside) > 1 and not all(map(is_han, word.text)):
            notes.append(Note(position, "split", texts))
    return tuple(notes)


def padded(rows: Sequence[Sequence[int]], filler: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of ids as one array ``[B, P]`` with a mask of the same shape (1 where text stands)."""
    width = max(len(row) for row in rows)
    ids = np.full((len(rows), width), filler, dtype=np.int64)
    mask = np.zeros((len(rows), width), dtype=np.int64)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = row
        mask[number, : len(row)] = 1
    return ids, mask
