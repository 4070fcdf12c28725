"""How the readers were trained: loss histories and cards, read from small files.

Beside ``card.json`` each checkpoint folder holds ``history.jsonl``, one report of the training loop
a line (means since the report before). Any of these files may be missing. No model is loaded.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lmcore.runtime import checkpoints
from lmcore.runtime.families import FAMILIES, TITLES
from lmcore.runtime.json_files import number, read_object

#: What the training may be counted in, and the column of the reports that counts it.
AXES = {"tokens": "tokens_seen", "cpu": "cpu_minutes", "wall": "minutes"}
#: Numbers that every report has; whatever else it holds is a part of the loss.
REQUIRED = ("step", "minutes", "cpu_minutes", "tokens_seen", "tokens_per_second", "loss")
#: A smoothed value is the mean of at most so many reports before, itself, and as many after.
SMOOTHED = 4
#: Where the configurations of the families say how many entries their vocabulary has.
_VOCABULARY = ("vocab_size", "vocabulary_size", "words")


@dataclass(frozen=True)
class History:
    """What the small files of one checkpoint tell of its training.

    Attributes:
        family: name of the folder, which is that of the family.
        name: as people read it.
        folder: where the files stand.
        card: ``card.json``; empty where it is missing or cannot be read.
        config: ``config.json``, likewise.
        reports: one row a report in the order of the training, columns :data:`REQUIRED` (losses in
            nats, times in minutes) and the parts of the loss; no rows where there is no history.
        skipped: lines of ``history.jsonl`` that are no report.
    """

    family: str
    name: str
    folder: Path
    card: Mapping[str, Any]
    config: Mapping[str, Any]
    reports: pd.DataFrame
    skipped: int

    @property
    def measure(self) -> str:
        """The column to draw: the masked part where there is one, else the whole loss.

        BERT's loss is the sum of two questions; only the masked part is measured on held-out text.
        """
        return "masked" if "masked" in self.reports else "loss"

    @property
    def parts(self) -> list[str]:
        """Columns with parts of the loss that :attr:`measure` is not."""
        own = {*REQUIRED, "norm", "rate", self.measure}
        return [str(name) for name in self.reports.columns if name not in own]

    @property
    def validation(self) -> float | None:
        """Loss on held-out text at the end, nats in the unit of the card; ``None``: unmeasured."""
        return number(self.card.get("validation_loss"))

    def seams(self, axis: str) -> list[float]:
        """Where on an axis of :data:`AXES` the training went on from a checkpoint.

        The learning rate rises and falls anew from there.
        """
        sittings = self.card.get("sittings")
        rows = sittings if isinstance(sittings, list) else []
        values = [number(row.get(AXES[axis])) for row in rows if isinstance(row, dict)]
        return [value for value in values if value is not None]

    def end(self, axis: str) -> float | None:
        """How far the whole training went, on an axis of :data:`AXES`.

        The card knows it; where there is no card, the last report does.
        """
        value = number(self.card.get(AXES[axis]))
        if value is None and len(self.reports):
            value = float(self.reports[AXES[axis]].iloc[-1])
        return value


def histories(root: Path | None = None) -> list[History]:
    """Every family that is known or stands in a checkpoint root, with what can be told of it."""
    root = root or checkpoints.ROOT
    # A folder that is being written or replaced at this moment is no checkpoint yet or any more.
    found = [f for f in checkpoints.folders(root) if f.suffix not in (".part", ".old")]
    missing = [root / family for family in FAMILIES if root / family not in found]
    order = list(FAMILIES)
    every = sorted(
        [*found, *missing], key=lambda f: order.index(f.name) if f.name in order else len(order)
    )
    return [_history(folder) for folder in every]


def _history(folder: Path) -> History:
    card = read_object(folder / checkpoints.CARD)
    reports, skipped = reports_of(folder / checkpoints.HISTORY)
    name = str(card.get("name") or TITLES.get(folder.name, folder.name))
    config = read_object(folder / "config.json")
    return History(folder.name, name, folder, card, config, reports, skipped)


def reports_of(path: Path) -> tuple[pd.DataFrame, int]:
    """The reports in a file, and how many of its lines are none.

    A line is a report where it is a JSON object with finite :data:`REQUIRED` numbers.
    """
    try:
        lines = path.read_text(encoding="utf8").splitlines()
    except (OSError, ValueError):
        lines = []
    lines = [line for line in lines if line.strip()]
    rows = [row for row in map(_report, lines) if row is not None]
    frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=list(REQUIRED), dtype=float)
    return frame, len(lines) - len(rows)


def _report(line: str) -> dict[str, float] | None:
    try:
        values = json.loads(line)
    except ValueError:
        return None
    if not isinstance(values, dict):
        return None
    row = {name: n for name, v in values.items() if (n := number(v)) is not None}
    return row if all(name in row for name in REQUIRED) else None


def smooth(values: np.ndarray) -> np.ndarray:
    """A light moving mean ``[N]`` of reports ``[N]``.

    It reaches over at most :data:`SMOOTHED` reports to each side and at most over a fifth of those
    that came before: a loss falls steeply at first, and a mean over such a bend lies above it. At
    the end it reaches only to the side where there is something.
    """
    smoothed = np.empty(len(values))
    for i in range(len(values)):
        reach = min(SMOOTHED, i // 5)
        smoothed[i] = values[i - reach : i + reach + 1].mean()
    return smoothed


@dataclass(frozen=True)
class Fall:
    """How a smoothed loss came down.

    Attributes:
        first, last: loss at the first and the last report, nats.
        half: where half of the way from the first to the last lay behind; ``None`` where the loss
            did not fall.
        end: where the last report stands.
    """

    first: float
    last: float
    half: float | None
    end: float


def fall(history: History, axis: str) -> Fall | None:
    """The fall of a reader's loss along an axis of :data:`AXES`; ``None`` without reports."""
    if history.reports.empty:
        return None
    values = smooth(history.reports[history.measure].to_numpy(float))
    where = history.reports[AXES[axis]].to_numpy(float)
    first, last = float(values[0]), float(values[-1])
    below = np.flatnonzero(values <= (first + last) / 2)
    half = float(where[below[0]]) if last < first else None
    return Fall(first, last, half, float(where[-1]))


