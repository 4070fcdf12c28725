"""What outcomes say beside each other, on numbers made by hand; without torch."""

import subprocess
import sys

import numpy as np
import pytest

from lmcore.finetuning import findings
from lmcore.finetuning.outcome import Epoch, Outcome
from lmcore.outputs.view import equal, from_json, to_json

GOLD = np.array([0, 1] * 50)


def answers(wrong: int) -> np.ndarray:
    """Answers of which so many are wrong."""
    given = GOLD.copy()
    given[:wrong] = 1 - given[:wrong]
    return given


def outcome(*accuracies: float, best: int = 1) -> Outcome:
    epochs = tuple(
        Epoch(number, 1.0, None, 1.0, accuracy) for number, accuracy in enumerate(accuracies, 1)
    )
    return Outcome(epochs, best, np.eye(2)[GOLD], GOLD, np.array([0.5, 0.3, 0.2]), 1.5, 0)


@pytest.mark.parametrize(
    ("trained", "baseline", "verdict"),
    [(0, 50, "clear"), (20, 22, "maybe"), (20, 20, "tie"), (30, 20, "not")],
)
def test_a_verdict_follows_from_the_best_of_both(trained: int, baseline: int, verdict: str):
    compared = findings.compare(
        GOLD,
        {"worse": answers(60), "better": answers(trained)},
        {"chance": answers(70), "words": answers(baseline)},
        2,
    )
    assert (compared.best, compared.rival, compared.verdict) == ("better", "words", verdict)
    assert list(compared.scores) == ["worse", "better", "chance", "words"]
    assert compared.scores["better"][0].value == pytest.approx(1 - trained / 100)
    assert equal(from_json(findings.Comparison, to_json(compared)), compared)


def test_the_best_pass_is_that_of_the_kept_weights():
    outcomes = [outcome(0.5, 0.9), outcome(0.6, 0.7, best=2)]
    assert findings.best_pass(outcomes) == 1  # the first kept its pass with 0.5
    assert outcomes[1].kept.epoch == 2
    assert equal(from_json(Outcome, to_json(outcomes[0])), outcomes[0])


def test_mistakes_and_differences_by_hand():
    assert findings.majority_share(np.array([0, 0, 1])) == pytest.approx(2 / 3)
    assert findings.most_confused(np.array([[5, 1], [3, 4]])) == (1, 0, 3)
    assert findings.most_confused(np.diag([5, 4])) is None
    gold, good, bad = np.array([0, 1, 1, 0]), np.array([0, 1, 0, 1]), np.array([1, 1, 1, 1])
    assert findings.differences(gold, good, bad) == ([0], 1)


def test_an_even_mix_prefers_no_layer_and_still_layers_have_not_changed():
    assert findings.preferred_layer(np.array([0.2, 0.5, 0.3])) == 1
    assert findings.preferred_layer(np.array([0.3, 0.36, 0.34])) is None
    assert findings.changed_most(np.array([1.0, 0.7, 0.9])) == 1
    assert findings.changed_most(np.array([1.0, 0.99995, 1.0])) is None


@pytest.mark.parametrize("module", ["findings", "inputs", "inside", "outcome", "stored"])
def test_what_the_page_draws_needs_no_torch(module: str):
    code = f"import lmcore.finetuning.{module}, sys; print('torch' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
