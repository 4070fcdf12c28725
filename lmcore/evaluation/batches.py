"""Many sentences through one reader, fast: sentences of one length together, nothing padded."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

from lmcore.evaluation.benchmark import Progress
from lmcore.readers.base import Reader
from lmcore.text.words import Sentence

#: Positions that go through a reader at once: enough for full speed on a CPU, little in memory.
POSITIONS = 2_048

T = TypeVar("T")


def in_batches(
    reader: Reader,
    answer: Callable[[list[Sentence]], Sequence[T]],
    sentences: Sequence[Sentence],
    progress: Progress,
    text: str = "reading",
    positions: int = POSITIONS,
) -> Iterator[tuple[int, T]]:
    """What a reader answers to each of many sentences, the shortest first: its index, the answer.

    Args:
        reader: cuts the sentences; those of a batch have the same number of its pieces.
        answer: the reader's method, one answer for each sentence.
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
            yield from zip(batch, answer([sentences[index] for index in batch]), strict=True)
            done += length * len(batch)
            progress(done / total, text)
