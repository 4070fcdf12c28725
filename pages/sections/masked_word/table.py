"""All words of a blank in one table: their probabilities and ranks in every view."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lmcore.analyses import blank_words
from lmcore.analyses.masked_word import WordScore
from lmcore.outputs.answers import Candidates
from pages.sections.masked_word.answers import name
from pages.sections.masked_word.blanks import Options
from pages.ui.figure import csv
from pages.ui.text import t


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
