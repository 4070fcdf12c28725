"""ELMo's scalar mix: a weighted mean of the layers, and what it does to the polysemy score.

Peters et al. 2018, equation 1: the vector of a word for a task is

    ELMo = gamma * sum over j of s_j h_j,    s = softmax(w)

with one weight w for each layer and a scale gamma, learned with the task. Here somebody sets them
by hand and sees at once how far the mixed vectors tell the senses of a word apart, on the same
definition as single layers (:mod:`lmcore.analyses.polysemy`). The baseline is that of the mixed
vectors of unrelated words. Gamma makes vectors longer or shorter and turns none, so no cosine sees
it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from lmcore.analyses.analysis import Analysis, Example
from lmcore.analyses.baseline import baseline_readings, occurrences, per_reader
from lmcore.analyses.polysemy import PolysemyView, compare
from lmcore.errors import InputError
from lmcore.outputs.reading import Reading, cosine_matrix
from lmcore.readers.base import Reader
from lmcore.runtime.families import FAMILIES
from lmcore.text.word_uses import Question

#: What a weight and gamma may be.
WEIGHTS = (-5.0, 5.0)
#: In which steps weights are set.
STEP = 0.05
GAMMA = (0.1, 5.0)
#: The grid on which the best mix is looked for has so many steps from 0 to 1.
STEPS = 10


def shares(weights: Sequence[float]) -> np.ndarray:
    """``s = softmax(w)``, float ``[L + 1]``, sums to 1.

    Raises:
        InputError: ``setting_out_of_range``.
    """
    for value in weights:
        _check("w", value, WEIGHTS)
    raised = np.exp(np.asarray(weights, dtype=np.float64) - max(weights))
    return raised / raised.sum()


def weights_of(given: Sequence[float]) -> list[float]:
    """Weights whose softmax is as near to some shares as :data:`WEIGHTS` and :data:`STEP` allow.

    The middle of the largest and the smallest is 0, as far as shares of 0 do not forbid it.
    """
    logs = np.log(np.maximum(np.asarray(given, dtype=np.float64), 1e-4))
    centred = logs - (logs.max() + logs.min()) / 2
    return [round(STEP * round(float(value) / STEP), 2) for value in np.clip(centred, *WEIGHTS)]


def _check(name: str, value: float, limits: tuple[float, float]) -> None:
    low, high = limits
    if not low <= value <= high:
        raise InputError("setting_out_of_range", name=name, value=value, low=low, high=high)


@dataclass(frozen=True)
class Yardstick:
    """What the baseline of any mix follows from, without a vector.

    Letters: M occurrences, P pairs of different words of different sentences.

    Attributes:
        squares: inner products of each occurrence with itself between all layers,
            float ``[L + 1, L + 1, M]``.
        products: those of the two occurrences of a pair, float ``[L + 1, L + 1, P]``.
        pairs: the occurrences of each pair, int ``[2, P]``.
    """

    squares: np.ndarray
    products: np.ndarray
    pairs: np.ndarray

    def baseline(self, share: np.ndarray) -> float:
        """Mean cosine of the mixed vectors of unrelated words; NaN without a pair."""
        if not self.pairs.size:
            return float("nan")
        both = np.outer(share, share)
        lengths = np.sqrt(np.tensordot(both, self.squares, axes=2))  # [M]
        inner = np.tensordot(both, self.products, axes=2)  # [P]
        return float((inner / lengths[self.pairs].prod(axis=0)).mean())


def yardstick(readings: Sequence[Reading]) -> Yardstick:
    """The yardstick of a reader: readings of the sentences of :mod:`lmcore.analyses.baseline`."""
    vectors, words, sources = occurrences(readings)
    unrelated = (words[:, None] != words[None, :]) & (sources[:, None] < sources[None, :])
    pairs = np.stack(np.nonzero(unrelated))
    inner = np.stack([[layer @ other.T for other in vectors] for layer in vectors])
    return Yardstick(
        np.diagonal(inner, axis1=2, axis2=3).copy(), inner[:, :, pairs[0], pairs[1]], pairs
    )


@dataclass(frozen=True)
class MixQuestion:
    """The weights ``w`` of a reader's layers, one a layer."""

    weights: tuple[float, ...]


