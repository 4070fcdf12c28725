"""Inputs that several pages share. Every limit is checked again in ``lmcore``.

What a visitor looks at on every page is one sentence and one word of it. Both live here: in the
session, and mirrored in the address of every page that has the sentence box (``s`` and ``word``),
so that a page that is turned to, a reload and a copied link show them. Beside them stand the
language (:func:`pages.ui.page.language_switch`) and the readers (:mod:`pages.ui.models.choice`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import streamlit as st

from lmcore.analyses.dashboard import first_word
from lmcore.text.examples import EXAMPLE, GROUPS, SENSES
from lmcore.text.word_uses import MAX_SENTENCES, MIN_SENTENCES, Question, ask
from lmcore.text.words import Sentence, checked
from pages.ui.address import state as address
from pages.ui.models import classroom
from pages.ui.text import md, t

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
    name, usual = hash_of(sentence), first_word(sentence)
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


def sentence_box() -> Sentence:
    """The one sentence that pages read; it travels from page to page with its chosen word.

    Raises:
        InputError: the text cannot be read.
    """
    # Any value of a key whose widget stood on another page is lost there, unless assigned anew.
    state, here = st.session_state, st.session_state.get("page")
    if SENTENCE not in state or state.get("sentence_page") != here:
        usual = state.get(SENTENCE, st.query_params.get(SENTENCE, EXAMPLE))
        state[SENTENCE] = state.get(f"kept:{SENTENCE}", usual)
        state["sentence_page"] = here
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        help_text = t("common.sentence_help")
        text = st.text_input(t("common.sentence"), key=SENTENCE, help=help_text) or ""
        picker(put_sentence)
    address.keep(SENTENCE, EXAMPLE, text)
    sentence = checked(text)
    classroom.follow(text)
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


#: In the session and the address: the word that is looked for, and the sentences to look in.
LOOKED_FOR, SENTENCES, SENSES_EXAMPLE = "pw", "ps", "polysemy_example"
#: What the boxes hold at first; such texts are not written into the address.
_FIRST_USES = {LOOKED_FOR: SENSES[0].word, SENTENCES: SENSES[0].text}


def word_and_sentences() -> Question:
    """The controls: an example to start from, the word, the sentences.

    Raises:
        InputError: see :func:`lmcore.text.word_uses.ask`.
    """
    for key, usual in _FIRST_USES.items():
        address.text(key, key, usual)
    typed = tuple(st.session_state[key] for key in _FIRST_USES)
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
        word = left.text_input(t("polysemy.word"), key=LOOKED_FOR, help=t("polysemy.word_help"))
        text = right.text_area(
            t("polysemy.sentences"),
            key=SENTENCES,
            height=180,
            help=t("polysemy.sentences_help", low=MIN_SENTENCES, high=MAX_SENTENCES),
        )
        left.form_submit_button(t("polysemy.compare"), type="primary", width="stretch")
    for (key, usual), entry in zip(_FIRST_USES.items(), (word, text), strict=True):
        address.keep_text(key, key, usual, entry or "")
    return ask(word or "", text or "")


def last_word_and_sentences() -> tuple[str, str]:
    """The word and the sentences as they were last looked at, or the first example.

    For another page, whose results depend on them: they stand in its address too.
    """
    texts = []
    for key, usual in _FIRST_USES.items():
        kept = st.session_state.get(f"kept:{key}")
        text = kept[1] if kept else st.query_params.get(key, usual)
        address.keep_text(key, key, usual, text)
        texts.append(text)
    return texts[0], texts[1]


def _load_example() -> None:
    chosen = st.session_state[SENSES_EXAMPLE]
    if chosen in range(len(SENSES)):  # a label of the other language arrives as it is
        st.session_state[LOOKED_FOR] = SENSES[chosen].word
        st.session_state[SENTENCES] = SENSES[chosen].text
