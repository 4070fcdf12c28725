"""Sentence score: how likely each reader finds every word, and which of two sentences."""

import streamlit as st

from lmcore.analyses.sentence_score import SENTENCE_SCORE, ScoreQuestion
from lmcore.errors import ReadersError
from pages.sections.sentence_score.compare import compare_part
from pages.sections.sentence_score.pairs import pairs_part
from pages.sections.sentence_score.scores import Options, boxes, controls, sentence_part
from pages.ui.errors import problem
from pages.ui.inputs import word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import page, part
from pages.ui.text import t
from pages.ui.views import families, views


def scores() -> Options:
    """One sentence, and its comparison with another; the controls hold for the pairs as well."""
    options = None
    try:
        first, second = boxes()
        options = controls()
        able = families("score")
        first_views = views(SENTENCE_SCORE, able, ScoreQuestion(first.text, options.chained))
        if not first_views:
            st.info(t("common.no_reader"))
            return options
        word_notes([view.notes for view in first_views.values()], FAMILY_NAMES)
        sentence_part(list(first_views.values()), options)
        if second is None:
            st.info(t("sentence_score.empty"), icon=":material/compare_arrows:")
        else:
            second_views = views(SENTENCE_SCORE, able, ScoreQuestion(second.text, options.chained))
            word_notes([view.notes for view in second_views.values()], FAMILY_NAMES)
            compare_part(first_views, second_views, options.unit)
    except ReadersError as error:
        problem(error)
        options = options or controls()
    return options


with page("sentence_score"):
    chained = scores().chained
    part("sentence_score.pairs", "more", lambda: pairs_part(chained), ["phenomenon"], alone=False)
