"""What was measured on published sets before: accuracy by number of training examples.

Read from ``docs/results/finetuning.json``, which ``python -m lmcore finetune --benchmark`` wrote.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lmcore.finetuning.plan import Plan
from lmcore.runtime.checkpoints import PROJECT
from lmcore.runtime.families import CONTEXTUAL
from lmcore.runtime.json_files import read_object

#: The file that is shipped with the project.
RESULTS = PROJECT / "docs" / "results" / "finetuning.json"
#: Rows that need no network, in the order in which they are told.
BASELINES = ("majority", "bag_of_words", "static")

#: A set of a results file as it stands there.
StoredSet = Mapping[str, Any]


@dataclass(frozen=True)
class RowView:
    """One method over the number of training examples.

    Attributes:
        row: key of the method.
        family: whose reader it takes; ``static`` for a baseline.
        usual: whether the reader learned as it is meant to: no twin, no baseline.
        sizes: training examples ``[N]``, rising.
        values, lows, highs: accuracy and the ends of its interval ``[N]``, in per cent.
    """

    row: str
    family: str
    usual: bool
    sizes: np.ndarray
    values: np.ndarray
    lows: np.ndarray
    highs: np.ndarray


@dataclass(frozen=True)
class SetView:
    """One published set as it was measured.

    Attributes:
        rows: those that have a cell.
        test: test examples.
        limit: examples of each part at the most, where there was a limit.
        each: test examples, seeds and passes of the cells, all values with commas between them.
        commands: that measured it.
        leader: index of the row with the highest accuracy at its largest size.
        level: indices of the rows whose interval at the same size overlaps with the leader's.
    """

    rows: tuple[RowView, ...]
    test: int
    limit: int | None
    each: Mapping[str, str]
    commands: tuple[str, ...]
    leader: int
    level: tuple[int, ...]


def set_view(measured: StoredSet) -> SetView:
    """One set of a results file, as the page draws it."""
    rows = tuple(_row(row, np.array(cells)) for row, cells in by_size(measured).items())
    leader = max(range(len(rows)), key=lambda i: rows[i].values[-1])
    best = rows[leader]
    level = tuple(
        i
        for i, row in enumerate(rows)
        if i != leader and row.sizes[-1] == best.sizes[-1] and row.highs[-1] >= best.lows[-1]
    )
    values = schedule(measured)
    each = {
        name: ", ".join(dict.fromkeys(values.get(name, {}).values()))
        for name in ("test", "seeds", "passes")
    }
    limit, made_with = measured.get("limit"), tuple(commands({"": measured}))
    return SetView(rows, measured["test"], limit, each, made_with, leader, level)


def _row(row: str, cells: np.ndarray) -> RowView:
    family = "static" if row in BASELINES else row.split("_")[0]
    return RowView(row, family, "_" not in row and row not in BASELINES, *cells.T)


def by_size(measured: StoredSet) -> dict[str, list[tuple[int, float, float, float]]]:
    """Examples, accuracy and the ends of its interval in per cent, by row that has a cell."""
    rows: dict[str, list[tuple[int, float, float, float]]] = {}
    for row, cells in measured["rows"].items():
        for size in sorted(cells, key=int):
            value, low, high = cells[size]["accuracy"]
            cell = (int(size), float(value), float(low), float(high))
            rows.setdefault(row, []).append(cell)
    return rows


def stored(path: Path) -> dict[str, StoredSet]:
    """The sets of a results file; none where there is no such file or it is another.

    Only sets that :func:`by_size` can read are given back.
    """
    try:
        sets = read_object(path).get("finetuning", {})
        return {name: measured for name, measured in sets.items() if by_size(measured)}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}


def commands(sets: Mapping[str, StoredSet]) -> list[str]:
    """The commands that the cells of a results file were made with, each once.

    Without any cell: the command that measures everything as it is planned.
    """
    cells = [
        cell
        for measured in sets.values()
        for row in measured["rows"].values()
        for cell in row.values()
    ]
    made_with = list(dict.fromkeys(cell["command"] for cell in cells if "command" in cell))
    return made_with or [Plan().command(CONTEXTUAL)]


def schedule(measured: StoredSet) -> dict[str, dict[int, str]]:
    """How the cells of a set were made: by what it is of, for each number of training examples.

    Rows are ``validation``, ``test``, ``seeds``, ``passes`` (GPT and BERT) and ``elmo``; where the
    cells of one size differ, all values. Empty for a file that does not tell.
    """
    values: dict[str, dict[int, set[int]]] = {}
    for row, cells in measured["rows"].items():
        passes = "elmo" if row.startswith("elmo") else "passes"
        for size, cell in cells.items():
            made_with = cell.get("made_with", {})
            network = made_with.get("passes") is not None
            names = {"validation": "validation", "test": "test"}
            names |= {"seeds": "seeds", passes: "passes"} if network else {}
            for name, key in names.items():
                if key in made_with:
                    values.setdefault(name, {}).setdefault(int(size), set()).add(made_with[key])
    return {
        name: {size: " or ".join(f"{n:,}" for n in sorted(all_)) for size, all_ in sizes.items()}
        for name, sizes in values.items()
    }
