"""Inputs that several pages share. Every limit is checked again in ``lmcore``.

What a visitor looks at on every page is one sentence and one word of it. Both live here: in the
session, and mirrored in the address of every page that has the sentence box (``s`` and ``word``),
so that a page that is turned to, a reload and a copied link show them. Beside them stand the
language (:func:`pages.ui.page.language_switch`) and the readers (:mod:`pages.ui.models.choice`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import streamlit as st

from lmcore.analyses.dashboard import first_word
from lmcore.outputs.reading import Note
from lmcore.text import examples
from lmcore.text.languages import foreign
from lmcore.text.words import Sentence, checked
from pages.ui.address import state as address
from pages.ui.models import choice
from pages.ui.models.choice import FAMILY_NAMES
from pages.ui.models.facts import words as language_names
from pages.ui.text import md, t, tm
from pages.ui.views import facts

#: Names in the address; the word counts from 1 there.
SENTENCE, WORD = "s", "word"
#: So many words of a sentence are buttons; more are a list to choose from.
MOST_BUTTONS = 40


def put_sentence(text: str) -> None:
    """Let every page read this text; for callbacks, before the box is drawn."""
    st.session_state[SENTENCE] = st.session_state[f"kept:{SENTENCE}"] = text


def word(sentence: Sentence) -> int:
    """The chosen word of a sentence: an index into its words.

    A word belongs to its sentence: another sentence begins anew. A link that asks for a word that
    is not there is told.
    """
    bank = choice.bank(sentence.text)
    name, usual = hash_of(sentence), first_word(sentence, bank)
    kept = st.session_state.get(f"kept:{WORD}")
    chosen = kept[1] if kept and kept[0] == name else usual
    if kept is None:
        chosen = address.number(WORD, len(sentence), usual)
    address.keep_place(WORD, name, chosen, usual)
    return chosen


def put_word(sentence: Sentence, index: int) -> None:
    """Let every page look at this word; for callbacks.

    Args:
        sentence: whose word.
        index: into its words.
    """
    st.session_state[f"kept:{WORD}"] = (hash_of(sentence), index)


def hash_of(sentence: Sentence) -> str:
    """A short key for what belongs to one sentence (never shown)."""
    return hashlib.sha256(sentence.text.encode("utf8", "surrogatepass")).hexdigest()[:12]


def picker(put: Callable[[str], None]) -> None:
    """A small window with examples of one group at a time; a click takes one.

    Args:
        put: called with the sentence before the next run.
    """
    with st.popover(t("examples.title"), icon=":material/lightbulb:"):
        groups = choice.examples().groups
        names = {name: choice.say(f"examples.{name}") for name in groups}
        group = st.pills(
            t("examples.group"),
            list(groups),
            default=next(iter(groups)),
            format_func=names.__getitem__,
            key="example_group",
            required=True,
            label_visibility="collapsed",
        )
        group = group or next(iter(groups))
        key, sentences = f"example:{group}", groups[group]
        st.radio(
            names[group],
            range(len(sentences)),
            index=None,
            format_func=lambda number: md(sentences[number]),
            captions=[choice.say(f"examples.{group}.{n + 1}") for n in range(len(sentences))],
            key=key,
            on_change=lambda: _take(key, group, put),
        )


def _take(key: str, group: str, put: Callable[[str], None]) -> None:
    """Hand over the chosen sentence and forget the choice, so that it can be chosen again."""
    number = st.session_state.get(key)
    sentences = choice.examples().groups[group]
    if number in range(len(sentences)):  # a label of the other language arrives as it is
        put(sentences[number])
        st.session_state[key] = None


def sentence_box() -> Sentence:
    """The one sentence that pages read; it travels from page to page with its chosen word.

    Raises:
        InputError: the text cannot be read.
    """
    # Any value of a key whose widget stood on another page is lost there, unless assigned anew.
    state, here = st.session_state, st.session_state.get("page")
    ours = examples.of(choice.opening()).sentence
    if SENTENCE not in state or state.get("sentence_page") != here:
        usual = state.get(SENTENCE, st.query_params.get(SENTENCE, ours))
        state[SENTENCE] = state.get(f"kept:{SENTENCE}", usual)
        state["sentence_page"] = here
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        help_text = t("common.sentence_help")
        text = st.text_input(t("common.sentence"), key=SENTENCE, help=help_text) or ""
        picker(put_sentence)
    address.keep(SENTENCE, ours, text)
    sentence = checked(text)
    choice.follow(text)
    if f"kept:{WORD}" in state or WORD in st.query_params:
        word(sentence)
    return sentence


def word_choice(sentence: Sentence, key: str) -> int:
    """Buttons that choose the word all pages look at: an index into the words of a sentence.

    The words of a long sentence stand in a list, with their positions.

    Args:
        sentence: whose words.
        key: of the buttons, one for each page.
    """
    widget, count = f"{key}:{hash_of(sentence)}", len(sentence)
    st.session_state[widget] = word(sentence)
    options: dict[str, Any] = {
        "options": range(count),
        "key": widget,
        "on_change": lambda: put_word(sentence, st.session_state[widget]),
    }
    if count <= MOST_BUTTONS:
        chosen = st.pills(
            t("common.choose_word"),
            format_func=lambda i: md(sentence.words[i].text),
            required=True,
            **options,
        )
    else:
        chosen = st.selectbox(
            t("common.word"),
            format_func=lambda i: f"{i + 1} · {sentence.words[i].text}",
            **options,
        )
    return int(chosen)


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
            notes = t("common.semicolon").join(lines)
            st.caption(t("common.named", name=names[reading.family], text=notes))
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
