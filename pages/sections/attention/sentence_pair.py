"""Sentence pairs on the Attention page: does a head stay in its sentence or look across?"""

from dataclasses import replace

import pandas as pd
import streamlit as st

from lmcore.analyses.attention_pairs import PAIR, PARTS, PairView, only
from lmcore.text.words import Sentence, checked
from pages.sections.attention.columns import PageOptions, draw, glance, sliders
from pages.sections.attention.findings import Finding, attention_picture, percent, withheld
from pages.ui.address import state
from pages.ui.figure import show_table
from pages.ui.inputs import word_notes
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm
from pages.ui.views import families, view


def second_sentence() -> Sentence:
    """What stands behind the shared sentence.

    Raises:
        InputError: the text cannot be read.
    """
    # No ``max_chars``: Streamlit would cut a longer text that comes with a link, and not say so.
    usual = choice.examples().second["attention"]
    state.text("b", "b", usual)
    text = st.text_input(t("attention.second"), key="b")
    state.keep_text("b", "b", usual, text or "")
    return checked(text or "")


def pair_part(first: Sentence, options: PageOptions) -> None:
    """The pair in every reader that was trained on pairs; the others are named with the reason."""
    able = families("pairs")
    others = [FAMILY_NAMES[family] for family in families("influence") if family not in able]
    if others:
        st.caption(t("attention.no_pairs", readers=t("common.comma").join(others)))
    if not able:
        return
    second = second_sentence()
    options = replace(options, texts=(first.text, second.text))
    for family in able:
        st.subheader(FAMILY_NAMES[family])
        one_reader(family, options)


def one_reader(family: str, options: PageOptions) -> None:
    """One head between two sentences, and all heads."""
    part = state.one_of(
        "a_part",
        ["all", *PARTS],
        t("attention.part"),
        named=lambda option: t(f"attention.part_{option}"),
    )
    pair = view(PAIR, family, options.question)
    word_notes([pair.attention.notes], FAMILY_NAMES)
    large, small = st.columns([3, 2], gap="medium")
    with large:
        layer, head = sliders(family, pair.attention, "attention")
        picture = attention_picture(family, pair.attention, options.level, layer, head)
        sentences = [across(pair, layer, head), *picture.findings[1:]]
        picture = replace(picture, quantity="pair", findings=sentences)
        if part != "all":
            picture = replace(picture, weights=only(picture.weights, pair.first, part))  # type: ignore[arg-type]
        draw(withheld(picture, pair.attention.notes), options)
    with small:
        glance(family, pair.attention, options, (layer, head))
        shares_table(pair, family)


def across(pair: PairView, layer: int, head: int) -> Finding:
    """How much of a head's weight stays and how much goes across."""
    values = {part: percent(share) for part, share in pair.share(layer, head).parts.items()}
    values |= {f"even_{part}": percent(pair.even[part]) for part in ("ab", "ba")}
    return f"attention.says_pair_{'head' if head else 'mean'}", values


def shares_table(pair: PairView, family: str) -> None:
    """Which head looks across most, and the shares of all of them."""
    best = pair.crossing()
    st.markdown(
        tm(
            "attention.says_crossing",
            layer=best.layer,
            head=best.head,
            ab=percent(best.parts["ab"]),
            ba=percent(best.parts["ba"]),
        )
    )
    rows = [
        {"layer": share.layer, "head": share.head, **share.parts, "special": share.special}
        for share in pair.shares
        if share.head
    ]
    frame = pd.DataFrame(rows).round(3)
    titles = {name: t(f"attention.column_{name}") for name in frame.columns}
    show_table(frame.rename(columns=titles), f"pair_shares_{family}", f"shares:{family}")
