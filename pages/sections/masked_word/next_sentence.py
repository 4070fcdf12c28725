"""Two sentences on the Masked word page: does one follow the other, in either order?"""

import pandas as pd
import streamlit as st

from lmcore.analyses.sentence_pair import SENTENCE_PAIR, PairQuestion
from lmcore.charts import masked_word as charts
from lmcore.errors import ReadersError
from lmcore.text.words import Sentence, checked
from pages.ui import views
from pages.ui.address import state as address
from pages.ui.errors import problem
from pages.ui.figure import show_figure, show_table
from pages.ui.inputs import word_notes
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import md, t

FIRST, SECOND, EXAMPLE = "p1", "p2", "pair_example"
_VERDICTS = {
    "given": "prefers_given",
    "swapped": "prefers_swapped",
    "both": "both",
    "neither": "neither",
}


def pair_part() -> None:
    """Next-sentence judgement of two sentences, in both orders."""
    able = views.families("pairs")
    lacking = [family for family in views.families() if "pairs" in views.facts(family).lacks]
    if not able and not lacking:
        return
    for family in lacking:
        st.info(md(t("masked_word.pair_no_head", reader=FAMILY_NAMES[family])))
    if not able:
        return
    try:
        texts = _boxes()
        for family in able:
            _judgement(family, *texts)
    except ReadersError as error:
        problem(error)


def _judgement(family: str, first: Sentence, second: Sentence) -> None:
    reader = FAMILY_NAMES[family]
    st.caption(t("masked_word.pair_how", reader=reader))
    question = PairQuestion(first.text, second.text)
    with st.spinner(t("common.computing")):
        judgement = views.view(SENTENCE_PAIR, family, question)
    values = judgement.given, judgement.swapped
    given, swapped = (charts.percent(value) for value in values)
    verdict = "same" if first.text == second.text else _VERDICTS[judgement.verdict]
    st.info(
        t(
            "masked_word.pair_finding",
            reader=md(reader),
            given=given,
            swapped=swapped,
            verdict=t(f"masked_word.pair_{verdict}"),
        )
    )
    orders = [t("masked_word.pair_given"), t("masked_word.pair_swapped")]
    alt = t("masked_word.pair_alt", given=given, swapped=swapped)
    figure = charts.pair(family, orders, values)
    show_figure(figure, f"sentence-pair-{family}", alt, texts=[first.text, second.text])
    word_notes(judgement.notes, FAMILY_NAMES)
    table = {
        t("masked_word.pair_order"): orders,
        t("masked_word.probability"): list(values),
    }
    show_table(pd.DataFrame(table), f"sentence-pair-{family}")


def _boxes() -> tuple[Sentence, Sentence]:
    """The two texts, and examples to start from.

    Raises:
        InputError: one of them cannot be read.
    """
    state, pairs = st.session_state, choice.examples().follows
    # What the boxes hold at first; such texts are not written into the address.
    usual = {FIRST: pairs[0].first, SECOND: pairs[0].second}
    for key, text in usual.items():
        address.text(key, key, text)
    known = [(pair.first, pair.second) for pair in pairs]
    now = (state[FIRST], state[SECOND])
    state[EXAMPLE] = known.index(now) if now in known else None
    names = [f"{t(f'masked_word.pair_shows.{pair.shows}')} · {pair.first}" for pair in pairs]
    st.selectbox(
        t("masked_word.pair_example"),
        range(len(pairs)),
        format_func=names.__getitem__,
        placeholder=t("masked_word.pair_own"),
        key=EXAMPLE,
        on_change=_take_example,
    )
    left, right = st.columns(2)
    left.text_input(t("masked_word.pair_first"), key=FIRST)
    right.text_input(t("masked_word.pair_second"), key=SECOND)
    for key, text in usual.items():
        address.keep_text(key, key, text, state[key] or "")
    return checked(state[FIRST] or ""), checked(state[SECOND] or "")


def _take_example() -> None:
    state, pairs = st.session_state, choice.examples().follows
    if state.get(EXAMPLE) in range(len(pairs)):  # a label of the other language arrives as it is
        pair = pairs[state[EXAMPLE]]
        state[FIRST], state[SECOND] = pair.first, pair.second
