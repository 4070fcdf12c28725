"""Parts of the Masked word page: its controls, what the readers answer, and one blank as bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from lmcore.analyses import blank_words
from lmcore.analyses.masked_word import MASKED_WORD, BlankQuestion, MaskedWordView, WordScore
from lmcore.charts import masked_word as charts
from lmcore.errors import ReadersError
from lmcore.outputs.answers import SIDES, Candidates
from lmcore.runtime.families import FAMILIES
from lmcore.text.cloze import MAX_ASKED, Cloze, asked_words
from pages.sections.masked_word.blanks import ASKED, Query
from pages.ui import views
from pages.ui.address import state
from pages.ui.errors import problem
from pages.ui.figure import show_figure
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm


@dataclass(frozen=True)
class Options:
    """What the controls say.

    Attributes:
        which: the blank that is looked at, from 0.
        k: words a picture.
        same_axis: whether all pictures have one scale.
        without_right: whether the words behind the blank are deleted.
        words: those that are asked about.
        texts: what is read, for captions.
    """

    which: int
    k: int
    same_axis: bool
    without_right: bool
    words: tuple[str, ...]
    texts: tuple[str, ...]


def controls(query: Query) -> Options:
    """Which blank, which words, and how they are drawn.

    Raises:
        InputError: too many words are asked about.
    """
    which = _which_blank(query.cloze)
    left, right = st.columns(2, vertical_alignment="bottom")
    typed = left.text_input(
        t("masked_word.asked"),
        placeholder=query.example or None,
        key=ASKED,
        bind="query-params",
        help=t("masked_word.asked_help", limit=MAX_ASKED),
    )
    k = right.slider(t("masked_word.k"), 3, 20, 8, key="mk", bind="query-params")
    same_axis = state.switch("mx", t("masked_word.same_axis"), left)
    without_right = state.switch("mr", t("masked_word.cut"), right)
    words = asked_words(typed or query.example, query.cloze.hidden[which])
    texts = _read(query.cloze, which)
    return Options(which, k, same_axis, without_right, tuple(words), texts)


def _which_blank(cloze: Cloze) -> int:
    """The blank whose candidates are shown: its index."""
    numbers = [str(number) for number in range(1, len(cloze) + 1)]
    if len(cloze) == 1:
        state.number("mb", 1)  # says so where a link asks for another
        return 0
    chosen = state.one_of(
        "mb", numbers, t("masked_word.which"), named=str, help=t("masked_word.which_help")
    )
    return numbers.index(chosen)


def _read(cloze: Cloze, which: int) -> tuple[str, ...]:
    """The sentence with its blanks, and which one is looked at."""
    several = [t("masked_word.blank", number=which + 1)] if len(cloze) > 1 else []
    return (cloze.sentence.text, *several)


def views_of(question: BlankQuestion) -> dict[str, MaskedWordView]:
    """What every reader that fills blanks says; one that cannot read the text says why."""
    by_family = {}
    for family in views.families("fill"):
        reader, count = FAMILY_NAMES[family], len(question.positions)
        try:
            with st.spinner(t("masked_word.filling", reader=reader, count=count)):
                by_family[family] = views.view(MASKED_WORD, family, question)
        except ReadersError as error:
            problem(error)
    return by_family


def name(family: str, view: str) -> str:
    """Reader and view, for titles of columns and axes."""
    return t("masked_word.name", reader=FAMILY_NAMES[family], view=t(f"masked_word.view.{view}"))


def grid(
    families: Sequence[str],
    columns: Sequence[Candidates],
    cut: Sequence[Candidates],
    cut_scores: Sequence[WordScore],
    options: Options,
) -> None:
    """One row a side of the blank, one column a reader.

    Args:
        families: readers that answer.
        columns: their answers.
        cut: those without the words behind the blank.
        cut_scores: of the words of the columns without the words behind the blank.
        options: how they are drawn.
    """
    limit = blank_words.highest([*columns, *cut]) if options.same_axis else None
    shortened = {(column.family, column.view) for column in cut}
    for side in SIDES:
        st.markdown(f"#### {t(f'masked_word.side.{side}')}")
        alone = {c.family: c for c in cut if side == "left" and c.view == "both"}
        here = {column.family: column for column in columns if column.side == side}
        if here or alone:
            st.info(_first_words([*here.values(), *alone.values()]))
        for place, family in zip(st.columns(len(families)), families, strict=True):
            with place, st.container(border=True):
                if family in here:
                    column, pale = here[family], None
                    if (family, column.view) in shortened:
                        pale = blank_words.probabilities(column, cut_scores, options.k)
                    _bars(column, options, limit, pale)
                elif family in alone:
                    _bars(alone[family], options, limit, None, "left_alone")
                else:
                    _cannot(family, side)


def _first_words(columns: Sequence[Candidates]) -> str:
    clauses = []
    for column in columns:
        share = charts.percent(column.best.probability)
        if column.covered is None:
            share = t("masked_word.of_tried", share=share, tried=column.words)
        reader = FAMILY_NAMES[column.family]
        clauses.append(tm("masked_word.first", reader=reader, word=column.best.word, share=share))
    return t("common.semicolon").join(clauses) + t("common.stop")


def _cannot(family: str, side: str) -> None:
    reader = FAMILY_NAMES[family]
    st.markdown(f"**{reader}**")
    context = FAMILIES[family].context
    st.caption(t(f"masked_word.cannot.{side}.{context}", reader=reader))


def _bars(
    column: Candidates,
    options: Options,
    limit: float | None,
    without: Sequence[float] | None,
    kind: str = "",
) -> None:
    """One picture; ``kind`` names the view where it is not the column's own."""
    kind = kind or column.view
    reader, view = FAMILY_NAMES[column.family], t(f"masked_word.view.{kind}")
    st.markdown(f"**{reader}** · {view}")
    figure = charts.bars(
        column,
        options.k,
        limit=limit if column.covered is not None else None,
        bold=options.words,
        without=without,
        names=(t("masked_word.cut_whole"), t("masked_word.cut_legend")),
    )
    top = column.candidates[: options.k]
    words = ", ".join(f"{c.word} {charts.percent(c.probability)}" for c in top)
    alt = t("masked_word.bars_alt", reader=reader, view=view, words=words)
    row = f"masked-word-{'left' if kind == 'left_alone' else column.side}"
    show_figure(figure, f"masked-word-{column.family}-{kind}", alt, texts=options.texts, row=row)
    context = FAMILIES[column.family].context
    about = t(f"masked_word.about.{kind}.{context}", tried=column.words)
    if column.covered is not None:
        about += " " + t("masked_word.covered", share=charts.percent(column.covered))
    st.caption(about)
