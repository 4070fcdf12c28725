"""The ways from Home to the other pages."""

from __future__ import annotations

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from pages._shared.navigation import PAGES
from pages._shared.text import t


def show(home: str = "home") -> None:
    """One link a page with the question that it answers."""
    others = [name for name in PAGES if name != home]
    for column, name in zip(st.columns(len(others)), others, strict=True):
        with column, st.container(border=True, height="stretch"):
            _link(name)
            st.caption(t(f"home.go.{name}"))


def _link(name: str) -> None:
    try:
        st.page_link(f"pages/{name}.py", label=t(f"{name}.title"), icon=PAGES[name])
    except StreamlitPageNotFoundError:
        # The page runs without app.py (in a test): there is nothing to go to.
        st.markdown(t(f"{name}.title"))
