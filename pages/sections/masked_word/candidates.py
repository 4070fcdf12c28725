"""Parts of the Masked word page: what the readers answer, and one blank's candidates as bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from lmcore.analyses import masked_word
from lmcore.charts import masked_word as charts
from lmcore.errors import ReadersError
from lmcore.outputs.answers import SIDES, Answer, BlankAnswers
from lmcore.text.cloze import Cloze
from lmcore.text.words import split
from pages.ui import cache
from pages.ui.address import state
from pages.ui.errors import problem
from pages.ui.figure import show_figure
from pages.ui.inputs import word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm


@st.cache_resource(show_spinner=False, max_entries=32, ttl=cache.KEPT)
def answers(key: str, text: str, positions: tuple[int, ...]) -> BlankAnswers:
    """What the reader of a key says about the blanks of a text."""
    cloze = Cloze(split(text), positions, (None,) * len(positions))
    return masked_word.answers(cache.loaded(key), cloze)


def answers_of_all(cloze: Cloze) -> dict[str, BlankAnswers]:
    """What every reader that fills blanks says; one that cannot read the text says why."""
    found = {}
    for family in cache.readers("fill"):
        reader = FAMILY_NAMES[family]
        try:
            with st.spinner(t("masked_word.filling", reader=reader, count=len(cloze))):
                found[family] = answers(cache.key(family), cloze.sentence.text, cloze.positions)
        except ReadersError as error:
            problem(error)
    return found


def notes(cloze: Cloze, families: Sequence[str]) -> None:
    """What readers did to the words around the blanks (a blank itself is no word to them)."""
    readings = [cache.reading(family, cloze.sentence.text) for family in families]
    around = [
        replace(own, notes=tuple(n for n in own.notes if n.word not in cloze.positions))
        for own in readings
    ]
    word_notes(around, FAMILY_NAMES)


def name(family: str, view: str) -> str:
    """Reader and view, for titles of columns and axes."""
    return t("masked_word.name", reader=FAMILY_NAMES[family], view=t(f"masked_word.view.{view}"))


def read(cloze: Cloze, which: int) -> list[str]:
    """The sentence with its blanks, and which one is looked at; for captions."""
    several = [t("masked_word.blank", number=which + 1)] if len(cloze) > 1 else []
    return [cloze.sentence.text, *several]


def which_blank(cloze: Cloze) -> int:
    """The blank whose candidates are shown: its index."""
    numbers = [str(number) for number in range(1, len(cloze) + 1)]
    if len(cloze) == 1:
        state.number("mb", 1)  # says so where a link asks for another
        return 0
    chosen = state.one_of(
        "mb", numbers, t("masked_word.which"), named=str, help=t("masked_word.which_help")
    )
    return numbers.index(chosen)


def grid(
    found: Mapping[str, Sequence[Answer]],
    cut: Mapping[str, Sequence[Answer]],
    *,
    k: int,
    same_axis: bool,
    asked: Sequence[str],
    texts: Sequence[str],
) -> None:
    """One row a side of the blank, one column a reader.

    Args:
        found, cut: answers with and without the words behind the blank, by family.
        k: candidates in a picture.
        same_axis: whether all pictures have one scale.
        asked: words that are marked where they stand among the candidates.
        texts: what was read, for captions.
    """
    everything = [answer for own in (*found.values(), *cut.values()) for answer in own]
    tops = [a.top(1)[0].probability for a in everything if a.covered is not None]
    limit = max(tops, default=None) if same_axis else None
    for side in SIDES:
        st.markdown(f"#### {t(f'masked_word.side.{side}')}")
        alone = {
            answer.family: answer
            for own in cut.values()
            for answer in own
            if side == "left" and answer.view == "both"
        }
        here = {a.family: a for own in found.values() for a in own if a.side == side}
        if here or alone:
            st.info(_first_words([*here.values(), *alone.values()]))
        for column, family in zip(st.columns(len(found)), found, strict=True):
            with column, st.container(border=True):
                if family in here:
                    answer = here[family]
                    without = next((a for a in cut.get(family, []) if a.view == answer.view), None)
                    _bars(answer, k, limit, asked, without, texts)
                elif family in alone:
                    _bars(alone[family], k, limit, asked, None, texts, "left_alone")
                else:
                    _cannot(family, side)


def _first_words(here: Sequence[Answer]) -> str:
    clauses = []
    for answer in here:
        best = answer.top(1)[0]
        share = charts.percent(best.probability)
        if answer.covered is None:
            share = t("masked_word.of_tried", share=share, tried=len(answer.probabilities))
        reader = FAMILY_NAMES[answer.family]
        clauses.append(tm("masked_word.first", reader=reader, word=best.word, share=share))
    return t("common.semicolon").join(clauses) + t("common.stop")


def _cannot(family: str, side: str) -> None:
    reader = FAMILY_NAMES[family]
    st.markdown(f"**{reader}**")
    st.caption(t(f"masked_word.cannot.{side}.{cache.reader(family).context}", reader=reader))


def _bars(
    answer: Answer,
    k: int,
    limit: float | None,
    asked: Sequence[str],
    without: Answer | None,
    texts: Sequence[str],
    kind: str = "",
) -> None:
    """One picture; ``kind`` names the view where it is not the answer's own."""
    reader, view = FAMILY_NAMES[answer.family], t(f"masked_word.view.{kind or answer.view}")
    st.markdown(f"**{reader}** · {view}")
    figure = charts.bars(
        answer,
        k,
        limit=limit if answer.covered is not None else None,
        asked=asked,
        without=without,
        names=(t("masked_word.cut_whole"), t("masked_word.cut_legend")),
    )
    words = ", ".join(f"{g.word} {charts.percent(g.probability)}" for g in answer.top(k))
    alt = t("masked_word.bars_alt", reader=reader, view=view, words=words)
    show_figure(figure, f"masked-word-{answer.family}-{kind or answer.view}", alt, texts=texts)
    context = cache.reader(answer.family).context
    about = t(f"masked_word.about.{kind or answer.view}.{context}", tried=len(answer.probabilities))
    if answer.covered is not None:
        share = charts.percent(answer.covered)
        about += " " + t("masked_word.covered", share=share)
    st.caption(about)
