"""The list of pages, and the way back to it for a visitor whose first address is a page's own.

A folder named ``pages`` makes Streamlit run its older pages mode until some session calls
``st.navigation``. On a fresh server a direct address (``/attention``) would then show that page
without the frame of ``app.py``: no language, no names. :func:`ensure` notices and starts over.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages.ui.text import t

#: Pages in the order of the menu, with their icons; the first is where ``/`` leads.
PAGES = {
    "home": ":material/home:",
    "lessons": ":material/cast_for_education:",
    "polysemy": ":material/scatter_plot:",
    "attention": ":material/grid_on:",
    "layers": ":material/layers:",
    "masked_word": ":material/password:",
    "generation": ":material/edit_note:",
    "sentence_score": ":material/balance:",
    "finetuning": ":material/model_training:",
    "history": ":material/school:",
}


#: The first icon of the tab, a sign: the browser would fetch those of the pages from afar.
SIGN = "📚"


def navigation() -> StreamlitPage:
    """Declare the pages; the one to run comes back."""
    first = next(iter(PAGES))
    pages = [
        st.Page(
            f"pages/{name}.py",
            title=t(f"{name}.title"),
            url_path=None if name == first else name,
            icon=icon,
            default=name == first,
        )
        for name, icon in PAGES.items()
    ]
    st.session_state["framed"] = True
    return st.navigation(pages)


def ensure() -> None:
    """Start over with the frame where this page was opened without it (see the module's text)."""
    context = get_script_run_ctx()
    framed = st.session_state.get("framed", False)
    if framed or context is None or Path(context.main_script_path).name != "app.py":
        return
    st.set_page_config(page_icon=SIGN)
    navigation()
    st.rerun()
