"""What goes wrong, said in one sentence in its own place: the rest of the page goes on."""

from __future__ import annotations

import streamlit as st

from lmcore.errors import ReadersError
from pages.ui.text import md, t


def problem(error: ReadersError) -> None:
    """Say in the interface language what is wrong and what to do."""
    st.error(md(t(f"error.{error.code}", **error.values)), icon=":material/error:")
