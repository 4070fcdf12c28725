"""``python -m lmcore finetune``: one reader on one task, or the numbers of the results page."""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lmcore.errors import CheckpointError, EvaluationError, InputError, TrainingError
from lmcore.runtime.arguments import whole
from lmcore.runtime.disk import write_atomically
from lmcore.runtime.families import CONTEXTUAL

if TYPE_CHECKING:
    from lmcore.evaluation.benchmark import Progress
    from lmcore.finetuning.run import Run
    from lmcore.finetuning.settings import Settings
    from lmcore.finetuning.task import Split, Task
    from lmcore.readers.base import Reader


def _size(text: str) -> int | None:
    return None if text == "all" else whole(text)


def add(commands: Any, root: Path) -> None:
    """Add the command to a command line."""
    own = commands.add_parser("finetune", help="bring a reader to a task, or measure all of them")
    what = own.add_mutually_exclusive_group(required=True)
    what.add_argument("--task", metavar="FILE", help="a table (.csv, .tsv) or a task of the app")
    what.add_argument("--benchmark", type=Path, metavar="FOLDER", help="with the published sets")
    what.add_argument("--report", type=Path, metavar="FILE", help="results as Markdown")
    own.add_argument("--reader", choices=CONTEXTUAL, action="append", help="with --task: one")
    own.add_argument("--kind", choices=("classification", "entailment", "similarity", "choice"))
    own.add_argument("--seed", type=int, default=0)
    own.add_argument("--epochs", type=whole, help="passes at the most")
    own.add_argument("--rate", type=float, help="highest learning rate")
    own.add_argument("--lm-weight", type=float, help="GPT: λ of the language model's loss")
    own.add_argument("--pooling", choices=("mean", "bilstm"), help="ELMo: vectors of words to one")
    own.add_argument("--mix-penalty", type=float, help="ELMo: λ of the penalty on the mix")
    own.add_argument("--no-layer-norm", action="store_true", help="ELMo: mix layers as they are")
    own.add_argument("--random", action="store_true", help="random instead of trained weights")
    own.add_argument("--train", type=whole, metavar="N", help="training examples at the most")
    own.add_argument("--state", type=Path, metavar="FILE", help="written after each pass")
    own.add_argument("--set", action="append", dest="sets", help="with --benchmark: only this one")
    own.add_argument("--size", type=_size, action="append", help="with --benchmark: N or all")
    own.add_argument("--seeds", type=whole, help="with --benchmark: runs of each cell")
    own.add_argument("--every-row", action="store_true", help="GPT without L1 on every set")
    own.add_argument("--limit", type=whole, help="with --benchmark: examples of each part")
    own.add_argument("--out", type=Path, help="with --benchmark: results file")
    own.add_argument("--resume", action="store_true", help="go on from --state or --out")
    own.add_argument("--device", help="cpu or cuda")
    own.add_argument("--checkpoints", type=Path, default=root)
    own.add_argument("--json", action="store_true")
    own.set_defaults(func=run)


def run(options: argparse.Namespace) -> int:
    """Do what the command line asks for."""
    if options.report is not None:
        return _report(options.report)
    if options.benchmark is not None:
        return _benchmark(options)
    return _one(options)


def _device(options: argparse.Namespace) -> Any:
    from lmcore.runtime.device import best_device, named_device

    return named_device(options.device) if options.device else best_device()


def _report(path: Path) -> int:
    from lmcore.finetuning.report import markdown

    try:
        results = json.loads(path.read_text(encoding="utf8"))
        sys.stdout.write(markdown(results))
    except (OSError, ValueError, KeyError) as error:
        raise EvaluationError("data_missing", file=path.name, folder=path.parent) from error
    return 0


def _benchmark(options: argparse.Namespace) -> int:
    """Every reader on the published sets; the numbers go to a file."""
    from lmcore.evaluation.benchmark import progress_bar
    from lmcore.finetuning import benchmarks, experiment
    from lmcore.finetuning.plan import SIZES, Plan
    from lmcore.readers import load

    device = _device(options)
    wanted = [*(options.reader or CONTEXTUAL), "static"]
    readers = {family: load(family, options.checkpoints, device) for family in wanted}
    plan = Plan(
        sets=tuple(options.sets or benchmarks.NAMES),
        sizes=tuple(sorted(options.size or SIZES, key=lambda size: size or math.inf)),
        seeds=options.seeds,
        limit=options.limit,
        epochs=options.epochs,
        every_row=options.every_row,
    )
    out = options.out or experiment.RESULTS
    with progress_bar(sys.stderr) as progress:
        found = experiment.measure(readers, options.benchmark, plan, out, progress, options.resume)
    from lmcore.finetuning.report import markdown

    sys.stdout.write(json.dumps(found) + "\n" if options.json else markdown(found))
    return 0


def _task(name: str, kind: str | None) -> Task:
    """A task of the app by its name, or one of a file."""
    from lmcore.finetuning import task, upload

    if name in task.BUILT_IN:
        return task.built_in(name)
    path = Path(name)
    if not path.is_file():
        raise InputError("task_unknown", name=name, known=", ".join(task.BUILT_IN))
    data = path.read_bytes()
    own: Any = kind or upload.kind_of(data)
    return upload.parse(data, own, path.stem, upload.WIDE)


