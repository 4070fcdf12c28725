"""``python -m lmcore COMMAND``: readers, training, measurements, and what is stored of them."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lmcore.errors import CheckpointError, ReadersError
from lmcore.evaluation import speed
from lmcore.finetuning import command as finetuning
from lmcore.runtime.arguments import whole
from lmcore.runtime.checkpoints import LANGUAGE, classroom, shown
from lmcore.runtime.families import FAMILIES, TITLES
from lmcore.text.catalogue import LANGUAGES
from lmcore.text.language import languages
from lmcore.training import command as training


def info(options: argparse.Namespace) -> int:
    """Readers, sizes, device, and whether their checkpoints verify and load; 1 if none does."""
    from lmcore.readers import load_all, shipped
    from lmcore.runtime.device import best_device

    readers, errors = load_all(options.checkpoints, shipped(options.checkpoints))
    rows = {family: dict(reader.card.values) for family, reader in readers.items()}
    if options.json:
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


def settings(options: argparse.Namespace) -> int:
    """What an operator has set, or why it cannot be used; for the start of a server."""
    from lmcore import settings as configuration

    configuration.check()
    for name, value, meaning in configuration.table():
        print(f"{name:34} {value:10} {meaning}")
    return 0


def bank(options: argparse.Namespace) -> int:
    """Store the vectors of the sense bank beside each checkpoint; 1 if a reader does not load."""
    from lmcore.analyses.sense_bank import build
    from lmcore.readers import families, load

    failed = False
    for family in options.reader or families():
        try:
            path = build(load(family, options.checkpoints), options.checkpoints)
        except CheckpointError as error:
            print(f"error: {error}")
            failed = True
            continue
        print(f"{shown(path)}  {path.stat().st_size / 1e6:.1f} MB")
    return int(failed)


def views(options: argparse.Namespace) -> int:
    """Store the views of all examples, which pages show until readers are loaded."""
    import lmcore.finetuning
    from lmcore import analyses
    from lmcore.analyses.examples import store_all
    from lmcore.readers import families, load

    readers = {family: load(family) for family in families()}
    for path in store_all(readers, analyses, lmcore.finetuning, names=options.name):
        print(f"{shown(path)}  {path.stat().st_size / 1e3:.0f} kB")
    return 0


def figures(options: argparse.Namespace) -> int:
    """Write the figures of a lesson as SVG, PNG and CSV; 1 if no reader loads."""
    from lmcore.lessons.figures import write
    from lmcore.lessons.tools import Tools
    from lmcore.readers import load_all

    readers, errors = load_all(options.checkpoints)
    for error in errors.values():
        print(f"error: {error}", file=sys.stderr)
    tools, palettes = Tools.of(readers, options.lang), tuple(options.palette or ("light",))
    for path in write(options.lesson, options.out, tools, palettes):
        print(path)
    return 0 if readers else 1


def evaluate(options: argparse.Namespace) -> int:
    """Run a benchmark; 1 if a reader does not load."""
    from lmcore.evaluation import run

    return run.evaluate(
        options.benchmark,
        options.reader,
        options.checkpoints,
        options.data,
        options.json,
        options.limit,
        options.model,
    )


def bench(options: argparse.Namespace) -> int:
    """Measure time and memory of every reader; 1 if one cannot be measured."""
    return speed.bench(options.json, options.checkpoints)


def _add_place(command: argparse.ArgumentParser) -> None:
    """Options that say whose weights: a language's classroom, or another folder."""
    command.add_argument("--language", choices=languages(), default=LANGUAGE, help="of the readers")
    command.add_argument("--checkpoints", type=Path, metavar="FOLDER", help="instead of its own")


def _add_evaluate(commands: Any) -> None:
    measure = commands.add_parser("evaluate", help="a benchmark, for each reader")
    measure.set_defaults(func=evaluate)
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
    _add_place(measure)
    measure.add_argument("--json", action="store_true")


def _add_figures(commands: Any) -> None:
    draw = commands.add_parser("figures", help="the figures of a lesson, for slides and paper")
    draw.set_defaults(func=figures)
    draw.add_argument("lesson", help="its short name, as in its address (one-vector, …)")
    draw.add_argument("--out", type=Path, required=True, metavar="DIR")
    draw.add_argument("--lang", choices=LANGUAGES, default=next(iter(LANGUAGES)))
    draw.add_argument("--palette", choices=("light", "dark", "print"), action="append")
    _add_place(draw)


def parser() -> argparse.ArgumentParser:
    """The command line; ``func`` of what it reads does what was asked for."""
    top = argparse.ArgumentParser(prog="python -m lmcore", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)

    show = commands.add_parser("info", help="readers, sizes, device, and whether they verify")
    show.set_defaults(func=info)
    show.add_argument("--json", action="store_true")
    _add_place(show)

    check = commands.add_parser(
        "settings", help="environment variables, and whether they can be used"
    )
    check.set_defaults(func=settings)

    training.add(commands)
    _add_evaluate(commands)

    store = commands.add_parser("bank", help="store each reader's vectors of the sense bank")
    store.set_defaults(func=bank)
    store.add_argument("--reader", choices=FAMILIES, action="append", help="only this one")
    _add_place(store)

    kept = commands.add_parser(
        "views", help="store what pages show of their examples until readers are loaded"
    )
    kept.set_defaults(func=views)
    kept.add_argument("name", nargs="*", help="of an analysis; all of them if none is given")

    finetuning.add(commands, classroom())

    measure = commands.add_parser("bench", help="time and memory of reading and writing")
    measure.set_defaults(func=bench)
    _add_place(measure)
    measure.add_argument("--json", action="store_true")

    _add_figures(commands)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; a failure that somebody can mend is one sentence on stderr and exit code 2."""
    options = parser().parse_args(arguments)
    if getattr(options, "checkpoints", ...) is None:
        options.checkpoints = classroom(options.language)
    try:
        return int(options.func(options))
    except ReadersError as error:
        print(f"lmcore: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
