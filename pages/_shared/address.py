"""State that Streamlit cannot bind to the address, because its labels are translated.

A link holds the option itself (``a_look=lines``), whatever the language. The session comes first,
then the address, then the first option; what the address says wrongly is told once.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from pages._shared.text import tm

#: Characters of a wrong value that are shown.
_MOST = 40


def take(key: str, options: Sequence[str], first: str | None = None) -> None:
    """Give a widget its value before it is drawn; it must have no ``default`` of its own.

    Args:
        key: of the widget, and the name in the address.
        options: what is allowed.
        first: where nobody has chosen; the first option if not given.
    """
    usual = options[0] if first is None else first
    state, asked = st.session_state, st.query_params.get(key)
    known = state.get(key, state.get(f"kept:{key}"))  # the widget may have stood on another page
    if known in options:
        state[key] = known
        return
    if known is None and asked is not None and asked not in options:
        wrong(key, asked)
    state[key] = asked if known is None and asked in options else usual


def keep(key: str, usual: str, chosen: object) -> None:
    """Write a choice into the address, unless it is what anybody sees at first."""
    st.session_state[f"kept:{key}"] = chosen
    if chosen is None or str(chosen) == usual:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != str(chosen):
        st.query_params[key] = str(chosen)


def one_of(
    key: str, options: Sequence[str], label: str, *, named: object, help: str | None = None
) -> str:
    """One of a few, remembered in the session and in the address.

    Args:
        key: of the widget, and the name in the address.
        options: without a language; the first is usual.
        label: above them.
        named: function from an option to its name.
        help: explanation.
    """
    take(key, options)
    chosen = st.segmented_control(
        label,
        options,
        format_func=named,  # type: ignore[arg-type]
        key=key,
        help=help,
        required=True,
    )
    keep(key, options[0], chosen)
    return str(chosen or options[0])


def switch(key: str, label: str, place: DeltaGenerator | None = None) -> bool:
    """A switch that is off at first, remembered in the session and in the address."""
    if key not in st.session_state:
        asked = st.query_params.get(key, "false")
        kept = st.session_state.get(f"kept:{key}", asked)
        if kept not in ("true", "false"):
            wrong(key, kept)
        st.session_state[key] = kept == "true"
    on = (place or st).toggle(label, key=key)
    keep(key, "false", "true" if on else "false")
    return on


def number(key: str, count: int, first: int = 0) -> int:
    """Which of so many things the address names, from 0; there they are counted from 1.

    Args:
        key: name in the address.
        count: how many there are.
        first: which it is where the address says nothing, or nothing that is there.
    """
    asked = st.query_params.get(key)
    if asked is None:
        return first
    if asked.isascii() and asked.isdigit() and len(asked) < 6 and 1 <= int(asked) <= count:
        return int(asked) - 1
    wrong(key, asked)
    return first


def wrong(key: str, value: str) -> None:
    """Say that a link asks for what is not there, and that the usual is shown instead."""
    st.warning(tm("address.wrong", name=key, value=value[:_MOST]), icon=":material/link_off:")
