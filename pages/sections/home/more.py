"""Below the dashboard, folded: visibility in full, how the sentence is cut, the model cards."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lmcore.analyses.tokenization import TOKENIZATION, TokenizationQuestion
from lmcore.text.words import Sentence
from pages.sections.home import tokenization, visibility
from pages.ui.models import cards
from pages.ui.text import t
from pages.ui.views import families, views


def show(sentence: Sentence, word: int) -> None:
    """Each part is computed when it is opened."""
    _folded("sight", lambda: _sight(sentence, word), "measure" in st.query_params)
    _folded("pieces", lambda: _pieces(sentence))
    _folded("cards", cards.show)


def _folded(name: str, draw: Callable[[], None], opened: bool = False) -> None:
    part = st.expander(t(f"home.{name}"), opened, key=f"home_{name}", on_change="rerun")
    if part.open:
        with part:
            draw()


def _sight(sentence: Sentence, word: int) -> None:
    measured = st.toggle(
        t("home.measure"), key="measure", help=t("home.measure_help"), bind="query-params"
    )
    visibility.show(sentence, word, visibility.streams(families(), sentence, measured))


def _pieces(sentence: Sentence) -> None:
    st.markdown(t("home.pieces_how"))
    tokenization.table(views(TOKENIZATION, families(), TokenizationQuestion(sentence.text)))
