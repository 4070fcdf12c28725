"""The classroom's readers are loaded from the moment the server starts, in the background.

Loading takes seconds, most of them for importing PyTorch. Until a reader is ready, pages draw the
stored views of their examples (:mod:`pages.ui.views`); what was typed waits for it here, with a
line that names each reader and how far it is.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Callable
from enum import StrEnum

import streamlit as st

from lmcore.errors import ReadersError
from lmcore.runtime import memory
from lmcore.runtime.families import FAMILIES
from pages.ui.text import t

#: Seconds after which a script that waits looks whether its visitor still wants it.
LOOK = 0.3
#: Imported first: what pages draw with, so that a visitor who comes at once does not wait behind
#: PyTorch for it.
LIGHT = ("pandas", "pyarrow", "plotly.graph_objects")


class State(StrEnum):
    """How far a reader is."""

    WAITING = "waiting"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


#: By family; empty until :func:`begin`, and for readers of which nothing is known here.
_states: dict[str, State] = {}
_changed = threading.Condition()


def begin(load: Callable[[str], object]) -> None:
    """Load every reader in a thread; more calls do nothing.

    Args:
        load: loads the reader of a family and keeps it where pages look for it.
    """
    with _changed:
        if _states:
            return
        _states.update(dict.fromkeys(FAMILIES, State.WAITING))
    threading.Thread(target=_load_all, args=(load,), name="warm start", daemon=True).start()


def _load_all(load: Callable[[str], object]) -> None:
    try:
        for name in (*LIGHT, "torch"):
            importlib.import_module(name)
        for family in FAMILIES:
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
            if pending(family):
                _set(family, State.FAILED)


def _set(family: str, state: State) -> None:
    with _changed:
        _states[family] = state
        _changed.notify_all()


def pending(key: str) -> bool:
    """Whether a reader is on its way in the background and not there yet.

    Args:
        key: of the caches (:func:`pages.ui.cache.key`): a published model is never on its way here.
    """
    return _states.get(key) in (State.WAITING, State.LOADING)


def wait(key: str) -> None:
    """Wait for a reader with a line that says how far each is; leaves when the visitor does."""
    if not pending(key):
        return
    slot = st.empty()
    while pending(key):
        slot.info(line(), icon=":material/hourglass_top:")  # drawing lets Streamlit end the script
        with _changed:
            _changed.wait(LOOK)
    slot.empty()


def line() -> str:
    """How far each reader is, in one sentence."""
    states = [
        t(f"startup.{state}", reader=FAMILIES[family].title) for family, state in _states.items()
    ]
    return t("startup.readers", states=t("startup.comma").join(states))
