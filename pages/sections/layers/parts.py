"""Readers and their directions on the Layers page: what they are called, and one beside another."""

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from lmcore.analyses.layers import ReaderPart
from lmcore.outputs.lens import Lens
from pages.ui import names
from pages.ui.figure import show_figure, show_table
from pages.ui.inputs import stranger
from pages.ui.text import t, tm


class Picture(NamedTuple):
    """A figure, what its numbers say (plain text), the numbers, and notes below it (Markdown)."""

    figure: go.Figure
    finding: str
    frame: pd.DataFrame
    notes: Sequence[str] = ()


def title(part: ReaderPart | Lens) -> str:
    """The name on the screen: “ELMo”, or “ELMo → forward”."""
    return names.stream(names.FAMILY_NAMES[part.family], part.part)


def key(part: ReaderPart | Lens) -> str:
    """Short and unique, for widgets and file names."""
    return part.family + (f"-{part.part}" if part.part else "")


def number(value: float) -> str:
    """A similarity as it stands in a sentence; a dash where there is none."""
    return f"{value:.2f}" if math.isfinite(value) else "–"


def heading(part: ReaderPart | Lens) -> None:
    """Whose picture follows."""
    st.markdown(tm("layers.heading", name=title(part)))


def draw(part: ReaderPart | Lens, name: str, alt: str, text: str, picture: Picture) -> None:
    """The picture of one part with its finding and its notes.

    Args:
        part: what the picture is of.
        name: of the file, without the part.
        alt: key of what a screen reader says, with ``{name}`` and ``{finding}``.
        text: what was read.
        picture: what is drawn.
    """
    finding = "" if stranger(part.family) else picture.finding
    spoken = t(alt, name=title(part), finding=finding)
    show_figure(picture.figure, f"{name}-{key(part)}", spoken, texts=[text])
    for note in (*([tm("layers.said", finding=finding)] if finding else ()), *picture.notes):
        st.caption(note)


def side_by_side(
    parts: Sequence[ReaderPart], name: str, alt: str, make: Callable[[ReaderPart], Picture]
) -> None:
    """One picture for each part, and the numbers of all below them.

    Args:
        parts: of one sentence, one column each.
        name: of the files.
        alt: as in :func:`draw`.
        make: the picture of a part; a widget that it has stands above the picture.
    """
    frames = []
    for column, part in zip(st.columns(len(parts)), parts, strict=True):
        with column:
            heading(part)
            picture = make(part)
            draw(part, name, alt, part.sentence.text, picture)
        frames.append(picture.frame)
    show_table(pd.concat(frames, ignore_index=True), name)
