"""What has to be known of a text before anything is said of it: one notice for all readers.

Texts in another language, what a reader did to a word before reading it, and words that it does not
know.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import streamlit as st

from lmcore.outputs.reading import Note
from lmcore.text.languages import foreign
from lmcore.text.words import Sentence
from pages.ui.models.choice import FAMILY_NAMES
from pages.ui.models.facts import words as language_names
from pages.ui.text import t, tm
from pages.ui.views import facts


def foreign_notice(text: str, families: Iterable[str]) -> None:
    """Say where a text is in a language that a reader was not trained on; one notice for all.

    Args:
        text: what was read.
        families: the readers.
    """
    trained: dict[tuple[str, ...], list[str]] = {}
    for family in families:
        trained.setdefault(facts(family).languages, []).append(FAMILY_NAMES[family])
    comma = t("common.comma")
    for languages, readers in trained.items():
        parts = foreign(text, languages)
        if not parts:
            continue
        st.info(
            tm(
                "foreign.notice",
                readers=comma.join(readers),
                languages=language_names(languages),
                found=comma.join(t(f"foreign.{name}") for name in parts),
            ),
            icon=":material/translate:",
        )


class Noted(Protocol):
    """What a reader made of a sentence, with notes on its words: a reading, or a view of one."""

    @property
    def family(self) -> str:
        """The reader."""

    @property
    def sentence(self) -> Sentence:
        """What was read."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """What the reader did to words before reading them."""


def word_notes(readings: Sequence[Noted], names: Mapping[str, str]) -> None:
    """Say what readers did to words before reading them, and of which nothing is said."""
    strangers = [reading.family for reading in readings if knows_no_word(reading)]
    st.session_state["strangers"] = strangers
    if strangers:
        listed = t("common.comma").join(names[family] for family in strangers)
        st.warning(tm("note.no_finding", readers=listed), icon=":material/translate:")
    if not readings:
        return
    sentence = readings[0].sentence
    foreign_notice(sentence.text, [reading.family for reading in readings])
    for reading in readings:
        words = reading.sentence.words
        lines = [
            tm(f"note.{note.kind}", word=words[note.word].text, detail=note.detail)
            for note in reading.notes
        ]
        if lines:
            st.caption(f"**{names[reading.family]}** — " + "; ".join(lines))
    if sentence.ignored:
        st.caption(t("note.ignored", count=len(sentence.ignored)))


def knows_no_word(noted: Noted) -> bool:
    """Whether every word is unknown to a reader: a finding would be of its unknown entry."""
    words = {place for place, word in enumerate(noted.sentence.words) if word.has_letters}
    unknown = {note.word for note in noted.notes if note.kind == "unknown"}
    return bool(words) and words <= unknown


def stranger(family: str) -> bool:
    """Whether a reader knows no word of the text, as :func:`word_notes` has said on this page."""
    return family in st.session_state.get("strangers", ())
