"""Accuracy against the number of training examples: every reader, its random twin, the baselines.

A cell is one method with one number of training examples on one set, over all seeds. Cells are
written as soon as they are there, so that an interrupted run goes on where it stopped. Only numbers
are written, no text.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lmcore.checkpoints import ROOT
from lmcore.evaluation.benchmark import Progress
from lmcore.finetuning import baselines, benchmarks
from lmcore.finetuning.outcome import Outcome
from lmcore.finetuning.run import Run
from lmcore.finetuning.scores import scored
from lmcore.finetuning.settings import sensible
from lmcore.finetuning.task import Split, Task, gold, split
from lmcore.readers.base import Reader

SIZES = (10, 30, 100, 300, 1_000)
SEEDS = 3
#: Where the results page finds the numbers.
RESULTS = ROOT.parent / "docs" / "results" / "finetuning.json"
#: Rows that need no network, in the order in which they are told.
BASELINES = ("majority", "bag_of_words", "static")
#: Rows of a family: with its weights, with random ones in their place, GPT without language model.
VARIANTS: dict[str, dict[str, Any]] = {
    "": {},
    "_random": {"pretrained": False},
    "_no_lm": {"lm_weight": 0.0},
}


@dataclass(frozen=True)
class Plan:
    """What is to be measured.

    Attributes:
        sets: names of :data:`lmcore.finetuning.benchmarks.NAMES`.
        sizes: numbers of training examples; all of them come last by themselves.
        seeds: runs of each cell.
        limit: examples of training, validation and test part at the most; ``None``: all.
        epochs: passes at the most instead of the usual ones.
    """

    sets: tuple[str, ...] = benchmarks.NAMES
    sizes: tuple[int, ...] = SIZES
    seeds: int = SEEDS
    limit: int | None = None
    epochs: int | None = None

    def sizes_of(self, available: int) -> list[int]:
        """The numbers of training examples on a set that has so many."""
        most = available if self.limit is None else min(available, self.limit)
        return [*(size for size in self.sizes if size < most), most]


def variants(family: str) -> list[str]:
    """Rows of a family."""
    return [family + end for end in VARIANTS if end != "_no_lm" or family == "gpt"]


def measure(
    readers: Mapping[str, Reader],
    folder: Path,
    plan: Plan,
    out: Path,
    progress: Progress,
    resume: bool = False,
) -> dict[str, Any]:
    """Measure every cell of a plan and write the results.

    Args:
        readers: by family; ``static`` gives a baseline.
        folder: with the sets.
        plan: what to measure.
        out: the file that is written after each cell.
        progress: told how far it is.
        resume: keep the cells that the file has for the same weights and plan.

    Raises:
        EvaluationError: ``benchmark_unknown``, ``data_missing``.
    """
    found: dict[str, Any] = _earlier(out) if resume else {}
    tasks = {name: benchmarks.load(name, folder) for name in plan.sets}
    cells = [(name, row, size) for name, row, size, _ in _cells(tasks, readers, plan)]
    for done, (name, row, size, parts) in enumerate(_cells(tasks, readers, plan)):
        task = tasks[name]
        own = found.setdefault(name, {"labels": task.width, "rows": {}})
        own |= {"validation": len(parts.validation), "test": len(parts.test)}
        own["limit"] = plan.limit
        mark = _mark(readers, row, plan, len(parts.test))
        kept = own["rows"].setdefault(row, {}).get(str(size))
        if kept is None or kept["made_with"] != mark:

            def told(share: float, text: str, done: int = done) -> None:
                progress((done + share) / len(cells), text)

            cell = _cell(readers, task, parts, row, plan, told)
            own["rows"][row][str(size)] = cell | {"made_with": mark}
            _write(out, found)
    return {"finetuning": found}


def _cells(
    tasks: Mapping[str, Task], readers: Mapping[str, Reader], plan: Plan
) -> list[tuple[str, str, int, Split]]:
    rows = [row for row in BASELINES if row != "static" or "static" in readers]
    rows += [row for family in readers if family != "static" for row in variants(family)]
    cells = []
    for name, task in tasks.items():
        whole = split(task, plan.limit, plan.limit, plan.limit)
        for size in plan.sizes_of(len(whole.train)):
            parts = replace(whole, train=whole.train[:size])
            cells += [(name, row, size, parts) for row in rows]
    return cells


def _mark(readers: Mapping[str, Reader], row: str, plan: Plan, tested: int) -> dict[str, Any]:
    """What a cell depends on beside its place."""
    reader = readers.get(row.split("_")[0])
    weights = None if reader is None else str(reader.card.values.get("sha256"))[:12]
    return {"weights": weights, "seeds": plan.seeds, "test": tested, "epochs": plan.epochs}


def _cell(
    readers: Mapping[str, Reader],
    task: Task,
    parts: Split,
    row: str,
    plan: Plan,
    progress: Progress,
) -> dict[str, Any]:
    """The numbers of one cell."""
    named = f"{task.name}, {len(parts.train)} examples: {row}"
    if row in BASELINES:
        progress(0.0, named)
        made: dict[str, Callable[[], np.ndarray]] = {
            "majority": lambda: baselines.majority(task, parts),
            "bag_of_words": lambda: baselines.bag_of_words(task, parts),
            "static": lambda: baselines.static_vectors(task, parts, readers["static"]),
        }
        return numbers(task, parts, [made[row]().argmax(axis=1)])
    outcomes = []
    for seed in range(plan.seeds):
        run = _run(readers, task, parts, row, plan, seed)
        while run.work():
            progress((seed + run.share) / plan.seeds, f"{named}, seed {seed}")
        assert run.outcome is not None
        outcomes.append(run.outcome)
    return numbers(task, parts, [own.answers for own in outcomes]) | _more(outcomes)


def _run(
    readers: Mapping[str, Reader], task: Task, parts: Split, row: str, plan: Plan, seed: int
) -> Run:
    family, _, end = row.partition("_")
    settings = replace(
        sensible(family, len(parts.train), readers[family].card.parameters),
        seed=seed,
        truncate=True,
        **VARIANTS[f"_{end}" if end else ""],
    )
    if plan.epochs is not None:
        settings = replace(settings, epochs=plan.epochs)
    return Run(readers[family], task, parts, settings)


def numbers(task: Task, parts: Split, answers: Sequence[np.ndarray]) -> dict[str, Any]:
    """Accuracy and macro-F1 in per cent, each with its interval, and the accuracy of every seed."""
    right = gold(parts.test)
    accuracy, f1 = scored(right, np.stack(answers), task.width)
    return {
        "accuracy": accuracy.row(),
        "macro_f1": f1.row(),
        "accuracy_by_seed": [round(100 * float((own == right).mean()), 2) for own in answers],
    }


def _more(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "best_epoch_by_seed": [own.best for own in outcomes],
        "truncated_examples": outcomes[0].truncated,
    }
    mixes = [own.mix for own in outcomes if own.mix is not None]
    if mixes:
        found["layer_weights"] = np.mean(mixes, axis=0).round(4).tolist()
    return found


def _earlier(out: Path) -> dict[str, Any]:
    """What a results file has; nothing where there is none or it is no such file."""
    try:
        return dict(json.loads(out.read_text(encoding="utf8"))["finetuning"])
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _write(out: Path, found: Mapping[str, Any]) -> None:
    """Write under a temporary name, then move into place."""
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(out.name + ".part")
    part.write_text(json.dumps({"finetuning": found}, indent=1) + "\n", encoding="utf8")
    os.replace(part, out)
