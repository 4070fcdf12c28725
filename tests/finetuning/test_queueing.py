"""Trainings in the line in front of the device: in turn, each at its own cost, and left at once."""

import contextlib
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from lmcore.errors import ReadersError
from lmcore.finetuning.run import Run
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import of_rows, split
from lmcore.runtime import scheduler
from lmcore.runtime.scheduler import Client, FairQueue
from tests.runtime.test_scheduler import Gone, held, start, until_served, wait_for

ROWS = [(label, f"{word} {n}") for label, word in (("a", "bad"), ("b", "good")) for n in range(10)]
TASK = of_rows("easy", "classification", ROWS)
SETTINGS = Settings(epochs=2, batch=4, trained_layers=1)


class Steps(Run):
    """A training whose steps are only waited for."""

    def __init__(self, reader: Any, step: Callable[[], None]) -> None:
        super().__init__(reader, TASK, split(TASK), SETTINGS)
        self.step_done = step

    def _next(self) -> bool:
        self.step_done()
        return True


@pytest.fixture
def line(monkeypatch) -> FairQueue:
    """A line of this test alone; each thread is a client under its own name."""
    queue = FairQueue(at_once=2)
    monkeypatch.setattr(scheduler, "_slots", queue)
    monkeypatch.setattr(scheduler, "_client", lambda: Client(threading.current_thread().name))
    return queue


def begin(name: str, work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, name=name)
    thread.start()
    return thread


def test_three_trainings_share_the_device_evenly_and_one_step_at_a_time(loaded, line):
    served: list[str] = []
    stop, step_taken, together = threading.Event(), threading.Lock(), threading.Event()

    def step() -> None:
        if not step_taken.acquire(blocking=False):
            together.set()
            return
        served.append(threading.current_thread().name)
        time.sleep(0.01)
        step_taken.release()

    def train() -> None:
        run = Steps(loaded["elmo"], step)
        while not stop.is_set():
            run.work()

    with held(line), held(line, "other"):
        threads = [begin(name, train) for name in "abc"]
        wait_for(line, 3)
    until_served(served, 60, stop, threads)
    assert not together.is_set()
    assert all(served[:60].count(name) >= 15 for name in "abc"), "".join(served)
    longest = max(len(gap) for name in "abc" for gap in "".join(served[:60]).split(name))
    assert longest <= 8, f"somebody waited for {longest} steps of others: {''.join(served)}"


def test_a_training_that_is_late_does_not_keep_back_the_others(loaded, line):
    """Its visitor had much before: the visitor who had nothing is next, though asking later."""
    line.at_once = 1
    served: list[str] = []

    def train() -> None:
        Steps(loaded["elmo"], lambda: served.append(threading.current_thread().name)).work()

    with held(line):
        busy = begin("greedy", lambda: _take_long(line))
        wait_for(line, 1)
        keeper = begin("keeper", lambda: _hold_until_two_wait(line))
        wait_for(line, 2)
    busy.join(10)
    threads = [begin("greedy", train)]
    wait_for(line, 1)
    threads.append(begin("modest", train))
    for thread in (keeper, *threads):
        thread.join(10)
    assert served == ["modest", "greedy"]


def _take_long(line: FairQueue) -> None:
    with line.slot(Client("greedy")):
        time.sleep(0.3)


def _hold_until_two_wait(line: FairQueue) -> None:
    with line.slot(Client("keeper")):
        wait_for(line, 2)


def test_a_place_on_the_device_stays_free_of_trainings(loaded, line):
    """While one learns and another waits for it, a reader is served at once."""
    go, learns = threading.Event(), threading.Event()

    def step() -> None:
        learns.set()
        go.wait(10)

    threads = [begin("first", lambda: Steps(loaded["elmo"], step).work())]
    assert learns.wait(10)
    threads.append(begin("second", lambda: Steps(loaded["elmo"], step).work()))
    wait_for(line, 1)
    with line.slot(Client("reader", on_wait=lambda place, waited: pytest.fail("it had to wait"))):
        assert line.waiting == 1
    go.set()
    for thread in threads:
        thread.join(10)


