"""The classroom's readers are loaded from the moment the server starts, in the background.

Loading takes seconds, most of them for importing PyTorch and Transformers. Until a reader is ready,
pages draw the stored views of their examples (:mod:`pages.ui.views`); what was typed waits for it
here, with a line that names each reader and how far it is.

Python runs one thread at a time: while a page is drawn, and for a moment after, in which a browser
fetches what it draws with, nothing further is begun here.
"""

import importlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum

import streamlit as st

from lmcore.errors import ReadersError
from lmcore.runtime import memory
from lmcore.runtime.families import FAMILIES
from pages.ui.text import t

#: Seconds after which a script that waits looks whether its visitor still wants it.
LOOK = 0.3
#: Imported first: what every page is drawn with.
LIGHT = ("plotly.graph_objects", "pages.ui.page", "pages.ui.figure", "pages.ui.models.sidebar")
#: Imported before the first reader is loaded.
HEAVY = ("torch", "transformers", "lmcore.readers.elmo", "lmcore.readers.bert")
#: Seconds that a visitor who comes at once needs until the first page is drawn, and without a page
#: being drawn before something heavy is begun; and how long all pages together may put it off: on a
#: busy server the readers come all the same.
FIRST, QUIET, MOST = 1.2, 0.8, 8.0


class State(StrEnum):
    """How far a reader is."""

    WAITING = "waiting"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


#: Readers that are on their way in the background and not there yet, by their keys in the caches
#: (:func:`pages.ui.models.choice.key`): a published model never is.
pending: set[str] = set()
#: By family; empty until :func:`begin`, and for readers of which nothing is known here.
_states: dict[str, State] = {}
_changed = threading.Condition()
#: How many pages are drawn now, and when the last one was.
_drawn = {"now": 0, "last": 0.0}


def begin(load: Callable[[str], object]) -> None:
    """Load every reader in a thread and keep it where pages look; more calls do nothing."""
    with _changed:
        if _states:
            return
        for family in FAMILIES:
            _set(family, State.WAITING)
        _drawn["last"] = time.monotonic() + FIRST
    threading.Thread(target=_load_all, args=(load,), name="warm start", daemon=True).start()


def _load_all(load: Callable[[str], object]) -> None:
    end = time.monotonic() + MOST
    try:
        for name in LIGHT:
            importlib.import_module(name)
        for name in HEAVY:
            _give_way(end)
            importlib.import_module(name)
        for family in FAMILIES:
            _give_way(end)
            _set(family, State.LOADING)
            try:
                load(family)
            except ReadersError:
                _set(family, State.FAILED)  # the page tries again and says what is wrong
            else:
                _set(family, State.READY)
        memory.freeze()
    finally:
        for family in FAMILIES:
            if family in pending:
                _set(family, State.FAILED)


def _give_way(end: float) -> None:
    """Wait until no page has been drawn for a moment, at the longest until ``end``."""
    with _changed:
        while (now := time.monotonic()) < end:
            quiet = 0.0 if _drawn["now"] else now - _drawn["last"]
            if quiet >= QUIET:
                return
            _changed.wait(min(end - now, QUIET - quiet))


@contextmanager
def drawing() -> Iterator[None]:
    """A page is drawn inside."""
    _count(1)
    try:
        yield
    finally:
        _count(-1)


def _count(change: int) -> None:
    with _changed:
        _drawn["now"] += change
        _drawn["last"] = time.monotonic()
        _changed.notify_all()


def _set(family: str, state: State) -> None:
    with _changed:
        _states[family] = state
        if state in (State.WAITING, State.LOADING):
            pending.add(family)
        else:
            pending.discard(family)
        _changed.notify_all()


def wait(key: str) -> None:
    """Wait for a reader with a line that says how far each is; leaves when the visitor does."""
    if key not in pending:
        return
    slot = st.empty()
    _count(-1)  # nothing is drawn while everything waits
    try:
        while key in pending:
            slot.info(line(), icon=":material/hourglass_top:")  # lets Streamlit end the script
            with _changed:
                _changed.wait(LOOK)
    finally:
        _count(1)
    slot.empty()


def line() -> str:
    """How far each reader is, in one sentence."""
    states = [
        t(f"startup.{state}", reader=FAMILIES[family].title) for family, state in _states.items()
    ]
    return t("startup.readers", states=t("startup.comma").join(states))
