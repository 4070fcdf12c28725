"""What deleting the words behind a blank changes, on the Masked word page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from lmcore.analyses import masked_word
from lmcore.analyses.masked_word import Change
from lmcore.charts import masked_word as charts
from lmcore.charts.masked_word import percent
from lmcore.outputs.answers import Answer
from pages.sections.masked_word.candidates import name
from pages.ui.figure import show_figure, show_table
from pages.ui.text import t, tm


def right_part(
    text: str,
    found: Mapping[str, Sequence[Answer]],
    cut: Mapping[str, Sequence[Answer]],
    texts: Sequence[str],
) -> None:
    """Differences of the probabilities, by reader and view.

    Args:
        text: what was deleted.
        found, cut: answers with and without it, by family.
        texts: what was read, for captions.
    """
    changes = [
        masked_word.change(full, other)
        for family, own in found.items()
        for full, other in zip(own, cut.get(family, ()), strict=False)
    ]
    if not changes:
        return
    st.markdown(f"#### {t('masked_word.cut_title')}")
    st.caption(tm("masked_word.cut_note", text=text))
    st.info(_finding(changes))
    moving = [one for one in changes if not one.still]
    for column, one in zip(st.columns(max(len(moving), 1)), moving, strict=False):
        with column, st.container(border=True):
            title = name(one.family, one.view)
            st.markdown(f"**{title}**")
            alt = t("masked_word.cut_alt", view=title, words=", ".join(one.words))
            axis = t("masked_word.cut_axis")
            figure = charts.differences(one, axis=axis)
            place = f"right:{one.family}:{one.view}"
            show_figure(figure, "masked-word-without-right", alt, place, texts=texts)
    show_table(_table(changes), "masked-word-without-right")


def _finding(changes: Sequence[Change]) -> str:
    moved = [
        tm(
            "masked_word.cut_moves",
            view=name(one.family, one.view),
            share=percent(one.moved, 2),
        )
        for one in changes
        if not one.still
    ]
    still = [name(one.family, one.view) for one in changes if one.still]
    if still:
        moved.append(tm("masked_word.cut_still", views=t("masked_word.and").join(still)))
    return t("masked_word.cut_finding") + t("common.semicolon").join(moved) + t("common.stop")


def _table(changes: Sequence[Change]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            t("masked_word.cut_view"): [name(one.family, one.view) for one in changes],
            t("masked_word.cut_before"): [one.before.word for one in changes],
            t("masked_word.probability"): [one.before.probability for one in changes],
            t("masked_word.cut_after"): [one.after.word for one in changes],
            f"{t('masked_word.probability')} ": [one.after.probability for one in changes],
            t("masked_word.cut_moved"): [100 * one.moved for one in changes],
        }
    )
