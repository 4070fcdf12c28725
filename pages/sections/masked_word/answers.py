"""The answers on the Masked word page: bars, one table of all words, and words asked about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby

import numpy as np
import streamlit as st

from lmcore.analyses import blank_words
from lmcore.analyses.masked_word import (
    MASKED_WORD,
    WORDS,
    BlankQuestion,
    MaskedWordView,
    WordScore,
    WordsQuestion,
)
from lmcore.charts import masked_word as charts
from lmcore.errors import ReadersError
from lmcore.outputs.answers import SIDES, Candidates
from lmcore.runtime.families import FAMILIES
from lmcore.runtime.limits import HYPOTHESES
from pages.sections.masked_word.blanks import Options
from pages.ui import views
from pages.ui.errors import problem
from pages.ui.figure import show_figure, show_table
from pages.ui.inputs import stranger
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import part
from pages.ui.text import t, tm

#: What ends the last piece of a word in the vocabularies that mark it.
END_OF_WORD = "</w>"


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
    """What each reader answers from all that it may see, and folded what it says from one side.

    Args:
        families: readers that answer.
        columns: their answers.
        cut: those without the words behind the blank.
        cut_scores: of the words of the columns without the words behind the blank.
        options: how they are drawn.
    """
    answer = partial(_side, families, columns, cut, cut_scores, options)
    first, *others = reversed(SIDES)
    answer(first)

    def from_one_side() -> None:
        for side in reversed(others):
            answer(side)

    part("masked_word.sides", "simple" if cut else "more", from_one_side)


def _side(
    families: Sequence[str],
    columns: Sequence[Candidates],
    cut: Sequence[Candidates],
    cut_scores: Sequence[WordScore],
    options: Options,
    side: str,
) -> None:
    """The answers of all readers from one side of the blank, or from both."""
    limit = blank_words.highest([*columns, *cut]) if options.same_axis else None
    shortened = {(column.family, column.view) for column in cut}
    st.markdown(f"#### {t(f'masked_word.side.{side}')}")
    alone = {c.family: c for c in cut if side == "left" and c.view == "both"}
    here = {column.family: column for column in columns if column.side == side}
    known = [c for c in (*here.values(), *alone.values()) if not stranger(c.family)]
    if known:
        st.info(_first_words(known))
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
        values = {"reader": reader, "word": column.best.word, "share": share}
        hidden = column.hidden
        if hidden is None:
            clauses.append(tm("masked_word.first", **values))
        else:
            most = charts.percent(hidden.probability)
            clauses.append(tm("masked_word.first_hidden", **values, entry=hidden.word, most=most))
    return t("common.semicolon").join(clauses) + t("common.stop")


def ending(columns: Sequence[Candidates]) -> None:
    """Advice where a reader expects a sentence with a blank at its end to stop there."""
    if any(c.hidden and not any(map(str.isalnum, c.hidden.word)) for c in columns):
        st.caption(t("masked_word.full_stop"))


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
    if blank_words.mixed(column, options.blanks):
        about += " " + t("masked_word.mixed", count=HYPOTHESES)
    st.caption(about)


def scores_of(
    families: Sequence[str], question: BlankQuestion, which: int, words: Sequence[str]
) -> list[WordScore]:
    """What every reader says about words of vocabularies in one blank."""
    query = WordsQuestion(question, which, tuple(words))
    return [score for f in families for score in views.view(WORDS, f, query).scores]


def spelled_scores(
    families: Sequence[str], question: BlankQuestion, which: int, words: Sequence[str]
) -> list[WordScore]:
    """What every reader says about any words in one blank, in pieces where it has to."""
    scores: list[WordScore] = []
    for family in families:
        for word in words:
            query = WordsQuestion(question, which, (word,), spelled=True)
            try:
                scores += views.view(WORDS, family, query).scores
            except ReadersError as error:
                problem(error)
    return scores


def asked_part(
    columns: Sequence[Candidates],
    scores: Sequence[WordScore],
    spelled: Sequence[WordScore],
    options: Options,
    hidden: str | None,
) -> None:
    """Probability and rank of the words that are asked about, and why some have none."""
    st.markdown(f"#### {t('masked_word.asked_title')}")
    if hidden is not None:
        st.caption(tm("masked_word.hidden", word=hidden))
    words = options.words
    probability, rank = blank_words.comparison(columns, words, [*scores, *spelled])
    names = [name(column.family, column.view) for column in columns]
    st.info(_finding(words, names, probability, rank))
    axis = t("masked_word.asked_axis")
    figure = charts.word_marks(words, names, probability, axis=axis)
    show_figure(figure, "masked-word-asked", t("masked_word.asked_alt"), texts=options.texts)
    if (probability < charts.LEAST).any():
        st.caption(t("masked_word.asked_least", least=charts.percent(charts.LEAST)))
    for line in _why(spelled):
        st.caption(line)
    titles = (t("masked_word.word"), t("masked_word.rank"))
    frame = blank_words.frame(words, names, probability, rank, titles)
    show_table(frame, "masked-word-asked")


def _finding(
    words: Sequence[str], names: Sequence[str], probability: np.ndarray, rank: np.ndarray
) -> str:
    favourites = blank_words.favourites(probability)
    if not any(row is not None for row in favourites):
        return t("masked_word.asked_none") + t("common.stop")
    if len(words) == 1:
        clauses = [_one_word(words[0], names, rank[0])]
    else:
        clauses = []
        for row, word in enumerate(words):
            titles = [name for name, best in zip(names, favourites, strict=True) if best == row]
            if titles:
                joined = t("common.comma").join(titles)
                clauses.append(tm("masked_word.asked_best", word=word, views=joined))
    return t("common.semicolon").join(clauses) + t("common.stop")


def _one_word(word: str, names: Sequence[str], rank: np.ndarray) -> str:
    best, worst = int(np.nanargmin(rank)), int(np.nanargmax(rank))
    return tm(
        "masked_word.asked_one",
        word=word,
        best=names[best],
        high=int(rank[best]),
        worst=names[worst],
        low=int(rank[worst]),
    )


def _why(spelled: Sequence[WordScore]) -> Iterator[str]:
    """How words came by their probability, or why they have none: one line a reader."""
    odd = [score for score in spelled if score.way != "whole"]
    for (word, family, way), group in groupby(odd, lambda s: (s.word, s.family, s.way)):
        same = list(group)
        shares = [
            t(
                "masked_word.share_of_view",
                share=charts.percent(score.unknown),
                view=t(f"masked_word.view.{score.view}"),
            )
            for score in same
            if score.unknown is not None
        ]
        line = tm(
            f"masked_word.asked_{_kind(way, same[0].pieces, bool(shares))}",
            word=word,
            reader=FAMILY_NAMES[family],
            pieces=same[0].pieces or word,
            shares=t("common.comma").join(shares),
        )
        yield line + t("common.stop")


def _kind(way: str, pieces: str, shares: bool) -> str:
    """Which sentence tells how a word came by its probability."""
    if way == "chain" and not pieces.endswith(END_OF_WORD):
        return "chain_open"
    return f"{way}_share" if shares else way
