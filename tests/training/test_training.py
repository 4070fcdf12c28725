"""Training learns, and a run that was stopped and resumed is the run that was not, to the bit."""

import json
import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from lmcore.errors import TrainingError
from lmcore.readers.elmo_network import ElmoConfig
from lmcore.training import run
from lmcore.training.bert import CLS, MASK, SEP, BertObjective
from lmcore.training.budget import Budget
from lmcore.training.draws import DeviceCorpus, generator, masked, pairs
from lmcore.training.elmo import ElmoObjective
from lmcore.training.gpt import GptObjective, cross_entropy
from lmcore.training.loop import Trainer
from lmcore.training.lstm import projected_lstm
from lmcore.training.objectives import Schedule
from lmcore.training.packing import Packed
from lmcore.training.prepare import Job
from lmcore.training.sampled_softmax import sampled_softmax

TINY_ELMO = ElmoConfig(
    filters=((1, 8), (2, 8)),
    character_dim=4,
    n_highway=1,
    dim=24,
    projection_dim=8,
    n_layers=2,
    cell_clip=None,
    proj_clip=None,
    use_skip_connections=True,
    max_characters_per_token=12,
    vocabulary_size=40,
)


@pytest.fixture
def packed():
    """Twelve sentences of eight pieces in a pattern that can be learnt, in three documents."""
    ids = np.tile(np.arange(6, 38, dtype=np.uint16), 3)
    return Packed(ids, np.arange(0, 97, 8), np.array([0, 4, 8]))


def objective(family, packed, tmp_path):
    tokenizer = tmp_path / "tokenizer.json"
    if family == "elmo":
        words = [f"w{i}" for i in range(38)]
        return ElmoObjective(packed, packed, 0, words, 38, 4, 8, 16, TINY_ELMO)
    if family == "gpt":
        sizes = {"vocab_size": 40, "n_positions": 16, "n_embd": 16, "n_layer": 2, "n_head": 2}
        return GptObjective(packed, packed, 0, tokenizer, 64, **sizes)
    sizes = {
        "vocab_size": 40,
        "max_position_embeddings": 16,
        "hidden_size": 16,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 32,
    }
    return BertObjective(packed, packed, 0, tokenizer, 64, **sizes)


def trainer(family, packed, folder, steps, low=torch.bfloat16):
    made = objective(family, packed, folder)
    return Trainer(made, Budget(steps=steps), folder, torch.device("cpu"), low)


