"""The line in front of the device: bounded, fair, and left by those who go."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from lmcore.errors import ReadersError
from lmcore.runtime import scheduler
from lmcore.runtime.scheduler import Client, FairQueue


class Gone(BaseException):
    """What ends a script."""


@contextmanager
def held(line: FairQueue, who: str = "holder") -> Iterator[None]:
    """Somebody else holds a turn meanwhile."""
    begun, done = threading.Event(), threading.Event()

    def hold() -> None:
        with line.slot(Client(who)):
            begun.set()
            done.wait(30)

    thread = threading.Thread(target=hold)
    thread.start()
    assert begun.wait(10)
    try:
        yield
    finally:
        done.set()
        thread.join(10)


def start(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread


def wait_for(line: FairQueue, count: int) -> None:
    for _ in range(1000):
        if line.waiting == count:
            return
        time.sleep(0.005)
    pytest.fail(f"{line.waiting} wait, not {count}")


def test_never_more_at_once_than_allowed():
    line, lock = FairQueue(at_once=2), threading.Lock()
    now = most = 0

    def work() -> None:
        nonlocal now, most
        for _ in range(5):
            with line.slot(Client(threading.get_ident())):
                with lock:
                    now += 1
                    most = max(most, now)
                time.sleep(0.005)
                with lock:
                    now -= 1

    threads = [start(work) for _ in range(8)]
    for thread in threads:
        thread.join(20)
    assert most == 2
    assert line.waiting == 0


def test_a_turn_within_a_turn_does_not_wait_for_itself():
    line = FairQueue(at_once=1)
    with line.slot(Client("a")), line.slot(Client("a")):
        pass
    with line.slot(Client("a")):
        pass


def test_who_has_computed_least_is_next():
    """A client with much work does not stand before one who asks for little."""
    line, order, done = FairQueue(at_once=1), [], threading.Event()

    def ask(who: str, until: threading.Event | None = None) -> threading.Thread:
        def work() -> None:
            with line.slot(Client(who)):
                order.append(who)
                if until is not None:
                    until.wait(10)

        return start(work)

    with line.slot(Client("greedy")):
        threads = [ask("other", done)]
        wait_for(line, 1)
        time.sleep(0.05)  # by this the greedy client's clock goes on
    wait_for(line, 0)
    for number, who in enumerate(("greedy", "modest", "greedy", "late")):
        threads.append(ask(who))
        wait_for(line, number + 1)
    done.set()
    for thread in threads:
        thread.join(10)
    assert order == ["other", "modest", "late", "greedy", "greedy"]


def until_served(
    served: list[str], count: int, stop: threading.Event, threads: list[threading.Thread]
) -> None:
    """Let threads take turns until so many were served, then end them."""
    while len(served) < count:
        time.sleep(0.01)
    stop.set()
    for thread in threads:
        thread.join(10)


def test_guests_alternate_however_much_one_of_them_wants():
    """Two clients share the device half and half, though one sends three threads."""
    line = FairQueue(at_once=1)
    served: list[str] = []
    stop = threading.Event()

    def work(who: str) -> None:
        while not stop.is_set():
            with line.slot(Client(who)):
                served.append(who)
                time.sleep(0.004)

    with held(line):
        threads = [start(lambda who=who: work(who)) for who in ("a", "a", "a", "b")]
        wait_for(line, 4)
    until_served(served, 60, stop, threads)
    share = served[:60].count("b") / 60
    assert 0.4 < share < 0.6, f"b had {share:.0%} of the turns"


def test_who_weighs_more_gets_as_much_more_of_the_device():
    line, served, stop = FairQueue(at_once=1), [], threading.Event()

    def want(name: str, weight: float) -> None:
        while not stop.is_set():
            with line.slot(Client(name), weight=weight):
                served.append(name)
                time.sleep(0.01)

    with held(line):
        threads = [start(lambda: want("light", 1.0)), start(lambda: want("heavy", 3.0))]
        wait_for(line, 2)
    until_served(served, 60, stop, threads)
    assert 2.0 <= served[:60].count("heavy") / served[:60].count("light") <= 4.5


def test_the_place_in_line_is_told_and_falls():
    line, places, go = FairQueue(at_once=1), [], threading.Event()

    def told(place: int, waited: float) -> None:
        assert waited >= 0
        places.append(place)
        if len(places) > 1:
            go.set()

    def second() -> None:
        with line.slot(Client("second", told)):
            pass

    with held(line):
        first_done = threading.Event()

        def first() -> None:
            with line.slot(Client("first")):
                first_done.set()
                go.wait(10)

        threads = [start(first)]
        wait_for(line, 1)
        threads.append(start(second))
        wait_for(line, 2)
        while not places:
            time.sleep(0.01)
    for thread in threads:
        thread.join(10)
    assert places[0] == 2
    assert places[-1] == 1


def test_who_leaves_the_line_frees_the_place_for_the_next():
    line, served = FairQueue(at_once=1), threading.Event()

    def leave(place: int, waited: float) -> None:
        raise Gone

    def goes() -> None:
        with pytest.raises(Gone), line.slot(Client("goes", leave)):
            pytest.fail("a turn without a place")

    def stays() -> None:
        with line.slot(Client("stays")):
            served.set()

    with held(line):
        first = start(goes)
        wait_for(line, 1)
        second = start(stays)
        first.join(10)
        wait_for(line, 1)
        assert not served.is_set()
    second.join(10)
    assert served.is_set()


def test_who_is_not_there_any_more_gets_no_turn():
    line = FairQueue(at_once=1)

    def gone() -> None:
        raise Gone

    with pytest.raises(Gone), line.slot(Client("a", check_alive=gone)):
        pytest.fail("a turn for nobody")
    assert line.waiting == 0


def test_a_turn_that_fails_is_given_back():
    line = FairQueue(at_once=1)
    with pytest.raises(RuntimeError), line.slot(Client("a")):
        raise RuntimeError
    with line.slot(Client("b")):
        pass


def test_a_full_line_turns_the_next_away():
    line = FairQueue(at_once=1, longest=1)
    with held(line):
        waiting = start(lambda: line.slot(Client("waits")).__enter__())
        wait_for(line, 1)
        with pytest.raises(ReadersError) as raised, line.slot(Client("late")):
            pytest.fail("a turn beyond the bound")
    waiting.join(10)
    assert raised.value.code == "too_busy"
    assert "1 others" in str(raised.value)


def test_readers_take_turns(loaded, monkeypatch):
    """Every computation of a reader is a turn of the client who is introduced."""
    from lmcore.outputs.generation import GenerationSettings
    from lmcore.text.words import split

    asked: list[str] = []
    monkeypatch.setattr(
        scheduler, "_client", lambda: Client("me", check_alive=lambda: asked.append("me"))
    )
    sentence = split("She sat on the bank.")
    for reader in loaded.values():
        if reader.context == "none":
            continue
        asked.clear()
        reader.read([sentence])
        assert asked, reader.family
        asked.clear()
        list(reader.generate(sentence, GenerationSettings(length=3)))
        assert len(asked) >= 3, "writing is one turn a piece at least"