def processor_speed(reports: pd.DataFrame) -> np.ndarray:
    """Tokens for each second of processor time between two reports ``[N]``, smoothed.

    What other programs take from the machine does not count here, as it does by the clock. Tokens
    and seconds are smoothed each for itself: short times are rounded in the reports.
    """
    tokens = np.diff(reports["tokens_seen"].to_numpy(float), prepend=0.0)
    seconds = 60 * np.diff(reports["cpu_minutes"].to_numpy(float), prepend=0.0)
    tokens, seconds = smooth(tokens), smooth(seconds)
    return np.divide(tokens, seconds, out=np.full(len(tokens), np.nan), where=seconds > 0)


def recipe(history: History) -> dict[str, float]:
    """Numbers that follow from a card and a configuration; what cannot be computed is left out.

    Returns:
        ``vocabulary`` (entries), ``blind`` (loss of an even guess among them, nats), ``passes``
        (tokens seen over tokens of the corpus), ``per_parameter`` (tokens seen for each), and
        ``per_step`` (tokens).
    """
    seen = number(history.card.get("tokens_seen"))
    found: dict[str, float] = {}
    sizes = [number(history.config.get(key)) for key in _VOCABULARY]
    vocabulary = next((size for size in sizes if size), None)
    if vocabulary:
        found["vocabulary"] = vocabulary
        if not str(history.card.get("unit", "none")).startswith("none"):
            found["blind"] = math.log(vocabulary)
    for name, key in (
        ("passes", "corpus_pieces"),
        ("per_parameter", "parameters"),
        ("per_step", "steps"),
    ):
        divisor = number(history.card.get(key))
        if seen and divisor:
            found[name] = seen / divisor
    return found
