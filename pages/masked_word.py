"""Masked word: a sentence with blanks, and what each reader would write into them."""

from __future__ import annotations

import streamlit as st

from lmcore.analyses.masked_word import MOST, BlankQuestion, WordScore, proposed
from lmcore.analyses.without_right import CHANGES, ChangeQuestion
from lmcore.errors import ReadersError
from pages.sections.masked_word import answers
from pages.sections.masked_word.answers import asked_part
from pages.sections.masked_word.blanks import blank_box, controls
from pages.sections.masked_word.joint import joint_part
from pages.sections.masked_word.next_sentence import pair_part
from pages.sections.masked_word.table import table
from pages.sections.masked_word.without_right import right_part
from pages.ui.errors import problem
from pages.ui.inputs import word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import page, part
from pages.ui.text import t
from pages.ui.views import view


def blanks() -> None:
    """The blanks, every reader's answers, and what can be asked about them."""
    query = blank_box()
    cloze, options = query.cloze, controls(query)
    which = options.which
    question = BlankQuestion(cloze.sentence.text, cloze.positions)
    views = answers.views_of(question)
    if not views:
        st.info(t("common.no_reader"))
        return
    behind = cloze.right(which).strip()
    if options.without_right and not behind:
        st.caption(t("masked_word.cut_none"))
    shortened = question.without_right(which)
    cut = answers.views_of(shortened) if options.without_right and behind else {}
    word_notes([answer.notes for answer in views.values()], FAMILY_NAMES)
    if len(cloze) > 1:
        joint_part(list(views.values()))
        st.subheader(t("masked_word.of_blank", number=which + 1), divider="gray")
    columns = [column for answer in views.values() for column in answer.blanks[which]]
    cut_columns = [column for answer in cut.values() for column in answer.blanks[which]]
    words = proposed(columns, MOST, options.words)
    cut_scores = answers.scores_of(list(cut), shortened, which, words)
    if not behind:
        answers.ending(columns)
    answers.grid(list(views), columns, cut_columns, cut_scores, options)
    if cut:
        change_question = ChangeQuestion(question, which)
        changes = [view(CHANGES, family, change_question).changes for family in cut]
        right_part(behind, [change for rows in changes for change in rows], options.texts)

    def scores() -> tuple[list[WordScore], list[WordScore]]:
        whole = answers.scores_of(list(views), question, which, words)
        return whole, answers.spelled_scores(list(views), question, which, options.words)

    if options.words:
        asked_part(columns, *scores(), options, cloze.hidden[which])
    part("masked_word.table", "more", lambda: table(columns, *scores(), options))


with page("masked_word"):
    try:
        blanks()
    except ReadersError as error:
        problem(error)
    part("masked_word.pair_title", "more", pair_part, ["p1", "p2"])
