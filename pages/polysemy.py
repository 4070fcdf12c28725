"""Polysemy: one word in several sentences, and where each reader tells its senses apart."""

import streamlit as st

from lmcore.charts.polysemy import extent
from pages._shared import polysemy as part
from pages._shared.frame import page
from pages._shared.text import t

with page("polysemy"):
    question = part.asked()
    with st.spinner(t("common.computing")):
        readings = part.read_by_all(question)
        question, suggested_by = part.with_senses(question, readings)
        found = part.comparisons(question, readings)
    if not found:
        st.warning(t("common.no_reader"))
        st.stop()
    part.finding(question, found, suggested_by)
    part.by_layer(found)

    widest, layers = extent(list(found.values())), {}
    several = [family for family, own in found.items() if len(own.baseline) > 1]
    single = [family for family in found if family not in several]
    for place, family in zip(st.columns(max(1, len(several)), gap="medium"), several, strict=False):
        with place:
            own = readings[family]
            layers[family] = part.column(question, found[family], own, widest, narrow=True)
    for family in single:
        own = readings[family]
        layers[family] = part.column(question, found[family], own, widest, narrow=False)
    part.sentences(question, found, layers)
    part.all_notes(question, readings)
