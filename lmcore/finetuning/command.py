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


def _size(text: str) -> int | None:
    return None if text == "all" else whole(text)


def add(commands: Any, root: Path) -> None:
    """Add the command to a command line."""
    about = "bring a reader to a task, or measure all of them"
    parser = commands.add_parser("finetune", help=about)
    what, option = parser.add_mutually_exclusive_group(required=True), parser.add_argument
    what.add_argument("--task", metavar="FILE", help="a table (.csv, .tsv) or a task of the app")
    what.add_argument("--benchmark", type=Path, metavar="FOLDER", help="with the published sets")
    what.add_argument("--report", type=Path, metavar="FILE", help="results as Markdown")
    option("--reader", choices=CONTEXTUAL, action="append", help="with --task: one")
    option("--kind", choices=("classification", "entailment", "similarity", "choice"))
    option("--seed", type=int, default=0)
    option("--epochs", type=whole, help="passes at the most")
    option("--rate", type=float, help="highest learning rate")
    option("--lm-weight", type=float, help="GPT: λ of the language model's loss")
    option("--pooling", choices=("mean", "bilstm"), help="ELMo: vectors of words to one")
    option("--mix-penalty", type=float, help="ELMo: λ of the penalty on the mix")
    option("--no-layer-norm", action="store_true", help="ELMo: mix layers as they are")
    option("--random", action="store_true", help="random instead of trained weights")
    option("--train", type=whole, metavar="N", help="training examples at the most")
    option("--state", type=Path, metavar="FILE", help="written after each pass")
    option("--set", action="append", dest="sets", help="with --benchmark: only this one")
    option("--size", type=_size, action="append", help="with --benchmark: N or all")
    option("--seeds", type=whole, help="with --benchmark: runs of each cell")
    option("--every-row", action="store_true", help="GPT without L1 on every set")
    option("--limit", type=whole, help="with --benchmark: examples of each part")
    option("--out", type=Path, help="with --benchmark: results file")
    option("--resume", action="store_true", help="go on from --state or --out")
    option("--device", help="cpu or cuda")
    option("--checkpoints", type=Path, default=root)
    option("--json", action="store_true")
    parser.set_defaults(func=run)


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
    from lmcore.finetuning import benchmarks, stored
    from lmcore.finetuning.experiment import measure
    from lmcore.finetuning.plan import SIZES, Plan
    from lmcore.finetuning.report import markdown
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
    out = options.out or stored.RESULTS
    with progress_bar(sys.stderr) as progress:
        results = measure(readers, options.benchmark, plan, out, progress, options.resume)
    sys.stdout.write(json.dumps(results) + "\n" if options.json else markdown(results))
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
    known: Any = kind or upload.kind_of(data)
    return upload.parse(data, known, path.stem, upload.WIDE)


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
    changed: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
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
    training = Run(reader, task, parts, settings)
    if options.resume:
        training.load(_read_state(options.state))
    with progress_bar(sys.stderr) as progress:
        _work(training, progress, options.state)
    row = _numbers(training, task, family) | {"baselines": _baselines(options, task, parts)}
    sys.stdout.write(json.dumps(row) + "\n" if options.json else _table(row))
    return 0


def _work(training: Run, progress: Progress, state: Path | None) -> None:
    """Train to the end, writing the state after each pass."""
    import torch

    saved = len(training.epochs)
    while training.work():
        last = training.epochs[-1] if training.epochs else None
        accuracy = "" if last is None else f", validation {last.validation_accuracy:.1%}"
        progress(training.share, f"pass {len(training.epochs)}{accuracy}")
        if state is not None and len(training.epochs) > saved:
            saved = len(training.epochs)
            write_atomically(state, lambda part: torch.save(training.state(), part))


def _read_state(path: Path | None) -> dict[str, Any]:
    import torch

    if path is None or not path.is_file():
        raise TrainingError("state_missing", folder=path or "--state")
    state: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return state


def _numbers(training: Run, task: Task, family: str) -> dict[str, Any]:
    from dataclasses import asdict

    from lmcore.finetuning.experiment import numbers
    from lmcore.finetuning.scores import confusion

    outcome = training.outcome
    assert outcome is not None
    return {
        "task": task.name,
        "kind": task.kind,
        "reader": family,
        "labels": list(task.labels),
        "train": len(training.parts.train),
        "validation": len(training.parts.validation),
        "test": len(training.parts.test),
        **numbers(task, training.parts, [outcome.answers]),
        "confusion": confusion(outcome.gold, outcome.answers, task.width).tolist(),
        "best_epoch": outcome.best,
        "truncated_examples": outcome.truncated,
        "layer_weights": None if outcome.mix is None else outcome.mix.round(6).tolist(),
        "gamma": outcome.gamma,
        "epochs": [asdict(epoch) for epoch in outcome.epochs],
        "settings": training.settings.values(),
    }


def _baselines(options: argparse.Namespace, task: Task, parts: Split) -> dict[str, Any]:
    """What the reader has to beat on the same parts; static vectors where they are there."""
    from lmcore.finetuning import baselines
    from lmcore.finetuning.experiment import numbers
    from lmcore.readers import load

    static = None
    with contextlib.suppress(CheckpointError):
        static = load("static", options.checkpoints, _device(options))
    answers = baselines.answers(task, parts, static)
    return {row: numbers(task, parts, [labels]) for row, labels in answers.items()}


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
    for name, scores in row["baselines"].items():
        value, low, high = scores["accuracy"]
        lines.append(f"{NAMES[name]}: accuracy {value:.1f} % ({low:.1f} to {high:.1f})")
    return "\n".join(lines) + "\n"
