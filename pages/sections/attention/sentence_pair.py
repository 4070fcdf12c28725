"""Sentence pairs on the Attention page: does a head stay in its sentence or look across?"""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from lmcore.analyses import attention_heads
from lmcore.analyses.attention import Weights
from lmcore.analyses.attention_heads import PARTS, Part
from lmcore.text.examples import SECOND
from lmcore.text.words import Sentence, checked
from pages.sections.attention import data
from pages.sections.attention.findings import Said, percent
from pages.sections.attention.heads import (
    PageOptions,
    attention_says,
    draw,
    glance,
    head_slider,
    layer_slider,
)
from pages.ui import cache
from pages.ui.address import state
from pages.ui.figure import show_table
from pages.ui.inputs import word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm


def second_sentence() -> Sentence:
    """What stands behind the shared sentence.

    Raises:
        InputError: the text cannot be read.
    """
    # No ``max_chars``: Streamlit would cut a longer text that comes with a link, and not say so.
    text = st.text_input(t("attention.second"), SECOND["attention"], key="b", bind="query-params")
    return checked(text or "")


def pair_part(first: Sentence, asked: PageOptions) -> None:
    """The pair in every reader that was trained on pairs; the others are named with the reason."""
    able = list(cache.readers("pairs"))
    others = [FAMILY_NAMES[f] for f, r in cache.readers("influence").items() if f not in able]
    if others:
        st.caption(t("attention.no_pairs", readers=t("common.comma").join(others)))
    if not able:
        return
    second = second_sentence()
    asked = replace(asked, texts=(first.text, second.text))
    for family in able:
        st.subheader(FAMILY_NAMES[family])
        one_reader(family, (first.text, second.text), asked)


def one_reader(family: str, text: tuple[str, str], asked: PageOptions) -> None:
    """One head between two sentences, and all heads."""
    key = cache.key(family)
    part = state.one_of(
        "a_part",
        ["all", *PARTS],
        t("attention.part"),
        named=lambda option: t(f"attention.part_{option}"),
    )
    large, small = st.columns([3, 2], gap="medium")
    with large:
        left, right = st.columns(2)
        with left:
            layer = layer_slider(family, text)
        with right:
            head = head_slider(family, text, "attention")
        shown = data.heads(key, text, asked.level, asked.hide_special).at(layer - 1, head)
        drawn = shown if part == "all" else filtered(key, text, shown, asked, part)
        said = [where(key, text, asked, layer, head)]
        said += attention_says(family, text, asked, layer, head, shown)[1:]
        draw(family, drawn, asked, f"pair_{family}_layer{layer}_head{head}", said, False)
    with small:
        glance(family, text, asked, (layer - 1, head))
        shares_table(key, text, asked, family)
    word_notes([data.reading(key, text)], FAMILY_NAMES)


def filtered(
    key: str, text: tuple[str, str], shown: Weights, asked: PageOptions, part: Part
) -> Weights:
    """A map with one part of it only."""
    reading = data.reading(key, text)
    first = attention_heads.boundary(reading, asked.level, asked.hide_special)
    return replace(shown, matrix=attention_heads.only(shown.matrix, first, part))


def where(key: str, text: tuple[str, str], asked: PageOptions, layer: int, head: int) -> Said:
    """How much of a head's weight stays and how much goes across."""
    found = data.pair_shares(key, text, asked.level)
    line = found.query("layer == @layer and head == @head").iloc[0]
    count = len(data.heads(key, text, asked.level, True).names)
    first = attention_heads.boundary(data.reading(key, text), asked.level, True)
    values = {part: percent(float(line[part])) for part in PARTS}
    values |= {
        f"even_{part}": percent(attention_heads.even(first, count, part)) for part in ("ab", "ba")
    }
    return f"attention.says_pair_{'head' if head else 'mean'}", values


def shares_table(key: str, text: tuple[str, str], asked: PageOptions, family: str) -> None:
    """Which head looks across most, and the shares of all of them."""
    found: pd.DataFrame = data.pair_shares(key, text, asked.level)
    found = found[found["head"] > 0]
    best = attention_heads.crossing(found)
    st.markdown(
        tm(
            "attention.says_crossing",
            layer=int(best["layer"]),
            head=int(best["head"]),
            ab=percent(best["ab"]),
            ba=percent(best["ba"]),
        )
    )
    shown = found.round(3).rename(columns={c: t(f"attention.column_{c}") for c in found.columns})
    show_table(shown, f"pair_shares_{family}", f"shares:{family}")
