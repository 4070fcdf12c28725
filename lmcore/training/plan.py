"""Several trainings one after the other, from a file: what to do when a GPU is lent for minutes.

``python -m lmcore train all --plan FILE --packed FOLDER --prepare --corpus … --valid …`` makes the
packed arrays, tokenizers and first vectors; ``train all --plan FILE --packed FOLDER --out FOLDER``
then touches no text. The classroom's plans stand in ``lmcore/data/plans``.
"""

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

import torch

from lmcore.errors import TrainingError
from lmcore.runtime.families import CONTEXTUAL
from lmcore.training import run
from lmcore.training.budget import Budget
from lmcore.training.packing import Packed
from lmcore.training.prepare import Job, objective_for

#: What a line of the plan's output tells of a card.
TOLD = ("family", "parameters", "steps", "tokens_seen", "minutes", "cpu_minutes", "device")


@dataclass(frozen=True)
class PlannedRun:
    """One training of a plan.

    Attributes:
        reader: ``elmo``, ``gpt`` or ``bert``.
        minutes: of computing at the most, or ``None``.
        steps: at the most, or ``None``.
        seed: of weights and draws.
        peak: highest learning rate; the family's own where it is not given.
        begin: what embeddings begin as.
        sizes: of the network and of a batch, by the names of the family's objective.
    """

    reader: str
    minutes: float | None = None
    steps: int | None = None
    seed: int = 0
    peak: float | None = None
    begin: Literal["random", "skipgram"] = "random"
    sizes: dict[str, int] = field(default_factory=dict)


def read(path: Path) -> list[PlannedRun]:
    """The runs of a plan in their order.

    Raises:
        TrainingError: ``plan_unreadable``: it is no TOML, or names what there is not.
    """
    known = {field.name for field in fields(PlannedRun)}
    try:
        rows = tomllib.loads(path.read_text(encoding="utf8"))["run"]
        if unknown := {name for row in rows for name in row} - known:
            raise TrainingError("plan_unreadable", file=path, detail=", ".join(sorted(unknown)))
        runs = [PlannedRun(**row) for row in rows]
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise TrainingError("plan_unreadable", file=path, detail=error) from error
    for planned in runs:
        if planned.reader not in CONTEXTUAL:
            raise TrainingError("plan_unreadable", file=path, detail=planned.reader)
        if planned.minutes is None and planned.steps is None:
            detail = f"{planned.reader}: minutes or steps"
            raise TrainingError("plan_unreadable", file=path, detail=detail)
    return runs


def _job_for(planned: PlannedRun, packed: Path, work: Path, **texts: Any) -> Job:
    """A run of a plan as a job whose packed corpus stands in ``packed/READER``."""
    values: dict[str, Any] = {"corpus": (), "valid": None} | texts
    return Job(
        planned.reader,
        work=work,
        seed=planned.seed,
        peak=planned.peak,
        begin=planned.begin,
        folder=packed / planned.reader,
        **values,
    )


def prepare(
    plan: list[PlannedRun], packed: Path, corpus: tuple[Path, ...], valid: Path | None
) -> None:
    """Make all that the runs need, each once; what is there already stays.

    Args:
        plan: the runs.
        packed: the folder of what is made.
        corpus, valid: texts.
    """
    for planned in plan:
        job = _job_for(planned, packed, packed, corpus=corpus, valid=valid)
        objective = objective_for(job, **planned.sizes)
        print(f"{job.folder}: {len(objective.train.ids):,} entries", file=sys.stderr)


def carry_out(
    plan: list[PlannedRun], packed: Path, work: Path, out: Path, device: torch.device
) -> Iterator[dict[str, Any]]:
    """Train one reader after the other; the card's main numbers as soon as each is written.

    Args:
        plan: the runs.
        packed: what :func:`prepare` made.
        work: where states stand.
        out: the folder of the checkpoints.
        device: where they learn.

    Raises:
        TrainingError: ``plan_unprepared`` where a packed corpus is missing.
    """
    for planned in plan:
        if Packed.load(packed / planned.reader) is None:
            raise TrainingError("plan_unprepared", folder=packed / planned.reader)
    for planned in plan:
        budget = Budget(planned.minutes, planned.steps)
        job = _job_for(planned, packed, work)
        card = run.train(job, budget, out / planned.reader, device, sizes=planned.sizes)
        if card:  # the first of several processes alone writes one
            yield {name: card[name] for name in TOLD} | {"validation": card["validation"]}
