"""One table of all words in all views, and the words that somebody asked about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import streamlit as st

from lmcore.analyses import masked_word
from lmcore.analyses import masked_word as masked_word_asked
from lmcore.analyses.masked_word import WordScore
from lmcore.charts import masked_word as charts
from lmcore.errors import ReadersError
from lmcore.outputs.answers import Answer
from lmcore.text.cloze import Cloze
from lmcore.text.words import split
from pages.sections.masked_word.candidates import answers, name
from pages.ui import cache
from pages.ui.errors import problem
from pages.ui.figure import csv, show_figure, show_table
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm

#: What ends the last piece of a word in the vocabularies that mark it.
END_OF_WORD = "</w>"


@st.cache_resource(show_spinner=False, max_entries=512, ttl=cache.KEPT)
def _asked(
    key: str, text: str, positions: tuple[int, ...], which: int, word: str
) -> list[WordScore]:
    cloze = Cloze(split(text), positions, (None,) * len(positions))
    given = answers(key, text, positions).marginal[which]
    return masked_word_asked.ask(cache.loaded(key), cloze, which, word, given)


def asked_of_all(
    cloze: Cloze, which: int, families: Sequence[str], words: Sequence[str]
) -> list[WordScore]:
    """What every reader says about the asked words in one blank."""
    found: list[WordScore] = []
    text, positions = cloze.sentence.text, cloze.positions
    for family in families:
        for word in words:
            try:
                found += _asked(cache.key(family), text, positions, which, word)
            except ReadersError as error:
                problem(error)
    return found


def table(given: Sequence[Answer], k: int, asked: Sequence[str], told: Sequence[WordScore]) -> None:
    """One row a candidate; for every view its probability and its rank."""
    st.markdown(f"#### {t('masked_word.table')}")
    st.caption(t("masked_word.table_note"))
    words = masked_word.rows(given, k, asked)
    probability, rank = masked_word.comparison(given, words, told)
    names = [name(answer.family, answer.view) for answer in given]
    titles = (t("masked_word.word"), t("masked_word.rank"))
    whole = masked_word.frame(words, names, probability, rank, titles)
    shown = whole.copy()
    shown[names] = 100 * shown[names]
    columns = {title: st.column_config.NumberColumn(format="%.3g %%") for title in names}
    columns[titles[0]] = st.column_config.TextColumn(pinned=True)
    st.dataframe(
        shown,
        hide_index=True,
        column_config=columns,
        key="masked-words",
        alt=t("masked_word.table_alt", count=len(words), views=", ".join(names)),
    )
    st.download_button(
        t("common.download_csv"),
        data=lambda: csv(whole),
        file_name="masked-word.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        key="csv:masked-word",
    )


def asked_part(
    given: Sequence[Answer],
    words: Sequence[str],
    told: Sequence[WordScore],
    hidden: str | None,
    texts: Sequence[str],
) -> None:
    """Probability and rank of the asked words in every view, and why some have none."""
    st.markdown(f"#### {t('masked_word.asked_title')}")
    if hidden is not None:
        st.caption(tm("masked_word.hidden", word=hidden))
    probability, rank = masked_word.comparison(given, words, told)
    names = [name(answer.family, answer.view) for answer in given]
    st.info(_finding(words, names, probability, rank))
    axis = t("masked_word.asked_axis")
    figure = charts.asked(words, names, probability, axis=axis)
    show_figure(figure, "masked-word-asked", t("masked_word.asked_alt"), texts=texts)
    if (probability < charts.LEAST).any():
        st.caption(t("masked_word.asked_least", least=charts.percent(charts.LEAST)))
    for line in _why(told):
        st.caption(line)
    titles = (t("masked_word.word"), t("masked_word.rank"))
    show_table(masked_word.frame(words, names, probability, rank, titles), "masked-word-asked")


def _finding(
    words: Sequence[str], names: Sequence[str], probability: np.ndarray, rank: np.ndarray
) -> str:
    usable = np.isfinite(probability).any(axis=0)
    if not usable.any():
        return t("masked_word.asked_none") + t("common.stop")
    if len(words) == 1:
        clauses = [_one_word(words[0], names, rank, np.flatnonzero(usable).tolist())]
    else:
        winners = np.nanargmax(np.where(usable, probability, -1.0), axis=0)
        clauses = []
        for row, word in enumerate(words):
            mine = usable & (winners == row)
            own = [title for title, ok in zip(names, mine, strict=True) if ok]
            if own:
                views = t("common.comma").join(own)
                clauses.append(tm("masked_word.asked_best", word=word, views=views))
    return t("common.semicolon").join(clauses) + t("common.stop")


def _one_word(word: str, names: Sequence[str], rank: np.ndarray, places: Sequence[int]) -> str:
    best, worst = min(places, key=lambda i: rank[0, i]), max(places, key=lambda i: rank[0, i])
    return tm(
        "masked_word.asked_one",
        word=word,
        best=names[best],
        high=int(rank[0, best]),
        worst=names[worst],
        low=int(rank[0, worst]),
    )


def _why(told: Sequence[WordScore]) -> Iterator[str]:
    """How asked words came by their probability, or why they have none: one line a reader."""
    by_way: dict[tuple[str, str, str], list[WordScore]] = {}
    for one in told:
        if one.way != "whole":
            by_way.setdefault((one.word, one.family, one.way), []).append(one)
    for (word, family, way), same in by_way.items():
        shares = [
            t(
                "masked_word.share_of_view",
                share=charts.percent(one.unknown),
                view=t(f"masked_word.view.{one.view}"),
            )
            for one in same
            if one.unknown is not None
        ]
        told_by = tm(
            f"masked_word.asked_{_kind(way, same[0].pieces, bool(shares))}",
            word=word,
            reader=FAMILY_NAMES[family],
            pieces=same[0].pieces or word,
            shares=t("common.comma").join(shares),
        )
        yield told_by + t("common.stop")


def _kind(way: str, pieces: str, shares: bool) -> str:
    """Which sentence tells how a word came by its probability."""
    if way == "chain" and not pieces.endswith(END_OF_WORD):
        return "chain_open"
    return f"{way}_share" if shares else way
