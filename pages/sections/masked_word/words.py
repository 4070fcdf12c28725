"""Single words on the Masked word page: a table of all, and those that are asked about."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import streamlit as st

from lmcore.analyses import blank_words
from lmcore.analyses.masked_word import WordScore
from lmcore.charts import masked_word as charts
from lmcore.outputs.answers import Candidates
from pages.sections.masked_word.answers import name
from pages.sections.masked_word.blanks import Options
from pages.ui.figure import csv, show_figure, show_table
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm

#: What ends the last piece of a word in the vocabularies that mark it.
END_OF_WORD = "</w>"


def table(
    columns: Sequence[Candidates],
    scores: Sequence[WordScore],
    spelled: Sequence[WordScore],
    options: Options,
) -> None:
    """One row a candidate; for every view its probability and its rank."""
    st.caption(t("masked_word.table_note"))
    words = blank_words.rows(columns, scores, options.k, options.words)
    probability, rank = blank_words.comparison(columns, words, [*scores, *spelled])
    names = [name(column.family, column.view) for column in columns]
    titles = (t("masked_word.word"), t("masked_word.rank"))
    frame = blank_words.frame(words, names, probability, rank, titles)
    in_percent = blank_words.frame(words, names, 100 * probability, rank, titles)
    formats = {title: st.column_config.NumberColumn(format="%.3g %%") for title in names}
    formats[titles[0]] = st.column_config.TextColumn(pinned=True)
    st.dataframe(
        in_percent,
        hide_index=True,
        column_config=formats,
        key="masked-words",
        alt=t("masked_word.table_alt", count=len(words), views=", ".join(names)),
    )
    st.download_button(
        t("common.download_csv"),
        data=lambda: csv(frame),
        file_name="masked-word.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="csv:masked-word",
    )


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
