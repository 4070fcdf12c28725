"""Text to pieces for the readers that have a tokenizer (GPT and BERT)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from lmcore.checkpoints import Checkpoint, mismatch
from lmcore.readers.base import case_notes
from lmcore.reading import Note, Piece
from lmcore.words import Sentence, Span, align


@dataclass(frozen=True)
class Cut:
    """A sentence as pieces, special positions included.

    Attributes:
        ids: entries of the vocabulary, one a piece.
        pieces: their texts and spans.
        membership: bool ``[W, P]``.
    """

    ids: tuple[int, ...]
    pieces: tuple[Piece, ...]
    membership: np.ndarray


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


def cut(
    tokenizer: Tokenizer, sentence: Sentence, before: Sequence[int], after: Sequence[int]
) -> Cut:
    """Cut a sentence into pieces between special positions.

    Args:
        before: special entries in front (``[CLS]`` or ``<s>``).
        after: special entries behind (``[SEP]``).
    """
    encoding = tokenizer.encode(sentence.text, add_special_tokens=False)
    spans: list[Span | None] = [None] * len(before) + list(encoding.offsets)
    spans += [None] * len(after)
    ids = (*before, *encoding.ids, *after)
    pieces = tuple(
        Piece(tokenizer.id_to_token(entry) or "", span)
        for entry, span in zip(ids, spans, strict=True)
    )
    return Cut(ids, pieces, align(sentence.words, spans))


def notes_for(sentence: Sentence, own: Cut, unknown: str) -> tuple[Note, ...]:
    """What the tokenizer did to each word: case, accents, unknown pieces, splitting."""
    notes: list[Note] = []
    for position, word in enumerate(sentence.words):
        notes.extend(case_notes(position, word))
        texts = [own.pieces[p].text for p in np.flatnonzero(own.membership[position])]
        if unknown in texts:
            notes.append(Note(position, "unknown", " ".join(texts)))
        elif len(texts) > 1:
            notes.append(Note(position, "split", " ".join(texts)))
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
