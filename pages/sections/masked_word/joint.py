"""Several blanks on the Masked word page: each for itself beside all together."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lmcore.analyses import joint_fill
from lmcore.analyses.joint_fill import Contrast
from lmcore.analyses.masked_word import MaskedWordView
from lmcore.charts import masked_word as charts
from lmcore.outputs.answers import SIDES, Fillings
from pages.sections.masked_word.answers import name
from pages.ui.figure import show_table
from pages.ui.text import t, tm


def joint_part(views: Sequence[MaskedWordView]) -> None:
    """Two tables, what they show, and all fillings that were found for several blanks."""
    contrasts = [contrast for view in views for contrast in joint_fill.contrasts(view)]
    count = len(views[0].blanks)
    st.markdown(f"#### {t('masked_word.joint_title')}")
    st.info(_finding(contrasts))
    left, right = st.columns(2)
    with left:
        st.markdown(f"**{t('masked_word.joint_alone')}**")
        _table(_independent(contrasts, count), "blanks-alone")
        st.caption(t("masked_word.joint_alone_how"))
    with right:
        st.markdown(f"**{t('masked_word.joint_together')}**")
        _table(_together(contrasts, count), "blanks-together")
        st.caption(t("masked_word.joint_together_how"))
    joint = [fillings for view in views for fillings in view.joint]
    titles = [t("masked_word.cut_view"), t("masked_word.rank"), *_blank_titles(count)]
    titles.append(t("masked_word.joint_probability"))
    with st.expander(t("masked_word.joint_how_title"), icon=":material/help:"):
        st.markdown(t("masked_word.joint_how"))
    names = [_name(fillings) for fillings in joint]
    show_table(joint_fill.fillings_frame(joint, names, titles), "blanks-together", "joint-all")


def _table(table: pd.DataFrame, key: str) -> None:
    st.dataframe(table, hide_index=True, width="stretch", key=f"table:{key}")


def _blank_titles(count: int) -> list[str]:
    return [t("masked_word.blank", number=number) for number in range(1, count + 1)]


def _name(row: Contrast | Fillings) -> str:
    title = name(row.family, row.view)
    return title if row.tried is None else f"{title} *"


def _independent(contrasts: Sequence[Contrast], count: int) -> pd.DataFrame:
    """One row a view: each blank's likeliest word with its own probability, and the joint one."""
    columns = {t("masked_word.cut_view"): [_name(contrast) for contrast in contrasts]}
    for blank, title in enumerate(_blank_titles(count)):
        columns[title] = [
            f"{c.independent[blank]} ({charts.percent(c.marginal[blank], 2)})" for c in contrasts
        ]
    columns[t("masked_word.joint_probability")] = [
        charts.percent(contrast.independent_probability, 2) for contrast in contrasts
    ]
    return pd.DataFrame(columns)


def _together(contrasts: Sequence[Contrast], count: int) -> pd.DataFrame:
    """One row a view: the likeliest filling of all blanks."""
    columns = {t("masked_word.cut_view"): [_name(contrast) for contrast in contrasts]}
    for blank, title in enumerate(_blank_titles(count)):
        columns[title] = [contrast.together[blank] for contrast in contrasts]
    columns[t("masked_word.joint_probability")] = [
        charts.percent(contrast.together_probability, 2) for contrast in contrasts
    ]
    return pd.DataFrame(columns)


def _finding(contrasts: Sequence[Contrast]) -> str:
    """Which views of the whole sentence choose other words together, and by how much."""
    contrasts = [c for c in contrasts if c.view in SIDES["both"]] or contrasts
    clauses = [
        tm(
            "masked_word.joint_differs",
            view=name(contrast.family, contrast.view),
            apart=" … ".join(contrast.independent),
            together=" … ".join(contrast.together),
            times=_times(contrast.times),
        )
        for contrast in contrasts
        if contrast.differs
    ]
    same = [name(contrast.family, contrast.view) for contrast in contrasts if not contrast.differs]
    if same:
        clauses.append(tm("masked_word.joint_same", views=t("common.comma").join(same)))
    finding = t("common.semicolon").join(clauses) + t("common.stop")
    return finding[:1].upper() + finding[1:]


def _times(value: float) -> str:
    """A ratio with two figures that mean something, never in exponents below a million."""
    return f"{value:.1f}" if value < 10 else f"{float(f'{min(value, 1e9):.2g}'):,.0f}"
