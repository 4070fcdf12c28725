"""Polysemy: one word in several sentences, and where each reader tells its senses apart."""

from collections.abc import Iterable

import streamlit as st

from lmcore.analyses.polysemy import POLYSEMY, compare_all
from lmcore.text.word_uses import Question
from pages.sections.polysemy import comparison, nearest_contexts
from pages.sections.polysemy.comparison import by_layer, sentences
from pages.sections.polysemy.maps import maps
from pages.ui.inputs import foreign_notice
from pages.ui.page import page, part
from pages.ui.text import t
from pages.ui.views import families, views
from pages.ui.word_uses import word_and_sentences


def text_notes(question: Question, readers: Iterable[str]) -> None:
    """What has to be known of the sentences, before anything is said of them."""
    foreign_notice("\n".join(question.texts), readers)
    hidden = sum(len(sentence.ignored) for sentence in question.sentences)
    if hidden:
        st.caption(t("note.ignored", count=hidden))


with page("polysemy"):
    question = word_and_sentences()
    uses = views(POLYSEMY, families(), question.unlabelled)
    question, suggested_by, readers = compare_all(question, uses)
    if readers:
        text_notes(question, readers)
        comparison.finding(question, readers, suggested_by)
        layers = comparison.columns(question, readers)
        comparison.all_notes(question, readers)
        part(
            "nearest_contexts.title",
            "more",
            lambda: nearest_contexts.section(question, layers),
            ["nc_use"],
        )
        part("polysemy.maps", "more", lambda: maps(question, readers, layers))
        part("polysemy.by_sentence", "more", lambda: sentences(question, readers, layers))
        part("polysemy.separation", "experts", lambda: by_layer(question, readers))
    else:
        st.warning(t("common.no_reader"))
