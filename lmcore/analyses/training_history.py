"""How the readers were trained: loss histories and cards, read from small files.

Beside ``card.json`` each checkpoint folder holds ``history.jsonl``, one report of the training loop
a line (means since the report before). Any of these files may be missing. No model is loaded.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lmcore.analyses.training_recipe import Recipe, recipe
from lmcore.runtime import checkpoints
from lmcore.runtime.families import FAMILIES, TITLES
from lmcore.runtime.json_files import number, read_object

#: What the training may be counted in, and the column of the reports that counts it.
AXES = {"tokens": "tokens_seen", "cpu": "cpu_minutes", "wall": "minutes"}
#: Numbers that every report has; whatever else it holds is a part of the loss.
REQUIRED = ("step", "minutes", "cpu_minutes", "tokens_seen", "tokens_per_second", "loss")
#: A smoothed value is the mean of at most so many reports before, itself, and as many after.
SMOOTHED = 4

#: Columns of reports, each ``[N]``.
Reports = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class HistoryView:
    """What the small files of one checkpoint tell of its training.

    Attributes:
        family: name of the folder, which is that of the family.
        name: as people read it.
        kind: the family that the card names; all static vectors are of one, whatever their folder.
        card_file, reports_file: as a message names them.
        recipe: ``None`` where the card is missing or cannot be read.
        reports: one entry a report in the order of the training, columns :data:`REQUIRED` (losses
            in nats, times in minutes) and the parts of the loss; empty arrays where there is no
            history.
        skipped: lines of ``history.jsonl`` that are no report.
        measure: the column to draw: the masked part where there is one, else the whole loss.
            BERT's loss is the sum of two questions; only the masked part is measured on held-out
            text.
        parts: columns with parts of the loss that ``measure`` is not.
        smoothed: the measure ``[N]``, smoothed (:func:`smooth`).
        processor_speed: tokens for each second of processor time ``[N]``.
        ends: how far the whole training went, by axis of :data:`AXES`. The card knows it; where
            there is no card, the last report does.
        seams: where the training went on from a checkpoint, by axis: the learning rate rises and
            falls anew from there.
    """

    family: str
    name: str
    kind: str
    card_file: str
    reports_file: str
    recipe: Recipe | None
    reports: Mapping[str, np.ndarray]
    skipped: int
    measure: str
    parts: tuple[str, ...]
    smoothed: np.ndarray
    processor_speed: np.ndarray
    ends: Mapping[str, float]
    seams: Mapping[str, tuple[float, ...]]

    @property
    def trained(self) -> bool:
        """Whether there are reports."""
        return len(self.smoothed) > 0

    @property
    def validation(self) -> float | None:
        """Loss on held-out text at the end, nats in the unit of the card; ``None``: unmeasured."""
        return None if self.recipe is None else self.recipe.validation_loss

    def end(self, axis: str) -> tuple[float, float] | None:
        """Where the loss on held-out text stands on an axis of :data:`AXES`, and that loss."""
        if axis not in self.ends or self.validation is None:
            return None
        return self.ends[axis], self.validation


def histories(root: Path | None = None) -> list[HistoryView]:
    """Every family that is known or stands in a checkpoint root, with what can be told of it."""
    root = root or checkpoints.ROOT
    # A folder that is being written or replaced at this moment is no checkpoint yet or any more.
    folders = [f for f in checkpoints.folders(root) if f.suffix not in (".part", ".old")]
    missing = [root / family for family in FAMILIES if root / family not in folders]
    order = list(FAMILIES)
    every = sorted(
        [*folders, *missing], key=lambda f: order.index(f.name) if f.name in order else len(order)
    )
    return [_history(folder) for folder in every]


def _history(folder: Path) -> HistoryView:
    card = read_object(folder / checkpoints.CARD)
    reports, skipped = reports_of(folder / checkpoints.HISTORY)
    measure = "masked" if "masked" in reports else "loss"
    others = {*REQUIRED, "norm", "rate", measure}
    ends = {axis: number(card.get(column)) for axis, column in AXES.items()}
    if len(reports["step"]):
        ends = {
            axis: float(reports[AXES[axis]][-1]) if e is None else e for axis, e in ends.items()
        }
    return HistoryView(
        family=folder.name,
        name=str(card.get("name") or TITLES.get(folder.name, folder.name)),
        kind=str(card.get("family")),
        card_file=checkpoints.shown(folder / checkpoints.CARD),
        reports_file=checkpoints.shown(folder / checkpoints.HISTORY),
        recipe=recipe(card, read_object(folder / "config.json")) if card else None,
        reports=reports,
        skipped=skipped,
        measure=measure,
        parts=tuple(name for name in reports if name not in others),
        smoothed=smooth(reports[measure]),
        processor_speed=processor_speed(reports),
        ends={axis: end for axis, end in ends.items() if end is not None},
        seams={axis: _seams(card, column) for axis, column in AXES.items()},
    )


def _seams(card: Mapping[str, Any], column: str) -> tuple[float, ...]:
    sittings = card.get("sittings")
    rows = sittings if isinstance(sittings, list) else []
    values = [number(row.get(column)) for row in rows if isinstance(row, dict)]
    return tuple(value for value in values if value is not None)


def reports_of(path: Path) -> tuple[Reports, int]:
    """The reports in a file by column, and how many of its lines are none.

    A line is a report where it is a JSON object with finite :data:`REQUIRED` numbers. A part of the
    loss that a report lacks is NaN.
    """
    try:
        lines = path.read_text(encoding="utf8").splitlines()
    except (OSError, ValueError):
        lines = []
    lines = [line for line in lines if line.strip()]
    rows = [row for row in map(_report, lines) if row is not None]
    names = dict.fromkeys(name for row in rows for name in row) or REQUIRED
    reports = {name: np.array([row.get(name, math.nan) for row in rows]) for name in names}
    return reports, len(lines) - len(rows)


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


def fall(history: HistoryView, axis: str) -> Fall:
    """The fall of a reader's loss along an axis of :data:`AXES`; of a history with reports."""
    values, places = history.smoothed, history.reports[AXES[axis]]
    first, last = float(values[0]), float(values[-1])
    below = np.flatnonzero(values <= (first + last) / 2)
    half = float(places[below[0]]) if last < first else None
    return Fall(first, last, half, float(places[-1]))