@pytest.mark.parametrize("family", ["elmo", "gpt", "bert"])
def test_resuming_changes_no_bit(family, packed, tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    one = trainer(family, packed, whole, 12)
    one.run()
    trainer(family, packed, broken, 12).run(stop_after=5)
    two = trainer(family, packed, broken, 12)
    two.resume()
    assert two.done.step == 5
    two.run()
    assert two.done.step == one.done.step == 12
    assert two.done.tokens_seen == one.done.tokens_seen
    for name, weight in one.optimiser.weights().items():
        assert torch.equal(weight, two.optimiser.weights()[name]), name


@pytest.mark.parametrize("family", ["elmo", "gpt", "bert"])
def test_training_lowers_the_loss(family, packed, tmp_path, monkeypatch):
    made = trainer(family, packed, tmp_path, 80, torch.float32)
    monkeypatch.setattr(type(made.objective), "schedule", Schedule(peak=1e-2, warmup_steps=5))
    losses = []
    one_step = made._one_step
    monkeypatch.setattr(
        made, "_one_step", lambda share: losses.append(float(one_step(share)["loss"])) or {}
    )
    monkeypatch.setattr(made, "_report", lambda recent, minutes, tokens: None)
    made.run()
    assert np.mean(losses[-8:]) < np.mean(losses[:8]) - 0.3


def test_resuming_needs_a_state(packed, tmp_path):
    with pytest.raises(TrainingError) as caught:
        trainer("gpt", packed, tmp_path, 3).resume()
    assert caught.value.code == "state_missing"


def test_a_longer_budget_goes_on_from_the_plateau(packed, tmp_path):
    trainer("gpt", packed, tmp_path, 10).run()
    assert (tmp_path / "plateau.pt").is_file()
    longer = trainer("gpt", packed, tmp_path, 40)
    longer.resume()
    assert 0 < longer.done.step < 10
    longer.run(stop_after=1)


def test_a_state_of_another_run_is_refused(packed, tmp_path):
    one = objective("gpt", packed, tmp_path)
    Trainer(one, Budget(steps=3), tmp_path, torch.device("cpu"), identity={"seed": 0}).run()
    other = objective("gpt", packed, tmp_path)
    later = Trainer(other, Budget(steps=3), tmp_path, torch.device("cpu"), identity={"seed": 1})
    with pytest.raises(TrainingError, match="seed") as caught:
        later.resume()
    assert caught.value.code == "state_mismatch"


def test_a_shorter_budget_is_refused(packed, tmp_path):
    trainer("gpt", packed, tmp_path, 10).run()
    with pytest.raises(TrainingError, match="already longer"):
        trainer("gpt", packed, tmp_path, 5).resume()


def test_schedule():
    schedule = Schedule(peak=1.0, warmup_steps=10, decay=0.4)
    assert schedule.rate(0, 0.0) == pytest.approx(0.1)
    assert schedule.rate(500, 0.5) == 1.0
    assert schedule.rate(500, 0.8) == pytest.approx(0.5)
    assert schedule.rate(500, 1.0) == 0.0


CPU = torch.device("cpu")


def test_masking_shares():
    ids = torch.full((200, 200), 20)
    ids[:, 0], ids[:, -1] = CLS, SEP
    changed, places, targets = masked(ids, 0.2, generator(CPU, 0), MASK + 1, 40, MASK)
    chosen = torch.zeros(ids.numel(), dtype=torch.bool)
    chosen[places] = True
    chosen = chosen.view_as(ids)
    assert not chosen[:, [0, -1]].any(), "special positions are never asked for"
    assert chosen[:, 1:-1].float().mean() == pytest.approx(0.2, abs=1e-4)
    assert (targets == 20).all()
    assert (changed[chosen] == MASK).float().mean() == pytest.approx(0.8, abs=0.02)
    assert (changed[chosen] == 20).float().mean() == pytest.approx(0.1, abs=0.02)
    assert (changed[~chosen] == ids[~chosen]).all()


def test_pairs_follow_or_do_not(packed):
    corpus = DeviceCorpus.of(packed, CPU)
    ids, segments, labels = pairs(corpus, 400, 16, generator(CPU, 0), (CLS, SEP))
    assert (ids[:, 0] == CLS).all()
    assert (ids[:, -1] == SEP).all()
    assert labels[::2].eq(-100).all(), "every second row is one text"
    for row, marks, label in zip(ids[1::2], segments[1::2], labels[1::2], strict=True):
        first = row[1 : row.tolist().index(SEP)]
        second = row[len(first) + 2 : -1]
        if label == 0:
            assert second[0] == (first[-1] + 1 if first[-1] < 37 else 6)
        assert marks.tolist() == [0] * (len(first) + 2) + [1] * (len(second) + 1)
    assert 0.4 < labels[1::2].float().mean() < 0.8


def test_a_single_text_is_running_text_from_a_sentence_on(packed):
    corpus = DeviceCorpus.of(packed, CPU)
    ids, segments, _ = pairs(corpus, 40, 16, generator(CPU, 1), (CLS, SEP))
    for row in ids[::2, 1:-1].tolist():
        assert all(b == (a + 1 if a < 37 else 6) for a, b in pairwise(row))
    assert segments[::2].sum() == 0


def gradients(loss: torch.Tensor, *wanted: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """A loss, and three times its gradients (a factor must pass through)."""
    return loss.detach(), *torch.autograd.grad(3 * loss, wanted)


def test_chunked_cross_entropy_is_the_plain_one(monkeypatch):
    monkeypatch.setattr("lmcore.training.gpt._ROWS", {"cpu": 7, "cuda": 7})
    generator = torch.Generator().manual_seed(0)
    hidden = torch.randn(50, 8, generator=generator, requires_grad=True)
    weight = torch.randn(30, 8, generator=generator, requires_grad=True)
    targets = torch.randint(0, 30, (50,), generator=generator)
    plain = torch.nn.functional.cross_entropy(hidden @ weight.T, targets)
    own = gradients(cross_entropy(hidden, weight, targets), hidden, weight)
    torch.testing.assert_close(own, gradients(plain, hidden, weight))
    with torch.no_grad():
        torch.testing.assert_close(cross_entropy(hidden, weight, targets), plain)


def test_sampled_softmax_is_what_its_formula_says(monkeypatch):
    """Against the formula written out over whole matrices, gradients included."""
    monkeypatch.setattr("lmcore.training.gpt._ROWS", {"cpu": 7, "cuda": 7})
    generator = torch.Generator().manual_seed(0)
    softmax, draws = torch.nn.Linear(8, 30), 12
    hidden = torch.randn(40, 8, generator=generator, requires_grad=True)
    targets = torch.randint(0, 30, (40,), generator=generator)
    sampled = torch.tensor([0, 1, 2, 5, 8, 13, 21, 29])

    def corrected(scores: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
        chance = torch.log((ids + 2) / (ids + 1)) / math.log(31)
        return scores - torch.log(1 - (1 - chance) ** draws)

    scores = softmax(hidden)
    own = corrected(scores.gather(1, targets[:, None])[:, 0], targets)
    others = corrected(scores[:, sampled], sampled)
    others = others.masked_fill(sampled[None] == targets[:, None], -1e4)
    plain = (torch.logsumexp(torch.cat([own[:, None], others], dim=1), dim=1) - own).mean()
    wanted = (hidden, softmax.weight, softmax.bias)
    found = gradients(sampled_softmax(softmax, hidden, targets, sampled, draws), *wanted)
    torch.testing.assert_close(found, gradients(plain, *wanted), atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("steps", [1, 6])
def test_the_training_lstm_is_that_of_pytorch(steps):
    generator = torch.Generator().manual_seed(0)
    lstm = torch.nn.LSTM(8, 20, proj_size=8)
    x = torch.randn(steps, 3, 8, generator=generator, requires_grad=True)
    aim = torch.randn(steps, 3, 8, generator=generator)
    wanted = (x, *lstm.parameters())
    found = gradients((projected_lstm(x, lstm) * aim).sum(), *wanted)
    plain = gradients((lstm(x)[0] * aim).sum(), *wanted)
    torch.testing.assert_close(found, plain, atol=1e-5, rtol=1e-4)


def test_elmo_trains_on_the_vectors_that_it_gives(packed, tmp_path):
    """The rows of a training step are read as the network itself reads them."""
    elmo = objective("elmo", packed, tmp_path)
    batch = elmo.draw(0, 0.0)
    learning = elmo._read(batch)
    with torch.no_grad():
        reading = elmo._read(batch)
    torch.testing.assert_close(
        [value.detach() for value in learning], list(reading), atol=1e-5, rtol=1e-4
    )


def test_sampled_softmax_with_every_entry_is_close_to_the_full_one():
    """With all entries drawn many times the correction vanishes and the estimate is exact."""
    generator = torch.Generator().manual_seed(0)
    softmax = torch.nn.Linear(8, 30)
    hidden = torch.randn(64, 8, generator=generator)
    targets = torch.randint(0, 30, (64,), generator=generator)
    full = torch.nn.functional.cross_entropy(softmax(hidden), targets)
    sampled = sampled_softmax(softmax, hidden, targets, torch.arange(30), 100_000)
    torch.testing.assert_close(sampled, full, atol=1e-3, rtol=1e-3)


def test_from_corpus_to_checkpoint_and_back(tmp_path, monkeypatch):
    """The whole path on a small corpus: train, write, verify, load, read, train on from it."""
    from lmcore.readers.gpt import GptReader
    from lmcore.runtime.checkpoints import verify
    from lmcore.text.words import split

    text = "\n\n".join(
        f"The number {i} stands before {i + 1}. It is a small number, said the old teacher."
        for i in range(300)
    )
    corpus = tmp_path / "corpus.txt"
    corpus.write_text(text, encoding="utf8")
    monkeypatch.setattr(GptObjective, "sizes", GptObjective.sizes | {"n_layer": 1, "n_embd": 32})
    job = Job("gpt", (corpus,), corpus, tmp_path / "work", vocabulary=300)
    out = tmp_path / "gpt"
    card = run.train(job, Budget(steps=3), out, torch.device("cpu"))
    assert card["validation_loss"] == pytest.approx(np.log(300), abs=1.5)
    assert card["tokens_seen"] == 3 * 4_096
    assert verify(out).card.values["sha256"]
    reading = GptReader.load(out, torch.device("cpu")).read([split("The old teacher")])[0]
    assert reading.layers.shape == (2, 3, 32)
    drawn, draw = [], GptObjective.draw
    monkeypatch.setattr(
        GptObjective,
        "draw",
        lambda self, step, share, part: drawn.append(step) or draw(self, step, share, part),
    )
    job = replace(job, peak=1e-4)
    again = run.train(job, Budget(steps=1), out, torch.device("cpu"), init_from=out)
    assert drawn == [3], "a run that begins with a checkpoint draws rows of its own"
    assert again["validation_loss"] == pytest.approx(card["validation_loss"], abs=0.5)
    assert (again["steps"], again["tokens_seen"]) == (
        card["steps"] + 1,
        card["tokens_seen"] + 4_096,
    )
    assert again["minutes"] >= card["minutes"]
    (sitting,) = again["sittings"]
    assert sitting["steps"] == card["steps"]
    assert sitting["validation_loss"] == card["validation_loss"]
    history = (out / "history.jsonl").read_text().splitlines()
    last = json.loads(history[-1])
    assert last["step"] == again["steps"], "nothing is dropped at the end"
    assert last["rate"] == pytest.approx(1e-4 / GptObjective.schedule.warmup_steps, abs=1e-6)
    other = replace(job, peak=2e-4)
    with pytest.raises(TrainingError, match="peak"):
        run.train(other, Budget(steps=3), out, torch.device("cpu"), resume=True, init_from=out)
    longer = run.train(job, Budget(steps=3), out, torch.device("cpu"), resume=True, init_from=out)
    assert longer["steps"] == card["steps"] + 3, "a resumed run still counts what came before"
    assert drawn == [3, 4, 5], "and draws on where it stopped"
    assert json.loads((out / "config.json").read_text())["family"] == "gpt"
