"""Stored results of benchmarks on several pages: what rows are called, and what is said of them."""

from __future__ import annotations

import streamlit as st

from lmcore.evaluation import stored
from lmcore.runtime.families import TITLES
from lmcore.text.catalogue import catalogue
from pages.ui.text import t, tm


def row_name(row: str) -> str:
    """What a row of a result is called: a reader, or a reference that needs none."""
    key = f"history.row.{row}"
    return t(key) if key in catalogue() else TITLES.get(row, row)


def how_to_measure(benchmark: str, sentence: str = "history.no_results") -> None:
    """Say that a benchmark has no results, and what makes them.

    Args:
        benchmark: its name.
        sentence: key of what is said above the command.
    """
    st.caption(t(sentence))
    st.code(stored.command(benchmark), language="bash", wrap_lines=True)


def limited(rows: stored.Rows) -> None:
    """Say that only a part of the data was measured, where it was."""
    if limits := stored.limits(rows):
        st.caption(tm("history.limited", limit=", ".join(limits)))
