"""What benchmarks measured before: one JSON file each, read without loading a reader.

The files are what ``python -m lmcore evaluate NAME --json`` wrote; any of them may be missing.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lmcore.runtime import checkpoints
from lmcore.runtime.json_files import number, read_object

#: Rows of one benchmark: a reader's (or a reference's) metrics.
Rows = Mapping[str, Mapping[str, Any]]

#: Where the results stand that are shipped with the project.
RESULTS = checkpoints.PROJECT / "docs" / "results"


def results(folder: Path | None = None) -> dict[str, Rows]:
    """Numbers of the benchmarks that have a file, ``{benchmark: {reader: {metric: value}}}``.

    A file that is missing, or is not what ``evaluate`` writes, is left out: see :func:`command`.
    """
    measured: dict[str, Rows] = {}
    for path in sorted((folder or RESULTS).glob("*.json")):
        rows = read_object(path).get(path.stem)
        if isinstance(rows, dict) and rows and all(isinstance(r, dict) for r in rows.values()):
            measured[path.stem] = rows
    return measured


def command(benchmark: str, folder: Path | None = None) -> str:
    """What makes the file of a benchmark, to be typed in the project's folder."""
    folder = folder or RESULTS
    place = checkpoints.shown(folder)
    make = "" if folder.is_dir() else f"mkdir -p {place} && "
    return f"{make}python -m lmcore evaluate {benchmark} --json > {place}/{benchmark}.json"


def by_layer(rows: Rows, metric: str) -> dict[str, np.ndarray]:
    """The values of a metric at each layer ``[L + 1]``, for the rows that have it.

    What the file leaves open (``null``) is NaN.
    """
    curves = {}
    for name, row in rows.items():
        values = row.get(f"{metric}_by_layer")
        if isinstance(values, list) and values:
            numbers = [number(value) for value in values]
            curves[name] = np.array([math.nan if n is None else n for n in numbers])
    return curves


def surprise(rows: Rows) -> dict[str, float]:
    """Perplexity per word of each reader that can be compared by it.

    Where unknown words were shared out (``adjusted``), that number counts: the plain one gives a
    closed vocabulary its unknown words for nothing.
    """
    perplexities = {}
    for name, row in rows.items():
        value = number(row.get("adjusted_perplexity_per_word", row.get("perplexity_per_word")))
        if value is not None:
            perplexities[name] = value
    return perplexities


def limits(rows: Rows) -> list[str]:
    """To how much of the data each row was limited, sorted; empty where all of it was measured."""
    return sorted({str(row["limit"]) for row in rows.values() if row.get("limit") is not None})


@dataclass(frozen=True)
class LayerScores:
    """A metric of one benchmark at every layer, and what is reached without layers.

    Attributes:
        by_layer: values ``[L + 1]`` in per cent of each row that has layers, layer 0 first; NaN
            where the file leaves one open.
        levels: values in per cent of the rows with one layer, or with none.
    """

    by_layer: Mapping[str, np.ndarray]
    levels: Mapping[str, float]

    @property
    def deep(self) -> dict[str, np.ndarray]:
        """The rows with several layers."""
        return {name: values for name, values in self.by_layer.items() if len(values) > 1}

    def best(self) -> dict[str, tuple[int, float]]:
        """The best layer of each row with several, and its value."""
        return {
            name: (int(np.nanargmax(values)), float(np.nanmax(values)))
            for name, values in self.deep.items()
            if np.isfinite(values).any()
        }


def layer_scores(rows: Rows, metric: str) -> LayerScores:
    """A metric by layer, with the rows of the benchmark that have it once only."""
    curves = by_layer(rows, metric)
    levels = {name: float(values[0]) for name, values in curves.items() if len(values) == 1}
    for name, row in rows.items():
        value = number(row.get(metric))
        if name not in curves and value is not None:
            levels[name] = value
    return LayerScores(curves, levels)
