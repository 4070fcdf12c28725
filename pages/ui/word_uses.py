"""A word and its sentences as somebody types them, and what every reader makes of them.

The Polysemy page asks; the Layers page goes on with what was asked there, and lessons ask too.
"""

from __future__ import annotations

import streamlit as st

from lmcore.analyses.polysemy import POLYSEMY, Comparison, compare
from lmcore.text.examples import SENSES
from lmcore.text.word_uses import MAX_SENTENCES, MIN_SENTENCES, Question, ask
from pages.ui.address import state as address
from pages.ui.text import t
from pages.ui.views import facts, families, views

WORD, SENTENCES, EXAMPLE = "pw", "ps", "polysemy_example"


def boxes() -> Question:
    """The controls: an example to start from, the word, the sentences.

    Raises:
        InputError: see :func:`lmcore.text.word_uses.ask`.
    """
    _remember(WORD, SENSES[0].word)
    _remember(SENTENCES, SENSES[0].text)
    typed = tuple(st.session_state.get(key, st.query_params.get(key)) for key in (WORD, SENTENCES))
    known = [(example.word, example.text) for example in SENSES]
    st.session_state[EXAMPLE] = known.index(typed) if typed in known else None
    labels = [f"{example.word} · {t(f'polysemy.clue.{example.clue}')}" for example in SENSES]
    st.selectbox(
        t("polysemy.example"),
        range(len(SENSES)),
        format_func=labels.__getitem__,
        placeholder=t("polysemy.example_own"),
        key=EXAMPLE,
        on_change=_load_example,
    )
    with st.form("polysemy", border=False):
        left, right = st.columns([1, 4])
        word = left.text_input(t("polysemy.word"), key=WORD, bind="query-params")
        text = right.text_area(
            t("polysemy.sentences"),
            key=SENTENCES,
            bind="query-params",
            height=180,
            help=t("polysemy.sentences_help", low=MIN_SENTENCES, high=MAX_SENTENCES),
        )
        left.form_submit_button(t("polysemy.compare"), type="primary", width="stretch")
    st.session_state[f"kept_{WORD}"], st.session_state[f"kept_{SENTENCES}"] = word, text
    return ask(word or "", text or "")


def remembered() -> tuple[str, str]:
    """The word and the sentences as they were last looked at, or the first example.

    For another page, whose results depend on them: they stand in its address too.
    """
    state, first = st.session_state, SENSES[0]
    texts = []
    for key, usual in ((WORD, first.word), (SENTENCES, first.text)):
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
    chosen = st.session_state[EXAMPLE]
    if chosen in range(len(SENSES)):  # a label of the other language arrives as it is
        st.session_state[WORD] = SENSES[chosen].word
        st.session_state[SENTENCES] = SENSES[chosen].text


def compared(question: Question) -> tuple[Question, str | None, dict[str, Comparison]]:
    """What every reader makes of the word; a reader that cannot read the sentences says why.

    Returns:
        the question, with groups where nobody gave labels; the reader of both sides whose vectors
        suggest them, where they are suggested; comparisons by family.
    """
    uses, suggested_by = views(POLYSEMY, families(), question.unlabelled), None
    both = next((family for family in uses if facts(family).context == "both"), None)
    if both and not question.senses:
        from lmcore.analyses.clustering import suggest

        question = suggest(question, uses[both].similarity[-1])
        suggested_by = both if question.suggested else None
    return question, suggested_by, {f: compare(question, view) for f, view in uses.items()}
