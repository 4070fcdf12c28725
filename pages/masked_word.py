"""Masked word: a sentence with one blank, and what each reader would write into it."""

from __future__ import annotations

import streamlit as st

from lmcore.cloze import MAX_ASKED, asked_words
from lmcore.errors import ReadersError
from pages._shared import masked_word as parts
from pages._shared.frame import page, problem
from pages._shared.sentence_pair import pair_part
from pages._shared.text import t


def cloze() -> None:
    """The blank, every reader's answers, and what can be asked about them."""
    blank = parts.blank_box()
    left, right = st.columns(2, vertical_alignment="bottom")
    asked = left.text_input(
        t("masked_word.asked"),
        placeholder=parts.EXAMPLE_ASKED,
        key="w",
        bind="query-params",
        help=t("masked_word.asked_help", limit=MAX_ASKED),
    )
    k = right.slider(t("masked_word.k"), 3, 20, 8, key="mk", bind="query-params")
    same_axis = left.toggle(t("masked_word.same_axis"), key="mx", persist_state="session")
    delete = right.toggle(t("masked_word.cut"), key="mr", persist_state="session")
    example = parts.EXAMPLE_ASKED if blank.sentence.text == parts.EXAMPLE else ""
    words = asked_words(asked or example, blank.hidden)
    with st.spinner(t("common.computing")):
        found = parts.answers_of_all(blank)
        told = parts.asked_of_all(blank, list(found), words)
        deletable = delete and bool(blank.right.strip())
        cut = parts.answers_of_all(blank.without_right()) if deletable else {}
    if delete and not deletable:
        st.caption(t("masked_word.cut_none"))
    if not found:
        st.info(t("common.no_reader"))
        return
    parts.notes(blank, list(found))
    parts.grid(found, cut, k=k, same_axis=same_axis, asked=words)
    if cut:
        parts.cut_part(blank, found, cut)
    everything = [answer for own in found.values() for answer in own]
    parts.table(everything, k, words, told)
    if words:
        parts.asked_part(everything, words, told, blank.hidden)


with page("masked_word"):
    try:
        cloze()
    except ReadersError as error:
        problem(error)
    pair_part()
