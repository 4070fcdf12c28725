"""How long to train, and how far a training has come."""

import time
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Budget:
    """How long to train: by time, or by steps (then two runs are equal to the bit), or both.

    Attributes:
        minutes: minutes of computing over all sittings, or ``None``. On a CPU these are processor
            minutes over the number of threads, so that a busy machine does not shorten a run; on a
            GPU they are minutes of the clock.
        steps: optimiser steps over all sittings, or ``None``.
    """

    minutes: float | None = None
    steps: int | None = None

    def longer_than(self, other: "Budget") -> bool:
        """Whether this is more than another budget (of the same kind)."""
        if self.steps is not None:
            return self.steps > (other.steps or 0)
        return (self.minutes or 0) > (other.minutes or 0)

    def progress(self, step: int, minutes: float) -> float:
        """Share of the run that is behind, 0 to 1: of what is nearer to its end."""
        shares = [
            done / whole
            for done, whole in ((step, self.steps), (minutes, self.minutes))
            if whole is not None
        ]
        return min(1.0, max(shares))


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


class Clock:
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
