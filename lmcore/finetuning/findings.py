"""What outcomes say beside each other: pure functions of answers, weights and passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from lmcore.finetuning.outcome import Outcome
from lmcore.finetuning.scores import Score, scored

#: A mix whose largest and smallest weights are closer than this prefers no layer.
EVEN = 0.1
#: Vectors with at least this similarity to what they were have not changed.
UNCHANGED = 1 - 1e-4


@dataclass(frozen=True)
class Comparison:
    """Methods and baselines on the same test part.

    Attributes:
        scores: accuracy and macro-F1 by name.
        best: the trained method with the highest accuracy.
        rival: the baseline with the highest accuracy.
        verdict: ``clear`` where the interval of the best lies above the rival's, ``maybe`` where
            only its accuracy does, ``tie`` where they are equal, else ``not``.
    """

    scores: Mapping[str, tuple[Score, Score]]
    best: str
    rival: str
    verdict: Literal["clear", "maybe", "tie", "not"]


def compare(
    gold: np.ndarray,
    answers: Mapping[str, np.ndarray],
    baselines: Mapping[str, np.ndarray],
    labels: int,
) -> Comparison:
    """Score all answers to a test part, and say whether training was worth it.

    Args:
        gold: int ``[N]``.
        answers: int ``[N]`` of each trained method.
        baselines: int ``[N]`` of each baseline.
        labels: how many there are.
    """
    scores = {name: scored(gold, row, labels) for name, row in {**answers, **baselines}.items()}
    accuracy = {name: pair[0] for name, pair in scores.items()}
    best = max(answers, key=lambda name: accuracy[name].value)
    rival = max(baselines, key=lambda name: accuracy[name].value)
    ours, theirs = accuracy[best], accuracy[rival]
    verdict: Literal["clear", "maybe", "tie", "not"] = "not"
    if ours.low > theirs.high:
        verdict = "clear"
    elif ours.value >= theirs.value:
        verdict = "maybe" if ours.value > theirs.value else "tie"
    return Comparison(scores, best, rival, verdict)


def best_pass(outcomes: Sequence[Outcome]) -> int:
    """Index of the outcome whose kept pass has the highest validation accuracy.

    All outcomes have passes.
    """
    return max(range(len(outcomes)), key=lambda i: outcomes[i].kept.validation_accuracy)


def majority_share(gold: np.ndarray) -> float:
    """Share of the commonest of some right answers, int ``[N]``."""
    counts = np.bincount(gold)
    return float(counts.max() / counts.sum())


def most_confused(counts: np.ndarray) -> tuple[int, int, int] | None:
    """The commonest mistake of a confusion ``[C, C]``: truth, answer and how often.

    ``None`` where all answers are right.
    """
    wrong = counts - np.diag(np.diag(counts))
    if wrong.sum() == 0:
        return None
    truth, answer = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return int(truth), int(answer), int(wrong.max())


def differences(gold: np.ndarray, good: np.ndarray, bad: np.ndarray) -> tuple[list[int], int]:
    """Rows that one method gets right and another wrong, and how many it is the other way round.

    Args:
        gold: int ``[N]``.
        good, bad: answers of the two methods, int ``[N]``.
    """
    right, wrong = good == gold, bad != gold
    return np.flatnonzero(right & wrong).tolist(), int((~right & ~wrong).sum())


def preferred_layer(weights: np.ndarray) -> int | None:
    """The layer that a mix ``[L + 1]`` takes most from; ``None`` where it is :data:`EVEN`."""
    even = float(weights.max() - weights.min()) < EVEN
    return None if even else int(weights.argmax())


def changed_most(similarity: np.ndarray) -> int | None:
    """The layer ``[L + 1]`` least like what it was; ``None`` where all are :data:`UNCHANGED`."""
    return None if np.nanmin(similarity) > UNCHANGED else int(np.nanargmin(similarity))
