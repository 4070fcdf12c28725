"""``python -m lmcore info | settings | train | evaluate | finetune | bank | bench | figures``."""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lmcore.errors import CheckpointError, ReadersError
from lmcore.evaluation.speed import ALLOCATOR
from lmcore.finetuning import command as finetuning
from lmcore.runtime.checkpoints import ROOT, shown
from lmcore.runtime.families import FAMILIES, TITLES

#: Signs without a font that are named.
MOST_SIGNS = 40


def info(root: Path, as_json: bool) -> int:
    """Readers, sizes, device, and whether their checkpoints verify and load; 1 if none does."""
    from lmcore.readers import load_all, shipped
    from lmcore.runtime.device import best_device

    readers, errors = load_all(root, shipped(root))
    rows = {family: dict(reader.card.values) for family, reader in readers.items()}
    if as_json:
        failed = {family: str(error) for family, error in errors.items()}
        print(json.dumps({"device": str(best_device()), "readers": rows, "errors": failed}))
        return 0 if readers else 1
    print(f"device: {best_device()}")
    for family, card in rows.items():
        size = sum(facts["bytes"] for facts in card["files"].values()) / 1e6
        loss = card["validation_loss"]
        print(
            f"{card['name']:9} {card['parameters'] / 1e6:5.1f} M parameters  {size:5.1f} MB"
            f"  {card['minutes']:6.1f} min on {card['device']}"
            f"  {card['tokens_seen'] / 1e6:6.1f} M tokens"
            + (f"  validation {loss:.3f} {card['unit']}" if loss is not None else "")
            + f"  verified ({family}, sha256 {card['sha256'][:12]}…)"
        )
    for error in errors.values():
        print(f"error: {error}")
    return 0 if readers else 1


def settings() -> int:
    """What an operator has set, or why it cannot be used; for the start of a server."""
    from lmcore import settings as configuration

    configuration.check()
    for name, value, meaning in configuration.told():
        print(f"{name:34} {value:10} {meaning}")
    return 0


def train(options: argparse.Namespace) -> int:
    """Train one family; prints its card."""
    if any(os.environ.get(name) != value for name, value in ALLOCATOR.items()):
        os.environ.update(ALLOCATOR)
        os.execv(sys.executable, [sys.executable, "-m", "lmcore", *sys.argv[1:]])
    from lmcore.runtime.device import named_device
    from lmcore.training import lstm, run, static
    from lmcore.training.loop import Budget

    work = options.work or run.DEFAULT_WORK
    corpus, peak = tuple(options.corpus), options.peak
    job = run.Job(options.family, corpus, options.valid, work, options.seed, peak=peak)
    out = options.out or ROOT / options.family
    if options.compile:
        lstm.compile_cells()
    for path in [*job.corpus, *([job.valid] if job.valid else [])]:
        run.check_file(path)
    if options.family in static.METHODS:
        card = static.train(job, out, epochs=options.epochs)
    else:
        budget = Budget(steps=options.steps) if options.steps else Budget(minutes=options.minutes)
        device = named_device(options.device)
        card = run.train(job, budget, out, device, options.resume, options.init_from)
    print(json.dumps(card, indent=2, ensure_ascii=False))
    return 0


def bank(root: Path, only: Sequence[str] | None) -> int:
    """Store the vectors of the sense bank beside each checkpoint; 1 if a reader does not load."""
    from lmcore.analyses.sense_bank import build
    from lmcore.readers import families, load

    failed = False
    for family in only or families():
        try:
            path = build(load(family, root), root)
        except CheckpointError as error:
            print(f"error: {error}")
            failed = True
            continue
        print(f"{shown(path)}  {path.stat().st_size / 1e6:.1f} MB")
    return int(failed)


def figures(options: argparse.Namespace) -> int:
    """Write the figures of a lesson as SVG, PNG and CSV; 1 if no reader loads.

    What may look wrong in them is told on stderr.
    """
    from lmcore.lessons.figures import Tools, write
    from lmcore.readers import load_all

    readers, errors = load_all(options.checkpoints)
    for error in errors.values():
        print(f"error: {error}", file=sys.stderr)
    tools, palettes = Tools(readers, options.lang), tuple(options.palette or ("light",))
    undrawn: set[str] = set()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"Glyph \d+ ", UserWarning)  # told once, for all files
        for written in write(options.lesson, options.out, tools, palettes):
            print(written.path)
            undrawn |= set(written.undrawn)
    if undrawn:
        signs = " ".join(sorted(undrawn)[:MOST_SIGNS]) + " …" * (len(undrawn) > MOST_SIGNS)
        print(
            "lmcore: these signs may look wrong in the SVG and PNG files, because no font here"
            f" holds them or their script is written from right to left or joined: {signs} – for"
            " Chinese install a font such as Noto Sans CJK (Debian: fonts-noto-cjk) and call this"
            " again.",
            file=sys.stderr,
        )
    return 0 if readers else 1


