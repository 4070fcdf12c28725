"""How the vector of a word moves through the layers of a reader, and how like the layers are.

A cosine between two layers compares two spaces. In a transformer the residual stream keeps them
comparable; the layer normalisation behind each block of GPT and BERT and the separate LSTMs of ELMo
make the comparison rough. So every similarity here has a yardstick: the mean similarity of
unrelated words between the same two layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lmcore.analyses.baseline import SENTENCES, occurrences
from lmcore.analyses.projection import Projection, project
from lmcore.outputs.reading import Reading, cosine, cosine_matrix
from lmcore.readers.base import Reader
from lmcore.text.words import split

#: The halves of a reader whose two directions do not see each other.
HALVES = ("forward", "backward")


def half(reading: Reading, name: str) -> Reading:
    """One direction of a reading whose vectors hold both (ELMo), as a reading of its own.

    Peters et al. 2018, section 3.1: ``h = [h→; h←]``. Layer 0 is the token vector in both halves.

    Args:
        reading: of a reader with ``context == "both_apart"``.
        name: ``forward`` or ``backward``.

    Returns:
        The reading with ``layers [L + 1, W, D / 2]``.
    """
    width = reading.layers.shape[-1] // 2
    start = HALVES.index(name) * width
    own = slice(start, start + width)
    return replace(
        reading, layers=reading.layers[..., own], piece_layers=reading.piece_layers[..., own]
    )


def between_layers(reading: Reading, word: int) -> np.ndarray:
    """Cosine similarity of a word's vectors between all pairs of layers, ``[L + 1, L + 1]``."""
    return cosine_matrix(reading.layers[:, word].astype(np.float64))


def chance_between(readings: Sequence[Reading]) -> np.ndarray:
    """Mean cosine similarity of unrelated words between all pairs of layers.

    Unrelated words are those of :mod:`lmcore.analyses.baseline` (different words of different
    sentences); the diagonal is its baseline.

    Args:
        readings: at least one, all of one reader.

    Returns:
        float64 ``[L + 1, L + 1]``, symmetric; NaN where there is no pair.
    """
    vectors, words, sources = occurrences(readings)
    count = len(vectors)
    unrelated = (words[:, None] != words[None, :]) & (sources[:, None] != sources[None, :])
    if not unrelated.any():
        return np.full((count, count), np.nan)
    units = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)  # [L + 1, N, D]
    table = np.empty((count, count))
    for one in range(count):
        for other in range(one, count):
            mean = (units[one] @ units[other].T)[unrelated].mean()
            table[one, other] = table[other, one] = mean
    return table


def chances(reader: Reader) -> dict[str, np.ndarray]:
    """:func:`chance_between` of a reader on the sentences of the baseline.

    Returns:
        ``[L + 1, L + 1]`` of the whole vectors under ``""``; of each half under its name where the
        reader's directions stay apart.
    """
    readings = reader.read([split(text) for text in SENTENCES])
    found = {"": chance_between(readings)}
    for name in HALVES if reader.context == "both_apart" else ():
        found[name] = chance_between([half(reading, name) for reading in readings])
    return found


@dataclass(frozen=True)
class Moves:
    """How far a word's vector has come at each layer, as cosine similarities.

    Attributes:
        depth: float ``[L + 1]``, 0 for the input layer to 1 for the top.
        to_input: ``[L + 1]``, similarity to the vector of the input layer (1 at layer 0).
        to_previous: ``[L + 1]``, similarity to the layer before (NaN at layer 0).
        chance_to_input: ``[L + 1]``, the same between unrelated words.
        chance_to_previous: ``[L + 1]``.
    """

    depth: np.ndarray
    to_input: np.ndarray
    to_previous: np.ndarray
    chance_to_input: np.ndarray
    chance_to_previous: np.ndarray


def moves(similarity: np.ndarray, chance: np.ndarray) -> Moves:
    """Read the way of a vector off the similarities between layers.

    Args:
        similarity: ``[L + 1, L + 1]`` of :func:`between_layers`.
        chance: ``[L + 1, L + 1]`` of :func:`chance_between`.
    """

    def previous(table: np.ndarray) -> np.ndarray:
        return np.concatenate([[np.nan], np.diagonal(table, offset=1)])

    return Moves(
        depth=np.linspace(0.0, 1.0, len(similarity)) if len(similarity) > 1 else np.zeros(1),
        to_input=similarity[0],
        to_previous=previous(similarity),
        chance_to_input=chance[0],
        chance_to_previous=previous(chance),
    )


def paths(reading: Reading) -> Projection:
    """Places of all words of a sentence in a plane, layer by layer, without jumps.

    Principal components of unit vectors, each layer turned onto the one before it; see
    :func:`lmcore.analyses.projection.project`. Distances hold within a layer; from one layer to the
    next only the turn that moves the points least is known.
    """
    return project(reading.layers, np.zeros(reading.layers.shape[1], dtype=int))


def neighbours(reading: Reading, word: int) -> np.ndarray:
    """Cosine similarity of a word to every other word of its sentence, by layer.

    Returns:
        float64 ``[L + 1, W]``; NaN for the word itself and for words without a vector.
    """
    vectors = reading.layers.astype(np.float64)
    similarity = cosine(vectors[:, word, None], vectors)
    similarity[:, word] = np.nan
    return similarity


def nearest(similarity: np.ndarray) -> list[int | None]:
    """The nearest other word in each layer of :func:`neighbours`; ``None`` where there is none."""
    return [None if np.isnan(layer).all() else int(np.nanargmax(layer)) for layer in similarity]


def closest(similarity: np.ndarray, most: int) -> list[int]:
    """The words worth showing: those that come nearest in some layer, in the sentence's order.

    All other words where they are no more than ``most``; otherwise as many of the nearest of each
    layer as fit.

    Args:
        similarity: ``[L + 1, W]`` of :func:`neighbours`.
        most: how many words can be shown.
    """
    known = np.flatnonzero(~np.isnan(similarity).all(axis=0))
    chosen: set[int] = set()
    order = np.argsort(-np.nan_to_num(similarity, nan=-2.0), axis=1, kind="stable")
    for rank in range(len(known)):
        added = chosen | {int(word) for word in order[:, rank]} & set(known.tolist())
        if chosen and len(added) > most:
            break
        chosen = added
    return sorted(chosen)
