"""Several blanks on the Masked word page: each for itself beside all together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from lmcore.analyses import joint_fill
from lmcore.analyses.joint_fill import Contrast
from lmcore.charts import masked_word as charts
from lmcore.outputs.answers import SIDES, BlankAnswers
from pages.sections.masked_word.candidates import name
from pages.ui.figure import show_table
from pages.ui.text import t, tm


def joint_part(found: Mapping[str, BlankAnswers], count: int) -> None:
    """Two tables, what they show, and all fillings that were found.

    Args:
        found: by family.
        count: how many blanks there are; with one there is nothing to compare.
    """
    contrasts = [one for own in found.values() for one in joint_fill.contrasts(own)]
    if count < 2 or not contrasts:
        return
    st.markdown(f"#### {t('masked_word.joint_title')}")
    st.info(_finding(contrasts))
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{t('masked_word.joint_alone')}**")
        _table(_alone(contrasts, count), "blanks-alone")
        st.caption(t("masked_word.joint_alone_how"))
    with right:
        st.markdown(f"**{t('masked_word.joint_together')}**")
        _table(_together(contrasts, count), "blanks-together")
        st.caption(t("masked_word.joint_together_how"))
    joint = [own for given in found.values() for own in given.joint]
    titles = [t("masked_word.cut_view"), t("masked_word.rank"), *_blank_titles(count)]
    titles.append(t("masked_word.joint_probability"))
    with st.expander(t("masked_word.joint_how_title"), icon=":material/help:"):
        st.markdown(t("masked_word.joint_how"))
    names = [_name(own.family, own.view, own.tried) for own in joint]
    show_table(joint_fill.fillings_frame(joint, names, titles), "blanks-together", "joint-all")


def _table(table: pd.DataFrame, key: str) -> None:
    st.dataframe(table, hide_index=True, width="stretch", key=f"table:{key}")


def _blank_titles(count: int) -> list[str]:
    return [t("masked_word.blank", number=number) for number in range(1, count + 1)]


def _name(family: str, view: str, tried: int | None) -> str:
    shown = name(family, view)
    return shown if tried is None else f"{shown} *"


def _alone(contrasts: Sequence[Contrast], count: int) -> pd.DataFrame:
    """One row a view: each blank's likeliest word with its own probability, and the joint one."""
    table = pd.DataFrame(
        {t("masked_word.cut_view"): [_name(one.family, one.view, one.tried) for one in contrasts]}
    )
    for blank, title in enumerate(_blank_titles(count)):
        table[title] = [
            f"{one.independent[blank]} ({charts.percent(one.marginal[blank], 2)})"
            for one in contrasts
        ]
    table[t("masked_word.joint_probability")] = [
        charts.percent(one.apart_probability, 2) for one in contrasts
    ]
    return table


def _together(contrasts: Sequence[Contrast], count: int) -> pd.DataFrame:
    """One row a view: the likeliest filling of all blanks."""
    table = pd.DataFrame(
        {t("masked_word.cut_view"): [_name(one.family, one.view, one.tried) for one in contrasts]}
    )
    for blank, title in enumerate(_blank_titles(count)):
        table[title] = [one.together[blank] for one in contrasts]
    table[t("masked_word.joint_probability")] = [
        charts.percent(one.together_probability, 2) for one in contrasts
    ]
    return table


def _finding(contrasts: Sequence[Contrast]) -> str:
    """Which views of the whole sentence choose other words together, and by how much."""
    contrasts = [one for one in contrasts if one.view in SIDES["both"]] or contrasts
    clauses = [
        tm(
            "masked_word.joint_differs",
            view=name(one.family, one.view),
            apart=" … ".join(one.independent),
            together=" … ".join(one.together),
            times=_times(one.times),
        )
        for one in contrasts
        if one.differs
    ]
    same = [name(one.family, one.view) for one in contrasts if not one.differs]
    if same:
        clauses.append(tm("masked_word.joint_same", views=t("common.comma").join(same)))
    said = t("common.semicolon").join(clauses) + t("common.stop")
    return said[:1].upper() + said[1:]


def _times(value: float) -> str:
    """A ratio with two figures that mean something, never in exponents below a million."""
    return f"{value:.1f}" if value < 10 else f"{float(f'{min(value, 1e9):.2g}'):,.0f}"
