"""Inputs that several pages share. Every limit is checked again in ``lmcore``."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol

import streamlit as st

from lmcore.outputs.reading import Note
from lmcore.text.examples import EXAMPLE, GROUPS, SENSES
from lmcore.text.languages import foreign
from lmcore.text.word_uses import MAX_SENTENCES, MIN_SENTENCES, Question, ask
from lmcore.text.words import Sentence, checked
from pages.ui.address import state as address
from pages.ui.models.choice import FAMILY_NAMES
from pages.ui.models.facts import words as language_names
from pages.ui.text import md, t, tm
from pages.ui.views import facts


def picker(put: Callable[[str], None]) -> None:
    """A small window with examples of one group at a time; a click takes one.

    Args:
        put: called with the sentence before the next run.
    """
    with st.popover(t("examples.title"), icon=":material/lightbulb:"):
        names = {name: t(f"examples.{name}") for name in GROUPS}
        group = st.pills(
            t("examples.group"),
            list(GROUPS),
            default=next(iter(GROUPS)),
            format_func=names.__getitem__,
            key="example_group",
            required=True,
            label_visibility="collapsed",
        )
        group = group or next(iter(GROUPS))
        key = f"example:{group}"
        st.radio(
            t(f"examples.{group}"),
            range(len(GROUPS[group])),
            index=None,
            format_func=lambda number: md(GROUPS[group][number]),
            captions=[t(f"examples.{group}.{n}") for n in range(1, len(GROUPS[group]) + 1)],
            key=key,
            on_change=lambda: _take(key, group, put),
        )


def _take(key: str, group: str, put: Callable[[str], None]) -> None:
    """Hand over the chosen sentence and forget the choice, so that it can be chosen again."""
    number = st.session_state.get(key)
    if number in range(len(GROUPS[group])):  # a label of the other language arrives as it is
        put(GROUPS[group][number])
        st.session_state[key] = None


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
        picker(put_sentence)
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

    Args:
        sentence: whose words.
        key: name in the address.
        default: which it is where nobody has chosen.
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


#: In the session and the address: the word that is looked for, and the sentences to look in.
LOOKED_FOR, SENTENCES, SENSES_EXAMPLE = "pw", "ps", "polysemy_example"


def word_and_sentences() -> Question:
    """The controls: an example to start from, the word, the sentences.

    Raises:
        InputError: see :func:`lmcore.text.word_uses.ask`.
    """
    _remember(LOOKED_FOR, SENSES[0].word)
    _remember(SENTENCES, SENSES[0].text)
    typed = tuple(
        st.session_state.get(key, st.query_params.get(key)) for key in (LOOKED_FOR, SENTENCES)
    )
    known = [(example.word, example.text) for example in SENSES]
    st.session_state[SENSES_EXAMPLE] = known.index(typed) if typed in known else None
    labels = [f"{example.word} · {t(f'polysemy.clue.{example.clue}')}" for example in SENSES]
    st.selectbox(
        t("polysemy.example"),
        range(len(SENSES)),
        format_func=labels.__getitem__,
        placeholder=t("polysemy.example_own"),
        key=SENSES_EXAMPLE,
        on_change=_load_example,
    )
    with st.form("polysemy", border=False):
        left, right = st.columns([1, 4])
        word = left.text_input(
            t("polysemy.word"), key=LOOKED_FOR, bind="query-params", help=t("polysemy.word_help")
        )
        text = right.text_area(
            t("polysemy.sentences"),
            key=SENTENCES,
            bind="query-params",
            height=180,
            help=t("polysemy.sentences_help", low=MIN_SENTENCES, high=MAX_SENTENCES),
        )
        left.form_submit_button(t("polysemy.compare"), type="primary", width="stretch")
    st.session_state[f"kept_{LOOKED_FOR}"], st.session_state[f"kept_{SENTENCES}"] = word, text
    return ask(word or "", text or "")


def last_word_and_sentences() -> tuple[str, str]:
    """The word and the sentences as they were last looked at, or the first example.

    For another page, whose results depend on them: they stand in its address too.
    """
    state, first = st.session_state, SENSES[0]
    texts = []
    for key, usual in ((LOOKED_FOR, first.word), (SENTENCES, first.text)):
        text = state.get(f"kept_{key}", st.query_params.get(key, usual)) or ""
        state[f"kept_{key}"] = text
        if text != st.query_params.get(key, usual):
            if text == usual:
                address.drop(key)
            else:
                st.query_params[key] = text
        texts.append(text)
    return texts[0], texts[1]


def _remember(key: str, first: str) -> None:
    """Give a box its text where neither a visitor nor the address has: the last one, or the first.

    A ``value=`` would do for the first, but not together with examples that are put in later.
    """
    if key not in st.session_state and key not in st.query_params:
        st.session_state[key] = st.session_state.get(f"kept_{key}", first)


def _load_example() -> None:
    chosen = st.session_state[SENSES_EXAMPLE]
    if chosen in range(len(SENSES)):  # a label of the other language arrives as it is
        st.session_state[LOOKED_FOR] = SENSES[chosen].word
        st.session_state[SENTENCES] = SENSES[chosen].text


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
    """Say next to each word what a reader did to it before reading it, and which cannot know it."""
    if readings:
        foreign_notice(readings[0].sentence.text, [reading.family for reading in readings])
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