def positive(text: str) -> float:
    """A number above zero, for argparse."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a number above 0")
    return number


def whole(text: str) -> int:
    """A whole number above zero, for argparse."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return number


def _add_train(commands: Any) -> None:
    learn = commands.add_parser("train", help="train one family on a corpus")
    learn.add_argument("family", choices=TITLES)
    learn.add_argument("--corpus", type=Path, nargs="+", required=True, metavar="FILE")
    learn.add_argument("--valid", type=Path, metavar="FILE", help="held-out text for the card")
    learn.add_argument("--minutes", type=positive, default=40.0, help="of computing, all sittings")
    learn.add_argument("--steps", type=whole, help="instead of --minutes: repeatable to the bit")
    learn.add_argument("--epochs", type=whole, help="passes over the corpus (static vectors)")
    learn.add_argument("--resume", action="store_true", help="go on from the saved state")
    learn.add_argument(
        "--init-from",
        type=Path,
        metavar="CHECKPOINT",
        help="begin with its weights and vocabulary (name it again with --resume)",
    )
    learn.add_argument(
        "--peak", type=positive, metavar="RATE", help="highest learning rate (the family's own)"
    )
    learn.add_argument("--device", default="cpu", help="cpu or cuda")
    learn.add_argument(
        "--compile", action="store_true", help="ELMo: compile its steps (needs a C++ compiler)"
    )
    learn.add_argument("--seed", type=int, default=0)
    learn.add_argument("--out", type=Path, help="folder of the checkpoint")
    learn.add_argument("--work", type=Path, help="where states and packed corpora stand")


def _add_evaluate(commands: Any) -> None:
    measure = commands.add_parser("evaluate", help="a benchmark, for each reader")
    measure.add_argument("benchmark", help="perplexity, coarsewsd, senses, pos, …")
    measure.add_argument("--reader", choices=TITLES, action="append", help="only this one")
    measure.add_argument(
        "--model",
        type=Path,
        action="append",
        default=[],
        metavar="FOLDER",
        help="published weights in a folder, instead of the classroom's readers",
    )
    measure.add_argument("--limit", type=whole, help="look at less, stated in the result")
    measure.add_argument("--data", type=Path, help="folder with the benchmark data")
    measure.add_argument("--checkpoints", type=Path, default=ROOT)
    measure.add_argument("--json", action="store_true")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(prog="python -m lmcore", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)

    told = commands.add_parser("info", help="readers, sizes, device, and whether they verify")
    told.add_argument("--json", action="store_true")
    told.add_argument("--checkpoints", type=Path, default=ROOT)

    commands.add_parser("settings", help="environment variables, and whether they can be used")

    _add_train(commands)
    _add_evaluate(commands)

    stored = commands.add_parser("bank", help="store each reader's vectors of the sense bank")
    stored.add_argument("--reader", choices=FAMILIES, action="append", help="only this one")
    stored.add_argument("--checkpoints", type=Path, default=ROOT)

    finetuning.add(commands, ROOT)

    speed = commands.add_parser("bench", help="time and memory of reading and writing")
    speed.add_argument("--checkpoints", type=Path, default=ROOT)
    speed.add_argument("--json", action="store_true")

    drawn = commands.add_parser("figures", help="the figures of a lesson, for slides and paper")
    drawn.add_argument("lesson", help="its short name, as in its address (one-vector, …)")
    drawn.add_argument("--out", type=Path, required=True, metavar="DIR")
    drawn.add_argument("--lang", choices=("en", "zh"), default="en")
    drawn.add_argument("--palette", choices=("light", "dark", "print"), action="append")
    drawn.add_argument("--checkpoints", type=Path, default=ROOT)
    return top


def run(options: argparse.Namespace) -> int:
    """Do what the command line asks for; heavy imports wait until they are needed."""
    if options.command == "info":
        return info(options.checkpoints, options.json)
    if options.command == "settings":
        return settings()
    if options.command == "train":
        return train(options)
    if options.command == "bank":
        return bank(options.checkpoints, options.reader)
    if options.command == "finetune":
        return finetuning.run(options)
    if options.command == "figures":
        return figures(options)
    if options.command == "bench":
        from lmcore.evaluation.speed import bench

        return bench(options.json, options.checkpoints)
    from lmcore.evaluation.run import evaluate

    return evaluate(
        options.benchmark,
        options.reader,
        options.checkpoints,
        options.data,
        options.json,
        options.limit,
        options.model,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; a failure that somebody can mend is one sentence on stderr and exit code 2."""
    options = parser().parse_args(arguments)
    try:
        return run(options)
    except ReadersError as error:
        print(f"lmcore: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
