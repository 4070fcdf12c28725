"""One sentence read by every reader that can; the others say why not and leave the rest alone."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from lmcore.errors import ReadersError
from lmcore.outputs.reading import Reading
from pages.ui import cache
from pages.ui.errors import problem
from pages.ui.text import t


def read_by_each(families: Iterable[str], text: str) -> dict[str, Reading]:
    """Readings by family; the page ends with a sentence where no reader can read the text.

    Args:
        families: readers that have loaded.
        text: a checked text.
    """
    found: dict[str, Reading] = {}
    with st.spinner(t("common.computing")):
        for family in families:
            try:
                found[family] = cache.reading(family, text)
            except ReadersError as error:
                problem(error)
    if not found:
        st.info(t("common.no_reader"))
        st.stop()
    return found
