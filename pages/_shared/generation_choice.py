"""Choosing another piece at a step, with ordinary controls: the same as a click on a piece."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from lmcore.charts.masked_word import percent
from lmcore.generation import Writing
from pages._shared.generation_writing import Job, choices, choose, take_back
from pages._shared.names import FAMILY_NAMES
from pages._shared.text import t, tm


def choice_part(writings: Mapping[Job, Writing]) -> None:
    """A reader, one of its steps, and what it is to write there instead."""
    st.markdown(f"#### {t('generation.choice')}")
    st.caption(t("generation.choice_how"))
    by_family = {one.family: one for one in writings}
    columns = st.columns([2, 3, 3], vertical_alignment="bottom")
    family = columns[0].segmented_control(
        t("common.reader"),
        list(by_family),
        format_func=lambda name: FAMILY_NAMES[name],
        default=next(iter(by_family)),
        required=True,
        key="generation_choice_" + "_".join(by_family),
    )
    one = by_family[family]
    writing = writings[one]
    step = columns[1].selectbox(
        t("generation.step"),
        range(1, len(writing.tokens) + 1),
        format_func=lambda n: f"{n} · {writing.tokens[n - 1].text.strip()}",
        key=f"generation_choice_step_{family}_{len(writing.tokens)}",
    )
    token = writing.tokens[step - 1]
    others = [other for other in token.alternatives if other.piece != token.piece]
    if not others:
        return
    shown = {other.piece: f"{other.text} · {percent(other.probability)}" for other in others}
    piece = columns[2].selectbox(
        t("generation.instead_of", piece=token.text.strip()),
        list(shown),
        format_func=lambda name: shown[name],
        key=f"generation_choice_piece_{family}_{step}_{'_'.join(shown)}"[:200],
    )
    with st.container(horizontal=True):
        st.button(
            t("generation.choose"),
            icon=":material/alt_route:",
            key="generation_choose",
            on_click=choose,
            args=(one, step, piece),
        )
        if choices(one):
            st.button(
                t("generation.take_back"),
                icon=":material/undo:",
                key="generation_take_back",
                on_click=take_back,
                args=(one,),
            )
    if one.forced:
        told = writing.tokens[len(one.forced) - 1] if writing.forced == len(one.forced) else token
        st.info(
            tm(
                "generation.chosen",
                reader=FAMILY_NAMES[family],
                piece=told.text.strip(),
                step=len(one.forced),
                share=percent(told.probability),
                rank=told.rank,
            )
        )
