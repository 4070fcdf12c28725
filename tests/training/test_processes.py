"""Two processes learn what one does, and a stopped pair goes on."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np

from tests.conftest import ROOT

#: What each process runs: a tiny reader, two batches a step, losses of every step as JSON lines.
SCRIPT = """
import json, sys
from dataclasses import replace
from pathlib import Path
import numpy as np, torch
torch.set_num_threads(1)
from lmcore.training import processes
from lmcore.training.budget import Budget
from lmcore.training.loop import Trainer
from lmcore.training.packing import Packed
from tests.training.test_training import objective

folder, stop, resume = Path(sys.argv[1]), *map(int, sys.argv[2:4])
ids = np.tile(np.arange(6, 38, dtype=np.uint16), 3)
packed = Packed(ids, np.arange(0, 97, 8), np.array([0, 4, 8]))
with processes.joined(torch.device("cpu")) as device:
    learner = objective("bert", packed, folder)
    learner.schedule = replace(learner.schedule, peak=5e-3, warmup_steps=2)
    learner.schedule = replace(learner.schedule, ramp=2)
    learner.schedule.__class__.batches = lambda self, progress: 2
    trainer = Trainer(learner, Budget(steps=6), folder, device, torch.float32, report_every=0.0)
    if resume:
        trainer.resume()
    trainer.run(stop_after=stop or None)
"""


def start(count: int, folder: Path, stop: int = 0, resume: int = 0) -> list[float]:
    """Run the script in so many processes; the losses that the first one wrote."""
    folder.mkdir(exist_ok=True)
    arguments = [sys.executable, "-c", SCRIPT, str(folder), str(stop), str(resume)]
    shared = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    if count > 1:  # what torchrun would set
        shared |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
        shared |= {"WORLD_SIZE": str(count)}
    running = [
        subprocess.Popen(
            arguments,
            cwd=ROOT,
            env=shared | ({"RANK": str(rank), "LOCAL_RANK": str(rank)} if count > 1 else {}),
            stderr=subprocess.PIPE,
            text=True,
        )
        for rank in range(count)
    ]
    try:
        errors = [process.communicate(timeout=120)[1] for process in running]
    finally:
        for process in running:
            process.kill()
    assert all(process.returncode == 0 for process in running), errors
    lines = (folder / "history.jsonl").read_text().splitlines()
    return [json.loads(line)["loss"] for line in lines]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_two_processes_learn_what_one_does_and_a_stopped_pair_goes_on(tmp_path: Path):
    one = start(1, tmp_path / "one")
    two = start(2, tmp_path / "two")
    assert len(one) == len(two) == 6
    np.testing.assert_allclose(two, one, atol=1e-4)
    assert len(start(2, tmp_path / "broken", stop=3)) == 3
    resumed = start(2, tmp_path / "broken", resume=1)
    assert len(resumed) == 6
    np.testing.assert_allclose(resumed, two, atol=1e-6)
