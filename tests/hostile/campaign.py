"""10,000 generated hostile texts through every analysis; writes one JSON object to standard output.

``python -m tests.hostile.campaign``: no crash (an error that is told in a sentence is none), no
text that becomes markup, no result that differs when repeated. The texts are the same at every call
(:mod:`tests.hostile.texts`), the analyses stand in one table (:mod:`tests.hostile.table`). Needs
the packages of ``requirements-dev.txt``. ``--write`` keeps the result in ``docs/results/``.
"""

import argparse
import json
import logging
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import torch
from tqdm import tqdm

from tests.hostile.run import Prepared
from tests.hostile.table import TABLE, Summary, run
from tests.hostile.texts import generated

RESULT = Path(__file__).resolve().parents[2] / "docs" / "results" / "hostile_inputs.json"


def options() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=10_000, help="how many texts")
    parser.add_argument("--seed", type=int, default=6, help="other texts with another number")
    parser.add_argument("--rarest", type=int, default=1_000, help="see tests.hostile.table.run")
    parser.add_argument("--jobs", type=int, default=2, help="processes that share the texts")
    parser.add_argument("--only", default="", help="analyses whose name holds this")
    parser.add_argument("--write", action="store_true", help=f"keep the result in {RESULT.name}")
    return parser.parse_args()


def part(options: argparse.Namespace, number: int) -> Summary:
    """What one process does; the first one shows how far it is."""
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)  # the pages run without their server
    texts = generated(options.count, options.seed)
    with tqdm(total=len(texts), unit="text", disable=number > 0) as bar:

        def tell(done: int) -> None:
            bar.update(done - bar.n)

        summary = run(texts, Prepared(), options.rarest, tell, options.only, (number, options.jobs))
    summary.seconds["in all"] = time.process_time()
    return summary


def main() -> int:
    """Generate, run, print."""
    chosen = options()
    summary = Summary()
    with ProcessPoolExecutor(chosen.jobs, get_context("spawn")) as pool:
        for share in pool.map(partial(part, chosen), range(chosen.jobs)):
            summary.add(share)
    sys.stderr.write("\n")
    values = {
        "seed": chosen.seed,
        "characters": summary.characters,
        "cpu_minutes": round(summary.seconds.pop("in all") / 60, 1),
        "python": platform.python_version(),
        **summary.values(),
    }
    written = json.dumps(values, indent=2, ensure_ascii=True) + "\n"
    sys.stdout.write(written)
    if chosen.write:
        RESULT.write_text(written, encoding="utf8")
    wanted = [name for name in TABLE if chosen.only in name]
    return 0 if summary.clean and len(summary.runs) == len(wanted) else 1


if __name__ == "__main__":
    raise SystemExit(main())
