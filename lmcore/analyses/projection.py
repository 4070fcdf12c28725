"""Vectors as points of a plane, one plane a layer, turned so that points do not jump."""

from dataclasses import dataclass

import numpy as np

#: Mean squared distance from the middle, of unit vectors, below which all points are one point.
#: Padding alone moves a vector by up to 1e-5, so its square must stay below this.
ONE_POINT = 1e-9


@dataclass(frozen=True)
class Projection:
    """Points of some vectors, layer by layer.

    Attributes:
        points: float ``[L + 1, N, 2]``; a vector that is missing is a row of NaN.
        kept: float ``[L + 1]``, share of the variance that the plane keeps, 0 to 1; NaN where all
            vectors of the layer are the same.
    """

    points: np.ndarray
    kept: np.ndarray


def project(vectors: np.ndarray, groups: np.ndarray) -> Projection:
    """Principal components of unit vectors, layers turned onto each other, then onto their groups.

    ``vectors [L + 1, N, D]`` have rows of NaN where one is missing; ``groups`` int ``[N]``, or -1.
    """
    plane = aligned(vectors)
    return Projection(facing(plane.points, groups), plane.kept)


def aligned(vectors: np.ndarray) -> Projection:
    """Principal components of unit vectors ``[L + 1, N, D]``, layers turned onto each other.

    Vectors are brought to length 1 first, so that distances on the map answer to cosines
    (``distance² = 2 - 2 cos``). The plane of a layer is that of its two first principal components;
    turning or mirroring a plane changes no distance, so each layer is turned to lie as close as
    possible to the last one before it whose points differ (orthogonal Procrustes problem,
    Schönemann 1966). A row of NaN is a missing vector.
    """
    planes = [_principal(layer) for layer in vectors.astype(np.float64)]
    points = np.stack([plane for plane, _ in planes])
    kept = np.array([share for _, share in planes])
    last = None
    for layer in np.flatnonzero(~np.isnan(kept)):
        if last is not None:
            points[layer] = points[layer] @ turn(points[layer], points[last])
        last = layer
    return Projection(points, kept)


def facing(points: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """All layers ``[L + 1, N, 2]`` turned together, so that groups face alike for every reader.

    ``groups`` are int ``[N]``, -1 for a point without one.
    """
    differing = np.flatnonzero(np.nan_to_num(points).any(axis=(1, 2)))
    if not len(differing):
        return points
    last = differing[-1]
    points = points @ turn(points[last], _template(groups))
    return points * _upright(points[last])


def turn(points: np.ndarray, reference: np.ndarray) -> np.ndarray:
    """The rotation or reflection ``[2, 2]`` that brings points ``[N, 2]`` closest to others.

    ``argmin ‖points Q - reference‖`` over orthogonal Q is ``U Vᵀ`` where ``pointsᵀ reference =
    U S Vᵀ`` (Schönemann 1966).
    """
    usable = np.isfinite(points).all(axis=1) & np.isfinite(reference).all(axis=1)
    left, sizes, right = np.linalg.svd(points[usable].T @ reference[usable])
    return left @ right if sizes[0] > 1e-9 else np.eye(2)


def _principal(vectors: np.ndarray) -> tuple[np.ndarray, float]:
    """Points ``[N, 2]`` of one layer and the share of variance kept."""
    lengths = np.linalg.norm(vectors, axis=1)
    usable = np.isfinite(lengths) & (lengths > 0)
    points = np.full((len(vectors), 2), np.nan)
    points[usable] = 0.0
    if usable.sum() < 2:
        return points, float("nan")
    units = vectors[usable] / lengths[usable, None]
    left, sizes, _ = np.linalg.svd(units - units.mean(axis=0), full_matrices=False)
    variance = sizes**2
    if variance.sum() < ONE_POINT * usable.sum():
        return points, float("nan")
    first = min(2, len(sizes))
    points[usable, :first] = left[:, :first] * sizes[:first]
    return points, float(variance[:first].sum() / variance.sum())


def _template(groups: np.ndarray) -> np.ndarray:
    """Where vectors are wanted, ``[N, 2]``: two or more groups round a circle from the left over
    the top, -1 in the middle; otherwise all in their order from left to right.
    """
    if groups.max() < 1:
        return np.stack([np.linspace(-1, 1, len(groups)), np.zeros(len(groups))], axis=1)
    angles = np.pi - 2 * np.pi * groups / (groups.max() + 1)
    return np.where(groups[:, None] < 0, 0.0, np.stack([np.cos(angles), np.sin(angles)], axis=1))


def _upright(points: np.ndarray) -> np.ndarray:
    """Signs ``[2]`` that leave left and right alone and put the farthest point above the middle."""
    heights = np.nan_to_num(points[:, 1])
    return np.array([1.0, -1.0 if heights[np.abs(heights).argmax()] < 0 else 1.0])
