"""Lines from the words that look to the words they look at, drawn in the reader's browser.

A component of ours instead of a figure: hovering, focusing or clicking a word isolates its lines
without a rerun, and thousands of Plotly traces would take seconds. The words reach the page through
``textContent`` only, the colours are those of the theme.
"""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from pages.ui.components.files import files

#: Weights below this are not drawn; the table has all of them.
LEAST = 0.02

_lines = st.components.v2.component(
    "three_readers_lines", html='<div class="lines"></div>', **files(__file__)
)


def lines(names: Sequence[str], matrix: np.ndarray, top: float, title: str, key: str) -> None:
    """Draw the weights of one map as lines; left the units that look, right those looked at.

    Args:
        names: ``[N]`` a user's words, plain.
        matrix: ``[N, N]``; NaN and weights below :data:`LEAST` are not drawn.
        top: weight from which on a line is opaque.
        title: what a screen reader says.
        key: of the component.
    """
    data = {"names": list(names), "links": links_of(matrix), "top": top, "title": title}
    _lines(key=key, data=data)


def links_of(matrix: np.ndarray) -> list[list[float]]:
    """``[row, column, weight]`` of every weight of ``[N, N]`` that is drawn."""
    rows, columns = np.nonzero(np.nan_to_num(matrix) >= LEAST)
    weights = matrix[rows, columns].round(3)
    links = zip(rows.tolist(), columns.tolist(), weights.tolist(), strict=True)
    return [list(link) for link in links]
