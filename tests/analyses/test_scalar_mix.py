"""The scalar mix: a weighted mean of layers on the same definition as single layers."""

from dataclasses import replace

import numpy as np
import pytest

from lmcore.analyses import scalar_mix
from lmcore.analyses.baseline import baseline_readings, of_readings
from lmcore.analyses.polysemy import POLYSEMY, PolysemyView, compare
from lmcore.analyses.scalar_mix import SCALAR_MIX, MixQuestion, ScalarMixView, score_mixes
from lmcore.charts import scalar_mix as charts
from lmcore.errors import InputError
from lmcore.outputs.view import equal
from lmcore.readers.base import Reader
from lmcore.text.examples import SENSES
from lmcore.text.word_uses import ask

QUESTION = ask(SENSES[0].word, SENSES[0].text)
EVEN = MixQuestion((0.0, 0.0, 0.0))


@pytest.fixture(scope="module")
def uses(loaded: dict[str, Reader]) -> PolysemyView:
    return POLYSEMY.compute(loaded["elmo"], QUESTION.unlabelled)


@pytest.fixture(scope="module")
def view(loaded: dict[str, Reader]) -> ScalarMixView:
    return SCALAR_MIX.compute(loaded["elmo"], EVEN)


def with_share(view: ScalarMixView, reader: Reader, share: np.ndarray) -> ScalarMixView:
    """The same grid for another mix, whose shares need not be a softmax."""
    baseline = scalar_mix.yardstick(baseline_readings(reader)).baseline(share)
    return ScalarMixView(
        np.vstack([share, view.shares[1:]]), np.append(baseline, view.baselines[1:])
    )


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


def test_all_weight_on_one_layer_is_that_layer(loaded, uses, view) -> None:
    single = compare(QUESTION, uses)
    for layer, share in enumerate(np.eye(3)):
        mixed, _ = score_mixes(QUESTION, uses, with_share(view, loaded["elmo"], share))
        assert mixed.baseline == pytest.approx(single.baseline[layer], abs=1e-5)
        assert mixed.score == pytest.approx(single.score[layer], abs=1e-5)
        assert mixed.within == pytest.approx(single.within[layer], abs=1e-5)


def test_the_baseline_is_that_of_the_mixed_vectors(loaded) -> None:
    share, unrelated = np.array([0.2, 0.5, 0.3]), baseline_readings(loaded["elmo"])[:12]
    mixed = [
        replace(one, layers=np.tensordot(share, one.layers, axes=1)[None].astype(np.float32))
        for one in unrelated
    ]
    measure = scalar_mix.yardstick(unrelated)
    assert measure.baseline(share) == pytest.approx(of_readings(mixed).mean[0], abs=1e-5)


def test_gamma_makes_vectors_longer_and_changes_no_cosine(uses, view) -> None:
    one, _ = score_mixes(QUESTION, uses, view)
    three, _ = score_mixes(QUESTION, uses, view, gamma=3.0)
    assert three.length == pytest.approx(3 * one.length, rel=1e-5)
    assert three.score == pytest.approx(one.score, abs=1e-6)
    with pytest.raises(InputError):
        score_mixes(QUESTION, uses, view, gamma=0.0)


def test_the_best_mix_is_no_worse_than_any_single_layer(uses, view) -> None:
    mixed, best = score_mixes(QUESTION, uses, view)
    assert mixed.share == pytest.approx([1 / 3] * 3)
    assert best.share.sum() == pytest.approx(1)
    assert best.score >= max(mixed.score, np.nanmax(compare(QUESTION, uses).score) - 1e-9)


def test_without_two_senses_there_is_no_best(loaded: dict[str, Reader], view) -> None:
    question = ask("bank", "The bank\nMy bank")
    uses = POLYSEMY.compute(loaded["elmo"], question.unlabelled)
    assert compare(question, uses).best is None
    with pytest.raises(ValueError, match="NaN"):
        score_mixes(question, uses, view)


def test_the_sentences_of_the_baseline_are_read_once(loaded, view, monkeypatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a model was asked again")

    monkeypatch.setattr(type(loaded["elmo"]), "read", refuse)
    other = SCALAR_MIX.compute(loaded["elmo"], MixQuestion((1.0, 0.0, -1.0)))
    assert equal(other.baselines[1:], view.baselines[1:])
    assert other.shares[0] == pytest.approx(scalar_mix.shares([1, 0, -1]))


def test_the_picture_marks_the_mix_that_is_set() -> None:
    bars = [charts.Bar("<mix>", "elmo", 0.5, strong=True), charts.Bar("BERT", "bert", 0.25)]
    bar = charts.scores(bars, "score").data[0]
    assert list(bar.x) == [0.5, 0.25]
    assert bar.y[0] == "&lt;mix&gt;"
    assert bar.marker.line.width[0] > bar.marker.line.width[1]
