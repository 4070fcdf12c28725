"""The training loop that all families share: bf16 weights over float32 masters, resumable.

One folder outside the project holds everything a run needs to go on: ``state.pt`` (read with
``weights_only``), ``plateau.pt`` (the state just before the learning rate began to fall, from which
a longer run goes on) and ``history.jsonl`` (one line per report).
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from lmcore.errors import TrainingError
from lmcore.runtime.checkpoints import HISTORY
from lmcore.runtime.device import learning_precision
from lmcore.runtime.disk import write_atomically
from lmcore.training.objectives import Objective

GRADIENT_CLIP = 1.0
WEIGHT_DECAY = 0.05
BETAS = (0.9, 0.98)


@dataclass(frozen=True)
class Budget:
    """How long to train: by time, or by steps (then two runs are equal to the bit).

    Attributes:
        minutes: minutes of computing over all sittings, or ``None``. On a CPU these are processor
            minutes over the number of threads, so that a busy machine does not shorten a run; on a
            GPU they are minutes of the clock.
        steps: optimiser steps over all sittings, or ``None``.
    """

    minutes: float | None = None
    steps: int | None = None

    def longer_than(self, other: Budget) -> bool:
        """Whether this is more than another budget (of the same kind)."""
        if self.steps is not None:
            return self.steps > (other.steps or 0)
        return (self.minutes or 0) > (other.minutes or 0)

    def progress(self, step: int, minutes: float) -> float:
        """Share of the run that is behind, 0 to 1."""
        if self.steps is not None:
            return min(1.0, step / self.steps)
        assert self.minutes is not None
        return min(1.0, minutes / self.minutes)


@dataclass
class Progress:
    """What a run has done so far, over all sittings.

    Attributes:
        earlier: what had been done for the checkpoint that the run began with, where there is one:
            the optimiser and the schedule start anew, and the totals go on.
    """

    step: int = 0
    minutes: float = 0.0
    cpu_minutes: float = 0.0
    tokens_seen: int = 0
    budget: dict[str, float | None] = field(default_factory=dict)
    earlier: dict[str, float] = field(default_factory=dict)

    def total(self) -> dict[str, float]:
        """Steps, minutes and tokens with those of the checkpoint that the run began with."""
        names = ("step", "minutes", "cpu_minutes", "tokens_seen")
        return {name: getattr(self, name) + self.earlier.get(name, 0) for name in names}


class MasterWeights:
    """AdamW on float32 copies of bf16 weights: twice as fast as autocast on this kind of CPU."""

    def __init__(self, network: nn.Module, low: torch.dtype) -> None:
        self.network = network
        self.names = [name for name, _ in network.named_parameters()]
        self.masters = [p.detach().float().clone() for p in network.parameters()]
        if low != torch.float32:
            network.to(low)
        self.parameters = list(network.parameters())
        matrices = [m for m in self.masters if m.dim() > 1]
        vectors = [m for m in self.masters if m.dim() <= 1]
        groups = [
            {"params": matrices, "weight_decay": WEIGHT_DECAY},
            {"params": vectors, "weight_decay": 0.0},
        ]
        self.adam = torch.optim.AdamW(groups, lr=0.0, betas=BETAS, fused=True)

    def step(self, rate: float) -> float:
        """Clip, update the masters, copy them back; returns the gradient norm before clipping."""
        for master, parameter in zip(self.masters, self.parameters, strict=True):
            master.grad = None if parameter.grad is None else parameter.grad.float()
            parameter.grad = None
        norm = float(nn.utils.clip_grad_norm_(self.masters, GRADIENT_CLIP))
        for group in self.adam.param_groups:
            group["lr"] = rate
        self.adam.step()
        with torch.no_grad():
            for master, parameter in zip(self.masters, self.parameters, strict=True):
                parameter.copy_(master)
        return norm

    def state(self) -> dict[str, Any]:
        """Everything needed to go on, as plain tensors and numbers."""
        return {
            "masters": dict(zip(self.names, self.masters, strict=True)),
            "adam": self.adam.state_dict(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up what :meth:`state` gave."""
        self.set_weights(state["masters"])
        self.adam.load_state_dict(state["adam"])

    def set_weights(self, weights: dict[str, Tensor]) -> None:
        """Put weights into the masters and the network; what is not named stays."""
        with torch.no_grad():
            for name, master, parameter in zip(
                self.names, self.masters, self.parameters, strict=True
            ):
                if name in weights:
                    master.copy_(weights[name])
                parameter.copy_(master)

    def weights(self) -> dict[str, Tensor]:
        """The float32 weights by name."""
        return dict(zip(self.names, self.masters, strict=True))


