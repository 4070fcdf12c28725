"""Accuracy against the number of training examples: every reader, its random twin, the baselines.

A cell is one method with one number of training examples on one set, over all seeds. Cells are
written as soon as they are there, with all that decides them, so that an interrupted run goes on
where it stopped. Only numbers are written, no text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from lmcore.evaluation.benchmark import Progress
from lmcore.finetuning import baselines, benchmarks
from lmcore.finetuning.elmo import ElmoLearner, Features, read_all
from lmcore.finetuning.outcome import Outcome
from lmcore.finetuning.plan import NO_LM, Plan
from lmcore.finetuning.run import Run
from lmcore.finetuning.scores import scored
from lmcore.finetuning.settings import Settings, sensible
from lmcore.finetuning.task import Split, Task, gold, split
from lmcore.readers.base import Reader
from lmcore.runtime.checkpoints import ROOT
from lmcore.runtime.disk import write_atomically

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
#: Of more texts than these, what ELMo reads is not kept (6 kB each with the classroom's reader).
MOST_KEPT = 50_000
#: What ELMo has read by row and seed of its weights, of one set at a time.
Kept = dict[tuple[str, int], dict[str, Features]]


@dataclass(frozen=True)
class Cell:
    """One method with one number of training examples on one set.

    Attributes:
        task: the set.
        row: the method.
        size: training examples.
        parts: of each run; the seed of a run is its place.
        settings: of the first run; ``None`` for a baseline.
    """

    task: Task
    row: str
    size: int
    parts: tuple[Split, ...]
    settings: Settings | None

    @property
    def family(self) -> str:
        """See :func:`family_of`."""
        return family_of(self.row)


def family_of(row: str) -> str:
    """Whose reader a row takes; that of ``majority`` and ``bag_of_words`` is nobody's."""
    return row.split("_")[0]


def variants(family: str, without_lm: bool = True) -> list[str]:
    """Rows of a family; ``without_lm``: whether GPT also learns without its language model."""
    ends = [end for end in VARIANTS if end != "_no_lm" or (family == "gpt" and without_lm)]
    return [family + end for end in ends]


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
    cells = {name: _cells(benchmarks.load(name, folder), readers, plan) for name in plan.sets}
    found = _begun(_earlier(out), {name: own[0].task for name, own in cells.items()}, plan, resume)
    total, done = sum(map(len, cells.values())), 0
    command = plan.command([family for family in readers if family != "static"])
    for name, own in cells.items():
        there = found[name]["rows"]
        # in the order of the plan, whichever reader was measured first
        rows = found[name]["rows"] = {cell.row: there.get(cell.row, {}) for cell in own} | there
        _forget_others(rows, readers)
        kept: Kept = {}
        for cell in own:
            row = rows[cell.row]
            mark, before = _mark(readers, cell), row.get(str(cell.size))
            if before is None or before.get("made_with") != mark:

                def told(share: float, text: str, done: int = done) -> None:
                    progress((done + share) / total, text)

                made = _measured(readers, cell, own, kept, told)
                before = made | {"made_with": mark}
            row[str(cell.size)] = before | {"command": command}
            _write(out, found)
            done += 1
    return {"finetuning": found}


def _cells(task: Task, readers: Mapping[str, Reader], plan: Plan) -> list[Cell]:
    """All cells of a set, small training parts first."""
    rows = [row for row in BASELINES if row != "static" or "static" in readers]
    without_lm = plan.every_row or task.name in NO_LM
    for family in readers:
        rows += variants(family, without_lm) if family != "static" else []
    whole = split(task)
    found = []
    for size in plan.sizes_of(len(whole.train)):
        runs = plan.runs(task.name, size)
        parts = tuple(plan.parts(whole, size, seed) for seed in range(runs))
        # without chance a baseline has one answer for one training part
        distinct = tuple(dict.fromkeys(parts))
        found += [
            Cell(task, row, size, distinct, None)
            if row in BASELINES
            else Cell(task, row, size, parts, _settings(readers, task.name, row, size, plan))
            for row in rows
        ]
    return found


