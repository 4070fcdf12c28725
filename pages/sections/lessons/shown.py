"""What a panel of a lesson holds: a picture, what its numbers say, and the numbers."""

from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from pages.ui.figure import show_figure, show_table
from pages.ui.text import md, t


class Said(NamedTuple):
    """What stands beside a picture: a heading (may be empty), the finding, the numbers."""

    title: str
    finding: str
    frame: pd.DataFrame


class Shown(NamedTuple):
    """One picture of a panel.

    Attributes:
        name: file name, ours, unique within a lesson's step.
        figure: the picture.
        title: above the picture, plain; may be empty.
        finding: what its numbers say, plain text.
        frame: the numbers.
    """

    name: str
    figure: go.Figure
    title: str
    finding: str
    frame: pd.DataFrame


def draw(picture: Shown, texts: Sequence[str] = ()) -> None:
    """Heading, picture, finding and numbers; ``texts``: what was read, for the saved caption."""
    if picture.title:
        st.markdown(f"**{md(picture.title)}**")
    show_figure(
        picture.figure, picture.name, t("lessons.alt", finding=picture.finding), texts=texts
    )
    st.markdown(md(picture.finding))
    show_table(picture.frame, picture.name)
