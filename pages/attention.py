"""Attention: what each head looks at, and how much each word moves the others in all readers."""

from contextlib import suppress

import streamlit as st

import pages.ui.framed  # noqa: F401 - comes first
from lmcore.errors import ReadersError
from pages.sections.attention.heads import PageOptions, attention_column, own_errors
from pages.sections.attention.influence import common_top, influence_column, influence_of
from pages.sections.attention.sentence_pair import pair_part
from pages.ui import cache
from pages.ui.address import state
from pages.ui.inputs import sentence_box, word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import page
from pages.ui.text import t


def choice(label: str, options: list[str], explained: str | None = None) -> str:
    """One of a few; the option is remembered, not its text in one language."""
    return state.one_of(
        f"a_{label}",
        options,
        t(f"attention.{label}"),
        named=lambda option: t(f"attention.{option}"),
        help=explained,
    )


def controls(text: str) -> PageOptions:
    """The controls that hold for all readers.

    Args:
        text: what is read.
    """
    with st.container(horizontal=True, gap="medium"):
        quantity = choice("quantity", ["attention", "norms", "rollout", "influence", "pair"])
        level = choice("units", ["words", "pieces"], t("attention.units_help"))
        look = choice("look", ["map", "lines"])
        with st.container(width="content", gap="small"):
            hidden = toggle("special"), toggle("self")
    return PageOptions(quantity, level, *hidden, look == "lines", (text,))


def toggle(name: str) -> bool:
    """A switch that is on at first and also stands in the link."""
    label, explained = t(f"attention.hide_{name}"), t(f"attention.hide_{name}_help")
    return st.toggle(label, True, key=f"no_{name}", help=explained, bind="query-params")


with page("attention"):
    sentence = sentence_box()
    asked = controls(sentence.text)
    shown = {f: r for f, r in cache.readers().items() if r.can("attention") or r.can("influence")}
    if not shown:
        st.info(t("common.no_reader"))
        st.stop()
    st.caption(t(f"attention.what_{asked.quantity}"))
    if asked.quantity == "pair":
        pair_part(sentence, asked)
        st.stop()
    places = dict(zip(shown, st.columns(len(shown), gap="medium"), strict=True))
    attend = [f for f, r in shown.items() if r.can("attention") and asked.quantity != "influence"]
    # Attention first: it is there at once, while influence takes some seconds.
    for family in attend:
        with places[family], own_errors():
            st.subheader(FAMILY_NAMES[family])
            attention_column(family, sentence.text, asked)
    measured = {}
    for family in [f for f in shown if f not in attend]:
        with places[family], own_errors():
            st.subheader(FAMILY_NAMES[family])
            measured[family] = influence_of(family, sentence, asked.quantity == "influence")
    for family, maps in measured.items():
        with places[family]:
            influence_column(family, maps, asked, common_top(measured, asked))
    readings = []
    for family in shown:
        with suppress(ReadersError):  # said in its column already
            readings.append(cache.reading(family, sentence.text))
    word_notes(readings, FAMILY_NAMES)
