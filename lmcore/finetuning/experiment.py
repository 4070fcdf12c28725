"""Accuracy against the number of training examples: every reader, its random twin, the baselines.

A cell is one method with one number of training examples on one set, over all seeds. Cells are
written as soon as they are there, with all that decides them, so that an interrupted run goes on
where it stopped. Only numbers are written, no text.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from lmcore.evaluation.benchmark import Progress
from lmcore.finetuning import baselines, benchmarks
from lmcore.finetuning.cells import Cell, cells_of, family_of, mark, weights_of
from lmcore.finetuning.elmo import ElmoLearner, Features, read_all
from lmcore.finetuning.outcome import Outcome
from lmcore.finetuning.plan import Plan
from lmcore.finetuning.run import Run
from lmcore.finetuning.scores import scored
from lmcore.finetuning.task import Split, Task, gold, split
from lmcore.readers.base import Reader
from lmcore.runtime.disk import write_atomically
from lmcore.runtime.json_files import read_object

#: Of more texts than these, what ELMo reads is not kept (6 kB each with the classroom's reader).
MOST_KEPT = 50_000
#: What ELMo has read by row and seed of its weights, of one set at a time.
Kept = dict[tuple[str, int], dict[str, Features]]


def measure(
    readers: Mapping[str, Reader],
    folder: Path,
    plan: Plan,
    out: Path,
    progress: Progress,
    resume: bool = False,
) -> dict[str, Any]:
    """Measure every cell of a plan and write the results.

    Numbers of sets outside the plan stay in the file as they are.

    Args:
        readers: by family; ``static`` gives a baseline.
        folder: with the sets.
        plan: what to measure.
        out: the file that is written after each cell.
        progress: told how far it is.
        resume: keep the cells that the file has for the same weights, settings and examples.

    Raises:
        EvaluationError: ``benchmark_unknown``, ``data_missing``.
    """
    cells = {name: cells_of(benchmarks.load(name, folder), readers, plan) for name in plan.sets}
    tasks = {name: of_set[0].task for name, of_set in cells.items()}
    sets = _begun(read_object(out).get("finetuning") or {}, tasks, plan, resume)
    total, done = sum(map(len, cells.values())), 0
    command = plan.command([family for family in readers if family != "static"])
    for name, of_set in cells.items():
        before = sets[name]["rows"]
        # in the order of the plan, whichever reader was measured first
        rows = sets[name]["rows"] = {c.row: before.get(c.row, {}) for c in of_set} | before
        _forget_others(rows, readers)
        kept: Kept = {}
        for cell in of_set:
            row = rows[cell.row]
            made_with, numbers = mark(readers, cell), row.get(str(cell.size))
            if numbers is None or numbers.get("made_with") != made_with:

                def of_all(share: float, text: str, done: int = done) -> None:
                    progress((done + share) / total, text)

                numbers = _measured(readers, cell, of_set, kept, of_all)
            row[str(cell.size)] = numbers | {"made_with": made_with, "command": command}
            _write(out, sets)
            done += 1
    return {"finetuning": sets}


def _begun(
    earlier: Mapping[str, Any], tasks: Mapping[str, Task], plan: Plan, resume: bool
) -> dict[str, Any]:
    """What stands in the file before the first cell, sets in their order.

    Numbers of a set that is measured stay only where they are gone on with, and were made with as
    many training examples in all.
    """
    order = dict.fromkeys((*benchmarks.NAMES, *earlier))
    sets: dict[str, Any] = {}
    for name in order:
        if name in tasks:
            about, before = _about(tasks[name], plan), earlier.get(name, {})
            goes_on = resume and before.get("train") == about["train"]
            sets[name] = about | {"rows": before["rows"] if goes_on else {}}
        elif name in earlier:
            sets[name] = earlier[name]
    return sets


def _about(task: Task, plan: Plan) -> dict[str, Any]:
    """What holds for all cells of a set."""
    whole = split(task)
    used = len(whole.train) + len(whole.validation) + (0 if task.test else len(whole.test))
    return {
        "labels": task.width,
        "one_part": not task.test,
        "train": len(whole.train),
        "test": len(whole.test[: plan.limit]),
        "left_out": len(task.examples) - used,
        "limit": plan.limit,
    }


def _forget_others(rows: dict[str, Any], readers: Mapping[str, Reader]) -> None:
    """Drop cells of other weights than those of the readers that are here."""
    for row, cells in rows.items():
        if family_of(row) in readers:
            for size, cell in list(cells.items()):
                if cell.get("made_with", {}).get("weights") != weights_of(readers, row):
                    del cells[size]


def _measured(
    readers: Mapping[str, Reader],
    cell: Cell,
    of_set: Sequence[Cell],
    kept: Kept,
    progress: Progress,
) -> dict[str, Any]:
    """The numbers of one cell; ``of_set``: all cells of its set."""
    name = f"{cell.task.name}, {cell.size} examples: {cell.row}"
    if cell.settings is None:
        progress(0.0, name)
        static = readers.get("static")
        rows = (cell.row,)
        answers = [baselines.answers(cell.task, p, static, rows)[cell.row] for p in cell.parts]
        return numbers(cell.task, cell.parts[0], answers) | {"settings": None}
    outcomes: list[Outcome] = []
    for seed, parts in enumerate(cell.parts):

        def of_cell(share: float, seed: int = seed) -> None:
            progress((seed + share) / len(cell.parts), f"{name}, seed {seed}")

        run = Run(readers[cell.family], cell.task, parts, replace(cell.settings, seed=seed))
        if isinstance(run.learner, ElmoLearner):
            run.learner.known = _read(run.learner, cell, seed, of_set, kept, of_cell)
        while run.work():
            of_cell(run.share)
        assert run.outcome is not None
        outcomes.append(run.outcome)
    settings = {name: value for name, value in cell.settings.values().items() if name != "seed"}
    scores = numbers(cell.task, cell.parts[0], [outcome.answers for outcome in outcomes])
    return scores | _more(outcomes) | {"settings": settings}


def _read(
    learner: ElmoLearner,
    cell: Cell,
    seed: int,
    of_set: Sequence[Cell],
    kept: Kept,
    progress: Callable[[float], None],
) -> dict[str, Features]:
    """What ELMo reads for all runs of a row that have the same weights; read once, at the first.

    All of it at once, so that a number does not depend on which cells were measured before.
    """
    assert cell.settings is not None
    # The weights of a random twin are those of its seed.
    seeds = slice(None) if cell.settings.pretrained else slice(seed, seed + 1)
    key = (cell.row, 0 if cell.settings.pretrained else seed)
    if key not in kept:
        runs = [parts for other in of_set if other.row == cell.row for parts in other.parts[seeds]]
        texts = {
            text: None
            for run in runs
            for part in (run.train, run.validation, run.test)
            for example in part
            for text in example.texts
        }
        kept[key] = read_all(learner, list(texts), progress) if len(texts) <= MOST_KEPT else {}
    return kept[key]


def numbers(task: Task, parts: Split, answers: Sequence[np.ndarray]) -> dict[str, Any]:
    """Accuracy and macro-F1 in per cent, each with its interval, and the accuracy of every seed.

    Args:
        task: the whole.
        parts: whose test part was answered.
        answers: int ``[N]`` of each seed.
    """
    right = gold(parts.test)
    accuracy, f1 = scored(right, np.stack(answers), task.width)
    return {
        "accuracy": accuracy.row(),
        "macro_f1": f1.row(),
        "accuracy_by_seed": [round(100 * float((row == right).mean()), 2) for row in answers],
    }


def _more(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    more: dict[str, Any] = {
        "best_epoch_by_seed": [outcome.best for outcome in outcomes],
        "truncated_examples": outcomes[0].truncated,
    }
    mixes = [outcome.mix for outcome in outcomes if outcome.mix is not None]
    if mixes:
        more["layer_weights"] = np.mean(mixes, axis=0).round(4).tolist()
    return more


def _write(out: Path, sets: Mapping[str, Any]) -> None:
    text = json.dumps({"finetuning": sets}, indent=1) + "\n"
    write_atomically(out, lambda part: part.write_text(text, encoding="utf8"))
