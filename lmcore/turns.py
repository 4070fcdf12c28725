"""A bounded queue in front of the device: fair turns, a place that can be shown, and a way out.

Every computation of a reader is a turn, and a long piece of work is many of them: one forward
pass, one batch, one piece of a text that is written. Only a few run at once (memory, and two cores
do not grow faster when thirty share them). Who waits is served by *start-time fair queueing* (Goyal
et al. 1996, SFQ): each guest has a clock that goes on by the seconds that its turns took, and the
one whose clock is furthest behind is next. So somebody who writes ten texts does not stand in the
way of somebody who asks for one word, and nobody saves up turns by staying away.

``lmcore`` knows no visitors. Whoever serves some (:mod:`pages._shared.queue`) says with
:func:`introduce` how the guest of the present thread is found; without that every thread is a guest
of its own.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lmcore.errors import ReadersError
from lmcore.limits import AT_ONCE, QUEUE

#: Seconds between two looks of somebody who waits.
LOOK = 0.25


def _silent(place: int, waited: float) -> None:
    """Tell nobody."""


def _stays() -> None:
    """Never leave."""


@dataclass(frozen=True)
class Guest:
    """Somebody who waits for a turn.

    Attributes:
        who: tells guests apart; turns are fair between these.
        told: called every :data:`LOOK` seconds while the guest waits, with the place in line (1 is
            next) and the seconds of waiting so far. May raise to leave the line.
        present: called before each turn; raises where the guest has gone.
    """

    who: Hashable
    told: Callable[[int, float], None] = _silent
    present: Callable[[], None] = _stays


class Turns:
    """The line in front of a device.

    Args:
        at_once: turns at the same time.
        longest: guests that may wait.
    """

    def __init__(self, at_once: int = AT_ONCE, longest: int = QUEUE) -> None:
        self.at_once, self.longest = at_once, longest
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        #: Those who wait: number of the ticket, in order of arrival, and guest.
        self._waiting: dict[int, Hashable] = {}
        self._running: Counter[Hashable] = Counter()
        #: Clock of the guest whose turn was begun last, and of each guest that is ahead of it.
        self._now = 0.0
        self._clocks: dict[Hashable, float] = {}
        self._held = threading.local()

    @property
    def waiting(self) -> int:
        """How many wait now."""
        with self._changed:
            return len(self._waiting)

    @contextmanager
    def turn(self, guest: Guest) -> Iterator[None]:
        """Wait for a turn and hold it; a turn within a turn of the same thread is part of it.

        Raises:
            ReadersError: ``too_busy``: too many wait already.
        """
        if getattr(self._held, "depth", 0):
            yield
            return
        guest.present()
        self._take(guest)
        self._held.depth = 1
        begun = time.monotonic()
        try:
            yield
        finally:
            self._held.depth = 0
            self._give_back(guest.who, time.monotonic() - begun)

    def _take(self, guest: Guest) -> None:
        """Wait until the guest is next and there is room."""
        begun = time.monotonic()
        with self._changed:
            if self._running.total() >= self.at_once and len(self._waiting) >= self.longest:
                raise ReadersError("too_busy", waiting=len(self._waiting))
            ticket = next(self._numbers)
            self._waiting[ticket] = guest.who
        try:
            while (place := self._enter(ticket)) > 0:
                guest.told(place, time.monotonic() - begun)
        except BaseException:  # also what stops a script: the place in line must not stay taken
            with self._changed:
                del self._waiting[ticket]
                self._changed.notify_all()
            raise

    def _enter(self, ticket: int) -> int:
        """0 where the turn has begun; after a short while of waiting the place in line."""
        until = time.monotonic() + LOOK
        with self._changed:
            while self._running.total() >= self.at_once or self._line()[0] != ticket:
                left = until - time.monotonic()
                if left <= 0:
                    return self._line().index(ticket) + 1
                self._changed.wait(left)
            who = self._waiting.pop(ticket)
            self._running[who] += 1
            self._now = self._clock(who)
            self._changed.notify_all()  # there may be room for one more
        return 0

    def _line(self) -> list[int]:
        """Tickets of those who wait, the next one first: who has a turn already comes later."""
        return sorted(
            self._waiting,
            key=lambda one: (
                self._running[self._waiting[one]],
                self._clock(self._waiting[one]),
                one,
            ),
        )

    def _clock(self, who: Hashable) -> float:
        return max(self._clocks.get(who, 0.0), self._now)

    def _give_back(self, who: Hashable, seconds: float) -> None:
        with self._changed:
            self._running[who] -= 1
            self._running += Counter()  # forgets those who have none
            self._clocks[who] = self._clock(who) + seconds
            if not self._waiting and not self._running:
                self._now = max(self._clocks.values())  # nobody is ahead of anybody
            self._clocks = {one: own for one, own in self._clocks.items() if own > self._now}
            self._changed.notify_all()


def _thread() -> Guest:
    return Guest(("thread", threading.get_ident()))


_turns = Turns()
_guest: Callable[[], Guest | None] = _thread


def introduce(guest: Callable[[], Guest | None]) -> None:
    """Say how the guest of the present thread is found (``None``: the thread itself)."""
    global _guest
    _guest = guest


@contextmanager
def turn() -> Iterator[None]:
    """A turn on the device for whoever this thread works for; see :meth:`Turns.turn`."""
    with _turns.turn(_guest() or _thread()):
        yield
