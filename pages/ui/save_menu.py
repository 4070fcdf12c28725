"""The menu that saves a picture as SVG and PNG, drawn by the browser that shows it, and as CSV."""

import re
from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from lmcore.export.palette import PALETTES
from lmcore.export.table import table
from pages.ui import captions
from pages.ui.components.save_figure import Part, save_pictures
from pages.ui.text import md, t


@dataclass(frozen=True, eq=False)
class SavedPicture:
    """What a menu saves.

    Attributes:
        name: of the files, ours.
        key: of the element that shows it.
        alt: what it shows, for its caption.
        texts: what was read, for its caption; none for a picture of stored results.
        figure: as Plotly shows it; ``None`` where a component of ours or HTML does.
        numbers: the table, where it is not that of the figure.
        row: pictures of the same row stand side by side; the key without reader and direction
            if empty.
        legend: key of an element that says what the colours mean, where there is one.
    """

    name: str
    key: str
    alt: str
    texts: tuple[str, ...] = ()
    figure: go.Figure | None = None
    numbers: pd.DataFrame | None = None
    row: str = ""
    legend: str = ""

    def together(self) -> str:
        """What pictures that are saved side by side have in common."""
        alike = captions.FAMILY.sub(lambda found: found[0].replace(found[1], "*"), self.key)
        return self.row or captions.DIRECTION.sub("", alike)


def contents(picture: SavedPicture) -> None:
    """What the menu of a picture holds."""
    palette = _palette(picture.key)
    pictures = _chosen(picture)
    if len(pictures) > 1:
        caption = captions.together([(p.name, p.key, p.alt, p.texts) for p in pictures])
    else:
        caption = captions.caption(picture.name, picture.key, picture.alt, picture.texts)
    parts = [Part(p.key, captions.heading(p.name, p.key), p.figure) for p in pictures]
    name = picture.together().replace("*", "all") if len(pictures) > 1 else picture.name
    with st.container(horizontal=True, gap="small"):
        key = f"picture:{picture.key}"
        save_pictures(parts, palette, caption, f"{_file(name)}-{palette}", key, picture.legend)
        st.download_button(
            "CSV",
            data=lambda: csv(_numbers(picture)),
            file_name=f"{picture.name}-picture.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"picture-csv:{picture.key}",
        )
    st.caption(t("saving.caption"))
    for line in caption.splitlines():
        st.caption(md(line))


def _file(name: str) -> str:
    return re.sub(r"[^\w-]+", "-", name)


def _numbers(picture: SavedPicture) -> pd.DataFrame:
    if picture.numbers is not None:
        return picture.numbers
    assert picture.figure is not None
    return table(picture.figure)


def _palette(key: str) -> str:
    """Light, dark or print; the one of the page at first."""
    usual = "dark" if st.context.theme.type == "dark" else "light"
    chosen = st.segmented_control(
        t("saving.palette"),
        list(PALETTES),
        default=st.session_state.get("palette", usual),
        format_func=lambda palette: t(f"saving.{palette}"),
        key=f"palette:{key}",
        required=True,
    )
    st.session_state["palette"] = chosen or usual  # the next picture most likely goes there too
    return str(chosen or usual)


def _chosen(picture: SavedPicture) -> list[SavedPicture]:
    """The picture alone, or with those that stand beside it where that is wanted."""
    state = st.session_state
    shown: dict[str, SavedPicture] = {
        **state.get("pictures_before", {}),
        **state.get("pictures", {}),
    }
    row = [other for other in shown.values() if other.together() == picture.together()]
    row.sort(key=lambda other: captions.order(other.name, other.key))
    if len(row) < 2:
        return [picture]
    wanted = st.toggle(t("saving.together", count=len(row)), key=f"together:{picture.key}")
    return row if wanted else [picture]


#: What a spreadsheet takes for the beginning of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv(frame: pd.DataFrame) -> bytes:
    """A frame as CSV with a byte-order mark, so that spreadsheets read 中文.

    A cell or a heading that a spreadsheet would take for a formula is led by an apostrophe. Rows
    end as RFC 4180 has it, which also puts texts with a carriage return into quotes.
    """
    safe = frame.map(_inert).rename(columns=_inert)
    return safe.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")


def _inert(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
