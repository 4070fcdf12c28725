"""The word that Polysemy looks for, and the sentences to look in; Layers uses the last ones."""

from __future__ import annotations

import streamlit as st

from lmcore.text import examples
from lmcore.text.catalogue import LANGUAGES
from lmcore.text.language import Language
from lmcore.text.word_uses import MAX_SENTENCES, MIN_SENTENCES, Question, ask
from pages.ui.address import state as address
from pages.ui.models import choice
from pages.ui.text import language, t

#: In the session and the address: the word that is looked for, and the sentences to look in.
LOOKED_FOR, SENTENCES, SENSES_EXAMPLE = "pw", "ps", "polysemy_example"


def labelled(text: str, record: Language, key: str) -> str:
    """Sentences of an example with its labels in a language of the interface.

    Args:
        text: of the example.
        record: whose example it is.
        key: of the language of the interface.
    """
    lines = (line.partition(" | ") for line in text.split("\n"))
    return "\n".join(
        f"{record.say(key, f'polysemy.sense.{label}')} | {sentence}" for label, _, sentence in lines
    )


def _first_uses() -> dict[str, str]:
    """What the boxes hold at first; such texts are not written into the address."""
    record = choice.opening()
    first = examples.of(record).senses[0]
    return {LOOKED_FOR: first.word, SENTENCES: labelled(first.text, record, language())}


def _offered() -> list[tuple[str, str]]:
    """Word and labelled sentences of each example of the classroom that reads."""
    record = choice.with_file("examples.json")
    return [
        (example.word, labelled(example.text, record, language()))
        for example in examples.of(record).senses
    ]


def _follow_language() -> None:
    """An example that nobody has changed has its labels in the language of now."""
    state = st.session_state
    for record in {choice.opening(), choice.with_file("examples.json")}:
        for example in examples.of(record).senses:
            if state.get(SENTENCES) in {labelled(example.text, record, key) for key in LANGUAGES}:
                state[SENTENCES] = labelled(example.text, record, language())


def word_and_sentences() -> Question:
    """The controls: an example to start from, the word, the sentences.

    Raises:
        InputError: see :func:`lmcore.text.word_uses.ask`.
    """
    first_uses = _first_uses()
    for key, usual in first_uses.items():
        address.text(key, key, usual)
    _follow_language()
    typed = tuple(st.session_state[key] for key in first_uses)
    known, senses = _offered(), choice.examples().senses
    st.session_state[SENSES_EXAMPLE] = known.index(typed) if typed in known else None
    labels = [f"{example.word} · {t(f'polysemy.clue.{example.clue}')}" for example in senses]
    st.selectbox(
        t("polysemy.example"),
        range(len(senses)),
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
    for (key, usual), entry in zip(first_uses.items(), (word, text), strict=True):
        address.keep_text(key, key, usual, entry or "")
    return ask(word or "", text or "")


def last_word_and_sentences() -> tuple[str, str]:
    """The word and the sentences as they were last looked at, or the first example.

    For another page, whose results depend on them: they stand in its address too.
    """
    texts = []
    for key, usual in _first_uses().items():
        kept = st.session_state.get(f"kept:{key}")
        text = kept[1] if kept else st.query_params.get(key, usual)
        address.keep_text(key, key, usual, text)
        texts.append(text)
    return texts[0], texts[1]


def _load_example() -> None:
    state, offered = st.session_state, _offered()
    if state[SENSES_EXAMPLE] in range(len(offered)):  # a label of the other language arrives as is
        state[LOOKED_FOR], state[SENTENCES] = offered[state[SENSES_EXAMPLE]]
