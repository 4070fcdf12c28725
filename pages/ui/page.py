"""The frame round every page: heading, explanation, and what goes wrong said in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.ui.address import check
from pages.ui.cache import broken, readers
from pages.ui.errors import fragment as fragment
from pages.ui.errors import problem, reported
from pages.ui.models import facts
from pages.ui.navigation import ensure
from pages.ui.text import t


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
    with reported(), check.page(name):
        yield
