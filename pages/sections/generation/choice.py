"""Choosing another piece at a step, with ordinary controls: the same as a click on a piece."""

import hashlib
from collections.abc import Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.analyses.generation import GenerationView
from lmcore.charts.masked_word import percent
from pages.sections.generation.jobs import Job, choices, choose, take_back
from pages.ui.address import state
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm

#: In the address: a reader, one of its steps from 1, and a piece to write there instead.
READER, STEP, PIECE = "gf", "gi", "ga"


def choice_part(texts: Mapping[Job, GenerationView]) -> None:
    """A reader, one of its steps, and what it is to write there instead."""
    st.caption(t("generation.choice_how"))
    by_family = {job.family: job for job in texts}
    columns = st.columns([2, 3, 3], vertical_alignment="bottom")
    with columns[0]:
        family = state.one_of(
            READER, list(by_family), t("common.reader"), named=lambda name: FAMILY_NAMES[name]
        )
    job = by_family[family]
    view = texts[job]
    steps = [f"{number} · {token.text.strip()}" for number, token in enumerate(view.tokens, 1)]
    place = state.which(STEP, f"{family}:{len(steps)}", steps, t("generation.step"), columns[1])
    token, step = view.tokens[place], place + 1
    names = {
        other.piece: f"{other.text} · {percent(other.probability)}"
        for other in token.alternatives
        if other.piece != token.piece
    }
    if not names:
        return
    piece = _instead(columns[2], f"{family}:{step}", token.text.strip(), names)
    _buttons(job, step, piece)
    _chosen_last(view, place)


def _instead(column: DeltaGenerator, of: str, written: str, names: Mapping[str, str]) -> str:
    """Which piece is to be written instead, asked in a column."""
    # Named by the piece and not by its place: the piece is what a link is about.
    pieces = list(names)
    widget = f"{PIECE}:{of}:{hashlib.sha256(repr(pieces).encode('utf8')).hexdigest()[:12]}"
    kept, linked = st.session_state.get(f"kept:{PIECE}"), st.query_params.get(PIECE)
    if st.session_state.get(widget) not in pieces:
        if kept is None and linked is not None and linked not in pieces:
            state.wrong(PIECE, linked)
        wanted = linked if kept is None else kept[1] if kept[0] == widget else None
        st.session_state[widget] = wanted if wanted in pieces else pieces[0]
    piece = column.selectbox(
        t("generation.instead_of", piece=written),
        pieces,
        format_func=lambda name: names[name],
        key=widget,
    )
    state.keep_text(PIECE, widget, pieces[0], piece)
    return str(piece)


def _buttons(job: Job, step: int, piece: str) -> None:
    """Write the piece at the step, or take back what was chosen last."""
    with st.container(horizontal=True):
        st.button(
            t("generation.choose"),
            icon=":material/alt_route:",
            key="generation_choose",
            on_click=choose,
            args=(job, step, piece),
        )
        if choices(job):
            st.button(
                t("generation.take_back"),
                icon=":material/undo:",
                key="generation_take_back",
                on_click=take_back,
                args=(job,),
            )


def _chosen_last(view: GenerationView, place: int) -> None:
    """Say what stands at the step that was chosen last, and how likely the reader finds it."""
    count = len(view.question.forced)
    if not count:
        return
    token = view.tokens[count - 1 if view.forced == count else place]
    st.info(
        tm(
            "generation.chosen",
            reader=FAMILY_NAMES[view.family],
            piece=token.text.strip(),
            step=count,
            share=percent(token.probability),
            rank=token.rank,
        )
    )
