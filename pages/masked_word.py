"""Masked word: a sentence with blanks, and what each reader would write into them."""

from __future__ import annotations

import streamlit as st

from lmcore.errors import ReadersError
from lmcore.text.cloze import MAX_ASKED, Cloze, asked_words
from pages.sections.masked_word import asked_words as asking
from pages.sections.masked_word import candidates as parts
from pages.sections.masked_word.blanks import ASKED, blank_box
from pages.sections.masked_word.joint import joint_part
from pages.sections.masked_word.next_sentence import pair_part
from pages.sections.masked_word.without_right import right_part
from pages.ui.address import state
from pages.ui.errors import problem
from pages.ui.page import page
from pages.ui.text import t


def controls(cloze: Cloze, example: str) -> tuple[int, int, bool, bool, list[str]]:
    """The blank that is looked at, words a picture, same scale, without the right side, asked."""
    which = parts.which_blank(cloze)
    left, right = st.columns(2, vertical_alignment="bottom")
    asked = left.text_input(
        t("masked_word.asked"),
        placeholder=example or None,
        key=ASKED,
        bind="query-params",
        help=t("masked_word.asked_help", limit=MAX_ASKED),
    )
    k = right.slider(t("masked_word.k"), 3, 20, 8, key="mk", bind="query-params")
    same_axis = state.switch("mx", t("masked_word.same_axis"), left)
    delete = state.switch("mr", t("masked_word.cut"), right)
    words = asked_words(asked or example, cloze.hidden[which])
    return which, k, same_axis, delete, words


def blanks() -> None:
    """The blanks, every reader's answers, and what can be asked about them."""
    asked = blank_box()
    cloze = asked.cloze
    which, k, same_axis, delete, words = controls(cloze, asked.example)
    found = parts.answers_of_all(cloze)
    if not found:
        st.info(t("common.no_reader"))
        return
    behind = cloze.right(which).strip()
    if delete and not behind:
        st.caption(t("masked_word.cut_none"))
    cut = parts.answers_of_all(cloze.without_right(which)) if delete and behind else {}
    parts.notes(cloze, list(found))
    joint_part(found, len(cloze))
    if len(cloze) > 1:
        st.subheader(t("masked_word.of_blank", number=which + 1), divider="gray")
    one = {family: own.marginal[which] for family, own in found.items()}
    without = {family: own.marginal[which] for family, own in cut.items()}
    texts = parts.read(cloze, which)
    parts.grid(one, without, k=k, same_axis=same_axis, asked=words, texts=texts)
    if without:
        right_part(behind, one, without, texts)
    told = asking.asked_of_all(cloze, which, list(found), words)
    everything = [answer for own in one.values() for answer in own]
    asking.table(everything, k, words, told)
    if words:
        asking.asked_part(everything, words, told, cloze.hidden[which], texts)


with page("masked_word"):
    try:
        blanks()
    except ReadersError as error:
        problem(error)
    pair_part()
