"""The map: distances are kept, and points do not jump from layer to layer."""

import numpy as np
import pytest

from lmcore.analyses.projection import project, turn


def test_the_map_keeps_distances_of_unit_vectors() -> None:
    vectors = np.array([[[2.0, 0, 0], [0, 3.0, 0], [0.5, 0.5, 0]]])
    projection = project(vectors, np.array([0, 1, -1]))
    assert projection.kept == pytest.approx([1.0])
    assert np.linalg.norm(projection.points[0, 0] - projection.points[0, 1]) == pytest.approx(
        np.sqrt(2)
    )
    assert projection.points[0, 0, 0] < projection.points[0, 1, 0]  # the first group on the left


def test_the_map_is_defined_for_two_points_and_for_one_spot() -> None:
    two = project(np.array([[[1.0, 0], [0, 1.0]], [[1.0, 0], [1.0, 0]]]), np.array([0, 1]))
    assert two.kept[0] == pytest.approx(1.0)
    assert np.isnan(two.kept[1])
    assert np.isfinite(two.points).all()
    assert (two.points[1] == 0).all()
    alone = project(np.array([[[1.0, 0], [np.nan, np.nan]]]), np.array([-1, -1]))
    assert alone.points[0, 0].tolist() == [0, 0]


def test_points_do_not_jump_from_layer_to_layer() -> None:
    rng = np.random.default_rng(0)
    first = rng.normal(size=(7, 12))
    spin = np.linalg.qr(rng.normal(size=(12, 12)))[0]
    layers = np.stack([first, -first, first @ spin, np.ones((7, 12)), first @ spin.T])
    points = project(layers, np.array([0, 0, 0, 1, 1, 2, -1])).points
    for other in (1, 2, 4):  # the same figure however the layer is turned, across an empty layer
        assert points[other] == pytest.approx(points[0], abs=1e-9)


def test_a_turn_is_orthogonal_and_undoes_a_rotation() -> None:
    points = np.array([[1.0, 2], [3, -1], [0, 0.5]])
    angle = 0.7
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    rotation = turn(points @ spin, points)
    assert rotation @ rotation.T == pytest.approx(np.eye(2))
    assert points @ spin @ rotation == pytest.approx(points)
    assert turn(points, np.zeros((3, 2))).tolist() == np.eye(2).tolist()
