"""Memory that nothing uses goes back to the system."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lmcore import heap

ROOT = Path(__file__).resolve().parents[1]


def test_it_is_done_now_and_then(monkeypatch):
    called = []

    class Library:
        def malloc_trim(self, kept: int) -> None:
            called.append(kept)

    monkeypatch.setattr(heap, "_library", Library)
    monkeypatch.setattr(heap, "_last", 0.0)
    assert heap.give_back()
    assert not heap.give_back()
    assert heap.give_back(pause=0.0)
    assert called == [0, 0]


def test_nothing_happens_where_it_cannot_be_done(monkeypatch):
    monkeypatch.setattr(heap, "_library", lambda: None)
    monkeypatch.setattr(heap, "_last", 0.0)
    assert not heap.give_back()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs the GNU C library")
def test_memory_really_goes_back():
    """Many small pieces with a last one that stays: the library alone returns none of them."""
    code = """
from lmcore import heap
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
heap.share_reserves()
pieces = [bytes(2_000 + i % 7) for i in range(50_000)]
last = bytes(2_000)
full = resident()
del pieces
freed = resident()
heap.give_back()
print(full, freed, resident())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    full, freed, after = map(float, done.stdout.split())
    assert freed > full - 20, "else this shows nothing"
    assert after < full - 60
