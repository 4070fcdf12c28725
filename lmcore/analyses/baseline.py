"""What a similarity is worth: how alike two unrelated words are in each layer of a reader.

Contextual vectors lie in a narrow cone (Ethayarajh 2019, section 4.1): in some layers any two words
have a cosine similarity of 0.5. A similarity therefore says nothing until the mean similarity of
unrelated words in the same layer stands beside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from lmcore.outputs.reading import Reading
from lmcore.readers.base import Reader
from lmcore.text.examples import of as examples_of
from lmcore.text.words import fold, split

T = TypeVar("T")


def per_reader(compute: Callable[[Reader], T]) -> Callable[[Reader], T]:
    """Keep what follows from a reader alone for as long as that reader lives."""
    results: WeakKeyDictionary[Reader, T] = WeakKeyDictionary()

    @wraps(compute)
    def kept(reader: Reader) -> T:
        if reader not in results:  # two threads at once give the same bits
            results[reader] = compute(reader)
        return results[reader]

    return kept


@per_reader
def baseline_readings(reader: Reader) -> tuple[Reading, ...]:
    """The unrelated sentences as a reader sees them: vectors of words only, without attention."""
    readings = reader.read([split(text) for text in examples_of(reader.language).unrelated])
    return tuple(replace(r, attention=None, piece_layers=r.layers[:, :0]) for r in readings)


@dataclass(frozen=True)
class Chance:
    """Cosine similarity of unrelated words, by layer of one reader.

    Attributes:
        mean: float ``[L + 1]``, the baseline.
        deviation: float ``[L + 1]``, standard deviation over the pairs.
        high: float ``[L + 1]``, 95th percentile: one pair in twenty is more alike than this.
        pairs: how many pairs were compared.
    """

    mean: np.ndarray
    deviation: np.ndarray
    high: np.ndarray
    pairs: int


def of_readings(readings: Sequence[Reading]) -> Chance:
    """Compare every two occurrences of different words from different sentences of one reader.

    Words without a letter or a digit and words that the reader has no vector for (NaN or all zero)
    are left out. All pairs are taken, so there is nothing random in it; without a single pair
    everything is NaN.
    """
    vectors, words, sources = occurrences(readings)
    unrelated = (words[:, None] != words[None, :]) & (sources[:, None] < sources[None, :])
    if not unrelated.any():
        missing = np.full(len(vectors), np.nan)
        return Chance(missing, missing, missing, 0)
    units = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    similarities = (units @ units.transpose(0, 2, 1))[:, unrelated]  # [L + 1, pairs]
    return Chance(
        mean=similarities.mean(axis=1),
        deviation=similarities.std(axis=1),
        high=np.percentile(similarities, 95, axis=1),
        pairs=int(unrelated.sum()),
    )


def chance_between(readings: Sequence[Reading]) -> np.ndarray:
    """Mean cosine similarity of unrelated words between all pairs of layers ``[L + 1, L + 1]``.

    Unrelated words are those of :func:`of_readings`; the diagonal is their mean (NaN: no pair).
    """
    vectors, words, sources = occurrences(readings)
    count = len(vectors)
    unrelated = (words[:, None] != words[None, :]) & (sources[:, None] != sources[None, :])
    if not unrelated.any():
        return np.full((count, count), np.nan)
    units = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)  # [L + 1, N, D]
    table = np.empty((count, count))
    for row in range(count):
        for column in range(row, count):
            mean = (units[row] @ units[column].T)[unrelated].mean()
            table[row, column] = table[column, row] = mean
    return table


def occurrences(readings: Sequence[Reading]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Vectors ``[L + 1, N, D]``, words ``[N]`` and numbers of sentences ``[N]`` to be compared."""
    rows: list[np.ndarray] = [np.empty((0, *readings[0].layers[:, 0].shape))]
    words: list[str] = []
    sources: list[int] = []
    for number, reading in enumerate(readings):
        lengths = np.linalg.norm(reading.layers, axis=-1)  # [L + 1, W]
        usable = (np.isfinite(lengths) & (lengths > 0)).all(axis=0)
        for position, word in enumerate(reading.sentence.words):
            if word.has_letters and usable[position]:
                rows.append(reading.layers[None, :, position].astype(np.float64))
                words.append(fold(word.text))
                sources.append(number)
    return np.concatenate(rows).transpose(1, 0, 2), np.array(words), np.array(sources)


@per_reader
def chance(reader: Reader) -> Chance:
    """Similarity of unrelated words in the layers of a reader, from the unrelated sentences.

    Source: Ethayarajh 2019 (EMNLP, D19-1006), section 4.1, which takes 1,000 random pairs; here
    all pairs of a fixed text.
    """
    return of_readings(baseline_readings(reader))


def baseline(reader: Reader) -> np.ndarray:
    """Mean cosine similarity of unrelated words, float ``[L + 1]``; see :func:`chance`."""
    return chance(reader).mean
