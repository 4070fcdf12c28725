"""The frame round every page: heading, explanation, and what goes wrong said in one sentence.

Streamlit drops a wrong value of a bound widget without a word, and cuts a number such as ``2.7``.
So the address is checked before the body of a page is drawn, and what is wrong with it is told at
its top; it is taken out of the address, and the run begins anew: Streamlit then gives its widgets
the address as it is now.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from typing import Any, Literal, get_args

import streamlit as st
from streamlit.runtime.scriptrunner_utils.exceptions import RerunException

from lmcore.errors import ReadersError, lacks_memory
from lmcore.text.catalogue import language_called
from pages.ui import views
from pages.ui.address import rules, state
from pages.ui.address.rules import Rule
from pages.ui.errors import problem
from pages.ui.glossary import marked
from pages.ui.models import choice, facts
from pages.ui.navigation import ADDRESS, PAGES
from pages.ui.text import FIRST, LANGUAGES, language, t, tm

#: What is to be told on this page.
_TOLD = "address:told"
#: Whether this session has seen a page.
_SEEN = "address:seen"
#: How much of a page stands open: its answer first, more of it on a click, the rest for experts.
Level = Literal["simple", "more", "experts"]
LEVELS: tuple[Level, ...] = get_args(Level)
#: Name in the address and in the session.
DEPTH = "depth"
_ICONS = {"more": ":material/add_circle:", "experts": ":material/science:"}
#: How many notices there are at the most.
NOTICES = 8


@contextmanager
def page(name: str) -> Iterator[None]:
    """Heading, one-line question and explanation of a page; errors of its body become a sentence.

    Args:
        name: the page's name; its texts are ``NAME.title``, ``NAME.question`` and ``NAME.how``.
    """
    st.session_state["page"] = name
    if state.came_back():
        state.forget(PAGES[name].address)
    # Only what this run shows, and the last one where it comes later, is saved side by side.
    st.session_state["pictures_before"] = st.session_state.get("pictures", {})
    st.session_state["pictures"] = {}
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(t(f"{name}.title"), width="content")
        with st.popover(t("common.how_to_read"), icon=":material/help:", type="tertiary"):
            st.markdown(marked(t(f"{name}.how"), language()))
    st.markdown(marked(t(f"{name}.question"), language()))
    if PAGES[name].reads:
        _readers(name)
    with reported(), checked(name):
        yield


def _readers(name: str) -> None:
    """Wait for the readers, and say which of them do not work or cannot do what a page asks."""
    with st.spinner(t("common.loading")):
        known, errors = views.all_facts()
    for error in errors.values():
        problem(error)
    if choice.picks():
        facts.different_texts()
    if lacking := [reader for reader in known.values() if reader.lacks]:
        facts.lacks(PAGES[name].needs, lacking)


@contextmanager
def reported() -> Iterator[None]:
    """What goes wrong inside is said in one sentence, and the rest of the page goes on."""
    try:
        yield
    except ReadersError as error:
        problem(error)
    except (MemoryError, RuntimeError) as error:
        if not lacks_memory(error):
            raise
        problem(ReadersError("out_of_memory"))


def fragment(section: Callable[..., None]) -> Callable[..., None]:
    """A part of a page that runs again alone; what goes wrong in it is said in its own place.

    Streamlit shows the errors of a fragment itself, so that no frame outside ever sees them.
    """

    @st.fragment
    @wraps(section)
    def reporting(*args: Any, **values: Any) -> None:
        with reported():
            section(*args, **values)

    return reporting


def language_switch() -> None:
    """The switch of the language, remembered in the session and in the address.

    A wrong language is told and taken out of the address first. The run goes on: before the pages
    are declared, beginning anew would lead to the first of them. Of several names of one language
    the address keeps the one that stands there.
    """
    _check({"lang": rules.language}, None)
    named = language_called(st.query_params.get("lang", ""))
    if "lang" not in st.session_state:
        st.session_state["lang"] = named.name if named else FIRST
    chosen = st.sidebar.segmented_control(
        "Language · 语言", list(LANGUAGES), key="lang", required=True
    )
    if named is None or named.name != chosen:
        state.keep("lang", FIRST, chosen)


@contextmanager
def checked(name: str) -> Iterator[None]:
    """Check the address of a page, tell what is wrong with it, and run the page.

    What is told stays until the page has run to its end.

    Args:
        name: of the page.
    """
    others = {other for page in PAGES.values() for other in page.address}
    # Turning a page, and above all going back, may bring along what stood on another page.
    if _check(ADDRESS[name], others if _SEEN in st.session_state else ()):
        st.rerun()
    for key, values in st.session_state.get(_TOLD, [])[:NOTICES]:
        st.warning(tm(key, **values), icon=":material/link_off:")
    if len(st.session_state.get(_TOLD, [])) > NOTICES:
        st.warning(t("address.more", count=len(st.session_state[_TOLD]) - NOTICES))
    again = False
    try:
        yield
    except RerunException:
        again = True
        raise
    finally:
        if not again:
            st.session_state.pop(_TOLD, None)
            st.session_state[_SEEN] = True


def _check(allowed: Mapping[str, Rule], others: Collection[str] | None) -> bool:
    """Take what is wrong out of the address.

    Args:
        allowed: what each known name may be.
        others: further names, which are left out without a word; ``None`` where only those with a
            rule are looked at.

    Returns:
        whether anything has changed that the widgets of this run would not know.
    """
    changed = False
    for name in list(st.query_params):
        if name not in allowed and (others is None or name.startswith("__")):
            continue  # a name of the latter kind is from whoever shows the app in a frame
        if name not in allowed and name in others:
            state.drop(name)
            continue
        values, rule = st.query_params.get_all(name), allowed.get(name)
        if rule is rules.text and len(values) == 1:
            continue
        good = [value for value in values if rule is not None and rule(value)]
        if len(values) == len(good) == 1 or not state.drop(name):
            continue
        if good:
            st.query_params[name] = good[0]
            notice = "address.twice", {"name": name, "value": good[0][: state.MOST]}
        elif rule is not None:
            notice = "address.wrong", {"name": name, "value": "".join(values[-1:])[: state.MOST]}
        else:
            notice = "address.unknown", {"name": name[: state.MOST]}
        st.session_state.setdefault(_TOLD, []).append(notice)
        changed = True
    return changed


def depth_switch() -> None:
    """The switch, for the sidebar of every page."""
    state.one_of(
        DEPTH,
        LEVELS,
        t("depth.label"),
        named=lambda level: t(f"depth.{level}"),
        help=t("depth.help"),
    )


def part(
    key: str,
    level: Level,
    draw: Callable[[], None],
    names: Collection[str] = (),
    title: str = "",
    of: str = "",
    alone: bool = True,
) -> None:
    """A part of a page under its title.

    Args:
        key: of its title in the catalogue.
        level: from which depth on it stands open by itself.
        draw: draws it, when it is open.
        names: in the address; where one of them stands there, the part is open.
        title: the title itself, where values are put into it.
        of: what tells it from others of the same key on a page.
        alone: whether it runs again alone: nothing outside depends on what is chosen in it.
    """
    wanted = st.session_state.get(f"kept:{DEPTH}") or st.query_params.get(DEPTH, LEVELS[0])
    asked = any(name in st.query_params for name in names)
    opened = asked or (wanted in LEVELS and LEVELS.index(level) <= LEVELS.index(wanted))
    run = fragment(_part) if alone else _part
    run(title or t(key), _ICONS.get(level), opened, f"part:{key}:{of}:{opened}", draw)


def _part(title: str, icon: str | None, opened: bool, key: str, draw: Callable[[], None]) -> None:
    place = st.expander(title, opened, icon=icon, key=key, on_change="rerun")
    if place.open:
        with place:
            draw()
