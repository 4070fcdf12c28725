"""Layers: how the vector of one word moves through the layers of each reader."""

import streamlit as st

from lmcore.analyses.layers import LAYERS, LayersQuestion, ReaderPart
from lmcore.evaluation import stored
from pages.sections.layers import contextuality, logit_lens, probes, scalar_mix
from pages.sections.layers.paths import between_section, moves_section, near_section, path_section
from pages.ui.inputs import sentence_box, word_choice, word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import page
from pages.ui.text import t
from pages.ui.views import facts, families, views


def pictures(parts: list[ReaderPart], word: int, name: str) -> None:
    """The four pictures of a word; two of them need other words beside it."""
    for kind, section in SECTIONS.items():
        st.subheader(t(f"layers.{kind}"))
        if name == "layers":
            st.markdown(t(f"layers.{kind}_how"))
        if kind in AMONG_WORDS and len(parts[0].words) < 2:
            st.info(t("layers.alone"))
        else:
            section(parts, word, f"{name}-{kind}")


SECTIONS = {
    "moves": moves_section,
    "between": between_section,
    "path": path_section,
    "near": near_section,
}
AMONG_WORDS = ("path", "near")

with page("layers"):
    sentence = sentence_box()
    word = word_choice(sentence, "layers")
    answers = views(LAYERS, families(), LayersQuestion(sentence.text))
    if not answers:
        st.info(t("common.no_reader"))
        st.stop()
    word_notes(list(answers.values()), FAMILY_NAMES)
    parts = [part for answer in answers.values() for part in answer.parts]
    whole = [part for part in parts if not part.part]
    deep = [part.family for part in whole]
    results = stored.results()
    if whole:
        st.markdown(t("layers.contents"))
        pictures(whole, word, "layers")
        logit_lens.section(deep, sentence, word)
        contextuality.section(deep, results.get("contextuality", {}))
    probes.section(results)
    for family in deep:
        if facts(family).context == "both_apart":
            scalar_mix.section(family, results)
    if halves := [part for part in parts if part.part]:
        st.header(t("layers.halves"), anchor="halves")
        st.markdown(t("layers.halves_how"))
        pictures(halves, word, "halves")
    if len(whole) < len(answers):
        st.caption(t("layers.flat"))
