"""Home: one sentence, what each reader may see at a chosen word, and the model cards."""

import streamlit as st

from pages.sections.home import page_links, tokenization, visibility
from pages.ui import cache, language_notice
from pages.ui.inputs import sentence_box, word_choice
from pages.ui.models import cards
from pages.ui.page import page
from pages.ui.readings import read_by_each
from pages.ui.text import t

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

    readers = cache.readers()
    readings = read_by_each(readers, sentence.text)
    visibility.show(sentence, word, visibility.streams(readings, sentence, measured))

    st.header(t("home.pieces"))
    st.markdown(t("home.pieces_how"))
    language_notice.say(sentence.text, readings)
    tokenization.table(readings, {family: reader.card.name for family, reader in readers.items()})

    st.header(t("home.cards"))
    cards.show(readers, readings)
