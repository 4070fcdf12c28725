"""How the vectors of words move through the layers of a reader, and how like the layers are.

A cosine between two layers compares two spaces. In a transformer the residual stream keeps them
comparable; the layer normalisation behind each block of GPT and BERT and the separate LSTMs of ELMo
make the comparison rough. So every similarity here has a yardstick: the mean similarity of
unrelated words between the same two layers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from lmcore.analyses.analysis import Analysis, Example
from lmcore.analyses.baseline import baseline_readings, chance_between, per_reader
from lmcore.analyses.projection import Projection, project
from lmcore.outputs.reading import Note, Reading, cosine_matrix
from lmcore.readers.base import Reader
from lmcore.runtime.families import FAMILIES
from lmcore.text.examples import EXAMPLE
from lmcore.text.words import Sentence, split

#: The halves of a reader whose two directions do not see each other.
HALVES = ("forward", "backward")
#: Other words in one picture of neighbours; tables have all of them.
MOST_WORDS = 24
#: A colour scale of similarities above chance reaches at least so far.
LEAST_SCALE = 0.1


@dataclass(frozen=True)
class LayersQuestion:
    """A sentence whose words are followed through the layers."""

    text: str


@dataclass(frozen=True)
class ReaderPart:
    """A reader, or one half of a reader whose directions stay apart, on one sentence.

    Attributes:
        family: the reader.
        part: ``""`` for the whole, else one of :data:`HALVES`.
        sentence: what was read; W words.
        layer_names: ``[L + 1]``.
        between: of each word to itself in all pairs of layers, cosines ``[W, L + 1, L + 1]``.
        near: of each word to every other one in each layer, cosines ``[L + 1, W, W]``; NaN for the
            word itself and for words without a vector.
        chance: mean cosine of unrelated words between all pairs of layers, ``[L + 1, L + 1]``.
        plane: places of all words, see :func:`paths`.
    """

    family: str
    part: str
    sentence: Sentence
    layer_names: tuple[str, ...]
    between: np.ndarray
    near: np.ndarray
    chance: np.ndarray
    plane: Projection

    @property
    def words(self) -> list[str]:
        """The words of the sentence."""
        return [word.text for word in self.sentence.words]


@dataclass(frozen=True)
class LayersView:
    """What one reader makes of a sentence, layer by layer.

    Attributes:
        family: the reader.
        sentence: what was read.
        notes: what the reader did to words before reading them.
        parts: the whole reader, then its halves where its directions stay apart; none where it has
            a single vector for each word.
    """

    family: str
    sentence: Sentence
    notes: tuple[Note, ...]
    parts: tuple[ReaderPart, ...]


def follow(reader: Reader, question: LayersQuestion) -> LayersView:
    """Follow all words of a sentence through the layers of a reader.

    Raises:
        InputError: ``text_too_many_pieces``.
    """
    reading = reader.read([split(question.text)])[0]
    rows = chances(reader).items() if reading.n_layers > 1 else ()
    parts = tuple(_part_of(reading, name, chance) for name, chance in rows)
    return LayersView(reading.family, reading.sentence, reading.notes, parts)


def _part_of(whole: Reading, name: str, chance: np.ndarray) -> ReaderPart:
    """What a reading tells of a reader's part."""
    part = half(whole, name) if name else whole
    about = (whole.family, name, whole.sentence, whole.layer_names)
    return ReaderPart(*about, between_layers(part), neighbours(part), chance, paths(part))


LAYERS = Analysis("layers", LayersView, follow)


def examples() -> list[Example[LayersQuestion, LayersView]]:
    """The sentence that every page begins with."""
    return [Example(LAYERS, tuple(FAMILIES), (LayersQuestion(EXAMPLE),))]


def half(reading: Reading, name: str) -> Reading:
    """One direction of a reading whose vectors hold both (ELMo): layers ``[L + 1, W, D / 2]``.

    Peters et al. 2018, section 3.1: ``h = [h→; h←]``. Layer 0 is the token vector in both halves.
    ``name`` is ``forward`` or ``backward``.
    """
    width = reading.layers.shape[-1] // 2
    start = HALVES.index(name) * width
    columns = slice(start, start + width)
    return replace(
        reading,
        layers=reading.layers[..., columns],
        piece_layers=reading.piece_layers[..., columns],
    )


