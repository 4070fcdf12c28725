"""The ways from Home to the other pages."""

from __future__ import annotations

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from pages.ui.navigation import PAGES, file_of
from pages.ui.text import t

#: Pixels: two cards stand side by side on a telephone, five on a wide screen.
CARD_WIDTH = 150


def show(home: str = "home") -> None:
    """One link a page with the question that it answers."""
    with st.container(horizontal=True, gap="small"):
        for name in PAGES:
            if name != home:
                with st.container(border=True, width=CARD_WIDTH, height="stretch", gap="xxsmall"):
                    _link(name)
                    st.caption(t(f"home.go.{name}"))


def _link(name: str) -> None:
    try:
        st.page_link(file_of(name), label=t(f"{name}.title"), icon=PAGES[name].icon)
    except StreamlitPageNotFoundError:
        # The page runs without a menu (in a test): there is nothing to go to.
        st.markdown(t(f"{name}.title"))
