"""Choosing another piece at a step, with ordinary controls: the same as a click on a piece."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.analyses.generation import Writing
from lmcore.charts.masked_word import percent
from lmcore.outputs.reading import GeneratedToken
from pages.sections.generation.jobs import Job, choices, choose, take_back
from pages.ui.address import state
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm

#: In the address: a reader, one of its steps from 1, and a piece to write there instead.
READER, STEP, PIECE = "gf", "gi", "ga"


def _instead(column: DeltaGenerator, of: str, written: str, shown: Mapping[str, str]) -> str:
    """Which piece is to be written instead.

    Args:
        column: where to ask.
        of: reader and step.
        written: what stands there.
        shown: what might stand there, with names.
    """
    # Named by the piece and not by its place: the piece is what a link is about.
    pieces = list(shown)
    widget = f"{PIECE}:{of}:{hashlib.sha256(repr(pieces).encode('utf8')).hexdigest()[:12]}"
    kept, asked = st.session_state.get(f"kept:{PIECE}"), st.query_params.get(PIECE)
    if st.session_state.get(widget) not in pieces:
        if kept is None and asked is not None and asked not in pieces:
            state.wrong(PIECE, asked)
        wanted = asked if kept is None else kept[1] if kept[0] == widget else None
        st.session_state[widget] = wanted if wanted in pieces else pieces[0]
    piece = column.selectbox(
        t("generation.instead_of", piece=written),
        pieces,
        format_func=lambda name: shown[name],
        key=widget,
    )
    state.keep(PIECE, pieces[0], piece)
    st.session_state[f"kept:{PIECE}"] = (widget, piece)
    return str(piece)


def choice_part(writings: Mapping[Job, Writing]) -> None:
    """A reader, one of its steps, and what it is to write there instead."""
    st.markdown(f"#### {t('generation.choice')}")
    st.caption(t("generation.choice_how"))
    by_family = {one.family: one for one in writings}
    columns = st.columns([2, 3, 3], vertical_alignment="bottom")
    with columns[0]:
        family = state.one_of(
            READER, list(by_family), t("common.reader"), named=lambda name: FAMILY_NAMES[name]
        )
    one = by_family[family]
    writing = writings[one]
    widget = f"{STEP}:{family}:{len(writing.tokens)}"
    state.place(STEP, widget, len(writing.tokens))
    place = columns[1].selectbox(
        t("generation.step"),
        range(len(writing.tokens)),
        format_func=lambda n: f"{n + 1} · {writing.tokens[n].text.strip()}",
        key=widget,
    )
    state.keep_place(STEP, widget, place)
    token, step = writing.tokens[place], place + 1
    others = [other for other in token.alternatives if other.piece != token.piece]
    if not others:
        return
    shown = {other.piece: f"{other.text} · {percent(other.probability)}" for other in others}
    piece = _instead(columns[2], f"{family}:{step}", token.text.strip(), shown)
    _buttons(one, step, piece)
    if one.forced:
        told = writing.tokens[len(one.forced) - 1] if writing.forced == len(one.forced) else token
        _tell_chosen(one, told)


def _buttons(one: Job, step: int, piece: str) -> None:
    """Write the piece at the step, or take back what was chosen last."""
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


def _tell_chosen(one: Job, told: GeneratedToken) -> None:
    """Say what stands at the step that was chosen last, and how likely the reader finds it."""
    st.info(
        tm(
            "generation.chosen",
            reader=FAMILY_NAMES[one.family],
            piece=told.text.strip(),
            step=len(one.forced),
            share=percent(told.probability),
            rank=told.rank,
        )
    )