def _settings(
    readers: Mapping[str, Reader], name: str, row: str, size: int, plan: Plan
) -> Settings:
    """The same for a reader and its twin; ELMo keeps its own passes, which cost next to nothing."""
    family, _, end = row.partition("_")
    own = sensible(family, size, readers[family].card.parameters)
    if family != "elmo":
        passes = plan.passes(name, size)
        own = replace(own, epochs=passes, patience=max(3, passes // 2))
    if plan.epochs is not None:
        own = replace(own, epochs=plan.epochs)
    return replace(own, truncate=True, **VARIANTS[f"_{end}" if end else ""])


def _begun(
    earlier: Mapping[str, Any], tasks: Mapping[str, Task], plan: Plan, resume: bool
) -> dict[str, Any]:
    """What stands in the file before the first cell, sets in their order.

    Numbers of a set that is measured stay only where they are gone on with, and were made with as
    many training examples in all.
    """
    order = dict.fromkeys((*benchmarks.NAMES, *earlier))
    found: dict[str, Any] = {}
    for name in order:
        if name in tasks:
            about, before = _about(tasks[name], plan), earlier.get(name, {})
            goes_on = resume and before.get("train") == about["train"]
            found[name] = about | {"rows": before["rows"] if goes_on else {}}
        elif name in earlier:
            found[name] = earlier[name]
    return found


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


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("utf8")).hexdigest()[:16]


def _weights(readers: Mapping[str, Reader], row: str) -> str | None:
    reader = readers.get(family_of(row))
    return None if reader is None else str(reader.card.values.get("sha256"))[:12]


def _mark(readers: Mapping[str, Reader], cell: Cell) -> dict[str, Any]:
    """What a cell depends on beside its place; one with another mark is stale."""
    first, own = cell.parts[0], cell.settings
    decides = baselines.STRENGTHS if own is None else own.values()
    return {
        "weights": _weights(readers, cell.row),
        "train": len(first.train),
        "validation": len(first.validation),
        "test": len(first.test),
        "split": _hash([parts.fingerprint() for parts in cell.parts]),
        "seeds": len(cell.parts),
        "passes": None if own is None else own.epochs,
        "settings": _hash(decides),
    }


def _forget_others(rows: dict[str, Any], readers: Mapping[str, Reader]) -> None:
    """Drop cells of other weights than those of the readers that are here."""
    for row, cells in rows.items():
        if family_of(row) in readers:
            for size, cell in list(cells.items()):
                if cell.get("made_with", {}).get("weights") != _weights(readers, row):
                    del cells[size]


def _measured(
    readers: Mapping[str, Reader],
    cell: Cell,
    of_set: Sequence[Cell],
    kept: Kept,
    progress: Progress,
) -> dict[str, Any]:
    """The numbers of one cell; ``of_set``: all cells of its set."""
    named = f"{cell.task.name}, {cell.size} examples: {cell.row}"
    if cell.settings is None:
        progress(0.0, named)
        answers = [baseline(cell.row, cell.task, own, readers) for own in cell.parts]
        return numbers(cell.task, cell.parts[0], answers) | {"settings": None}
    outcomes: list[Outcome] = []
    for seed, parts in enumerate(cell.parts):

        def told(share: float, text: str = named, seed: int = seed) -> None:
            progress((seed + share) / len(cell.parts), f"{text}, seed {seed}")

        run = Run(readers[cell.family], cell.task, parts, replace(cell.settings, seed=seed))
        if isinstance(run.learner, ElmoLearner):
            run.learner.known = _read(run.learner, cell, seed, of_set, kept, told)
        while run.work():
            told(run.share)
        assert run.outcome is not None
        outcomes.append(run.outcome)
    settings = {name: own for name, own in cell.settings.values().items() if name != "seed"}
    found = numbers(cell.task, cell.parts[0], [own.answers for own in outcomes])
    return found | _more(outcomes) | {"settings": settings}


def baseline(row: str, task: Task, parts: Split, readers: Mapping[str, Reader]) -> np.ndarray:
    """Answers of one of :data:`BASELINES` to the test part, int ``[N]``."""
    made: dict[str, Callable[[], np.ndarray]] = {
        "majority": lambda: baselines.majority(task, parts),
        "bag_of_words": lambda: baselines.bag_of_words(task, parts),
        "static": lambda: baselines.static_vectors(task, parts, readers["static"]),
    }
    return np.asarray(made[row]().argmax(axis=1))


def _read(
    learner: ElmoLearner,
    cell: Cell,
    seed: int,
    of_set: Sequence[Cell],
    kept: Kept,
    told: Callable[[float], None],
) -> dict[str, Features]:
    """What ELMo reads for all runs of a row that have the same weights; read once, at the first.

    All of it at once, so that a number does not depend on which cells were measured before.
    """
    assert cell.settings is not None
    pretrained = cell.settings.pretrained
    key = (cell.row, 0 if pretrained else seed)
    if key not in kept:
        rows = [own.parts for own in of_set if own.row == cell.row]
        parts = [one for own in rows for one in (own if pretrained else own[seed : seed + 1])]
        texts = {
            text: None
            for own in parts
            for part in (own.train, own.validation, own.test)
            for one in part
            for text in one.texts
        }
        kept[key] = read_all(learner, list(texts), told) if len(texts) <= MOST_KEPT else {}
    return kept[key]


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
    text = json.dumps({"finetuning": found}, indent=1) + "\n"
    write_atomically(out, lambda part: part.write_text(text, encoding="utf8"))
