"""Inputs that several pages share. Every limit is checked again in ``lmcore``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lmcore.reading import Reading
from lmcore.words import Sentence, checked
from pages._shared import address, examples, foreign
from pages._shared.text import t, tm

#: What the sentence box holds before anybody types.
EXAMPLE = "The bank raised its interest rates after the river had flooded the town."


#: Which word is looked at, in the address: from 1.
WORD = "word"


def sentence_box() -> Sentence:
    """The one sentence that Home, Attention and Layers read; it travels from page to page.

    Raises:
        InputError: the text cannot be read.
    """
    # Not bound to the address by Streamlit: a bound value is lost when the page changes, and so is
    # any value of a key whose widget stood on another page, unless it is assigned anew.
    state, here = st.session_state, st.session_state.get("page")
    if "s" not in state or state.get("sentence_page") != here:
        state["s"] = state.get("sentence", state.get("s", st.query_params.get("s", EXAMPLE)))
        state["sentence_page"] = here
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        label, explained = t("common.sentence"), t("common.sentence_help")
        text = st.text_input(label, key="s", help=explained) or ""
        examples.picker(put_sentence)
    state["sentence"] = text
    if text != st.query_params.get("s", EXAMPLE):
        if text == EXAMPLE:
            del st.query_params["s"]
        else:
            st.query_params["s"] = text
    return checked(text)


def put_sentence(text: str) -> None:
    """Put a text into the sentence box; for callbacks, before the box is drawn."""
    st.session_state["s"] = st.session_state["sentence"] = text


def word_choice(sentence: Sentence, key: str, default: int = 0) -> int:
    """Which word of a sentence: an index into its words.

    The option shows the word with its position, so that a word may occur twice.
    """
    options = list(range(len(sentence)))
    # The word belongs to its sentence: another one begins anew.
    usual, widget = min(default, len(options) - 1), f"{key}:{hash_of(sentence)}"
    address.place(WORD, widget, len(options), usual)
    chosen = st.selectbox(
        t("common.word"),
        options,
        format_func=lambda i: f"{i + 1} · {sentence.words[i].text}",
        key=widget,
    )
    address.keep_place(WORD, widget, chosen, usual)
    return int(chosen)


def hash_of(sentence: Sentence) -> str:
    """A short key for widgets that belong to one sentence (never shown)."""
    import hashlib

    return hashlib.sha256(sentence.text.encode("utf8", "surrogatepass")).hexdigest()[:12]


def word_notes(readings: Sequence[Reading], names: Mapping[str, str]) -> None:
    """Say next to each word what a reader did to it before reading it, and which cannot know it."""
    if readings:
        foreign.say(readings[0].sentence.text, [reading.family for reading in readings])
    for reading in readings:
        lines = [
            tm(
                f"note.{note.kind}",
                word=reading.sentence.words[note.word].text,
                detail=note.detail,
            )
            for note in reading.notes
        ]
        if lines:
            st.caption(f"**{names[reading.family]}** — " + "; ".join(lines))
    sentence = readings[0].sentence if readings else None
    if sentence is not None and sentence.ignored:
        st.caption(t("note.ignored", count=len(sentence.ignored)))
