"""Sentence score: how likely each reader finds every word, and which of two sentences."""

from __future__ import annotations

import streamlit as st

from lmcore.errors import ReadersError
from pages.sections.sentence_score import scores as parts
from pages.sections.sentence_score.compare import compare_part
from pages.sections.sentence_score.pairs import pairs_part
from pages.ui import cache
from pages.ui.errors import problem
from pages.ui.inputs import word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import page
from pages.ui.text import t


def scores() -> parts.Options:
    """One sentence, and its comparison with another; the controls hold for the pairs as well."""
    asked = None
    try:
        first, second = parts.boxes()
        asked = parts.controls()
        found = parts.scores_of_all(first.text, asked.chained)
        if not found:
            st.info(t("common.no_reader"))
            return asked
        word_notes([cache.reading(family, first.text) for family in found], FAMILY_NAMES)
        parts.sentence_part(found, asked)
        if second is None:
            st.info(t("sentence_score.empty"), icon=":material/compare_arrows:")
        else:
            other = parts.scores_of_all(second.text, asked.chained)
            compare_part(found, other, asked)
            word_notes([cache.reading(family, second.text) for family in other], FAMILY_NAMES)
    except ReadersError as error:
        problem(error)
        asked = asked or parts.controls()
    return asked


with page("sentence_score"):
    pairs_part(scores())