def part_ends(history: HistoryView, part: str) -> tuple[float, float] | None:
    """First and last value of a part of a loss, in nats; ``None`` where no report has it."""
    values = history.reports[part]
    values = values[~np.isnan(values)]
    return (float(values[0]), float(values[-1])) if len(values) else None


@dataclass(frozen=True)
class Speed:
    """How fast a training was on the whole; ``None`` where no time was counted.

    Attributes:
        processor, clock: tokens a second of processor time, and by the clock.
        share: of the clock's time in which the processor worked for it.
    """

    processor: float | None
    clock: float | None
    share: float | None


def speed(history: HistoryView) -> Speed:
    """The speed of a training with reports, up to the last of them."""
    tokens, cpu, wall = (float(history.reports[column][-1]) for column in AXES.values())
    return Speed(
        tokens / (60 * cpu) if cpu else None,
        tokens / (60 * wall) if wall else None,
        cpu / wall if wall else None,
    )


def processor_speed(reports: Reports) -> np.ndarray:
    """Tokens for each second of processor time between two reports ``[N]``, smoothed.

    What other programs take from the machine does not count here, as it does by the clock. Tokens
    and seconds are smoothed each for itself: short times are rounded in the reports.
    """
    tokens = smooth(np.diff(reports["tokens_seen"], prepend=0.0))
    seconds = smooth(60 * np.diff(reports["cpu_minutes"], prepend=0.0))
    return np.divide(tokens, seconds, out=np.full(len(tokens), np.nan), where=seconds > 0)
