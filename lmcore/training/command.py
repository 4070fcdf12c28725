"""``python -m lmcore train``: one family on a corpus, or the runs of a plan."""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from lmcore.errors import TrainingError
from lmcore.runtime.arguments import positive, whole
from lmcore.runtime.checkpoints import LANGUAGE, classroom
from lmcore.runtime.families import TITLES
from lmcore.runtime.memory import ALLOCATOR
from lmcore.text.language import language, languages


def add(commands: Any) -> None:
    """Add the command to a command line."""
    learn = commands.add_parser("train", help="train one family on a corpus")
    learn.set_defaults(func=train)
    learn.add_argument("family", choices=[*TITLES, "all"])
    learn.add_argument("--language", choices=languages(), default=LANGUAGE, help="of the corpus")
    learn.add_argument("--corpus", type=Path, nargs="+", default=[], metavar="FILE")
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
    learn.add_argument(
        "--begin",
        choices=("random", "skipgram"),
        default="random",
        help="embeddings: skipgram begins with vectors of the same corpus (needs gensim)",
    )
    learn.add_argument("--plan", type=Path, metavar="FILE", help="all: the runs, as TOML")
    learn.add_argument("--prepare", action="store_true", help="all: only make what the runs need")
    learn.add_argument("--packed", type=Path, metavar="FOLDER", help="all: what --prepare made")


def train(options: argparse.Namespace) -> int:
    """Train one family; prints its card."""
    if any(os.environ.get(name) != value for name, value in ALLOCATOR.items()):
        os.environ.update(ALLOCATOR)
        os.execv(sys.executable, [sys.executable, "-m", "lmcore", *sys.argv[1:]])
    from lmcore.runtime.device import named_device
    from lmcore.training import lstm, prepare, processes, run, static
    from lmcore.training.budget import Budget

    if options.compile:
        lstm.compile_cells()
    if options.family == "all":
        return _carry_out(options)
    if not options.corpus:
        raise TrainingError("corpus_missing", file="--corpus")
    corpus, work = tuple(options.corpus), options.work or prepare.work_of(options.language)
    job = prepare.Job(
        options.family,
        corpus,
        options.valid,
        work,
        options.seed,
        peak=options.peak,
        begin=options.begin,
        language=language(options.language),
    )
    out = options.out or classroom(options.language) / options.family
    for path in [*job.corpus, *([job.valid] if job.valid else [])]:
        prepare.check_file(path)
    if options.family in static.METHODS:
        card = static.train(job, out, epochs=options.epochs)
    else:
        budget = Budget(steps=options.steps) if options.steps else Budget(minutes=options.minutes)
        with processes.joined(named_device(options.device)) as device:
            card = run.train(job, budget, out, device, options.resume, options.init_from)
    if card:
        print(json.dumps(card, indent=2, ensure_ascii=False))
    return 0


def _carry_out(options: argparse.Namespace) -> int:
    """Prepare or carry out a plan: one line of JSON a reader."""
    from lmcore.runtime.device import named_device
    from lmcore.training import plan, prepare, processes

    if options.plan is None:
        raise TrainingError("plan_unreadable", file="--plan", detail="?")
    runs, work = plan.read(options.plan), options.work or prepare.work_of(options.language)
    packed = options.packed or work / "packed" / options.plan.stem
    if options.prepare:
        for path in [*options.corpus, *([options.valid] if options.valid else [])]:
            prepare.check_file(path)
        plan.prepare(runs, packed, tuple(options.corpus), options.valid)
        return 0
    with processes.joined(named_device(options.device)) as device:
        for numbers in plan.carry_out(runs, packed, work, options.out or work / "out", device):
            print(json.dumps(numbers, ensure_ascii=False), flush=True)
    return 0