def _settings(options: argparse.Namespace, family: str, examples: int, size: int) -> Settings:
    from dataclasses import replace

    from lmcore.finetuning.settings import sensible

    given = {
        "epochs": options.epochs,
        "rate": options.rate,
        "lm_weight": options.lm_weight,
        "pooling": options.pooling,
        "mix_penalty": options.mix_penalty,
        "layer_norm": False if options.no_layer_norm else None,
    }
    changed: dict[str, Any] = {name: own for name, own in given.items() if own is not None}
    return replace(
        sensible(family, examples, size),
        seed=options.seed,
        pretrained=not options.random,
        truncate=True,
        **changed,
    )


def _one(options: argparse.Namespace) -> int:
    """One reader on one task; its numbers go to standard output."""
    from lmcore.evaluation.benchmark import progress_bar
    from lmcore.finetuning.run import Run
    from lmcore.finetuning.task import split
    from lmcore.readers import load

    if not options.reader or len(options.reader) > 1:
        raise EvaluationError(
            "benchmark_no_reader", name="finetune --task", readers=", ".join(options.reader or [])
        )
    (family,) = options.reader
    task = _task(options.task, options.kind)
    parts = split(task, options.train)
    reader = load(family, options.checkpoints, _device(options))
    settings = _settings(options, family, len(parts.train), reader.card.parameters)
    own = Run(reader, task, parts, settings)
    if options.resume:
        own.load(_read_state(options.state))
    with progress_bar(sys.stderr) as progress:
        _work(own, progress, options.state)
    row = _numbers(own, task, family) | {"baselines": _baselines(options, task, parts)}
    sys.stdout.write(json.dumps(row) + "\n" if options.json else _table(row))
    return 0


def _work(own: Run, progress: Progress, state: Path | None) -> None:
    """Train to the end, writing the state after each pass."""
    saved = len(own.epochs)
    while own.work():
        last = own.epochs[-1] if own.epochs else None
        seen = "" if last is None else f", validation {last.validation_accuracy:.1%}"
        progress(own.share, f"pass {len(own.epochs)}{seen}")
        if state is not None and len(own.epochs) > saved:
            saved = len(own.epochs)
            _save_state(own, state)


def _save_state(own: Run, path: Path) -> None:
    import torch

    write_atomically(path, lambda part: torch.save(own.state(), part))


def _read_state(path: Path | None) -> dict[str, Any]:
    import torch

    if path is None or not path.is_file():
        raise TrainingError("state_missing", folder=path or "--state")
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def _numbers(own: Run, task: Task, family: str) -> dict[str, Any]:
    from dataclasses import asdict

    from lmcore.finetuning.experiment import numbers
    from lmcore.finetuning.scores import confusion

    outcome = own.outcome
    assert outcome is not None
    return {
        "task": task.name,
        "kind": task.kind,
        "reader": family,
        "labels": list(task.labels),
        "train": len(own.parts.train),
        "validation": len(own.parts.validation),
        "test": len(own.parts.test),
        **numbers(task, own.parts, [outcome.answers]),
        "confusion": confusion(outcome.gold, outcome.answers, task.width).tolist(),
        "best_epoch": outcome.best,
        "truncated_examples": outcome.truncated,
        "layer_weights": None if outcome.mix is None else outcome.mix.round(6).tolist(),
        "gamma": outcome.gamma,
        "epochs": [asdict(epoch) for epoch in outcome.epochs],
        "settings": own.settings.values(),
    }


def _baselines(options: argparse.Namespace, task: Task, parts: Split) -> dict[str, Any]:
    """What the reader has to beat on the same parts; static vectors where they are there."""
    from lmcore.finetuning.experiment import BASELINES, baseline, numbers
    from lmcore.readers import load

    readers: dict[str, Reader] = {}
    with contextlib.suppress(CheckpointError):
        readers["static"] = load("static", options.checkpoints, _device(options))
    return {
        row: numbers(task, parts, [baseline(row, task, parts, readers)])
        for row in BASELINES
        if row != "static" or readers
    }


def _table(row: dict[str, Any]) -> str:
    from lmcore.finetuning.report import NAMES

    accuracy, f1 = row["accuracy"], row["macro_f1"]
    lines = [
        f"{row['reader']} on {row['task']} ({row['kind']}): {row['train']} examples for training,"
        f" {row['validation']} for validation, {row['test']} for testing",
        f"accuracy {accuracy[0]:.1f} % (95 % interval {accuracy[1]:.1f} to {accuracy[2]:.1f})",
        f"macro-F1 {f1[0]:.1f} % (95 % interval {f1[1]:.1f} to {f1[2]:.1f})",
        f"best of {len(row['epochs'])} passes: {row['best_epoch']}",
    ]
    if row["layer_weights"] is not None:
        weights = ", ".join(f"{weight:.3f}" for weight in row["layer_weights"])
        lines.append(f"weights of the layers {weights}, gamma {row['gamma']:.3f}")
    for name, own in row["baselines"].items():
        value, low, high = own["accuracy"]
        lines.append(f"{NAMES[name]}: accuracy {value:.1f} % ({low:.1f} to {high:.1f})")
    return "\n".join(lines) + "\n"
