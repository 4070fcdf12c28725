"""Influence on the Attention page: measured twice, by gradients and by leaving words out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from lmcore.analyses import attention
from lmcore.analyses.attention import Weights
from lmcore.analyses.attention_heads import agreement
from lmcore.outputs.reading import Influence
from lmcore.text.words import Sentence
from pages.sections.attention import data
from pages.sections.attention.findings import Said, flow, link, marked
from pages.sections.attention.heads import PageOptions, draw, seen
from pages.ui import cache
from pages.ui.address import state
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t


@dataclass(frozen=True)
class Measured:
    """The maps of one reader, ``[W, W]`` each; the second only where it was asked for."""

    gradient: Weights
    left_out: Weights | None

    def maps(self) -> list[Weights]:
        """The maps there are."""
        return [self.gradient, *([self.left_out] if self.left_out else [])]


def influence_of(family: str, sentence: Sentence, checked: bool) -> Measured:
    """The influence maps of one reader; for two blind directions also each of them.

    Args:
        family: the reader.
        sentence: the text.
        checked: whether to leave words out as well.
    """
    reader = cache.reader(family)
    st.caption(
        t("attention.why_influence" if not reader.can("attention") else "attention.influence_too")
    )
    half = "both"
    if reader.context == "both_apart":
        half = state.one_of(
            f"{family}_half",
            ["both", "forward", "backward"],
            t("attention.half"),
            named=lambda option: t(f"attention.half_{option}"),
        )
    else:
        st.space("large")  # level with the column that has a choice of direction
    with st.spinner(t("attention.measuring")):
        gradient = weights_of(sentence, cache.influence(family, sentence.text), half)
        left_out = None
        if checked:
            found = data.leave_one_out(cache.key(family), sentence.text)
            left_out = weights_of(sentence, found, half)
    return Measured(gradient, left_out)


def weights_of(sentence: Sentence, found: Influence, half: str) -> Weights:
    """One map of an influence in the form of the pictures."""
    matrix = found.halves.get(half, found.matrix)
    return attention.influence_weights(tuple(word.text for word in sentence.words), matrix)


def common_top(measured: Mapping[str, Measured], asked: PageOptions) -> float:
    """One colour scale for all influence maps on the page."""
    maps = [seen(weights, asked.hide_self) for own in measured.values() for weights in own.maps()]
    return attention.top_of(*maps)


def influence_column(family: str, measured: Measured, asked: PageOptions, top: float) -> None:
    """The influence map of one reader, and below it the one with words left out."""
    shown = measured.gradient
    said = [flow("attention.says_influence", shown), *link(shown, False, "influence_link")]
    if measured.left_out is not None:
        st.markdown(f"**{t('attention.by_gradient')}**", help=t("attention.by_gradient_help"))
    draw(family, shown, asked, f"influence_{family}", said, asked.hide_self, top)
    if measured.left_out is None:
        return
    left_out = measured.left_out
    st.markdown(f"**{t('attention.by_leaving')}**", help=t("attention.by_leaving_help"))
    said = [flow("attention.says_leaving", left_out), *link(left_out, False, "influence_link")]
    name = f"leaving_{family}"
    draw(family, left_out, asked, name, said, asked.hide_self, top, "left")
    st.markdown(marked([agreeing(family, shown.matrix, left_out.matrix)]))


def agreeing(family: str, first: np.ndarray, second: np.ndarray) -> Said:
    """How well the two measures agree for one reader."""
    found = agreement(first, second)
    reader = FAMILY_NAMES[family]
    if np.isnan(found.rho):
        return "attention.agree_unknown", {"reader": reader}
    kind = "well" if found.rho >= 0.7 else "partly" if found.rho >= 0.4 else "hardly"
    values = {"reader": reader, "rho": f"{found.rho:.2f}", "pairs": found.pairs}
    return f"attention.agree_{kind}", values
