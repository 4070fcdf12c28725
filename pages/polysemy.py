"""Polysemy: one word in several sentences, and where each reader tells its senses apart."""

import streamlit as st

from pages.sections.polysemy import comparison, nearest_contexts
from pages.ui import word_uses
from pages.ui.page import page
from pages.ui.text import t

with page("polysemy"):
    question, suggested_by, readers = word_uses.compared(word_uses.boxes())
    if readers:
        comparison.finding(question, readers, suggested_by)
        comparison.by_layer(question, readers)
        layers = comparison.columns(question, readers)
        comparison.sentences(question, readers, layers)
        comparison.all_notes(question, readers)
        nearest_contexts.section(question, layers)
    else:
        st.warning(t("common.no_reader"))
