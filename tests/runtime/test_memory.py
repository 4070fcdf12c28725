"""Memory that nothing uses goes back to the system."""

import gc
import os
import subprocess
import sys
import tomllib
import weakref
from pathlib import Path

import pytest

from lmcore.runtime import memory

ROOT = Path(__file__).resolve().parents[2]


def test_it_is_done_now_and_then(monkeypatch):
    called = []

    class Library:
        def malloc_trim(self, kept: int) -> None:
            called.append(kept)

    monkeypatch.setattr(memory, "_library", Library)
    monkeypatch.setattr(memory, "_last", 0.0)
    assert memory.trim()
    assert not memory.trim()
    assert memory.trim(pause=0.0)
    assert called == [0, 0]


def test_nothing_happens_where_it_cannot_be_done(monkeypatch):
    monkeypatch.setattr(memory, "_library", lambda: None)
    monkeypatch.setattr(memory, "_last", 0.0)
    assert not memory.trim()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs the GNU C library")
def test_memory_really_goes_back():
    """Many small pieces with a last one that stays: the library alone returns none of them."""
    code = """
from lmcore.runtime import memory
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
memory.limit_arenas()
pieces = [bytes(2_000 + i % 7) for i in range(50_000)]
last = bytes(2_000)
full = resident()
del pieces
freed = resident()
memory.trim()
print(full, freed, resident())
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    full, freed, after = map(float, done.stdout.split())
    assert freed > full - 20, "else this shows nothing"
    assert after < full - 60


@pytest.mark.parametrize("own", [None, "512"])
def test_code_for_few_shapes_is_kept_unless_the_operator_says_otherwise(monkeypatch, own):
    name = "ONEDNN_PRIMITIVE_CACHE_CAPACITY"
    monkeypatch.setenv(name, own or "")  # so that it is put back afterwards
    if own is None:
        monkeypatch.delenv(name)
    memory.limit_arenas.__wrapped__()
    assert os.environ[name] == (own or "16")


def test_searching_takes_a_small_share_of_the_time(monkeypatch):
    clock, done = [1_000.0], []

    def search(kind: str, seconds: float) -> None:
        done.append((kind, clock[0]))
        clock[0] += seconds

    monkeypatch.setattr(memory.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(memory.gc, "collect", lambda: search("part", 0.1))
    monkeypatch.setattr(memory, "thaw", lambda: search("whole", 0.5))
    monkeypatch.setattr(memory, "_next", {memory.SEARCH: 0.0, memory.WHOLE: 0.0})
    while clock[0] < 1_100:
        before = len(done)
        assert memory.collect() == (len(done) > before)
        clock[0] += 0.05
    whole = [at for kind, at in done if kind == "whole"]
    part = [at for kind, at in done if kind == "part"]
    assert 2 <= len(whole) <= 3
    assert 35 <= len(part) <= 50
    assert len(whole) * 0.5 + len(part) * 0.1 < 7


def test_what_is_kept_is_passed_over():
    frozen = gc.get_freeze_count()
    try:
        memory.freeze()
        assert gc.get_freeze_count() > frozen + 1_000
        assert not gc.get_objects(), "nothing is left to look at"
    finally:
        gc.unfreeze()


def test_what_is_given_up_is_found_among_what_was_kept():
    class Ring:
        pass

    ring = Ring()
    ring.itself = ring
    seen = weakref.ref(ring)
    try:
        memory.freeze()
        del ring
        gc.collect()
        assert seen() is not None, "else this shows nothing"
        memory.thaw()
        assert seen() is None
    finally:
        gc.unfreeze()


def test_streamlit_does_not_search_after_every_run():
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf8"))
    assert settings["runner"]["postScriptGC"] is False
