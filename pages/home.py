"""Home: one sentence, what each reader may see at a chosen word, and the model cards."""

import streamlit as st

import pages._shared.framed  # noqa: F401 - comes first
from pages._shared import cache, cards, foreign, links, pieces, sight
from pages._shared.frame import page
from pages._shared.inputs import sentence_box, word_choice
from pages._shared.readings import read_by_each
from pages._shared.text import t

with page("home"):
    links.show()
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
    sight.show(sentence, word, sight.streams(readings, sentence, measured))

    st.header(t("home.pieces"))
    st.markdown(t("home.pieces_how"))
    foreign.say(sentence.text, readings)
    pieces.table(readings, {family: reader.card.name for family, reader in readers.items()})

    st.header(t("home.cards"))
    cards.show(readers, readings)
