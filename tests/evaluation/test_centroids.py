"""Nearest centroids and how answers are counted, on vectors with known answers."""

import numpy as np
import pytest

from lmcore.evaluation.centroids import Centroids, with_sum
from lmcore.evaluation.occurrences import Target, macro_f1, summary


def test_sum_is_of_the_last_four():
    layers = np.arange(12, dtype=np.float32).reshape(6, 2)
    np.testing.assert_array_equal(with_sum(layers)[:-1], layers)
    np.testing.assert_array_equal(with_sum(layers)[-1], layers[2:].sum(axis=0))
    np.testing.assert_array_equal(with_sum(layers[:3])[-1], layers[:3].sum(axis=0))


def test_centroid_is_the_mean_of_unnormalised_vectors():
    centroids = Centroids()
    # Normalised first, the mean of sense a would point between the axes; plain, it leans to x.
    centroids.add("bank", "a", np.array([[10.0, 0.0]]))
    centroids.add("bank", "a", np.array([[0.0, 1.0]]))
    centroids.add("bank", "b", np.array([[0.7, 0.7]]))
    assert centroids.nearest("bank", np.array([[1.0, 0.35]])) == ["a"]
    assert centroids.nearest("bank", np.array([[0.5, 0.6]])) == ["b"]
    assert centroids.senses("bank") == {"a": 2, "b": 1}


def test_length_does_not_matter_and_layers_answer_apart():
    centroids = Centroids()
    centroids.add("w", "a", np.array([[100.0, 0.0], [0.0, 1.0]]))
    centroids.add("w", "b", np.array([[0.0, 0.1], [1.0, 0.0]]))
    assert centroids.nearest("w", np.array([[0.1, 0.2], [0.1, 0.2]])) == ["b", "a"]


def test_only_the_senses_of_the_word_stand_for_choice():
    centroids = Centroids()
    centroids.add("w", "a", np.array([[0.0, 1.0]]))
    centroids.add("v", "b", np.array([[1.0, 0.0]]))
    assert centroids.nearest("w", np.array([[1.0, 0.0]])) == ["a"]


def test_more_training_moves_the_centroid():
    centroids = Centroids()
    centroids.add("w", "a", np.array([[0.0, 1.0]]))
    centroids.add("w", "b", np.array([[1.0, 0.0]]))
    near_b = np.array([[1.0, 0.9]])
    assert centroids.nearest("w", near_b) == ["b"]
    centroids.add("w", "a", np.array([[9.0, 8.0]]))
    assert centroids.nearest("w", near_b) == ["a"]


def test_macro_f1_and_accuracy():
    gold = ["a", "a", "a", "b"]
    assert macro_f1(gold, gold) == 1.0
    # Always a: F1 of a is 2*3/(4+3), of b it is 0.
    assert macro_f1(gold, ["a"] * 4) == pytest.approx((6 / 7) / 2)
    # A label that is only answered counts too: a 4/5, b 1, c 0.
    assert macro_f1(gold, ["a", "a", "c", "b"]) == pytest.approx((0.8 + 1 + 0) / 3)
    targets = [Target("w", sense, 0, 1) for sense in gold]
    assert summary(targets, ["a"] * 4)["micro"] == 75.0
