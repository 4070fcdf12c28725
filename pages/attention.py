"""Attention: what each head looks at, and how much each word moves the others in all readers."""

import streamlit as st

from lmcore.analyses.attention import top_of
from lmcore.outputs.reading import WordNotes
from pages.sections.attention.columns import (
    PageOptions,
    attention_column,
    column_errors,
    influence_column,
    measure,
)
from pages.sections.attention.sentence_pair import pair_part
from pages.ui.address import state
from pages.ui.inputs import sentence_box, word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import page
from pages.ui.text import t
from pages.ui.views import families


def choice(
    label: str, options: list[str], explained: str | None = None, *, idle: bool = False
) -> str:
    """One of a few; the option is remembered, not its text in one language."""
    return state.one_of(
        f"a_{label}",
        options,
        t(f"attention.{label}"),
        named=lambda option: t(f"attention.{option}"),
        help=explained,
        disabled=idle,
    )


def toggle(name: str, label: str, idle: bool) -> bool:
    """A switch that is on at first and also stands in the link; idle where it changes nothing."""
    return st.toggle(
        label,
        True,
        key=f"no_{name}",
        help=t(f"attention.hide_{name}_help"),
        disabled=idle,
        bind="query-params",
    )


def controls(text: str) -> PageOptions:
    """The controls that hold for all readers of a text."""
    with st.container(horizontal=True, gap="medium"):
        quantity = choice("quantity", ["attention", "norms", "rollout", "influence", "pair"])
        measured = quantity == "influence"
        level = choice("units", ["words", "pieces"], t("attention.units_help"), idle=measured)
        look = choice("look", ["map", "lines"])
        with st.container(width="content", gap="small"):
            special = toggle("special", t("attention.hide_special"), measured)
            itself = toggle("self", *own_word(quantity))
    if measured:
        st.caption(t("attention.idle_influence"))
    return PageOptions(quantity, level, special, itself, look == "lines", (text,))


def own_word(quantity: str) -> tuple[str, bool]:
    """What the switch that leaves the diagonal blank is called, and whether it changes nothing.

    Attention and norms draw what a head gives its own word: beside them stands the influence of a
    reader that has no heads, and only there the diagonal is left blank.
    """
    label = t("attention.hide_self")
    if quantity in ("rollout", "influence"):
        return label, False
    attending = families("attention")
    others = [family for family in families("influence") if family not in attending]
    if quantity == "pair" or not others:
        return label, True
    names = t("common.comma").join(FAMILY_NAMES[family] for family in others)
    return t("attention.hide_self_of", readers=names), False


with page("attention"):
    sentence = sentence_box()
    options = controls(sentence.text)
    attending, moving = families("attention"), families("influence")
    able = [family for family in families() if family in {*attending, *moving}]
    if not able:
        st.info(t("common.no_reader"))
        st.stop()
    st.caption(t(f"attention.what_{options.quantity}"))
    above = st.container()
    if options.quantity == "pair":
        pair_part(sentence, options)
        st.stop()
    places = dict(zip(able, st.columns(len(able), gap="medium"), strict=True))
    # Attention first: it is there at once, while influence takes some seconds.
    if options.quantity == "influence":
        attending = []
    notes: dict[str, WordNotes] = {}
    for family in attending:
        with places[family], column_errors():
            st.subheader(FAMILY_NAMES[family])
            notes[family] = attention_column(family, options)
    measured = {}
    for family in [family for family in able if family not in attending]:
        with places[family], column_errors():
            st.subheader(FAMILY_NAMES[family])
            measured[family], notes[family] = measure(family, options)
    top = top_of(*(picture.cells for pictures in measured.values() for picture in pictures))
    for family, pictures in measured.items():
        with places[family]:
            influence_column(pictures, options, top)
    with above:
        word_notes([notes[family] for family in able if family in notes], FAMILY_NAMES)
