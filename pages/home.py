"""Home: the comparison at once, and below it what each reader may see and where it comes from."""

import streamlit as st

from pages.sections.home import dashboard, more
from pages.ui.inputs import foreign_notice, sentence_box
from pages.ui.page import page
from pages.ui.text import t
from pages.ui.views import families

with page("home"):
    sentence = sentence_box()
    readers = families()
    if not readers:
        st.info(t("common.no_reader"))
        st.stop()
    foreign_notice(sentence.text, readers)
    word = dashboard.show(sentence)
    more.show(sentence, word)