def between_layers(reading: Reading) -> np.ndarray:
    """Cosine similarity of each word's vectors in all pairs of layers, ``[W, L + 1, L + 1]``."""
    return cosine_matrix(reading.layers.transpose(1, 0, 2).astype(np.float64))


def neighbours(reading: Reading) -> np.ndarray:
    """Cosine of each word to every other word of its sentence, by layer, ``[L + 1, W, W]``.

    NaN for the word itself and for words without a vector.
    """
    similarity = cosine_matrix(reading.layers.astype(np.float64))
    places = np.arange(similarity.shape[1])
    similarity[:, places, places] = np.nan
    return similarity


def paths(reading: Reading) -> Projection:
    """Places of all words of a sentence in a plane, layer by layer, without jumps.

    Principal components of unit vectors, each layer turned onto the one before it; see
    :func:`lmcore.analyses.projection.project`. Distances hold within a layer; from one layer to the
    next only the turn that moves the points least is known.
    """
    return project(reading.layers, np.zeros(reading.layers.shape[1], dtype=int))


@per_reader
def chances(reader: Reader) -> dict[str, np.ndarray]:
    """:func:`~lmcore.analyses.baseline.chance_between` ``[L + 1, L + 1]`` of a reader, by part.

    Of the whole vectors under ``""``; of each half where the reader's directions stay apart.
    """
    readings = baseline_readings(reader)
    tables = {"": chance_between(readings)}
    for name in HALVES if reader.context == "both_apart" else ():
        tables[name] = chance_between([half(reading, name) for reading in readings])
    return tables


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
    """The way of a vector, from its similarities (:func:`between_layers`) and :func:`chances`."""

    def previous(table: np.ndarray) -> np.ndarray:
        return np.concatenate([[np.nan], np.diagonal(table, offset=1)])

    return Moves(
        depth=np.linspace(0.0, 1.0, len(similarity)) if len(similarity) > 1 else np.zeros(1),
        to_input=similarity[0],
        to_previous=previous(similarity),
        chance_to_input=chance[0],
        chance_to_previous=previous(chance),
    )


def farthest(ways: Sequence[Moves]) -> int:
    """Whose vector is least like its own input at the top: a place in ``ways``."""
    return int(np.argmin([np.nan_to_num(way.to_input[-1], nan=2.0) for way in ways]))


def biggest_step(ways: Sequence[Moves]) -> tuple[int, int]:
    """Whose vector turns most between two layers, and into which layer that step leads."""
    steps = [np.nan_to_num(way.to_previous, nan=2.0) for way in ways]
    place = int(np.argmin([step.min() for step in steps]))
    return place, int(steps[place].argmin())


def extremes(similarity: np.ndarray) -> tuple[tuple[int, int], tuple[int, int]]:
    """The two most and the two least like layers of a word's ``[L + 1, L + 1]`` similarities."""
    rows, columns = np.triu_indices(len(similarity), k=1)
    values = similarity[rows, columns]
    high = int(np.nan_to_num(values, nan=-2.0).argmax())
    low = int(np.nan_to_num(values, nan=2.0).argmin())
    return (int(rows[high]), int(columns[high])), (int(rows[low]), int(columns[low]))


def longest_step(plane: Projection, word: int) -> int:
    """After which layer a word moves farthest in the plane."""
    steps = np.linalg.norm(np.diff(plane.points[:, word], axis=0), axis=1)
    return int(np.nan_to_num(steps, nan=-1.0).argmax())


def nearest(similarity: np.ndarray) -> list[int | None]:
    """The nearest other word in each layer of ``[L + 1, W]``; ``None`` where there is none."""
    return [None if np.isnan(layer).all() else int(np.nanargmax(layer)) for layer in similarity]


def closest(similarity: np.ndarray, most: int = MOST_WORDS) -> list[int]:
    """The words worth showing: those that come nearest in some layer, in the sentence's order.

    All other words where they are no more than ``most``; otherwise as many of the nearest of each
    layer of ``similarity [L + 1, W]`` (:func:`neighbours`) as fit.
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


def scale(parts: Sequence[ReaderPart], word: int) -> float:
    """How far above chance the likest word of some parts is: the end of their common colours.

    What is far below chance need not be told apart.
    """
    above = [np.nanmax(p.near[:, word] - np.diagonal(p.chance)[:, None]) for p in parts]
    return max(float(max(above)), LEAST_SCALE)
