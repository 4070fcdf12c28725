"""The comparison at once: one word of one sentence, five questions, all readers side by side."""

from collections.abc import Iterator

import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from lmcore.text.words import Sentence
from pages.sections.home import cells, contrast, tour
from pages.sections.home.rows import ROWS, Drawn
from pages.ui.figure import save
from pages.ui.inputs import word_choice
from pages.ui.navigation import PAGES, file_of
from pages.ui.page import reported
from pages.ui.save_menu import SavedPicture
from pages.ui.text import md, t

#: Key of the element that is saved.
KEY = "dashboard"


def show(sentence: Sentence) -> int:
    """The words as buttons and the five rows; the index of the chosen word comes back."""
    tour.note(*tour.ABOVE)
    word = word_choice(sentence, "home")
    with st.container(key=KEY, gap="small"):
        places = {name: _frame(name) for name in ROWS}
        findings = [_fill(name, *places[name], sentence, word) for name in ROWS]
    alt = " ".join(filter(None, findings))
    save(SavedPicture("dashboard", KEY, alt, (sentence.text,)))
    return word


def _frame(name: str) -> tuple[st.delta_generator.DeltaGenerator, ...]:
    """The heading of a row, which leads to the page about it, and the places that it fills."""
    page, _ = ROWS[name]
    with st.container(gap=None, key=f"row-{name}"):
        tour.note(name)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            help_text = t(f"home.help.{name}")
            st.markdown(f"##### {t(f'home.row.{name}')}", width="content", help=help_text)
            if page is not None:
                _link(page)
            else:
                tour.button()
        return st.empty(), st.empty()


def _fill(
    name: str,
    finding: st.delta_generator.DeltaGenerator,
    body: st.delta_generator.DeltaGenerator,
    sentence: Sentence,
    word: int,
) -> str:
    """Draw a row as its readers answer; its finding comes back."""
    finding.caption(t("common.computing"))
    drawn = Drawn({})
    with body.container(), reported():
        drawn = _grow(name, ROWS[name][1](sentence, word))
        if name == "sense" and not drawn.cells:
            finding.markdown(md(drawn.finding))
            question = contrast.boxes(sentence, word)
            if question is not None:
                drawn = _grow(name, contrast.answered(question, word))
    finding.markdown(md(drawn.finding))
    return drawn.finding


def _grow(name: str, steps: Iterator[Drawn]) -> Drawn:
    """Draw a row after each reader; how it stands at the end comes back."""
    place, drawn = st.empty(), Drawn({})
    for drawn in steps:
        if drawn.cells:
            label = f"{t(f'home.row.{name}')} {drawn.finding}"
            place.html(cells.row(drawn.cells.values(), label))
    return drawn


def _link(page: str) -> None:
    try:
        st.page_link(file_of(page), label=t("home.open"), icon=PAGES[page].icon)
    except StreamlitPageNotFoundError:
        st.caption(t(f"{page}.title"))  # the page runs without a menu (in a test)