def test_a_training_whose_visitor_has_gone_leaves_the_line(loaded, line, monkeypatch):
    gone = threading.Event()
    places: list[int] = []

    def present() -> None:
        if gone.is_set():
            raise Gone

    def train() -> None:
        run = Steps(loaded["elmo"], lambda: pytest.fail("a step for nobody"))
        with pytest.raises(Gone):
            run.work(lambda place, waited: places.append(place))
        assert run.seconds == 0.0

    monkeypatch.setattr(scheduler, "_client", lambda: Client("me", check_alive=present))
    with held(line), held(line, "other"):
        thread = start(train)
        wait_for(line, 1)
        while not places:
            time.sleep(0.01)
        gone.set()
        begun = time.monotonic()
        wait_for(line, 0)
        assert time.monotonic() - begun < 2
        thread.join(10)
    assert set(places) == {1}


def after_waiting(line: FairQueue, run: Run, seconds: float) -> None:
    """One step of a training that had to wait for its turn."""
    with held(line), held(line, "other"):
        thread = start(run.work)
        wait_for(line, 1)
        time.sleep(seconds)
    thread.join(10)


def test_seconds_of_a_training_are_those_of_its_work(loaded, line):
    """Neither the wait counts nor what the processor does meanwhile for others."""
    step = Steps(loaded["elmo"], lambda: time.sleep(0.5))
    after_waiting(line, step, 0.5)
    assert step.seconds < 0.2


def test_what_the_wait_costs_ends_no_training(loaded, line):
    run = Run(loaded["elmo"], TASK, split(TASK), SETTINGS, most_seconds=5.0)
    after_waiting(line, run, 1.0)
    assert run.seconds < 0.9
    assert run.finish() is not None
    assert not run.out_of_time


def test_a_full_line_changes_no_bit_of_a_training(loaded, line):
    line.longest = 0
    undisturbed = Run(loaded["bert"], TASK, split(TASK), SETTINGS)
    undisturbed.finish()
    run, refused = Run(loaded["bert"], TASK, split(TASK), SETTINGS), 0
    more = True
    while more:
        with held(line), held(line, "other"):
            with pytest.raises(ReadersError) as raised:
                run.work()
            assert raised.value.code == "too_busy"
            refused += 1
        more = run.work()
    assert refused > 6
    assert run.epochs == undisturbed.epochs
    assert np.array_equal(run.outcome.probabilities, undisturbed.outcome.probabilities)
    theirs = undisturbed.learner.learned()
    assert all(
        torch.equal(weights, theirs[name]) for name, weights in run.learner.learned().items()
    )


def test_the_test_part_is_answered_in_small_steps(loaded, line):
    """And a state taken between two of them goes on to the same bits."""
    words = (("a", "bad"), ("b", "ok"))
    rows = [(label, f"{word} {n}") for label, word in words for n in range(200)]
    task = of_rows("many", "classification", rows)
    parts = split(task, 16, 16, 80)
    assert len(parts.test) > 64
    first, second = (Run(loaded["elmo"], task, parts, SETTINGS) for _ in range(2))
    states = []
    while first.work():
        if first._answered:
            states.append(first.state())
    assert len(states) > 1
    second.load(states[-1])
    second.finish()
    assert np.array_equal(first.outcome.probabilities, second.outcome.probabilities)


def test_few_trainings_are_under_way_at_once(monkeypatch):
    """The rest wait with their place in line; who leaves it frees the place for the next."""
    assert scheduler._trainings.at_once == 1
    places = FairQueue(at_once=2)
    monkeypatch.setattr(scheduler, "_trainings", places)
    gone, go, begun, numbers = threading.Event(), threading.Event(), [], {}

    def client() -> Client:
        name = threading.current_thread().name
        return Client(name, check_alive=lambda: _leave(name, gone))

    monkeypatch.setattr(scheduler, "_client", client)

    def train() -> None:
        name = threading.current_thread().name
        with (
            contextlib.suppress(Gone),
            scheduler.training(lambda place, waited: numbers.update({name: place})),
        ):
            begun.append(name)
            with scheduler.slot("learning"):  # the other line is one of its own
                pass
            go.wait(10)

    threads = [begin(name, train) for name in "ab"]
    while len(begun) < 2:
        time.sleep(0.01)
    threads.append(begin("leaver", train))
    wait_for(places, 1)
    threads.append(begin("c", train))
    wait_for(places, 2)
    while numbers.get("c") != 2:
        time.sleep(0.01)
    assert sorted(begun) == ["a", "b"]
    gone.set()
    wait_for(places, 1)
    while numbers.get("c") != 1:
        time.sleep(0.01)
    go.set()
    for thread in threads:
        thread.join(10)
    assert begun[2:] == ["c"]


def _leave(name: str, gone: threading.Event) -> None:
    if name == "leaver" and gone.is_set():
        raise Gone
