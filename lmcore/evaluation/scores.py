"""How right answers are counted."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np


def macro_f1(gold: Sequence[Hashable], answers: Sequence[Hashable]) -> float:
    """Mean of the F1 scores of all labels that occur as truth or as answer (0 to 1)."""
    labels = set(gold) | set(answers)
    scores = []
    for label in labels:
        right = sum(g == a == label for g, a in zip(gold, answers, strict=True))
        given, true = sum(a == label for a in answers), sum(g == label for g in gold)
        scores.append(2 * right / (given + true))
    return float(np.mean(scores)) if scores else float("nan")


def accuracy(gold: Sequence[Hashable], answers: Sequence[Hashable]) -> float:
    """Share of right answers (0 to 1)."""
    pairs = list(zip(gold, answers, strict=True))
    return sum(g == a for g, a in pairs) / len(pairs) if pairs else float("nan")
