"""How good answers are: accuracy and macro-F1, each with a bootstrap interval."""

from dataclasses import dataclass

import numpy as np

RESAMPLES = 1_000
#: The middle share of the resamples that an interval holds.
SHARE = 0.95
_ENDS = [(1 - SHARE) / 2, (1 + SHARE) / 2]


@dataclass(frozen=True)
class Score:
    """A number between the ends of its interval, all 0 to 1."""

    value: float
    low: float
    high: float

    def row(self) -> list[float]:
        """Value, low and high in per cent, for JSON."""
        return [round(100 * number, 2) for number in (self.value, self.low, self.high)]


def confusion(gold: np.ndarray, answers: np.ndarray, labels: int) -> np.ndarray:
    """How often each label (row) was answered with each (column), int ``[C, C]``.

    Args:
        gold: right answers, int ``[N]``.
        answers: int ``[N]``.
        labels: C.
    """
    flat = np.bincount(gold * labels + answers, minlength=labels * labels)
    return flat.reshape(labels, labels)


def macro_f1(counts: np.ndarray) -> np.ndarray:
    """Mean F1 of the labels that occur as truth or as answer, from ``[..., C, C]``."""
    right = np.diagonal(counts, axis1=-2, axis2=-1)
    met = counts.sum(axis=-1) + counts.sum(axis=-2)
    each = np.where(met > 0, 2 * right / np.maximum(met, 1), np.nan)
    return np.nanmean(each, axis=-1)


def accuracy(counts: np.ndarray) -> np.ndarray:
    """Share of right answers, from ``[..., C, C]``."""
    total = counts.sum(axis=(-2, -1))
    return np.trace(counts, axis1=-2, axis2=-1) / np.maximum(total, 1)


def scored(
    gold: np.ndarray, answers: np.ndarray, labels: int, seed: int = 0
) -> tuple[Score, Score]:
    """Accuracy and macro-F1, means over the runs, with 95 % percentile bootstrap intervals.

    Test examples are drawn with replacement; all runs are measured on the same draw.

    Args:
        gold: int ``[N]``.
        answers: int ``[N]`` or ``[runs, N]``.
        labels: C.
        seed: of the draws.
    """
    runs = np.atleast_2d(answers)
    random = np.random.default_rng(seed)
    drawn = random.integers(0, len(gold), size=(RESAMPLES, len(gold)))
    values, resampled = [], []
    for answered in runs:
        cells = gold * labels + answered
        spread = cells[drawn] + labels * labels * np.arange(RESAMPLES)[:, None]
        counts = np.bincount(spread.ravel(), minlength=RESAMPLES * labels * labels)
        tables = counts.reshape(RESAMPLES, labels, labels)
        whole = confusion(gold, answered, labels)
        values.append((float(accuracy(whole)), float(macro_f1(whole))))
        resampled.append((accuracy(tables), macro_f1(tables)))
    return tuple(  # type: ignore[return-value]
        Score(
            float(np.mean([pair[metric] for pair in values])),
            *np.quantile(np.mean([pair[metric] for pair in resampled], axis=0), _ENDS).tolist(),
        )
        for metric in (0, 1)
    )
