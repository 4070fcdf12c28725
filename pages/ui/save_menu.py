"""Saving a picture: SVG, PNG and CSV, each with one click, drawn by the server only when asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from lmcore.export.table import table
from lmcore.runtime import disk
from pages.ui import captions
from pages.ui.page import fragment
from pages.ui.text import md, t, tm

PALETTES = ("light", "dark", "print")
Kind = Literal["svg", "png"]
_MIME = {"svg": "image/svg+xml", "png": "image/png"}


@fragment
def save(
    figure: go.Figure,
    name: str,
    shown: str,
    place: str,
    csv: Callable[[pd.DataFrame], bytes],
    texts: Sequence[str] = (),
) -> None:
    """A small menu below a picture; what it holds is made only when it is opened.

    Args:
        figure: the picture.
        name: of the files, ours.
        shown: what the picture shows, for its caption.
        place: tells the menus of a page apart.
        csv: writes a table.
        texts: what was read, for its caption; none for a picture of stored results.
    """
    menu = st.popover(
        t("saving.save"),
        icon=":material/download:",
        type="tertiary",
        key=f"save:{place}",
        on_change="rerun",
        help=t("saving.help"),
    )
    if not menu.open:
        return
    disk.prepare()  # the drawing library may be imported now
    with menu, st.container(width=360):
        palette = _palette(place)
        said = captions.caption(name, place, shown, texts)
        kinds: tuple[Kind, ...] = ("svg", "png")
        with st.container(horizontal=True, gap="small"):
            for kind in kinds:
                st.download_button(
                    kind.upper(),
                    data=lambda kind=kind: drawn(figure, kind, palette, said),
                    file_name=f"{name}-{palette}.{kind}",
                    mime=_MIME[kind],
                    on_click="ignore",
                    key=f"{kind}:{place}",
                )
            st.download_button(
                "CSV",
                data=lambda: csv(table(figure)),
                file_name=f"{name}-picture.csv",
                mime="text/csv",
                on_click="ignore",
                key=f"picture-csv:{place}",
            )
        st.caption(t("saving.caption"))
        for line in said.splitlines():
            st.caption(md(line))
        _fonts(figure, said)


def _palette(place: str) -> str:
    """Light, dark or print; the one of the page at first."""
    own = "dark" if st.context.theme.type == "dark" else "light"
    chosen = st.segmented_control(
        t("saving.palette"),
        PALETTES,
        default=st.session_state.get("palette", own),
        format_func=lambda one: t(f"saving.{one}"),
        key=f"palette:{place}",
        required=True,
    )
    st.session_state["palette"] = chosen or own  # the next picture most likely goes there too
    return str(chosen or own)


def drawn(figure: go.Figure, kind: Kind, palette: str, caption: str) -> bytes:
    """The picture as a file; the drawing library loads with the first one."""
    from lmcore.charts import export

    return (export.svg if kind == "svg" else export.png)(figure, palette, caption).data


def _fonts(figure: go.Figure, caption: str) -> None:
    """Say which signs will not look as they should."""
    from lmcore.charts.export_text import undrawn

    frame = table(figure)
    texts = [caption, *(str(v) for c in frame for v in frame[c] if isinstance(v, str))]
    signs = undrawn(texts)
    if signs:
        st.warning(tm("saving.undrawn", signs=" ".join(signs[:40])), icon=":material/translate:")
