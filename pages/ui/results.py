"""Stored results of benchmarks on several pages: what rows are called, and what is said of them."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
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
    """Say (a key) that a benchmark has no results, and what makes them."""
    st.caption(t(sentence))
    st.code(stored.command(benchmark), language="bash", wrap_lines=True)


def limited(rows: stored.Rows) -> None:
    """Say that only a part of the data was measured, where it was."""
    if limits := stored.limits(rows):
        st.caption(tm("history.limited", limit=", ".join(limits)))


def layers_table(
    curves: Mapping[str, np.ndarray], levels: Mapping[str, float], metric: str
) -> pd.DataFrame:
    """One row a layer of a reader, and one for each reference.

    Args:
        curves: values ``[L + 1]`` by row of a result.
        levels: what references without layers reach, by their name on the screen.
        metric: title of the values.
    """
    rows: list[tuple[str, int | None, float]] = [
        (row_name(name), layer, float(value))
        for name, values in curves.items()
        for layer, value in enumerate(values)
    ]
    rows += [(name, None, value) for name, value in levels.items()]
    frame = pd.DataFrame(rows, columns=[t("common.reader"), t("common.layer"), metric])
    return frame.astype({t("common.layer"): "Int64"})
