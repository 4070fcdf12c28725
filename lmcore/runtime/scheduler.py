"""A bounded queue in front of the device: fair slots, a place that can be shown, and a way out.

Every computation of a reader is a slot, and a long piece of work is many of them: one forward
pass, one batch, one piece of a text that is written. Only a few run at once (memory, and two cores
do not grow faster when thirty share them). Who waits is served by *start-time fair queueing* (Goyal
et al. 1996, SFQ): each client has a clock that goes on by the seconds that its slots took, and the
one whose clock is furthest behind is next. So somebody who writes ten texts does not stand in the
way of somebody who asks for one word, and nobody saves up slots by staying away.

The steps of trainings wait in the same line, with one bound more: of slots of one *kind* only one
is held at a time, and whoever else is next goes past those that must wait for it. And one training
is under way at a time (:func:`training`): each holds several times the memory of its network, and
those that share a processor all end late, where the same number one after the other end late only
for the last. A slot may weigh more (the weights of SFQ): under a class, a training that had no
larger share than each of those who wait for a second would take ten minutes.

``lmcore`` knows no visitors. Whoever serves some (:mod:`pages.ui.waiting`) says with
:func:`introduce` how the client of the present thread is found; without that every thread is a
client of its own.
"""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from lmcore.errors import ReadersError, lacks_memory
from lmcore.runtime.limits import AT_ONCE, QUEUE

#: Seconds between two looks of somebody who waits.
LOOK = 0.25


def _silent(place: int, waited: float) -> None:
    """Tell nobody."""


def _stays() -> None:
    """Never leave."""


@dataclass(frozen=True)
class Client:
    """Somebody who waits for a slot.

    Attributes:
        who: tells clients apart; slots are fair between these.
        on_wait: called every :data:`LOOK` seconds while the client waits, with the place in line
            (1 is next) and the seconds of waiting so far. May raise to leave the line.
        check_alive: called before each slot and before each ``on_wait``; raises where the client
            has gone.
    """

    who: Hashable
    on_wait: Callable[[int, float], None] = _silent
    check_alive: Callable[[], None] = _stays


class FairQueue:
    """The line in front of a device.

    Args:
        at_once: slots at the same time.
        longest: clients that may wait.
    """

    def __init__(self, at_once: int = AT_ONCE, longest: int = QUEUE) -> None:
        self.at_once, self.longest = at_once, longest
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        #: Those who wait: number of the ticket, in order of arrival, client and kind of the slot.
        self._waiting: dict[int, tuple[Hashable, Hashable]] = {}
        self._running: Counter[Hashable] = Counter()
        #: Kinds of the slots that are held.
        self._kinds: set[Hashable] = set()
        #: Clock of the client whose slot was begun last, and of each client that is ahead of it.
        self._now = 0.0
        self._clocks: dict[Hashable, float] = {}
        self._held = threading.local()

    @property
    def waiting(self) -> int:
        """How many wait now."""
        with self._changed:
            return len(self._waiting)

    @contextmanager
    def slot(self, client: Client, kind: Hashable = None, weight: float = 1.0) -> Iterator[None]:
        """Wait for a slot and hold it; a slot within a slot of the same thread is part of it.

        Args:
            client: who wants it.
            kind: only one slot of a kind is held at a time; ``None``: of no kind.
            weight: the client's clock goes on by the seconds of the slot divided by this.

        Raises:
            ReadersError: ``too_busy``: too many wait already.
        """
        if getattr(self._held, "depth", 0):
            yield
            return
        client.check_alive()
        self._take(client, kind)
        self._held.depth = 1
        begun = time.monotonic()
        try:
            yield
        finally:
            self._held.depth = 0
            self._give_back(client.who, kind, (time.monotonic() - begun) / weight)

    def _take(self, client: Client, kind: Hashable) -> None:
        """Wait until the client is next and there is room."""
        begun = time.monotonic()
        with self._changed:
            if not self._room(kind) and len(self._waiting) >= self.longest:
                raise ReadersError("too_busy", waiting=len(self._waiting))
            ticket = next(self._numbers)
            self._waiting[ticket] = client.who, kind
        try:
            while (place := self._enter(ticket)) > 0:
                client.check_alive()
                client.on_wait(place, time.monotonic() - begun)
        except BaseException:  # also what stops a script: the place in line must not stay taken
            with self._changed:
                del self._waiting[ticket]
                self._changed.notify_all()
            raise

    def _enter(self, ticket: int) -> int:
        """0 where the slot has begun; after a short while of waiting the place in line."""
        until = time.monotonic() + LOOK
        with self._changed:
            while self._next() != ticket:
                left = until - time.monotonic()
                if left <= 0:
                    return self._line().index(ticket) + 1
                self._changed.wait(left)
            who, kind = self._waiting.pop(ticket)
            self._running[who] += 1
            if kind is not None:
                self._kinds.add(kind)
            self._now = self._clock(who)
            self._changed.notify_all()  # there may be room for one more
        return 0

    def _room(self, kind: Hashable) -> bool:
        """Whether a slot of a kind could be held beside those that are."""
        return self._running.total() < self.at_once and kind not in self._kinds

    def _next(self) -> int | None:
        """Ticket of the slot that may begin now."""
        able = (ticket for ticket, (_, kind) in self._waiting.items() if self._room(kind))
        return min(able, key=self._rank, default=None)

    def _line(self) -> list[int]:
        """Tickets of those who wait, the next one first."""
        return sorted(self._waiting, key=self._rank)

    def _rank(self, ticket: int) -> tuple[int, float, int]:
        """The lower, the sooner: who has a slot already comes later."""
        who, _ = self._waiting[ticket]
        return self._running[who], self._clock(who), ticket

    def _clock(self, who: Hashable) -> float:
        return max(self._clocks.get(who, 0.0), self._now)

    def _give_back(self, who: Hashable, kind: Hashable, seconds: float) -> None:
        with self._changed:
            self._kinds.discard(kind)
            self._running[who] -= 1
            self._running += Counter()  # forgets those who have none
            self._clocks[who] = self._clock(who) + seconds
            if not self._waiting and not self._running:
                self._now = max(self._clocks.values())  # nobody is ahead of anybody
            ahead = [who for who, clock in self._clocks.items() if clock > self._now]
            self._clocks = {who: self._clocks[who] for who in ahead}
            self._changed.notify_all()


