"""The frame round every page: heading, explanation, and what goes wrong said in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from pages.ui import views
from pages.ui.address import check
from pages.ui.errors import fragment as fragment
from pages.ui.errors import problem, reported
from pages.ui.models import facts
from pages.ui.navigation import PAGES
from pages.ui.text import t


@contextmanager
def page(name: str) -> Iterator[None]:
    """Heading, one-line question and explanation of a page; errors of its body become a sentence.

    Args:
        name: the page's name; its texts are ``NAME.title``, ``NAME.question`` and ``NAME.how``.
    """
    st.session_state["page"] = name
    st.title(t(f"{name}.title"))
    st.markdown(t(f"{name}.question"))
    with st.expander(t("common.how_to_read"), icon=":material/help:"):
        st.markdown(t(f"{name}.how"))
    with st.spinner(t("common.loading")):
        known, errors = views.all_facts()
    for error in errors.values():
        problem(error)
    facts.different_texts()
    facts.lacks(PAGES[name].needs, known.values())
    with reported(), check.page(name):
        yield
