"""The training loop that all families share: bf16 weights over float32 masters, resumable.

One folder outside the project holds everything a run needs to go on: ``state.pt`` (read with
``weights_only``), ``plateau.pt`` (the state just before the learning rate began to fall, from which
a longer run goes on) and ``history.jsonl`` (one line per report).
"""

import json
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lmcore.errors import TrainingError
from lmcore.runtime.checkpoints import HISTORY
from lmcore.runtime.device import learning_precision
from lmcore.runtime.disk import write_atomically
from lmcore.training import processes
from lmcore.training.budget import Budget, Clock, Progress
from lmcore.training.objectives import Batch, Objective
from lmcore.training.optimiser import MasterWeights


class _Loss(nn.Module):
    """An objective's loss as a module, so that it can be compiled and shared by processes."""

    def __init__(self, objective: Objective) -> None:
        super().__init__()
        self.network = objective.network
        self.objective = objective

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """See :meth:`Objective.loss`."""
        return self.objective.loss(batch)


class Trainer:
    """Runs an objective to the end of a budget, saving its state every few minutes.

    Several processes (:mod:`.processes`) share the batches of a step and average their gradients;
    the first one alone reports and writes.
    """

    def __init__(
        self,
        objective: Objective,
        budget: Budget,
        folder: Path,
        device: torch.device,
        low: torch.dtype | None = None,
        save_every: float = 3.0,
        report_every: float = 0.5,
        identity: dict[str, Any] | None = None,
    ) -> None:
        """Take over an objective.

        Args:
            objective: what learns.
            budget: for how long.
            folder: where the state stands.
            device: where it learns.
            low: precision of the weights that learn; the device's own where nobody says. A GPU
                keeps float32 weights and multiplies in bfloat16 (autocast).
            save_every: minutes.
            report_every: minutes.
            identity: what a state must agree with to be resumed.
        """
        self.objective, self.budget, self.folder, self.device = objective, budget, folder, device
        self.save_every, self.report_every = save_every, report_every
        objective.network.to(device).train()
        objective.place(device)
        self.autocast = low is None and device.type == "cuda"
        low = torch.float32 if self.autocast else low or learning_precision(device)
        self.optimiser = MasterWeights(objective.network, low)
        self.loss = processes.shared(_Loss(objective))
        self.identity = identity or {}
        self.done = Progress(budget=asdict(budget))

    def resume(self) -> None:
        """Go on from the saved state; a larger budget goes on from before the rate fell.

        Raises:
            TrainingError: ``state_missing``, or ``state_mismatch`` where the state is of another
                seed or corpus, or already longer than the budget.
        """
        path = self.folder / "state.pt"
        if not path.is_file():
            raise TrainingError("state_missing", folder=self.folder)
        plateau = self.folder / "plateau.pt"
        state = torch.load(path, map_location=self.device, weights_only=True)
        for name, value in state.get("identity", {}).items():
            if self.identity.get(name, value) != value:
                raise TrainingError("state_mismatch", folder=self.folder, detail=name)
        before = Budget(**state["progress"]["budget"])
        if self.budget.longer_than(before) and plateau.is_file():
            state = torch.load(plateau, map_location=self.device, weights_only=True)
        done = Progress(**state["progress"])
        if self._share(done) >= 1.0 and self.budget != before:
            detail = "it is already longer than that"
            raise TrainingError("state_mismatch", folder=self.folder, detail=detail)
        self.optimiser.load(state["optimiser"])
        self.done = done
        done.budget = asdict(self.budget)
        self._forget_history_after(done.total()["step"])

    def _forget_history_after(self, step: float) -> None:
        """Drop reports of steps that are about to be taken anew."""
        path = self.folder / HISTORY
        if path.is_file():
            lines = path.read_text().splitlines(keepends=True)
            path.write_text("".join(line for line in lines if json.loads(line)["step"] <= step))

    def start_from(self, weights: dict[str, Tensor]) -> None:
        """Begin with the weights of a checkpoint instead of random ones.

        Raises:
            TrainingError: ``state_mismatch`` where names or shapes differ.
        """
        present = self.optimiser.weights()
        for name, weight in weights.items():
            if name not in present or present[name].shape != weight.shape:
                raise TrainingError("state_mismatch", folder="--init-from", detail=name)
        self.optimiser.set_weights(weights)

    def save(self, name: str = "state.pt") -> None:
        """Write the state under a temporary name, then move it into place."""
        if not processes.first():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        state = {
            "optimiser": self.optimiser.state(),
            "progress": asdict(self.done),
            "identity": self.identity,
        }
        write_atomically(self.folder / name, lambda part: torch.save(state, part))

    def run(self, stop_after: int | None = None) -> Progress:
        """Train until the budget is spent (or ``stop_after`` steps of this sitting are done)."""
        clock = Clock(self.done)
        saved = reported = self.done.minutes
        tokens, recent = self.done.tokens_seen, []
        for _ in self._steps(stop_after):
            share = self._share()
            recent.append(self._one_step(share))
            clock.read()
            if share < 1 - self.objective.schedule.decay <= self._share():
                self.save("plateau.pt")
            if processes.agreed(self.done.minutes - reported >= self.report_every):
                self._report(recent, self.done.minutes - reported, self.done.tokens_seen - tokens)
                clock.read()  # a report waits for the device
                recent, reported, tokens = [], self.done.minutes, self.done.tokens_seen
            if self.done.minutes - saved >= self.save_every:
                self.save()
                saved = self.done.minutes
        if recent:
            self._report(recent, self.done.minutes - reported, self.done.tokens_seen - tokens)
        self.save()
        return self.done

    def _share(self, done: Progress | None = None) -> float:
        """Share of the budget that is spent, 0 to 1."""
        done = done or self.done
        computing = done.minutes
        if self.device.type == "cpu":
            computing = done.cpu_minutes / torch.get_num_threads()
        return processes.longest(self.budget.progress(done.step, computing))

    def _steps(self, stop_after: int | None) -> Iterator[int]:
        taken = 0
        while self._share() < 1.0 and (stop_after is None or taken < stop_after):
            yield taken
            taken += 1

    def _precision(self) -> AbstractContextManager[object]:
        """What a GPU multiplies in; nothing changes elsewhere."""
        return torch.autocast(self.device.type, torch.bfloat16) if self.autocast else nullcontext()

    def _one_step(self, share: float) -> dict[str, Tensor]:
        """One update; nothing is asked of the device, so it may lag behind."""
        schedule, total = self.objective.schedule, self.done.total()
        # A run that began with a checkpoint draws what that checkpoint has not been shown.
        parts = processes.parts(schedule.batches(share))
        sums: dict[str, Tensor] = {}
        for number, part in enumerate(parts):
            batch = self.objective.draw(int(total["step"]), share, part)
            with processes.together(self.loss, last=number == len(parts) - 1):
                with self._precision():
                    loss, named = self.loss(batch)
                (loss / len(parts)).backward()
            for name, value in {"loss": loss.detach(), **named}.items():
                sums[name] = sums.get(name, 0) + value / len(parts)
            self.done.tokens_seen += batch.positions * processes.count()
        rate = schedule.rate(self.done.step, share)
        sums["norm"] = self.optimiser.step(rate)
        sums["rate"] = torch.tensor(rate)
        self.done.step += 1
        return sums

    def _report(self, recent: list[dict[str, Tensor]], minutes: float, tokens: int) -> None:
        """One line for people on stderr, one for machines in ``history.jsonl``."""
        mean = {name: float(torch.stack([r[name] for r in recent]).mean()) for name in recent[0]}
        mean, share = processes.mean(mean), self._share()
        if not processes.first():
            return
        speed = tokens / (60 * max(minutes, 1e-6))
        left = self.done.minutes * (1 - share) / share if share else float("inf")
        total = {name: round(value, 2) for name, value in self.done.total().items()}
        line = total | {"tokens_per_second": round(speed)}
        line |= {name: round(value, 6) for name, value in mean.items()}
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / HISTORY).open("a") as history:
            history.write(json.dumps(line) + "\n")
        print(
            f"{self.objective.family} step {self.done.step}  loss {mean['loss']:.3f}"
            f"  norm {mean['norm']:.2f}  {speed:,.0f} tokens/s  {left:.0f} min left",
            file=sys.stderr,
            flush=True,
        )


def validated(objective: Objective, limit: int | None = None) -> dict[str, float]:
    """Validation losses of a network, in the precision it was trained in, without gradients."""
    objective.network.eval()
    with torch.inference_mode():
        losses = objective.validate(limit)
    objective.network.train()
    return losses
