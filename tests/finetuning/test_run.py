"""A training run: batches by length, the loss of the papers, what decays, what may be resumed."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from lmcore.cli import main
from lmcore.errors import TrainingError
from lmcore.finetuning import steps
from lmcore.finetuning.learner import Learner
from lmcore.finetuning.run import Run
from lmcore.finetuning.settings import ALL, Settings
from lmcore.finetuning.task import Example, Task, of_rows, split
from tests.finetuning.test_finetuning import EASY, QUICK, ROWS, parts, table

STILL = replace(QUICK, dropout=0.0, trained_layers=ALL, batch=6)


def ready(run: Run) -> Run:
    """The same run with everything read."""
    while run._encoded.read_some():
        pass
    return run


def long_task(count: int = 300) -> Task:
    """Texts of 1 to 12 words, lengths in no order."""
    rows = [
        (("a", "b")[n % 2], " ".join([f"w{n}", *["word"] * (n * 7 % 12)])) for n in range(count)
    ]
    return of_rows("long", "classification", rows)


def test_batches_of_a_pass_are_of_like_length_and_drawn_anew(loaded):
    task = long_task()
    run = ready(Run(loaded["bert"], task, split(task), replace(QUICK, batch=4)))
    lengths = run._encoded._lengths("train")
    assert len(lengths) == len(run.parts.train) >= 100
    passes = [run._encoded.batches(epoch) for epoch in (0, 1, 0)]
    for batches in passes:
        assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
        assert [len(rows) for rows in batches].count(4) >= len(batches) - 1
    spread = np.mean([np.ptp(lengths[rows]) for rows in passes[0]])
    by_chance = np.array_split(np.random.default_rng(0).permutation(len(lengths)), len(passes[0]))
    assert spread < 0.4 * np.mean([np.ptp(lengths[rows]) for rows in by_chance])
    kinds = [{frozenset(rows.tolist()) for rows in batches} for batches in passes]
    assert len(kinds[0] & kinds[1]) < len(kinds[0]) / 4
    assert all(np.array_equal(*pair) for pair in zip(passes[0], passes[2], strict=True))
    means = [lengths[rows].mean() for rows in passes[0][: steps.WINDOW]]
    assert means != sorted(means)  # no window goes from short to long


def test_a_small_training_part_has_other_batches_in_each_pass(loaded):
    """One window over all of it would sort the same batches out of every draw."""
    task = long_task(60)
    run = ready(Run(loaded["bert"], task, split(task), replace(QUICK, batch=8)))
    first, second = (
        {frozenset(rows.tolist()) for rows in run._encoded.batches(epoch)} for epoch in (0, 1)
    )
    assert not first & second


@pytest.mark.parametrize("family", ["elmo", "gpt", "bert"])
def test_items_know_their_length(loaded, family):
    settings = replace(QUICK, pooling="bilstm")
    run = Run(loaded[family], EASY, parts(), settings)
    short, long = run.learner.encode([Example(("A lamp",), 0), Example(("A very old lamp",), 0)])
    assert 2 <= run.learner.length(short) < run.learner.length(long) <= 8


def test_answers_come_back_in_the_order_of_the_examples(loaded):
    """Whatever the order in which they were read: each is compared with its own label."""
    task = long_task(200)
    divided = split(task)
    run = Run(loaded["bert"], task, divided, replace(QUICK, epochs=1, batch=16))
    outcome = run.finish()
    alone = run.learner.probabilities([example.texts for example in divided.test])
    assert outcome.probabilities == pytest.approx(alone, abs=1e-4)
    spread = alone[:, 0].std()
    assert spread > 1e-3  # texts differ, so that another order would show
    validated = run.learner.probabilities([example.texts for example in divided.validation])
    right = np.array([example.label for example in divided.validation])
    accuracy = (validated.argmax(axis=1) == right).mean()
    assert outcome.epochs[0].validation_accuracy == pytest.approx(accuracy, abs=0.03)
    loss = -np.log(validated[np.arange(len(right)), right]).mean()
    assert outcome.epochs[0].validation_loss == pytest.approx(loss, abs=1e-4)


def by_hand(learner: Learner, items: list[Any]) -> torch.Tensor:
    """L1: mean over all pieces of −log P(piece | pieces before it), one sequence at a time."""
    losses = []
    table = torch.cat([learner.reader.embeddings().weight, learner.extra])
    for (row,) in items:
        ids = torch.tensor(row.ids)
        out = learner.reader.body(None, inputs_embeds=table[ids][None])
        for place in range(len(ids) - 1):
            scores = table @ out.last_hidden_state[0, place]
            losses.append(scores.logsumexp(0) - scores[ids[place + 1]])
    return torch.stack(losses).mean()


def test_the_loss_of_the_language_model_is_that_of_the_paper(loaded):
    """L1 counted piece by piece, without padding, with the embeddings as output weights."""
    run = ready(Run(loaded["gpt"], long_task(40), split(long_task(40)), STILL))
    run.learner.train()
    items = run._encoded.items["train"][:5]
    assert len({len(row.ids) for (row,) in items}) > 1
    scored = run.learner(items)
    wanted = float(by_hand(run.learner, items).detach())
    assert float(scored.language.detach()) == pytest.approx(wanted, abs=1e-4)


def keep_gradients(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the gradients of a step where they can be looked at."""
    monkeypatch.setattr(run._optimiser, "zero_grad", lambda **_: None)


