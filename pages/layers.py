"""Layers: how the vector of one word moves through the layers of each reader."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from lmcore.analyses.layers import LAYERS, LayersQuestion, ReaderPart
from lmcore.evaluation import stored
from lmcore.evaluation.stored import Rows
from pages.sections.layers import contextuality, logit_lens, probes, scalar_mix
from pages.sections.layers.paths import between_section, moves_section, near_section, path_section
from pages.ui.inputs import sentence_box, word_choice, word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import page, part
from pages.ui.text import t
from pages.ui.views import facts, families, views


def picture(kind: str, parts: list[ReaderPart], word: int, name: str) -> None:
    """One of the four pictures of a word; two of them need other words beside it."""
    if name == "layers":
        st.markdown(t(f"layers.{kind}_how"))
    if kind in AMONG_WORDS and len(parts[0].words) < 2:
        st.info(t("layers.alone"))
    else:
        SECTIONS[kind](parts, word, f"{name}-{kind}")


def both_halves(parts: list[ReaderPart], word: int) -> None:
    """The four pictures for each direction of a reader that has two."""
    st.markdown(t("layers.halves_how"))
    for kind in SECTIONS:
        st.subheader(t(f"layers.{kind}"))
        picture(kind, parts, word, "halves")


def mixes(deep: list[str], results: Mapping[str, Rows]) -> None:
    """The scalar mix of every reader whose directions stand apart."""
    for family in deep:
        if facts(family).context == "both_apart":
            scalar_mix.section(family, results)


SECTIONS = {
    "moves": moves_section,
    "between": between_section,
    "path": path_section,
    "near": near_section,
}
AMONG_WORDS = ("path", "near")
HALVES = ("elmo-forward", "elmo-backward")

with page("layers"):
    sentence = sentence_box()
    word = word_choice(sentence, "layers")
    answers = views(LAYERS, families(), LayersQuestion(sentence.text))
    if not answers:
        st.info(t("common.no_reader"))
        st.stop()
    word_notes(list(answers.values()), FAMILY_NAMES)
    parts = [reader_part for answer in answers.values() for reader_part in answer.parts]
    whole = [reader_part for reader_part in parts if not reader_part.part]
    deep = [reader_part.family for reader_part in whole]
    results = stored.results()
    if whole:
        first, *others = SECTIONS
        st.subheader(t(f"layers.{first}"))
        picture(first, whole, word, "layers")
        for kind in others:
            part(f"layers.{kind}", "more", partial(picture, kind, whole, word, "layers"))
        part("layer_lens.title", "more", lambda: logit_lens.section(deep, sentence, word), ["lens"])
        part(
            "layer_contextuality.title",
            "experts",
            lambda: contextuality.section(deep, results.get("contextuality", {})),
            ["lc", "lc_word", "adjusted"],
        )
    part("layer_probes.title", "experts", lambda: probes.section(results))
    if any(facts(family).context == "both_apart" for family in deep):
        part(
            "scalar_mix.title", "experts", lambda: mixes(deep, results), ["w0", "w1", "w2", "gamma"]
        )
    if halves := [reader_part for reader_part in parts if reader_part.part]:
        names = [f"at-{reader_part}" for reader_part in HALVES]
        part("layers.halves", "experts", lambda: both_halves(halves, word), names)
    if len(whole) < len(answers):
        st.caption(t("layers.flat"))
