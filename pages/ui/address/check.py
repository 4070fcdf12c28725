"""What a link asks for and cannot have: found before the page is drawn, and told at its top.

Streamlit drops a wrong value of a bound widget without a word, and cuts a number such as ``2.7``.
So everything is checked first; what is wrong is taken out of the address, and the run begins anew:
Streamlit then gives its widgets the address as it is now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException

from pages.ui.address import state
from pages.ui.navigation import PAGES, address_of
from pages.ui.text import LANGUAGES, t, tm

#: What is to be told on this page.
_TOLD = "address:told"
#: Whether this session has seen a page.
_SEEN = "address:seen"
#: Characters of a name and of a value that are shown, and how many notices there are at the most.
_MOST, _NOTICES = 40, 8


def language() -> None:
    """Check the language before its switch stands; for ``app.py``, before anything heavy loads.

    The run goes on: before the pages are declared, beginning anew would lead to the first of them.
    The switch takes the first language that there is, as is said here.
    """
    _check({"lang": lambda value: value in LANGUAGES}, None)


@contextmanager
def page(name: str) -> Iterator[None]:
    """Check the address of a page, tell what is wrong with it, and run the page.

    What is told stays until the page has run to its end.

    Args:
        name: of the page.
    """
    others = {other for page in PAGES.values() for other in page.address}
    # Turning a page, and above all going back, may bring along what stood on another page.
    if _check(address_of(name), others if _SEEN in st.session_state else ()):
        st.rerun()
    for key, values in st.session_state.get(_TOLD, [])[:_NOTICES]:
        st.warning(tm(key, **values), icon=":material/link_off:")
    if len(st.session_state.get(_TOLD, [])) > _NOTICES:
        st.warning(t("address.more", count=len(st.session_state[_TOLD]) - _NOTICES))
    try:
        yield
    except RerunException:
        raise
    except BaseException:
        _told()
        raise
    _told()


def _told() -> None:
    st.session_state.pop(_TOLD, None)
    st.session_state[_SEEN] = True


def _check(rules: Mapping[str, Callable[[str], bool]], others: Collection[str] | None) -> bool:
    """Take what is wrong out of the address.

    Args:
        rules: what each known name may be (:data:`pages.ui.address.rules.Rule`).
        others: further names, which are left out without a word; ``None`` where only those with a
            rule are looked at.

    Returns:
        whether anything has changed that the widgets of this run would not know.
    """
    changed = False
    for name in list(st.query_params):
        if name not in rules and (others is None or name.startswith("__")):
            continue  # a name of the latter kind is from whoever shows the app in a frame
        if name not in rules and name in others:
            state.drop(name)
            continue
        values, rule = st.query_params.get_all(name), rules.get(name)
        good = [value for value in values if rule is not None and rule(value)]
        if len(values) == len(good) == 1 or not state.drop(name):
            continue
        if good:
            st.query_params[name] = good[0]
            notice = "address.twice", {"name": name, "value": good[0][:_MOST]}
        elif rule is not None:
            notice = "address.wrong", {"name": name, "value": "".join(values[-1:])[:_MOST]}
        else:
            notice = "address.unknown", {"name": name[:_MOST]}
        st.session_state.setdefault(_TOLD, []).append(notice)
        changed = True
    return changed
