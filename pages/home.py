"""Home: one sentence, what each reader may see at a chosen word, and the model cards."""

import streamlit as st

from lmcore.analyses.tokenization import TOKENIZATION, TokenizationQuestion
from pages.sections.home import page_links, tokenization, visibility
from pages.ui.inputs import foreign_notice, sentence_box, word_choice
from pages.ui.models import cards
from pages.ui.page import page
from pages.ui.text import t
from pages.ui.views import families, views

with page("home"):
    page_links.show()
    st.header(t("home.sight"))
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        sentence = sentence_box()
    with right:
        word = word_choice(sentence, "home", default=1)
    measured = st.toggle(
        t("home.measure"), key="measure", help=t("home.measure_help"), bind="query-params"
    )

    cut = views(TOKENIZATION, families(), TokenizationQuestion(sentence.text))
    if not cut:
        st.info(t("common.no_reader"))
        st.stop()
    visibility.show(sentence, word, visibility.streams(cut, sentence, measured))

    st.header(t("home.pieces"))
    st.markdown(t("home.pieces_how"))
    foreign_notice(sentence.text, cut)
    tokenization.table(cut)

    st.header(t("home.cards"))
    cards.show()
