"""Memory: what is kept, what makes way, and that twenty switches leave nothing behind."""

import gc
import threading
import time
import weakref
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lmcore.errors import ReadersError
from lmcore.hub import installed, memory, policy
from lmcore.hub import load as loading
from lmcore.hub.catalogue import MODELS, PublishedModel
from lmcore.hub.model_cache import ModelCache
from lmcore.text.words import split
from tests.hub import tiny

IDS = [model.id for model in MODELS]
BERT, LARGE = "google-bert/bert-base-uncased", "google-bert/bert-large-uncased"


class Heavy:
    """Stands for a reader: so many bytes that are really in memory."""

    def __init__(self, model: PublishedModel, count: int = 1_000) -> None:
        self.model, self.weights = model, np.ones(count, dtype=np.uint8)


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    for name in (policy.DOWNLOADS, policy.MODELS, policy.MODEL_DIRS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(installed, "place", lambda model: tmp_path)


def model_cache(free: int | None, count: int = 1_000, most: int = 6) -> ModelCache:
    made = ModelCache(lambda model: Heavy(model, count), lambda: free, most)  # type: ignore[arg-type,return-value]
    return made


def test_a_reader_is_loaded_once_and_kept():
    own = model_cache(None)
    assert own.reader(BERT) is own.reader(BERT)
    assert own.held() == [BERT]


def test_with_room_several_stay_and_the_one_unused_for_longest_goes_first():
    own = model_cache(10**12, most=3)
    for identifier in IDS[:3]:
        own.reader(identifier)
    own.reader(IDS[0])
    own.reader(IDS[3])
    assert own.held() == [IDS[2], IDS[0], IDS[3]]


def test_without_room_the_old_ones_make_way():
    free = [3_000_000_000]
    own = ModelCache(lambda model: Heavy(model), lambda: free[0])  # type: ignore[arg-type,return-value]
    first = weakref.ref(own.reader(BERT))
    assert own.held() == [BERT]
    kept = own.reader(BERT)
    free[0] = 900_000_000  # enough for GPT-1 only once BERT has gone, which this never shows
    with pytest.raises(ReadersError) as caught:
        own.reader("openai-community/openai-gpt")
    assert caught.value.code == "published_too_big_alone"
    assert own.held() == []
    assert first() is kept, "who reads with it keeps it"
    del kept
    gc.collect()
    assert first() is None


def test_too_big_names_a_smaller_one_that_fits():
    need = memory.needed(policy.allowed()[BERT])
    assert need is not None
    own = model_cache(need + memory.RESERVE + 1)
    with pytest.raises(ReadersError) as caught:
        own.reader(LARGE)
    assert caught.value.code == "published_too_big"
    assert caught.value.values["smaller"] == "BERT-base"
    own = model_cache(memory.RESERVE + memory.WORKING + 150_000_000)
    with pytest.raises(ReadersError) as caught:
        own.reader(LARGE)
    assert caught.value.values["smaller"] == "BERT-Small"


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("CUDA out of memory")])
def test_running_out_while_loading_is_the_same_sentence(error: Exception):
    def fails(_: PublishedModel) -> None:
        raise error

    own = ModelCache(fails, lambda: None)  # type: ignore[arg-type]
    with pytest.raises(ReadersError) as caught:
        own.reader(LARGE)
    assert caught.value.code == "published_too_big"
    assert own.held() == []


def test_another_fault_is_not_taken_for_memory():
    def fails(_: PublishedModel) -> None:
        raise RuntimeError("shapes differ")

    with pytest.raises(RuntimeError, match="shapes"):
        ModelCache(fails, lambda: None).reader(BERT)  # type: ignore[arg-type]


def test_what_the_operator_no_longer_allows_is_given_up(monkeypatch: pytest.MonkeyPatch):
    own = model_cache(None)
    own.reader(BERT)
    monkeypatch.setenv(policy.MODELS, "openai-community/gpt2")
    with pytest.raises(ReadersError) as caught:
        own.reader(BERT)
    assert caught.value.code == "published_not_allowed"
    assert own.held() == []


def test_what_is_not_here_pushes_nothing_out(monkeypatch: pytest.MonkeyPatch):
    own = ModelCache(available=lambda: 0, most=1)
    own._held[BERT] = Heavy(policy.allowed()[BERT])  # type: ignore[assignment]
    monkeypatch.setattr(installed, "place", lambda model: None)
    with pytest.raises(ReadersError) as caught:
        own.reader(LARGE)
    assert caught.value.code == "published_absent"
    assert own.held() == [BERT]


