"""Linear probes and the learned mix on data with known answers."""

import numpy as np
import pytest

from lmcore.evaluation import probe
from lmcore.evaluation.probe import Labelled
from tests.evaluation.fakes import silent


def separable(count, told_by, *, seed, layers=3, classes=3):
    """Only one layer tells the class; the others are noise."""
    random = np.random.default_rng(seed)
    labels = random.integers(classes, size=count)
    vectors = random.normal(size=(count, layers, 12)).astype(np.float32)
    vectors[np.arange(count), told_by, labels] += 6.0
    return Labelled(vectors, labels)


def test_the_layer_that_knows_is_found():
    row = probe.report(separable(1_500, 1, seed=0), separable(400, 1, seed=1), 3, silent)
    by_layer = row["probe_accuracy_by_layer"]
    assert by_layer[1] > 95
    assert max(by_layer[0], by_layer[2]) < 45
    assert row["mix_accuracy"] > 90
    assert np.argmax(row["mix_weights"]) == 1
    assert sum(row["mix_weights"]) == pytest.approx(1.0, abs=1e-3)
    assert row["mix_gamma"] > 0


def test_same_seed_same_numbers(monkeypatch):
    monkeypatch.setattr(probe, "STEPS", 30)
    data, test = separable(300, 0, seed=0), separable(100, 0, seed=1)
    assert probe.report(data, test, 3, silent) == probe.report(data, test, 3, silent)


def test_the_mix_is_elmos_equation():
    import torch

    probes = probe.Probes(2, 4, 3)
    with torch.no_grad():
        probes.weight[2] = torch.randn(4, 3, generator=torch.Generator().manual_seed(0))
        probes.mix.copy_(torch.tensor([0.0, np.log(3.0)]))
        probes.gamma.fill_(2.0)
    vectors = torch.randn(5, 2, 4, generator=torch.Generator().manual_seed(1))
    normal = (vectors - vectors.mean(-1, keepdim=True)) / (
        vectors.var(-1, unbiased=False, keepdim=True) + 1e-5
    ).sqrt()
    mixed = 2.0 * (0.25 * normal[:, 0] + 0.75 * normal[:, 1])
    torch.testing.assert_close(probes(vectors)[2], mixed @ probes.weight[2])


def test_only_allowed_answers_are_given():
    data = separable(200, 0, seed=0, classes=4)
    groups = (data.labels // 2).astype(np.int64)
    allowed = np.array([[True, True, False, False], [False, False, True, True]])
    grouped = Labelled(data.vectors, data.labels, groups)
    answers = probe.answers(probe.Probes(3, 12, 4), grouped, allowed)
    assert (answers // 2 == groups).all(), "even untrained"
