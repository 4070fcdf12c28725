"""Layers: how the vector of one word moves through the layers of each reader."""

import streamlit as st

import pages.ui.framed  # noqa: F401 - comes first
from pages.sections.layers import contextuality, logit_lens, probes, scalar_mix
from pages.sections.layers.paths import between_section, moves_section, near_section, path_section
from pages.sections.layers.reader_parts import ReaderPart, reader_parts
from pages.ui import cache
from pages.ui.inputs import sentence_box, word_choice, word_notes
from pages.ui.page import page
from pages.ui.readings import read_by_each
from pages.ui.text import t


def pictures(found: list[ReaderPart], word: int, name: str) -> None:
    """The four pictures of a word; two of them need other words beside it."""
    for kind, section in SECTIONS.items():
        st.subheader(t(f"layers.{kind}"))
        if name == "layers":
            st.markdown(t(f"layers.{kind}_how"))
        if kind in AMONG_WORDS and len(found[0].reading.sentence) < 2:
            st.info(t("layers.alone"))
        else:
            section(found, word, f"{name}-{kind}")


SECTIONS = {
    "moves": moves_section,
    "between": between_section,
    "path": path_section,
    "near": near_section,
}
AMONG_WORDS = ("path", "near")

with page("layers"):
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        sentence = sentence_box()
    with right:
        word = word_choice(sentence, "layers", default=1)
    readings = read_by_each(cache.readers(), sentence.text)
    word_notes(list(readings.values()), {f: cache.reader(f).card.name for f in readings})
    whole, halves = reader_parts(readings)
    families = [own.reading.family for own in whole]
    if whole:
        st.markdown(t("layers.contents"))
        pictures(whole, word, "layers")
        logit_lens.section(families, sentence, word)
        contextuality.section(families)
    probes.section()
    for family in families:
        if cache.reader(family).context == "both_apart":
            scalar_mix.section(family)
    if halves:
        st.header(t("layers.halves"), anchor="halves")
        st.markdown(t("layers.halves_how"))
        pictures(halves, word, "halves")
    if len(whole) < len(readings):
        st.caption(t("layers.flat"))
