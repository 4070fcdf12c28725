"""ELMo's scalar mix: a weighted mean of the layers, and what it does to the polysemy score.

Peters et al. 2018, equation 1: the vector of a word for a task is

    ELMo = gamma * sum over j of s_j h_j,    s = softmax(w)

with one weight w for each layer and a scale gamma, learned with the task. Here somebody sets them
by hand and sees at once how far the mixed vectors tell the senses of a word apart, on the same
definition as single layers (:mod:`lmcore.analyses.polysemy`). The baseline is that of the mixed
vectors of unrelated words. Gamma makes vectors longer or shorter and turns none, so no cosine sees
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from lmcore.analyses.baseline import occurrences
from lmcore.analyses.polysemy import compare, vectors_of, view_of
from lmcore.errors import InputError
from lmcore.outputs.reading import Reading
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
    """The yardstick of one reader.

    Args:
        readings: of the sentences of :mod:`lmcore.analyses.baseline`.
    """
    vectors, words, sources = occurrences(readings)
    unrelated = (words[:, None] != words[None, :]) & (sources[:, None] < sources[None, :])
    pairs = np.stack(np.nonzero(unrelated))
    inner = np.stack([[one @ other.T for other in vectors] for one in vectors])
    return Yardstick(
        np.diagonal(inner, axis1=2, axis2=3).copy(), inner[:, :, pairs[0], pairs[1]], pairs
    )


@dataclass(frozen=True)
class Mixed:
    """What a mix makes of a word.

    Attributes:
        share: ``s``, float ``[L + 1]``.
        score: separation of the senses, see :mod:`lmcore.analyses.polysemy`; NaN where it is
        undefined. within: mean cosine of uses of one sense.
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


def mix(
    question: Question,
    readings: Sequence[Reading],
    measure: Yardstick,
    share: np.ndarray,
    gamma: float = 1.0,
) -> Mixed:
    """Mix the layers and score the mixed vectors as :func:`lmcore.analyses.polysemy.compare` does.

    Args:
        question: the word, its sentences and senses.
        readings: of these sentences by one reader.
        measure: of the same reader.
        share: ``s``, ``[L + 1]``.
        gamma: scale.

    Raises:
        InputError: ``setting_out_of_range`` for gamma.
    """
    _check("gamma", gamma, GAMMA)
    blended = [
        replace(one, layers=gamma * np.tensordot(share, one.layers, axes=1)[None])
        for one in readings
    ]
    baseline = measure.baseline(share)
    found = compare(question, view_of(question, blended, np.array([baseline])))
    return Mixed(
        share=share,
        score=float(found.score[0]),
        within=float(found.within[0]),
        between=float(found.between[0]),
        baseline=baseline,
        length=float(np.linalg.norm(vectors_of(question, blended)[0], axis=-1).mean()),
    )


def best(question: Question, readings: Sequence[Reading], measure: Yardstick) -> Mixed | None:
    """The mix with the highest score on a grid of shares; ``None`` where no score is defined.

    It is chosen on the very sentences it is scored on, so it flatters the mix.
    """
    layers = len(measure.squares)
    grid = [
        np.array(steps) / STEPS
        for steps in product(range(STEPS + 1), repeat=layers)
        if sum(steps) == STEPS
    ]
    tried = [mix(question, readings, measure, share) for share in grid]
    known = [one for one in tried if np.isfinite(one.score)]
    return max(known, key=lambda one: one.score) if known else None
