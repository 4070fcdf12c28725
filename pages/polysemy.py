"""Polysemy: one word in several sentences, and where each reader tells its senses apart."""

import streamlit as st

from lmcore.analyses.polysemy import POLYSEMY, compare_all
from pages.sections.polysemy import comparison, nearest_contexts
from pages.ui.inputs import word_and_sentences
from pages.ui.page import page
from pages.ui.text import t
from pages.ui.views import families, views

with page("polysemy"):
    question = word_and_sentences()
    uses = views(POLYSEMY, families(), question.unlabelled)
    question, suggested_by, readers = compare_all(question, uses)
    if readers:
        comparison.finding(question, readers, suggested_by)
        comparison.by_layer(question, readers)
        layers = comparison.columns(question, readers)
        comparison.sentences(question, readers, layers)
        comparison.all_notes(question, readers)
        nearest_contexts.section(question, layers)
    else:
        st.warning(t("common.no_reader"))
