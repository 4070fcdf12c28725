"""State that Streamlit cannot bind to the address, because its labels are translated.

A link holds the option itself (``a_look=lines``), whatever the language. The session comes first,
then the address, then the first option. The address as a whole is checked before a page is drawn
(:func:`pages.ui.page.checked`).
"""

from collections.abc import Iterable, Sequence
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.ui.text import tm

#: Characters of a wrong value that are shown.
MOST = 40


def take(key: str, options: Sequence[Any], first: Any = None) -> None:
    """Give a widget its value before it is drawn; it must have no ``default`` of its own.

    Args:
        key: of the widget, and the name in the address.
        options: what is allowed; the address has them as text.
        first: where nobody has chosen; the first option if not given.
    """
    usual = options[0] if first is None else first
    state, value = st.session_state, st.query_params.get(key)
    known = state.get(key, state.get(f"kept:{key}"))  # the widget may have stood on another page
    if known in options:
        state[key] = known
        return
    named = {str(option): option for option in options}
    if known is None and value is not None and value not in named:
        wrong(key, value)
    state[key] = named.get(value or "", usual) if known is None else usual


def keep(key: str, usual: str, chosen: object) -> None:
    """Write a choice into the address, unless it is what anybody sees at first.

    Args:
        key: of the widget, and the name in the address.
        usual: what the address does not hold.
        chosen: the present choice.
    """
    st.session_state[f"kept:{key}"] = chosen
    if chosen is None or str(chosen) == usual:
        st.query_params.pop(key, None)
    elif st.query_params.get(key) != str(chosen):
        st.query_params[key] = str(chosen)


def one_of(
    key: str,
    options: Sequence[str],
    label: str,
    *,
    named: object,
    help: str | None = None,
    disabled: bool = False,
) -> str:
    """One of a few, remembered in the session and in the address.

    Args:
        key: of the widget, and the name in the address.
        options: without a language; the first is usual.
        label: above them.
        named: function from an option to its name.
        help: explanation.
        disabled: whether the choice changes nothing now.
    """
    take(key, options)
    chosen = st.segmented_control(
        label,
        options,
        format_func=named,  # type: ignore[arg-type]
        key=key,
        help=help,
        required=True,
        disabled=disabled,
    )
    keep(key, options[0], chosen)
    return str(chosen or options[0])


def switch(
    key: str, label: str, place: DeltaGenerator | None = None, help: str | None = None
) -> bool:
    """A switch that is off at first, remembered in the session and in the address.

    Args:
        key: of the widget, and the name in the address.
        label: beside it.
        place: where it stands; the page itself if not given.
        help: explanation.
    """
    if key not in st.session_state:
        value = st.query_params.get(key, "false")
        kept = st.session_state.get(f"kept:{key}", value)
        if kept not in ("true", "false"):
            wrong(key, kept)
        st.session_state[key] = kept == "true"
    on = (place or st).toggle(label, key=key, help=help)
    keep(key, "false", "true" if on else "false")
    return on


def number(key: str, count: int, first: int = 0) -> int:
    """Which of so many things the address names, from 0; there they are counted from 1.

    Args:
        key: name in the address.
        count: how many there are.
        first: which it is where the address says nothing, or nothing that is there.
    """
    value = st.query_params.get(key)
    if value is None:
        return first
    if value.isascii() and value.isdigit() and len(value) < 6 and 1 <= int(value) <= count:
        return int(value) - 1
    wrong(key, value)
    return first


def place(key: str, widget: str, count: int, first: int = 0, base: int = 0) -> None:
    """Give a widget that chooses one of so many things its value, before it is drawn.

    What there is to choose from belongs to something else (the words to a sentence). So the widget
    has a key of its own for each such thing, and a choice holds as long as the key stays.

    Args:
        key: name in the address, where the things are counted from 1.
        widget: key of the widget, which has no ``index`` or ``value`` of its own.
        count: how many there are.
        first: which it is where nobody has chosen, from 0.
        base: what the widget calls the first of them.
    """
    state, options = st.session_state, range(base, base + count)
    if state.get(widget) in options:
        return
    kept = state.get(f"kept:{key}")
    if kept is None:
        state[widget] = base + number(key, count, first)
    else:
        state[widget] = kept[1] if kept[0] == widget and kept[1] in options else base + first


