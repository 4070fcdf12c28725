"""What deleting the words behind a blank changes, on the Masked word page."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lmcore.analyses.without_right import Change
from lmcore.charts import masked_word as charts
from lmcore.charts.masked_word import percent
from pages.sections.masked_word.answers import name
from pages.ui.figure import show_figure, show_table
from pages.ui.text import t, tm


def right_part(deleted: str, changes: Sequence[Change], texts: Sequence[str]) -> None:
    """Differences of the probabilities, by reader and view.

    Args:
        deleted: the words behind the blank.
        changes: by reader, by view.
        texts: what was read, for captions.
    """
    if not changes:
        return
    st.markdown(f"#### {t('masked_word.cut_title')}")
    st.caption(tm("masked_word.cut_note", text=deleted))
    st.info(_finding(changes))
    moving = [change for change in changes if not change.still]
    for column, change in zip(st.columns(max(len(moving), 1)), moving, strict=False):
        with column, st.container(border=True):
            title = name(change.family, change.view)
            st.markdown(f"**{title}**")
            alt = t("masked_word.cut_alt", view=title, words=", ".join(change.words))
            axis = t("masked_word.cut_axis")
            figure = charts.differences(change, axis=axis)
            place = f"right:{change.family}:{change.view}"
            show_figure(figure, "masked-word-without-right", alt, place, texts=texts)
    show_table(_table(changes), "masked-word-without-right")


def _finding(changes: Sequence[Change]) -> str:
    clauses = [
        tm(
            "masked_word.cut_moves",
            view=name(change.family, change.view),
            share=percent(change.moved, 2),
        )
        for change in changes
        if not change.still
    ]
    still = [name(change.family, change.view) for change in changes if change.still]
    if still:
        clauses.append(tm("masked_word.cut_still", views=t("masked_word.and").join(still)))
    return t("masked_word.cut_finding") + t("common.semicolon").join(clauses) + t("common.stop")


def _table(changes: Sequence[Change]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("masked_word.cut_view"): [name(c.family, c.view) for c in changes],
            t("masked_word.cut_before"): [c.before.word for c in changes],
            t("masked_word.probability"): [c.before.probability for c in changes],
            t("masked_word.cut_after"): [c.after.word for c in changes],
            f"{t('masked_word.probability')} ": [c.after.probability for c in changes],
            t("masked_word.cut_moved"): [100 * c.moved for c in changes],
        }
    )
