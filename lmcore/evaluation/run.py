"""What ``python -m lmcore evaluate NAME`` does: readers, progress bar, numbers as text or JSON."""

import json as json_format
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lmcore.errors import CheckpointError, EvaluationError
from lmcore.evaluation import (
    chinese,
    coarsewsd,
    contextuality,
    everyday,
    heads,
    minimal_pairs,
    perplexity,
    pos,
    samples,
    senses,
)
from lmcore.evaluation.benchmark import DATA, Benchmark, Rows, progress_bar
from lmcore.readers import load, shipped
from lmcore.readers.base import Reader

#: Every benchmark of English or of any language, by name.
BENCHMARKS: dict[str, Benchmark] = {
    module.BENCHMARK.name: module.BENCHMARK
    for module in (
        perplexity,
        coarsewsd,
        senses,
        pos,
        contextuality,
        minimal_pairs,
        heads,
        everyday,
        samples,
    )
}
#: The largest limit that anybody could mean.
MOST = 1_000_000


def evaluate(
    name: str,
    readers: Sequence[str] | None = None,
    root: Path | None = None,
    data: Path | None = None,
    json: bool = False,
    limit: int | None = None,
    models: Sequence[Path] = (),
) -> int:
    """Run one benchmark and write its numbers to standard output.

    Args:
        name: a key of :data:`BENCHMARKS`.
        readers: families; all that the benchmark can measure where nobody says, and none where
            ``models`` are given.
        root: folder of the checkpoints.
        data: folder of the evaluation data (``../shared`` beside the project).
        json: one object ``{name: {reader: {metric: value}}}`` instead of a table.
        limit: how much of the data to use, see ``Benchmark.limits``; stated in the output.
        models: folders with published weights; the row of each is named after its model.

    Returns:
        0, or 1 where a reader that was to be measured does not load (the others are measured).

    Raises:
        EvaluationError: ``benchmark_unknown``, ``benchmark_no_reader``, ``data_missing`` or
            ``setting_out_of_range``.
        CheckpointError: no reader loads.
    """
    known = BENCHMARKS | {benchmark.name: benchmark for benchmark in chinese.BENCHMARKS}
    if name not in known:
        raise EvaluationError("benchmark_unknown", name=name, known=", ".join(known))
    benchmark = known[name]
    limit = _checked(limit, benchmark)
    chosen, complete = _readers(benchmark, readers, root, models)
    with progress_bar(sys.stderr) as progress:
        rows = benchmark.run(chosen, data or DATA, progress, limit)
    if limit is not None:
        rows = {reader: row | {"limit": limit} for reader, row in rows.items()}
    rows = clean(rows)
    text = json_format.dumps({name: rows}) if json else table(benchmark, rows, limit)
    sys.stdout.write(text + "\n")
    return 0 if complete else 1


def _checked(limit: int | None, benchmark: Benchmark) -> int | None:
    """The limit that holds: the one asked for, or the benchmark's own."""
    if limit is None:
        return benchmark.default_limit
    if not 1 <= limit <= MOST:
        raise EvaluationError("setting_out_of_range", name="limit", value=limit, low=1, high=MOST)
    return limit


def _readers(
    benchmark: Benchmark,
    families: Sequence[str] | None,
    root: Path | None,
    models: Sequence[Path],
) -> tuple[dict[str, Reader], bool]:
    """The readers to measure, by the names of their rows, and whether all could be loaded."""
    from lmcore.hub.load import load_published

    chosen: dict[str, Reader] = {}
    failed: CheckpointError | None = None
    wanted = families or ([] if models else shipped(root))
    sources: list[str | Path] = [*wanted, *models]
    for source in sources:
        try:
            reader = load(source, root) if isinstance(source, str) else load_published(source)
        except CheckpointError as error:
            sys.stderr.write(f"lmcore: {error}\n")
            failed = error
            continue
        if benchmark.applies(reader):
            chosen[source if isinstance(source, str) else reader.card.name] = reader
    if not chosen:
        names = ", ".join([*wanted, *(str(folder) for folder in models)])
        raise failed or EvaluationError("benchmark_no_reader", name=benchmark.name, readers=names)
    return chosen, failed is None


def clean(value: Any) -> Any:
    """Numbers that JSON can hold: what is not finite becomes ``None``."""
    if isinstance(value, dict):
        return {key: clean(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [clean(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def table(benchmark: Benchmark, rows: Rows, limit: int | None) -> str:
    """Numbers for people: a block for each reader, a line for each metric.

    Args:
        benchmark: what was measured.
        rows: metrics by reader.
        limit: how much of the data was used; ``None``: all of it.
    """
    lines = [f"{benchmark.name}: {benchmark.summary}"]
    if limit is not None:
        lines.append(f"limited to {limit:,} {benchmark.limits}")
    for reader, row in rows.items():
        lines += ["", reader]
        width = max(len(metric) for metric in row)
        for metric, value in row.items():
            first, *others = as_lines(value)
            lines.append(f"  {metric.ljust(width)}  {first}")
            lines += [f"  {' ' * width}  {line}" for line in others]
    return "\n".join(lines)


def columns(rows: dict[str, dict[str, Any]]) -> list[str]:
    """Dictionaries with the same keys as a small table with a heading."""
    names = list(dict.fromkeys(name for row in rows.values() for name in row))
    cells = [["", *names]]
    for key, row in rows.items():
        cells.append([key, *(" ".join(as_lines(row.get(name))) for name in names)])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in cells
    ]


def as_lines(value: Any) -> list[str]:
    """A value as one or several lines."""
    if isinstance(value, dict):
        if value and all(isinstance(item, dict) for item in value.values()):
            return columns(value)
        width = max((len(str(key)) for key in value), default=0)
        return [f"{key!s:{width}}  {'  '.join(as_lines(item))}" for key, item in value.items()] or [
            "-"
        ]
    if isinstance(value, list):
        if any(isinstance(item, list) for item in value):
            return [line for item in value for line in as_lines(item)]
        return ["  ".join(f"{as_lines(item)[0]:>7}" for item in value) or "-"]
    if isinstance(value, float):
        return [f"{value:.4g}" if abs(value) < 10 else f"{value:,.2f}"]
    if isinstance(value, int) and not isinstance(value, bool):
        return [f"{value:,}"]
    return ["-" if value is None else str(value)]
