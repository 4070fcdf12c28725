"""Groups of like things without labels: average linkage, and how many groups there are."""

from __future__ import annotations

import numpy as np

#: Distances smaller than this are none.
NONE = 1e-6


def grouped(distances: np.ndarray, most: int = 4) -> np.ndarray:
    """Groups by average linkage; of 2 to ``most`` groups the number with the best silhouette.

    Args:
        distances: symmetric, float ``[N, N]``, N of 2 or more, all finite.
        most: the largest number of groups to be tried.

    Returns:
        int ``[N]``, groups numbered in order of appearance.

    Source: mean silhouette width of Rousseeuw 1987.
    """
    tried = [linked(distances, count) for count in range(2, max(2, most) + 1)]
    best = max(tried, key=lambda groups: silhouette(distances, groups)).tolist()
    numbers = {group: number for number, group in enumerate(dict.fromkeys(best))}
    return np.array([numbers[group] for group in best])


def linked(distances: np.ndarray, count: int) -> np.ndarray:
    """``count`` groups ``[N]`` by joining the two groups with the least mean distance."""
    members = [[use] for use in range(len(distances))]
    while len(members) > count:
        pairs = [(a, b) for b in range(len(members)) for a in range(b)]
        a, b = min(pairs, key=lambda p: distances[np.ix_(members[p[0]], members[p[1]])].mean())
        members[a] += members.pop(b)
    groups = np.empty(len(distances), dtype=int)
    for group, uses in enumerate(members):
        groups[uses] = group
    return groups


def silhouette(distances: np.ndarray, groups: np.ndarray) -> float:
    """Mean silhouette width; a group of one counts 0."""
    widths = []
    for use, group in enumerate(groups):
        own = (groups == group) & (np.arange(len(groups)) != use)
        if not own.any():
            widths.append(0.0)
            continue
        inside = distances[use, own].mean()
        outside = min(distances[use, groups == g].mean() for g in set(groups.tolist()) - {group})
        widths.append((outside - inside) / max(inside, outside, NONE))
    return float(np.mean(widths))
