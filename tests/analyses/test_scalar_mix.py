"""The scalar mix: a weighted mean of layers on the same definition as single layers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lmcore.analyses import scalar_mix
from lmcore.analyses.baseline import of_readings
from lmcore.analyses.polysemy import compare
from lmcore.charts import scalar_mix as charts
from lmcore.errors import InputError
from lmcore.readers.base import Reader
from lmcore.text.examples import SENSES, UNRELATED
from lmcore.text.word_uses import ask
from lmcore.text.words import split

QUESTION = ask(SENSES[0].word, SENSES[0].text)


@pytest.fixture(scope="module")
def unrelated(loaded):
    return loaded["elmo"].read([split(text) for text in UNRELATED[:12]])


@pytest.fixture(scope="module")
def readings(loaded):
    return loaded["elmo"].read(list(QUESTION.sentences))


def test_shares_are_a_softmax() -> None:
    assert scalar_mix.shares([0, 0, 0]) == pytest.approx([1 / 3] * 3)
    assert scalar_mix.shares([1, 0, 0])[0] == pytest.approx(np.e / (np.e + 2))
    assert scalar_mix.shares([5, -5, -5])[0] > 0.9999
    for bad in (6.0, float("nan")):
        with pytest.raises(InputError):
            scalar_mix.shares([bad, 0])


def test_weights_lead_back_to_the_shares() -> None:
    for given in ([0.2, 0.5, 0.3], [0.05, 0.9, 0.05], [1 / 3] * 3):
        back = scalar_mix.shares(scalar_mix.weights_of(given))
        assert back == pytest.approx(given, abs=0.03)
    assert scalar_mix.shares(scalar_mix.weights_of([0, 1, 0]))[1] > 0.999


def test_all_weight_on_one_layer_is_that_layer(unrelated, readings) -> None:
    measure = scalar_mix.yardstick(unrelated)
    found = compare(QUESTION, readings, of_readings(unrelated).mean)
    for layer, share in enumerate(np.eye(3)):
        mixed = scalar_mix.mix(QUESTION, readings, measure, share)
        assert mixed.baseline == pytest.approx(found.baseline[layer], abs=1e-5)
        assert mixed.score == pytest.approx(found.score[layer], abs=1e-5)
        assert mixed.within == pytest.approx(found.within[layer], abs=1e-5)


def test_the_baseline_is_that_of_the_mixed_vectors(unrelated) -> None:
    share = np.array([0.2, 0.5, 0.3])
    mixed = [
        replace(one, layers=np.tensordot(share, one.layers, axes=1)[None].astype(np.float32))
        for one in unrelated
    ]
    measure = scalar_mix.yardstick(unrelated)
    assert measure.baseline(share) == pytest.approx(of_readings(mixed).mean[0], abs=1e-5)


def test_gamma_makes_vectors_longer_and_changes_no_cosine(unrelated, readings) -> None:
    measure, share = scalar_mix.yardstick(unrelated), np.array([0.2, 0.5, 0.3])
    one = scalar_mix.mix(QUESTION, readings, measure, share)
    three = scalar_mix.mix(QUESTION, readings, measure, share, gamma=3.0)
    assert three.length == pytest.approx(3 * one.length, rel=1e-5)
    assert three.score == pytest.approx(one.score, abs=1e-6)
    with pytest.raises(InputError):
        scalar_mix.mix(QUESTION, readings, measure, share, gamma=0.0)


def test_the_best_mix_is_no_worse_than_any_single_layer(unrelated, readings) -> None:
    measure = scalar_mix.yardstick(unrelated)
    best = scalar_mix.best(QUESTION, readings, measure)
    assert best is not None
    assert best.share.sum() == pytest.approx(1)
    singles = [scalar_mix.mix(QUESTION, readings, measure, share).score for share in np.eye(3)]
    assert best.score >= max(singles)


def test_without_two_senses_there_is_no_best(loaded: dict[str, Reader], unrelated) -> None:
    question = ask("bank", "The bank\nMy bank")
    readings = loaded["elmo"].read(list(question.sentences))
    assert scalar_mix.best(question, readings, scalar_mix.yardstick(unrelated)) is None


def test_the_picture_marks_the_mix_that_is_set() -> None:
    bars = [charts.Bar("<mix>", "elmo", 0.5, strong=True), charts.Bar("BERT", "bert", 0.25)]
    bar = charts.scores(bars, "score").data[0]
    assert list(bar.x) == [0.5, 0.25]
    assert bar.y[0] == "&lt;mix&gt;"
    assert bar.marker.line.width[0] > bar.marker.line.width[1]
