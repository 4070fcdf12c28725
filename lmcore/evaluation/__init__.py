"""Benchmarks: readers in, numbers out. ``python -m lmcore evaluate NAME`` runs one."""

from __future__ import annotations

from lmcore.evaluation import (
    coarsewsd,
    contextuality,
    heads,
    minimal_pairs,
    perplexity,
    pos,
    samples,
    senses,
)
from lmcore.evaluation.benchmark import Benchmark

#: Every benchmark by name.
BENCHMARKS: dict[str, Benchmark] = {
    module.BENCHMARK.name: module.BENCHMARK
    for module in (perplexity, coarsewsd, senses, pos, contextuality, minimal_pairs, heads, samples)
}

__all__ = ["BENCHMARKS", "Benchmark"]