@pytest.mark.parametrize("weight", [0.0, 0.5, 2.0])
def test_a_step_follows_the_gradient_of_equation_5(loaded, weight, monkeypatch):
    """∇ L3 = ∇ L2 + λ ∇ L1, cut to length 1; a batch counts as a whole, however it is parted."""
    task = long_task(40)
    run = ready(Run(loaded["gpt"], task, split(task), replace(STILL, lm_weight=weight)))
    twin = copy.deepcopy(run.learner)
    rows = run._encoded.batches(0)[0]
    assert len(rows) > run.learner.at_once
    keep_gradients(run, monkeypatch)
    run._learn()
    twin.train()
    items = [run._encoded.items["train"][row] for row in rows]
    wanted = torch.tensor([run.parts.train[row].label for row in rows])
    learned = twin.learned()

    def gradient(loss: torch.Tensor) -> list[torch.Tensor]:
        gradients = torch.autograd.grad(loss, list(learned.values()), allow_unused=True)
        return [
            torch.zeros_like(weights) if gradient is None else gradient
            for weights, gradient in zip(learned.values(), gradients, strict=True)
        ]

    of_task = gradient(F.cross_entropy(twin(items).logits, wanted))
    of_language = gradient(by_hand(twin, items))
    whole = [a + weight * b for a, b in zip(of_task, of_language, strict=True)]
    norm = torch.stack([weights.norm() for weights in whole]).norm()
    scale = min(1.0, 1.0 / float(norm))
    assert any(weights.abs().max() > 1e-4 for weights in of_language)
    for (name, weights), expected in zip(run.learner.learned().items(), whole, strict=True):
        there = torch.zeros_like(weights) if weights.grad is None else weights.grad
        assert torch.allclose(there, scale * expected, atol=2e-5), name


def test_the_penalty_on_the_mix_reaches_its_gradient(loaded, monkeypatch):
    """d λ‖w‖² / dw = 2 λ w, on top of what the examples ask for."""
    monkeypatch.setattr(steps, "CLIP", 1e9)
    gradients = []
    for penalty in (0.0, 0.01):
        run = ready(Run(loaded["elmo"], EASY, parts(), replace(STILL, mix_penalty=penalty)))
        with torch.no_grad():
            run.learner.scores.copy_(torch.tensor([0.3, -0.2, 0.5]))
        keep_gradients(run, monkeypatch)
        run._learn()
        gradients.append(run.learner.scores.grad.clone())
    assert gradients[1] - gradients[0] == pytest.approx(
        2 * 0.01 * torch.tensor([0.3, -0.2, 0.5]), abs=1e-6
    )


@pytest.mark.parametrize("family", ["elmo", "gpt", "bert"])
def test_only_matrices_decay(loaded, family):
    """With no gradient at all a step of AdamW shrinks what decays, and nothing else."""
    run = Run(loaded[family], EASY, parts(), replace(QUICK, pooling="bilstm", trained_layers=None))
    learned = run.learner.learned()
    with torch.no_grad():
        for weights in learned.values():
            weights.fill_(1.0)
            weights.grad = torch.zeros_like(weights)
    for group in run._optimiser.param_groups:
        group["lr"] = 0.1
    run._optimiser.step()
    for name, weights in learned.items():
        expected = 1 - 0.1 * steps.WEIGHT_DECAY if weights.dim() > 1 else 1.0
        assert float(weights.detach().flatten()[0]) == pytest.approx(expected, abs=1e-6), name
    assert {weights.dim() > 1 for weights in learned.values()} == {True, False}