def keep_place(key: str, widget: str, chosen: int, usual: int = 0, base: int = 0) -> None:
    """Write what :func:`place` has let choose into the address, counted from 1.

    Args:
        key, widget, base: as there.
        chosen: what the widget says.
        usual: what it says where nobody has chosen.
    """
    keep(key, str(usual - base + 1), str(chosen - base + 1))
    st.session_state[f"kept:{key}"] = (widget, chosen)


def which(
    key: str,
    of: str,
    names: Sequence[str],
    label: str,
    column: DeltaGenerator | None = None,
    usual: int = 0,
) -> int:
    """Which of some named things is chosen in a box, from 0; remembered by number.

    Args:
        key: name in the address, where the things are counted from 1.
        of: what they belong to; of another one, the choice begins anew.
        names: of the things.
        label: above them.
        column: where to ask; below what stands there if not given.
        usual: the one that is chosen at first.
    """
    widget = f"{key}:{of}"
    place(key, widget, len(names), usual)
    chosen = (column or st).selectbox(
        label, range(len(names)), format_func=names.__getitem__, key=widget
    )
    keep_place(key, widget, chosen, usual)
    return int(chosen)


def text(key: str, widget: str, usual: str) -> None:
    """Give a text box its text before it is drawn; as :func:`place`, it belongs to something.

    Args:
        key: name in the address.
        widget: key of the box, which has no ``value`` of its own.
        usual: what it holds before anybody types.
    """
    state, kept = st.session_state, st.session_state.get(f"kept:{key}")
    if widget in state:
        return
    if kept is None:
        state[widget] = st.query_params.get(key, usual)
    else:
        state[widget] = kept[1] if kept[0] == widget else usual


def numeral(key: str, usual: float) -> None:
    """Give a widget of a number in a form its value before it is drawn.

    Streamlit would write what is being set into the address at once, and a link would ask for what
    nobody has seen: the address follows when the form is sent (:func:`keep`).

    Args:
        key: of the widget, and the name in the address, which holds a number here.
        usual: what it is where nobody has chosen.
    """
    state = st.session_state
    if key not in state:
        kept = state.get(f"kept:{key}", st.query_params.get(key, usual))
        state[key] = type(usual)(kept)


def keep_text(key: str, widget: str, usual: str, typed: str) -> None:
    """Write what :func:`text` has let type into the address.

    Args:
        key, widget, usual: as there.
        typed: what the box holds.
    """
    keep(key, usual, typed)
    st.session_state[f"kept:{key}"] = (widget, typed)


def within(key: str, low: float, high: float) -> None:
    """Say where the address asks a bound slider for more than there is here; before it is drawn.

    Streamlit shows the usual then, and says nothing.

    Args:
        key: of the slider, and the name in the address.
        low, high: what can be chosen.
    """
    value = st.query_params.get(key)
    if key in st.session_state or value is None:
        return
    try:
        fits = low <= float(value) <= high
    except ValueError:
        fits = False
    if not fits:
        wrong(key, value)


def came_back() -> bool:
    """Whether this run was asked for by the browser's Back or Forward."""
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation


def forget(keys: Iterable[str]) -> None:
    """Let the address alone say what a page shows under some names, as for a link just opened."""
    state = st.session_state
    for key in keys:
        kept = state.pop(f"kept:{key}", None)
        state.pop(key, None)
        if isinstance(kept, tuple) and kept and isinstance(kept[0], str):
            state.pop(kept[0], None)


def drop(key: str) -> bool:
    """Take a name out of the address; ``False`` where Streamlit has bound it and does so itself."""
    try:
        st.query_params.pop(key, None)
    except StreamlitAPIException:
        return False
    return True


def wrong(key: str, value: str) -> None:
    """Say that a link asks for what is not there, and that the usual is shown instead."""
    st.warning(tm("address.wrong", name=key, value=value[:MOST]), icon=":material/link_off:")
    drop(key)
