"""The frame round every page: heading, explanation, and what goes wrong said in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import streamlit as st

from lmcore.errors import ReadersError, lacks_memory
from pages.ui import views
from pages.ui.address import state
from pages.ui.errors import problem
from pages.ui.models import choice, facts
from pages.ui.navigation import PAGES
from pages.ui.text import t


@contextmanager
def page(name: str) -> Iterator[None]:
    """Heading, one-line question and explanation of a page; errors of its body become a sentence.

    Args:
        name: the page's name; its texts are ``NAME.title``, ``NAME.question`` and ``NAME.how``.
    """
    st.session_state["page"] = name
    # Only what this run shows, and the last one where it comes later, is saved side by side.
    st.session_state["pictures_before"] = st.session_state.get("pictures", {})
    st.session_state["pictures"] = {}
    st.title(t(f"{name}.title"))
    st.markdown(t(f"{name}.question"))
    with st.expander(t("common.how_to_read"), icon=":material/help:"):
        st.markdown(t(f"{name}.how"))
    with st.spinner(t("common.loading")):
        known, errors = views.all_facts()
    for error in errors.values():
        problem(error)
    if choice.picks():
        facts.different_texts()
    if PAGES[name].needs:
        facts.lacks(PAGES[name].needs, known.values())
    with reported(), state.checked(name):
        yield


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
    def part(*args: Any, **values: Any) -> None:
        with reported():
            section(*args, **values)

    return part