def other_weights(run: Run) -> None:
    run._of = run._of | {"weights": "0" * 64}


def other_family(run: Run) -> None:
    run._of = run._of | {"family": "gpt"}


def other_kind(run: Run) -> None:
    run._of = run._of | {"kind": "similarity"}


@pytest.mark.parametrize(
    ("changed", "named"),
    [(other_family, "family"), (other_weights, "weights"), (other_kind, "kind")],
)
def test_a_state_of_another_run_is_refused(loaded, changed: Callable[[Run], None], named):
    state = Run(loaded["bert"], EASY, parts(), QUICK).state()
    other = Run(loaded["bert"], EASY, parts(), QUICK)
    changed(other)
    with pytest.raises(TrainingError, match=rf"\({named}\)") as caught:
        other.load(state)
    assert caught.value.code == "state_mismatch"


def test_a_state_says_what_it_is_of(loaded):
    for family in ("elmo", "bert"):
        of = Run(loaded[family], EASY, parts(), QUICK).state()["of"]
        assert of["family"] == family
        assert of["weights"] == loaded[family].card.values["sha256"]
        assert of["kind"] == "classification"
        assert of["split"] == parts().fingerprint()


def test_a_state_of_other_examples_is_refused(loaded):
    state = Run(loaded["elmo"], EASY, parts(), QUICK).state()
    fewer = split(EASY, train=8)
    turned = of_rows("easy", "classification", [(label, f"{text}!") for label, text in ROWS])
    for divided in (fewer, split(turned)):
        with pytest.raises(TrainingError, match="split"):
            Run(loaded["elmo"], EASY, divided, QUICK).load(state)


def test_weights_that_are_unknown_missing_or_of_another_shape_are_refused(loaded):
    run = Run(loaded["elmo"], EASY, parts(), QUICK)
    state = run.state()
    weights = state["learned"]
    fewer = {name: tensor for name, tensor in weights.items() if name != "gamma"}
    for changed, named in (
        (fewer, "gamma"),
        (weights | {"stranger": torch.ones(1)}, "stranger"),
        (weights | {"scores": torch.ones(4)}, "scores"),
    ):
        for place in ("learned", "best"):
            with pytest.raises(TrainingError, match=named):
                run.load(state | {place: changed})
    with pytest.raises(TrainingError, match="family"):
        run.load({"something": "else"})
    assert torch.equal(run.learner.gamma.detach(), torch.ones(()))
    run.load(state)


def test_examples_that_share_their_text_with_the_test_part_are_left_out():
    task = replace(EASY, test=(Example(("Lovely  LAMP",), 1), Example(("something new",), 0)))
    divided = split(task)
    texts = {example.texts[0] for example in (*divided.train, *divided.validation)}
    assert "lovely lamp" not in texts
    assert len(divided.train) + len(divided.validation) == len(EASY.examples) - 1
    assert set(divided.test) == set(task.test)


def test_nothing_of_the_published_test_parts_is_taught(shared):
    from lmcore.finetuning import benchmarks

    for name, count in (("question_type", 11), ("entailment", 3)):
        task = benchmarks.load(name, shared / "data" / "classification")
        divided = split(task)
        tested = {" ".join(example.texts[0].lower().split()) for example in divided.test}
        taught = [*divided.train, *divided.validation]
        assert not any(" ".join(example.texts[0].lower().split()) in tested for example in taught)
        assert len(task.examples) - len(taught) == count


def test_the_command_shows_baselines_and_takes_settings_of_the_mix(tmp_path, capsys):
    command = ["finetune", "--reader", "elmo", "--task", str(table(tmp_path)), "--epochs", "1"]
    more = ["--mix-penalty", "0.5", "--no-layer-norm", "--json"]
    assert main([*command, *more]) == 0
    row = json.loads(capsys.readouterr().out)
    assert row["settings"]["mix_penalty"] == 0.5
    assert row["settings"]["layer_norm"] is False
    assert set(row["baselines"]) == {"majority", "bag_of_words", "static"}
    assert row["baselines"]["bag_of_words"]["accuracy"][0] == 100.0
    assert main(command) == 0
    printed = capsys.readouterr().out
    for name in ("majority label", "bag of words", "static vectors, mean"):
        assert f"{name}: accuracy" in printed
    assert Settings().layer_norm
