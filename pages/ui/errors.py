"""What goes wrong, said in one sentence in its own place: the rest of the page goes on."""

import streamlit as st

from lmcore.errors import ReadersError
from pages.ui.text import md, t


def explained(error: ReadersError) -> str:
    """What is wrong and what to do, in the interface language; plain text."""
    return t(f"error.{error.code}", **error.values)


def problem(error: ReadersError) -> None:
    """Say in the interface language what is wrong and what to do."""
    st.error(md(explained(error)), icon=":material/error:")