def _thread() -> Client:
    return Client(("thread", threading.get_ident()))


_slots = FairQueue()
#: The place of the training under way: held from its first step to its last.
_trainings = FairQueue(at_once=1)
_client: Callable[[], Client | None] = _thread


def introduce(client: Callable[[], Client | None]) -> None:
    """Say how the client of the present thread is found (``None``: the thread itself)."""
    global _client
    _client = client


def _waiter(on_wait: Callable[[int, float], None] | None) -> Client:
    """The client of this thread, who may be told otherwise than usual."""
    client = _client() or _thread()
    return client if on_wait is None else replace(client, on_wait=on_wait)


@contextmanager
def slot(
    kind: Hashable = None,
    on_wait: Callable[[int, float], None] | None = None,
    weight: float = 1.0,
) -> Iterator[None]:
    """A slot on the device for whoever this thread works for; see :meth:`FairQueue.slot`.

    Args:
        kind: only one slot of a kind is held at a time.
        on_wait: the place in line and the seconds of waiting, instead of the client's own.
        weight: how much of the device the client gets where others wait, 1 for what all others get.
    """
    with _slots.slot(_waiter(on_wait), kind, weight):
        yield


@contextmanager
def training(on_wait: Callable[[int, float], None]) -> Iterator[None]:
    """The place of the training under way, for whoever this thread works for.

    There is one; clients who have trained least come first. ``on_wait`` hears of the place in line
    and the seconds of waiting.

    Raises:
        ReadersError: ``too_busy``: too many wait already.
    """
    with _trainings.slot(_waiter(on_wait)):
        yield


@contextmanager
def computing(gradients: bool = False) -> Iterator[None]:
    """A slot on the device, in which PyTorch computes, with gradients where they are wanted.

    Raises:
        ReadersError: ``out_of_memory``: for this reader, not for the others; it stays as it is and
            can be asked again.
    """
    import torch

    with slot(), torch.enable_grad() if gradients else torch.inference_mode():
        try:
            yield
        except (MemoryError, RuntimeError) as error:
            if not lacks_memory(error):
                raise
            raise ReadersError("out_of_memory") from error


def differentiating() -> AbstractContextManager[None]:
    """A slot on the device, with gradients; see :func:`computing`."""
    return computing(gradients=True)