def test_loading_does_not_keep_others_waiting():
    slow, begun, go = threading.Event(), threading.Event(), threading.Event()

    def load(model: PublishedModel) -> Heavy:
        if slow.is_set():
            begun.set()
            go.wait(10)
        return Heavy(model)

    own = ModelCache(load, lambda: None)  # type: ignore[arg-type]
    own.reader(BERT)
    slow.set()
    other = threading.Thread(target=own.reader, args=(LARGE,))
    other.start()
    assert begun.wait(10)
    start = time.monotonic()
    own.reader(BERT)
    assert time.monotonic() - start < 1
    go.set()
    other.join(10)
    assert own.held() == [BERT, LARGE]


@pytest.mark.skipif(memory.resident() is None, reason="needs /proc")
def test_twenty_switches_of_large_readers_leave_nothing_behind():
    """Two sets of 60 MB each take turns where there is room for one."""
    made = [0]
    count = 60_000_000
    base = memory.resident() or 0

    def available() -> int:
        used = (memory.resident() or 0) - base
        return memory.RESERVE + memory.WORKING + count - used

    def needed(model: PublishedModel) -> int:
        return count // 2 + memory.WORKING

    def load(model: PublishedModel) -> Heavy:
        made[0] += 1
        return Heavy(model, count)

    own = ModelCache(load, available)  # type: ignore[arg-type]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "needed", needed)
        highest = 0
        for turn in range(20):
            own.reader([BERT, LARGE][turn % 2])
            highest = max(highest, (memory.resident() or 0) - base)
    assert made[0] == 20, "each time the other had made way"
    assert highest < 2 * count, f"{highest / 1e6:.0f} MB"


def test_memory_of_the_machine_and_of_a_container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "meminfo").write_text("MemTotal: 100 kB\nMemAvailable:  7000 kB\n")
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "meminfo")
    monkeypatch.setattr(memory, "_CGROUP", tmp_path)
    assert memory.available() == 7_000 * 1024
    (tmp_path / "memory.max").write_text("5000000\n")
    (tmp_path / "memory.current").write_text("3000000\n")
    (tmp_path / "memory.stat").write_text("anon 1\ninactive_file 500000\n")
    assert memory.available() == 2_500_000
    (tmp_path / "memory.max").write_text("max\n")
    assert memory.available() == 7_000 * 1024
    monkeypatch.setattr(memory, "_MEMINFO", tmp_path / "gone")
    assert memory.available() is None, "elsewhere nobody says"
    monkeypatch.setattr(memory, "_STATUS", tmp_path / "gone")
    assert memory.resident() is None


def test_half_precision_takes_half_the_memory():
    model = replace(MODELS[0], parameters=10**9)
    whole, half = memory.needed(model), memory.needed(model, half=True)
    assert whole is not None
    assert half is not None
    assert whole - half == 2 * 10**9


@pytest.mark.skipif(memory.resident() is None, reason="needs /proc")
def test_twenty_switches_between_published_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Two BERTs of 19 MB, in the published format, take turns where there is room for one."""
    for name in ("bert-a", "bert-b"):
        tiny.bert(tmp_path / name, width=384, layers=4)
    monkeypatch.undo()
    monkeypatch.setenv(policy.MODELS, "none")
    monkeypatch.setenv(policy.MODEL_DIRS, str(tmp_path))
    one = (loading.needed(policy.allowed()["folder:bert-a"]) or 0) - memory.WORKING
    assert one > 18_000_000
    own = ModelCache(most=1)
    sentence = [split("The bank was on the river.")]
    for name in ("a", "b"):  # what PyTorch itself keeps is no leak
        own.reader(f"folder:bert-{name}").read(sentence)
    before, highest = memory.resident() or 0, 0
    gone = []
    for turn in range(20):
        reader = own.reader(f"folder:bert-{'ab'[turn % 2]}")
        reader.read(sentence)
        gone.append(weakref.ref(reader.model))  # type: ignore[attr-defined]
        del reader
        highest = max(highest, (memory.resident() or 0) - before)
    assert [one() is None for one in gone] == [True] * 19 + [False]
    assert highest < 3 * one, f"{highest / 1e6:.0f} MB more after 20 switches of {one / 1e6:.0f} MB"