@dataclass(frozen=True)
class ScalarMixView:
    """How alike unrelated words are in mixes of a reader's layers: one mix, and a grid of others.

    Attributes:
        shares: ``s`` of the mix that is asked for, then of those on the grid, ``[M, L + 1]``.
        baselines: mean cosine of the mixed vectors of unrelated words, ``[M]``.
    """

    shares: np.ndarray
    baselines: np.ndarray


def mix(reader: Reader, question: MixQuestion) -> ScalarMixView:
    """What any mix of a reader's layers is held against; the sentences are read only once.

    Raises:
        InputError: ``setting_out_of_range``.
    """
    share, (grid, baselines) = shares(question.weights), _grid(reader)
    baseline = _yardstick(reader).baseline(share)
    return ScalarMixView(np.vstack([share, grid]), np.append(baseline, baselines))


SCALAR_MIX = Analysis("scalar_mix", ScalarMixView, mix)


def examples() -> list[Example[MixQuestion, ScalarMixView]]:
    """Equal weights for the three layers of ELMo."""
    apart = tuple(name for name, family in FAMILIES.items() if family.context == "both_apart")
    return [Example(SCALAR_MIX, apart, (MixQuestion((0.0, 0.0, 0.0)),))]


@per_reader
def _yardstick(reader: Reader) -> Yardstick:
    return yardstick(baseline_readings(reader))


@per_reader
def _grid(reader: Reader) -> tuple[np.ndarray, np.ndarray]:
    """Shares in steps of a tenth ``[G, L + 1]``, and their baselines ``[G]``."""
    measure = _yardstick(reader)
    steps = product(range(STEPS + 1), repeat=len(measure.squares))
    grid = np.array([row for row in steps if sum(row) == STEPS]) / STEPS
    return grid, np.array([measure.baseline(share) for share in grid])


@dataclass(frozen=True)
class Mixed:
    """What a mix makes of a word.

    Attributes:
        share: ``s``, float ``[L + 1]``.
        score: separation of the senses, see :mod:`lmcore.analyses.polysemy`; NaN where it is
            undefined.
        within: mean cosine of uses of one sense.
        between: mean cosine of uses of different senses.
        baseline: mean cosine of unrelated words.
        length: mean length of the word's mixed vectors, gamma included.
    """

    share: np.ndarray
    score: float
    within: float
    between: float
    baseline: float
    length: float


def score_mixes(
    question: Question, uses: PolysemyView, view: ScalarMixView, gamma: float = 1.0
) -> tuple[Mixed, Mixed]:
    """Score mixes of the vectors of a word as single layers are scored.

    Args:
        question: the word, its sentences and senses.
        uses: the word's vectors by the same reader.
        view: what the mixes are held against.
        gamma: scale.

    Returns:
        the mix that was asked for, and the best one on the grid. The best one is chosen on the very
        sentences it is scored on, which flatters it.

    Raises:
        InputError: ``setting_out_of_range`` for gamma.
        ValueError: no score is defined.
    """
    _check("gamma", gamma, GAMMA)
    vectors = np.tensordot(view.shares, uses.vectors.astype(np.float64), axes=1)  # [M, N, D]
    mixes = PolysemyView(
        family=uses.family,
        layer_names=uses.layer_names,
        vectors=vectors,
        similarity=cosine_matrix(vectors),
        baseline=view.baselines,
        plane=np.zeros((*vectors.shape[:2], 2)),
        kept=np.full(len(vectors), np.nan),
        notes=uses.notes,
    )
    compared = compare(question, mixes)  # a mix is a layer among layers
    length = gamma * np.linalg.norm(vectors, axis=-1).mean(axis=-1)

    def mixed(place: int) -> Mixed:
        numbers = (compared.score, compared.within, compared.between, view.baselines, length)
        return Mixed(view.shares[place], *(float(values[place]) for values in numbers))

    return mixed(0), mixed(1 + int(np.nanargmax(compared.score[1:])))
