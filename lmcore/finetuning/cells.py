"""What is measured on published sets: cells, and what decides the numbers of each."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lmcore.finetuning import baselines
from lmcore.finetuning.plan import NO_LM, Plan
from lmcore.finetuning.settings import Settings, sensible
from lmcore.finetuning.stored import BASELINES
from lmcore.finetuning.task import Split, Task, split
from lmcore.readers.base import Reader

#: Rows of a family: with its weights, with random ones in their place, GPT without language model.
VARIANTS: dict[str, dict[str, Any]] = {
    "": {},
    "_random": {"pretrained": False},
    "_no_lm": {"lm_weight": 0.0},
}


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


def cells_of(task: Task, readers: Mapping[str, Reader], plan: Plan) -> list[Cell]:
    """All cells of a set, small training parts first.

    Args:
        task: the set.
        readers: by family; ``static`` gives a baseline.
        plan: sizes, passes and seeds.
    """
    rows = [row for row in BASELINES if row != "static" or "static" in readers]
    without_lm = plan.every_row or task.name in NO_LM
    for family in readers:
        rows += variants(family, without_lm) if family != "static" else []
    whole = split(task)
    cells = []
    for size in plan.sizes_of(len(whole.train)):
        runs = plan.runs(task.name, size)
        parts = tuple(plan.parts(whole, size, seed) for seed in range(runs))
        # without chance a baseline has one answer for one training part
        distinct = tuple(dict.fromkeys(parts))
        cells += [
            Cell(task, row, size, distinct, None)
            if row in BASELINES
            else Cell(task, row, size, parts, _settings(readers, task.name, row, size, plan))
            for row in rows
        ]
    return cells


def _settings(
    readers: Mapping[str, Reader], name: str, row: str, size: int, plan: Plan
) -> Settings:
    """The same for a reader and its twin; ELMo keeps its own passes, which cost next to nothing."""
    family, _, end = row.partition("_")
    settings = sensible(family, size, readers[family].card.parameters)
    if family != "elmo":
        passes = plan.passes(name, size)
        settings = replace(settings, epochs=passes, patience=max(3, passes // 2))
    if plan.epochs is not None:
        settings = replace(settings, epochs=plan.epochs)
    return replace(settings, truncate=True, **VARIANTS[f"_{end}" if end else ""])


def _hash(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode("utf8")).hexdigest()[:16]


def weights_of(readers: Mapping[str, Reader], row: str) -> str | None:
    """The beginning of the checksum of a row's weights; ``None`` for a row without a reader."""
    reader = readers.get(family_of(row))
    return None if reader is None else str(reader.card.values.get("sha256"))[:12]


def mark(readers: Mapping[str, Reader], cell: Cell) -> dict[str, Any]:
    """What a cell depends on beside its place; one with another mark is stale."""
    first, settings = cell.parts[0], cell.settings
    decides = baselines.STRENGTHS if settings is None else settings.values()
    return {
        "weights": weights_of(readers, cell.row),
        "train": len(first.train),
        "validation": len(first.validation),
        "test": len(first.test),
        "split": _hash([parts.fingerprint() for parts in cell.parts]),
        "seeds": len(cell.parts),
        "passes": None if settings is None else settings.epochs,
        "settings": _hash(decides),
    }
