"""Pictures with a text alternative and a menu that saves them, tables with their CSV."""

from collections.abc import Callable, Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from lmcore.charts.theme import upright
from pages.ui.page import fragment
from pages.ui.save_menu import SavedPicture, contents, csv
from pages.ui.text import t


def show_figure(
    figure: go.Figure,
    name: str,
    alt: str,
    key: str | None = None,
    on_click: Callable[[], None] | None = None,
    texts: Sequence[str] = (),
    row: str = "",
) -> None:
    """Show a figure, and below it the menu that saves it as SVG, PNG and CSV.

    Args:
        name: file name of the download (ours, never a user's text).
        alt: what a screen reader says.
        key: of the chart, ``name`` if not given.
        on_click: called before the rerun when a mark is clicked; the chosen points stand in the
            session state under the chart's key.
        texts: what was read, for the caption; none for a picture of stored results.
        row: what it has in common with pictures that stand beside it and may be saved with it; the
            key without reader and direction if empty.
    """
    st.plotly_chart(
        upright(figure),
        width="stretch",
        theme="streamlit",
        alt=alt,
        key=key or name,
        on_select=on_click or "ignore",
        selection_mode="points",
        # No tool bar: it covers titles and words on a telephone, and its eight buttons stand in the
        # way of the keyboard. The menu below saves.
        config={"displayModeBar": False},
    )
    save(SavedPicture(name, key or name, alt, tuple(texts), figure, row=row))


def save(picture: SavedPicture) -> None:
    """A small menu below a picture; what it holds is made only when it is opened."""
    st.session_state.setdefault("pictures", {})[picture.key] = picture
    _menu(picture)


@fragment
def _menu(picture: SavedPicture) -> None:
    menu = st.popover(
        t("saving.save"),
        icon=":material/download:",
        type="tertiary",
        key=f"save:{picture.key}",
        on_change="rerun",
        help=t("saving.help"),
    )
    if menu.open:
        with menu, st.container(width=360):
            contents(picture)


def show_table(frame: pd.DataFrame, name: str, key: str | None = None) -> None:
    """The numbers under a picture: a table that can be folded away, and the same as CSV."""
    with st.expander(t("common.numbers"), icon=":material/table:"):
        st.dataframe(frame, width="stretch", hide_index=True, key=f"table:{key or name}")
        st.download_button(
            t("common.download_csv"),
            data=lambda: csv(frame),
            file_name=f"{name}.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
            key=f"csv:{key or name}",
        )
