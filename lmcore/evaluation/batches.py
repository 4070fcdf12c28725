"""Many sentences through one reader, fast: sentences of one length together, nothing padded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from lmcore.evaluation.benchmark import Progress
from lmcore.readers.base import Reader
from lmcore.text.words import Sentence

#: Positions that go through a reader at once: enough for full speed on a CPU, little in memory.
POSITIONS = 2_048


def batches(
    reader: Reader,
    sentences: Sequence[Sentence],
    progress: Progress,
    text: str,
    positions: int = POSITIONS,
) -> Iterator[list[int]]:
    """Indices of sentences that are to be read together, the shortest first.

    Args:
        reader: cuts the sentences; those of a batch have the same number of its pieces.
        sentences: none longer than the reader can hold.
        progress: told after each batch, by positions.
        text: what is being done.
        positions: of one batch, at most (a single longer sentence is a batch by itself).
    """
    units = [reader.count_pieces(sentence) for sentence in sentences]
    total, done = max(1, sum(units)), 0
    order = sorted(range(len(sentences)), key=units.__getitem__)
    for length, group in groupby(order, key=units.__getitem__):
        alike = list(group)
        size = max(1, positions // max(1, length))
        for start in range(0, len(alike), size):
            batch = alike[start : start + size]
            yield batch
            done += length * len(batch)
            progress(done / total, text)


def word_vectors(
    reader: Reader, sentences: Sequence[Sentence], progress: Progress, text: str = "reading"
) -> Iterator[tuple[int, np.ndarray]]:
    """Vectors of all words of all sentences: pairs of an index and ``[L + 1, W, D]``.

    Sentences come in the order of their length, not in their own.

    Args:
        reader: reads them.
        sentences: none longer than the reader can hold.
        progress: told after each batch.
        text: what is being done.
    """
    for batch in batches(reader, sentences, progress, text):
        layers = reader.word_layers([sentences[index] for index in batch])
        yield from zip(batch, layers, strict=True)
