"""Polysemy: one word in several sentences, and where each reader tells its senses apart."""

import streamlit as st

from lmcore.charts.polysemy import extent
from pages.sections.polysemy import comparison as part
from pages.sections.polysemy import nearest_contexts
from pages.sections.polysemy.finding import finding
from pages.ui.page import page
from pages.ui.text import t

with page("polysemy"):
    question = part.asked()
    with st.spinner(t("common.computing")):
        readings = part.read_by_all(question)
        question, suggested_by = part.with_senses(question, readings)
        found = part.comparisons(question, readings)
    if found:
        finding(question, found, suggested_by)
        part.by_layer(question, found)

        # Readers with layers stand side by side; static vectors, which have one, below them.
        deep = [family for family, own in found.items() if len(own.baseline) > 1]
        flat = [family for family in found if family not in deep]
        places = [*st.columns(max(1, len(deep)), gap="medium")][: len(deep)]
        places += [st.container() for _ in flat]
        widest, layers = extent(list(found.values())), {}
        for place, family in zip(places, deep + flat, strict=True):
            with place:
                own = readings[family]
                layers[family] = part.column(question, found[family], own, widest, family in deep)
        part.sentences(question, found, layers)
        part.all_notes(question, readings)
        nearest_contexts.section(question, found, readings, layers)
    else:
        st.warning(t("common.no_reader"))
