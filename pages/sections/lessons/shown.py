"""What a panel of a lesson holds: a picture, what its numbers say, and the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.ui.figure import show_figure, show_table
from pages.ui.text import md, t


@dataclass(frozen=True)
class Shown:
    """One picture of a panel.

    Attributes:
        name: file name, ours, unique within a lesson's step.
        title: above the picture, plain; may be empty.
        figure: the picture.
        said: the finding, plain text.
        frame: the numbers.
    """

    name: str
    title: str
    figure: go.Figure
    said: str
    frame: pd.DataFrame


def draw(one: Shown, texts: Sequence[str] = ()) -> None:
    """Heading, picture, finding and numbers.

    Args:
        one: what is drawn.
        texts: what was read, for the caption of the saved picture.
    """
    if one.title:
        st.markdown(f"**{md(one.title)}**")
    show_figure(one.figure, one.name, t("lessons.alt", finding=one.said), texts=texts)
    st.markdown(md(one.said))
    show_table(one.frame, one.name)
