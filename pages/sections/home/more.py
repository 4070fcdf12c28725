"""Below the dashboard, folded: visibility in full, how the sentence is cut, the model cards."""

import streamlit as st

from lmcore.analyses.tokenization import TOKENIZATION, TokenizationQuestion
from lmcore.text.words import Sentence
from pages.sections.home import tokenization, visibility
from pages.ui.models import cards
from pages.ui.page import part
from pages.ui.text import t
from pages.ui.views import families, views


def show(sentence: Sentence, word: int) -> None:
    """Each part is computed when it is opened."""
    part("home.sight", "more", lambda: _sight(sentence, word), ["measure"])
    part("home.pieces", "more", lambda: _pieces(sentence))
    part("home.cards", "more", cards.show)


def _sight(sentence: Sentence, word: int) -> None:
    measured = st.toggle(
        t("home.measure"), key="measure", help=t("home.measure_help"), bind="query-params"
    )
    visibility.show(sentence, word, visibility.streams(families(), sentence, measured))


def _pieces(sentence: Sentence) -> None:
    st.markdown(t("home.pieces_how"))
    tokenization.table(views(TOKENIZATION, families(), TokenizationQuestion(sentence.text)))
