"""How fast the three learn, against the matrix-multiply peak of the same machine.

``OMP_NUM_THREADS=1 python docs/measure_training.py`` (a minute on an idle machine) prints a table.
Steps are real ones, on random ids with the frequencies of words; what they need of arithmetic is
counted for matrix products of the body and the softmax alone, 6 operations a weight and token, so
the share of the peak is a lower bound.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from lmcore.evaluation.speed import turns  # noqa: E402
from lmcore.runtime.device import learning_precision  # noqa: E402
from lmcore.runtime.families import CONTEXTUAL, FAMILIES  # noqa: E402
from lmcore.runtime.memory import ALLOCATOR  # noqa: E402

IDS, WORDS = 2_000_000, 60_000
#: A product of the size that the feed-forward layers of GPT and BERT have.
ROWS, WIDTH, INNER = 4_096, 256, 1_024


def peak() -> float:
    """Matrix multiply in the precision that learns here, in 1e9 operations a second."""
    import torch

    precision = learning_precision(torch.device("cpu"))
    a = torch.randn(ROWS, WIDTH).to(precision)
    b = torch.randn(INNER, WIDTH).to(precision)
    return 2e-9 * ROWS * WIDTH * INNER / turns(lambda: a @ b.T)[0]


def arithmetic(family: str) -> float:
    """Operations a token, forwards and backwards, in matrix products."""
    layer = 4 * WIDTH**2 + 2 * WIDTH * INNER
    vocabulary = 16_384 * WIDTH
    if family == "elmo":
        lstm = 2 * 2 * (2 * 4 * INNER * WIDTH + INNER * WIDTH)
        return 6.0 * (lstm + 2 * 4_096 * WIDTH)
    predicted = 1.0 if family == "gpt" else 0.2
    return 6.0 * (6 * layer + predicted * vocabulary)


def speed(family: str) -> float:
    """Tokens a second in the later part of a training (rows of 64 and 128, or of 32 words)."""
    import numpy as np
    import torch

    from lmcore.training.bert import BertObjective
    from lmcore.training.budget import Budget
    from lmcore.training.elmo import ElmoObjective
    from lmcore.training.gpt import GptObjective
    from lmcore.training.loop import Trainer
    from lmcore.training.packing import Packed

    random = np.random.default_rng(0)
    size = WORDS if family == "elmo" else 16_000
    ids = np.exp(random.random(IDS) * np.log(size)).astype(np.int64) + 5
    starts = np.arange(0, IDS + 1, 25)
    packed = Packed(ids.clip(0, size - 1), starts, np.arange(0, len(starts) - 1, 40))
    tokenizer = ROOT / "checkpoints" / "en" / family / "tokenizer.json"
    if family == "elmo":
        letters = np.array(list("abcdefghij"))
        words = ["".join(random.choice(letters, 7)) for _ in range(WORDS)]
        objective = ElmoObjective(packed, None, 0, words, WORDS)
    else:
        kind = GptObjective if family == "gpt" else BertObjective
        objective = kind(packed, None, 0, tokenizer)
    objective.begun = True
    with tempfile.TemporaryDirectory() as folder:
        budget = Budget(steps=10_000)
        trainer = Trainer(objective, budget, Path(folder), torch.device("cpu"))
        rows: list[float] = []

        def step() -> None:
            rows.append(trainer._one_step(0.2)["positions"])

        took = turns(step)[0]
    return float(np.mean(rows)) / took


def table() -> str:
    """The numbers of this machine as Markdown."""
    import torch

    lines = [
        "| | tokens a second | 10⁹ operations a second | share of the peak |",
        "|---|---|---|---|",
    ]
    whole = peak()
    for family in CONTEXTUAL:
        rate = speed(family)
        done = 1e-9 * rate * arithmetic(family)
        lines.append(
            f"| {FAMILIES[family].title} | {rate:,.0f} | {done:,.0f} | {done / whole:.0%} |"
        )
    name = str(learning_precision(torch.device("cpu"))).removeprefix("torch.")
    lines.append(f"| {name} matrix multiply | | {whole:,.0f} | 100% |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    if any(os.environ.get(name) != value for name, value in ALLOCATOR.items()):
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **ALLOCATOR})
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--compile", action="store_true", help="as train --compile")
    import torch

    from lmcore.training import lstm

    torch.set_flush_denormal(True)
    if parser.parse_args().compile:
        lstm.compile_cells()
    sys.stdout.write(table() + "\n")


if __name__ == "__main__":
    main()
