"""All heads of a reader as small pictures in a grid, drawn in the reader's browser.

A component of ours instead of a figure: each picture is a button that a mouse, a finger or the
keyboard can press, and hundreds of them stand in a few milliseconds. What is sent is one byte a
cell.
"""

from base64 import b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from lmcore.charts.attention import palette
from pages.ui.components.files import files

_grid = st.components.v2.component(
    "three_readers_thumbnails", html='<div class="small"></div>', **files(__file__)
)


@dataclass(frozen=True)
class Grid:
    """Small pictures and what is said of them.

    Attributes:
        pictures: uint8 ``[L, C, n, n]`` of
            :func:`lmcore.analyses.attention_heads.small_pictures`.
        columns: ``[C]`` names of the columns.
        hovers: ``[L * C]`` what to say of each picture, row by row: plain text, ours.
        chosen: row and column of the one that is marked.
        colour: of the mark.
        title: what a screen reader says.
    """

    pictures: np.ndarray
    columns: Sequence[str]
    hovers: Sequence[str]
    chosen: tuple[int, int]
    colour: str
    title: str


def grid(small: Grid, key: str, on_picked: Callable[[], None]) -> None:
    """Draw the small pictures; pressing one calls ``on_picked``.

    Args:
        small: the pictures.
        key: of the component; the number of the picked picture stands under it as ``picked``.
        on_picked: called before the rerun.
    """
    rows, count, size, _ = small.pictures.shape
    data = {
        "pictures": b64encode(np.ascontiguousarray(small.pictures).tobytes()).decode("ascii"),
        "size": size,
        "rows": [str(row) for row in range(1, rows + 1)],
        "columns": list(small.columns),
        "hovers": list(small.hovers),
        "chosen": small.chosen[0] * count + small.chosen[1],
        "colour": small.colour,
        "palette": b64encode(palette()).decode("ascii"),
        "title": small.title,
    }
    _grid(key=key, data=data, on_picked_change=on_picked)
