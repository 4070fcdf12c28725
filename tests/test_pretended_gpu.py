"""Readers, analyses and training as on a GPU: no tensor on the wrong side, and who waits how often.

The device is pretended (:mod:`tests.pretend`): same numbers as the CPU's, CUDA's strictness.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lmcore.analyses import examples
from lmcore.outputs.generation import GenerationSettings
from lmcore.outputs.view import equal
from lmcore.readers import load
from lmcore.readers.base import Reader
from lmcore.text.words import split
from lmcore.training import draws, objectives
from lmcore.training.budget import Budget
from lmcore.training.loop import Trainer
from tests.pretend import DEVICE, Pretended, PretendGpu
from tests.training.test_training import objective, packed  # noqa: F401 - a fixture

SENTENCE = split("The bank raised its rates when the river rose.")
#: How often one call may wait for the device: for each, to copy results back.
CALLS: dict[str, tuple[Callable[[Reader], Any], int]] = {
    "read": (lambda reader: reader.read([SENTENCE])[0].layers, 3),
    "fill": (lambda reader: reader.fill(SENTENCE, 1, 5)[0], 40),
    "score": (lambda reader: [score.log_probability for score in reader.score(SENTENCE)], 4),
    "influence": (lambda reader: reader.influence(SENTENCE).matrix, 24),
    "leave_one_out": (lambda reader: reader.leave_one_out(SENTENCE).matrix, 4),
    "lens": (lambda reader: [lens.probability for lens in reader.lens(SENTENCE, 1)], 12),
    "norms": (lambda reader: reader.norms(reader.read([SENTENCE])[0]).heads, 6),
}
NEEDS = {"fill": "fill", "score": "score", "lens": "fill", "norms": "attention"}
NEEDS |= {"influence": "influence", "leave_one_out": "influence"}


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Iterator[PretendGpu]:
    """The device, for one test."""
    tensor = torch.tensor

    def made(data: Any, *args: Any, device: Any = None, **values: Any) -> torch.Tensor:
        on_cpu = tensor(data, *args, **values)
        return on_cpu.to(device) if device is not None else on_cpu

    # torch.tensor reaches no dispatch mode, and tensors of our own kind know no inference mode.
    monkeypatch.setattr(torch, "tensor", made)
    monkeypatch.setattr(torch, "inference_mode", torch.no_grad)
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda device: False)
    generator = draws.generator
    cpu = torch.device("cpu")
    monkeypatch.setattr(objectives, "generator", lambda device, *numbers: generator(cpu, *numbers))
    with PretendGpu() as mode:
        yield mode


def test_it_is_as_strict_as_a_gpu(gpu: PretendGpu):
    there, here = torch.ones(3, device=DEVICE), torch.ones(3)
    assert isinstance(there + 1, Pretended)
    with pytest.raises(RuntimeError, match="two devices"):
        there + here
    assert float((there * 2).sum()) == 6
    assert (there.cpu() + here).tolist() == [2, 2, 2]
    assert gpu.waits.total() == 2
    there[there > 0] = 5
    assert gpu.waits.total() == 3, "a mask has as many elements as the device says"


@pytest.mark.parametrize("family", ["elmo", "gpt", "bert", "static"])
def test_readers_compute_there_what_they_compute_here(
    family: str, gpu: PretendGpu, loaded: dict[str, Reader]
):
    reader = load(family, device=DEVICE)
    for name, (call, most) in CALLS.items():
        if name in NEEDS and not reader.can(NEEDS[name]):  # type: ignore[arg-type]
            continue
        gpu.waits.clear()
        there = call(reader)
        assert gpu.waits.total() <= most, (name, gpu.waits)
        here = call(loaded[family])
        if name == "fill":
            assert [c.word for c in there.candidates] == [c.word for c in here.candidates]
        else:
            np.testing.assert_allclose(
                np.asarray(there, float), np.asarray(here, float), atol=1e-5, err_msg=name
            )


@pytest.mark.parametrize("family", ["elmo", "gpt", "bert"])
def test_texts_are_written_there(family: str, gpu: PretendGpu, loaded: dict[str, Reader]):
    settings = GenerationSettings(length=4, seed=1)
    texts = [
        [step.text_so_far for step in reader.generate(SENTENCE, settings)][-1]
        for reader in (load(family, device=DEVICE), loaded[family])
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("family", ["elmo", "gpt", "bert"])
def test_every_analysis_computes_there(family: str, gpu: PretendGpu, loaded: dict[str, Reader]):
    reader = load(family, device=DEVICE)
    done = []
    for example in examples.examples():
        if family in example.families:
            there = example.analysis.compute(reader, example.questions[0])
            here = example.analysis.compute(loaded[family], example.questions[0])
            assert equal(there, here, 1e-4), example.analysis.name
            done.append(example.analysis.name)
    assert done


@pytest.mark.parametrize("family", ["elmo", "gpt", "bert"])
def test_a_training_step_waits_for_nothing(
    family: str,
    gpu: PretendGpu,
    packed: Any,  # noqa: F811
    tmp_path: Path,
):
    learner = objective(family, packed, tmp_path)
    trainer = Trainer(learner, Budget(steps=3), tmp_path, DEVICE, torch.float32)
    trainer._one_step(0.0)
    gpu.waits.clear()
    sums = trainer._one_step(0.5)
    assert gpu.waits.total() == 0, gpu.waits
    assert torch.isfinite(sums["loss"].cpu())
