"""Two sentences on the Masked word page: does one follow the other, in either order?"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from lmcore import masked_word
from lmcore.charts import masked_word as charts
from lmcore.charts.theme import FAMILY_NAMES
from lmcore.words import Sentence, checked, split
from pages._shared import cache
from pages._shared.downloads import numbers, picture
from pages._shared.text import t

EXAMPLE_PAIR = ("The kettle began to whistle.", "She poured the hot water into the teapot.")


@st.cache_data(show_spinner=False, max_entries=256)
def _order(family: str, first: str, second: str) -> tuple[float, float]:
    return masked_word.order_of(cache.reader(family), split(first), split(second))


def pair_part() -> None:
    """Next-sentence judgement of two sentences, in both orders."""
    families = list(cache.readers("pairs"))
    if not families:
        return
    family = families[0]
    reader = FAMILY_NAMES[family]
    st.subheader(t("masked_word.pair_title"), divider="gray")
    st.caption(t("masked_word.pair_how", reader=reader))
    texts = _pair_boxes()
    values = _order(family, texts[0].text, texts[1].text)
    given, swapped = (charts.percent(value) for value in values)
    verdict = "same" if abs(values[0] - values[1]) < 0.05 else "typed"
    if verdict == "typed" and values[1] > values[0]:
        verdict = "other"
    st.info(
        t(
            "masked_word.pair_finding",
            reader=reader,
            given=given,
            swapped=swapped,
            verdict=t(f"masked_word.pair_{verdict}"),
        )
    )
    orders = [t("masked_word.pair_given"), t("masked_word.pair_swapped")]
    alt = t("masked_word.pair_alt", given=given, swapped=swapped)
    picture(charts.pair(family, orders, values), "sentence-pair", alt)
    word = t("masked_word.probability")
    numbers(pd.DataFrame({t("masked_word.pair_order"): orders, word: values}), "sentence-pair")


def _pair_boxes() -> tuple[Sentence, Sentence]:
    left, right = st.columns(2)
    texts = [
        column.text_input(t(f"masked_word.pair_{label}"), value=text, key=key, bind="query-params")
        for column, label, text, key in (
            (left, "first", EXAMPLE_PAIR[0], "p1"),
            (right, "second", EXAMPLE_PAIR[1], "p2"),
        )
    ]
    first, second = (checked(text or "") for text in texts)
    return first, second
