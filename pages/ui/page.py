"""The frame round every page: heading, explanation, and what goes wrong said in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import streamlit as st

from lmcore.errors import ReadersError, lacks_memory
from pages.ui.address import check
from pages.ui.cache import broken, readers
from pages.ui.models import facts
from pages.ui.navigation import ensure
from pages.ui.text import md, t


def problem(error: ReadersError) -> None:
    """Say in the interface language what is wrong and what to do."""
    st.error(md(t(f"error.{error.code}", **error.values)), icon=":material/error:")


@contextmanager
def page(name: str) -> Iterator[None]:
    """Heading, one-line question and explanation of a page; errors of its body become a sentence.

    Args:
        name: the page's name; its texts are ``NAME.title``, ``NAME.question`` and ``NAME.how``.
    """
    ensure()
    st.session_state["page"] = name
    st.title(t(f"{name}.title"))
    st.markdown(t(f"{name}.question"))
    with st.expander(t("common.how_to_read"), icon=":material/help:"):
        st.markdown(t(f"{name}.how"))
    with st.spinner(t("common.loading")):
        errors = broken()
    for error in errors.values():
        problem(error)
    facts.different_texts()
    if name in facts.NEEDS:
        facts.lacks(name, readers())
    with told(), check.page(name):
        yield


@contextmanager
def told() -> Iterator[None]:
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
        with told():
            section(*args, **values)

    return part