class Trainer:
    """Runs an objective to the end of a budget, saving its state every few minutes."""

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
        """``low``: precision of the weights that learn; the device's own where nobody says."""
        self.objective, self.budget, self.folder, self.device = objective, budget, folder, device
        self.save_every, self.report_every = save_every, report_every
        objective.network.to(device).train()
        self.optimiser = MasterWeights(objective.network, low or learning_precision(device))
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
        own = self.optimiser.weights()
        for name, weight in weights.items():
            if name not in own or own[name].shape != weight.shape:
                raise TrainingError("state_mismatch", folder="--init-from", detail=name)
        self.optimiser.set_weights(weights)

    def save(self, name: str = "state.pt") -> None:
        """Write the state under a temporary name, then move it into place."""
        state = {
            "optimiser": self.optimiser.state(),
            "progress": asdict(self.done),
            "identity": self.identity,
        }
        write_atomically(self.folder / name, lambda part: torch.save(state, part))

    def run(self, stop_after: int | None = None) -> Progress:
        """Train until the budget is spent (or ``stop_after`` steps of this sitting are done)."""
        clock = _Clock(self.done)
        saved = reported = self.done.minutes
        recent: list[dict[str, float]] = []
        for _ in self._steps(stop_after):
            share = self._share()
            recent.append(self._one_step(share))
            clock.read()
            if share < 1 - self.objective.schedule.decay <= self._share():
                self.save("plateau.pt")
            if self.done.minutes - reported >= self.report_every:
                self._report(recent, self.done.minutes - reported)
                recent, reported = [], self.done.minutes
            if self.done.minutes - saved >= self.save_every:
                self.save()
                saved = self.done.minutes
        if recent:
            self._report(recent, self.done.minutes - reported)
        self.save()
        return self.done

    def _share(self, done: Progress | None = None) -> float:
        """Share of the budget that is spent, 0 to 1."""
        done = done or self.done
        computing = done.minutes
        if self.device.type == "cpu":
            computing = done.cpu_minutes / torch.get_num_threads()
        return self.budget.progress(done.step, computing)

    def _steps(self, stop_after: int | None) -> Iterator[int]:
        taken = 0
        while self._share() < 1.0 and (stop_after is None or taken < stop_after):
            yield taken
            taken += 1

    def _one_step(self, share: float) -> dict[str, float]:
        # A run that began with a checkpoint draws what that checkpoint has not been shown.
        batch = self.objective.draw(int(self.done.total()["step"]), share).to(self.device)
        loss, parts = self.objective.loss(batch)
        loss.backward()
        rate = self.objective.schedule.rate(self.done.step, share)
        norm = self.optimiser.step(rate)
        self.done.step += 1
        self.done.tokens_seen += batch.positions
        own = {"loss": loss.item(), "norm": norm, "rate": rate, "positions": float(batch.positions)}
        return own | {name: value.item() for name, value in parts.items()}

    def _report(self, recent: list[dict[str, float]], minutes: float) -> None:
        """One line for people on stderr, one for machines in ``history.jsonl``."""
        mean = {name: sum(r[name] for r in recent) / len(recent) for name in recent[0]}
        speed = sum(r["positions"] for r in recent) / (60 * max(minutes, 1e-6))
        left = self._left()
        total = {name: round(value, 2) for name, value in self.done.total().items()}
        line = total | {"tokens_per_second": round(speed)}
        line |= {name: round(value, 6) for name, value in mean.items() if name != "positions"}
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / HISTORY).open("a") as history:
            history.write(json.dumps(line) + "\n")
        print(
            f"{self.objective.family} step {self.done.step}  loss {mean['loss']:.3f}"
            f"  norm {mean['norm']:.2f}  {speed:,.0f} tokens/s  {left:.0f} min left",
            file=sys.stderr,
            flush=True,
        )

    def _left(self) -> float:
        """Minutes to go, from the speed so far."""
        share = self._share()
        return self.done.minutes * (1 - share) / share if share else float("inf")


class _Clock:
    """Adds wall-clock and processor minutes of this sitting to a run's progress."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.wall, self.cpu = time.monotonic(), time.process_time()

    def read(self) -> None:
        """Bring the progress up to now."""
        wall, cpu = time.monotonic(), time.process_time()
        self.progress.minutes += (wall - self.wall) / 60
        self.progress.cpu_minutes += (cpu - self.cpu) / 60
        self.wall, self.cpu = wall, cpu


def validated(objective: Objective, limit: int | None = None) -> dict[str, float]:
    """Validation losses of a network, in the precision it was trained in, without gradients."""
    objective.network.eval()
    with torch.inference_mode():
        losses = objective.validate(limit)
    objective.network.train()
    return losses
