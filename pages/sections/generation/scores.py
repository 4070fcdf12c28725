"""Every text judged by every reader: a matrix of writers and judges."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses.generation import GenerationView
from lmcore.analyses.generation_scores import (
    AUTHOR,
    WORD_SCORES,
    CrossScores,
    JudgedText,
    cross_scores,
    texts_to_judge,
)
from lmcore.charts import generation as charts
from lmcore.text.prompts import Prompt
from pages.ui import views
from pages.ui.figure import show_figure, show_table
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t


def scores_part(texts: Sequence[GenerationView], prompt: Prompt) -> None:
    """Which reader finds whose words likely."""
    judged, judges = texts_to_judge(texts, prompt), views.families("score")
    if not judged or not judges:
        return
    st.caption(t("generation.scores_how"))
    questions = [JudgedText(text.text) for text in judged]
    with st.spinner(t("common.computing")):
        scores = {
            j: [views.view(WORD_SCORES, j, question) for question in questions] for j in judges
        }
    table = cross_scores(judged, scores)
    names = {**FAMILY_NAMES, AUTHOR: t("generation.author")}
    st.info(_finding(table, names))
    if not np.isfinite(table.values).any():
        return
    figure = charts.matrix(
        table.by_writer(),
        [names[writer] for writer in table.writers],
        [names[judge] for judge in judges],
        writer_axis=t("generation.writer"),
        judge_axis=t("generation.judge"),
        scale=t("generation.scores_scale"),
    )
    alt = t("generation.scores_alt", judges=", ".join(names[judge] for judge in judges))
    show_figure(figure, "generation-scores", alt, texts=[prompt.whole])
    st.caption(
        t(
            "generation.scores_words",
            counted=int(table.words.sum()),
            left_out=int(table.left_out.sum()),
        )
    )
    show_table(_frame(table, names), "generation-scores")


def _finding(table: CrossScores, names: Mapping[str, str]) -> str:
    """Whose words each judge finds likeliest, in one sentence."""
    favourites = table.favourites()
    if not favourites:
        return t("generation.scores_none")
    if len(favourites) > 1 and all(f.judge == f.writer for f in favourites):
        return t("generation.scores_all_own")
    clauses = []
    for favourite in favourites:
        key = "generation.scores_other"
        if favourite.judge == favourite.writer:
            key = "generation.scores_own"
        elif not np.isfinite(favourite.of_itself):
            key = "generation.scores_only_other"
        values = {"judge": names[favourite.judge], "writer": names[favourite.writer]}
        values |= {"best": _nats(favourite.mean), "own": _nats(favourite.of_itself)}
        clauses.append(t(key, **values))
    return t("common.semicolon").join(clauses) + t("common.stop")


def _nats(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def _frame(table: CrossScores, names: Mapping[str, str]) -> pd.DataFrame:
    """Every text, one a row, with what each judge gives it."""
    rows = []
    for row, text in enumerate(table.texts):
        start, end = text.written
        by_judge = {
            t("generation.by_judge", judge=names[judge]): table.values[row, column]
            for column, judge in enumerate(table.judges)
        }
        rows.append(
            {
                t("generation.writer"): names[text.writer],
                t("generation.seed"): text.label,
                t("generation.text"): text.text[start:end].strip(),
                t("generation.words_counted"): int(table.words[row]),
                t("generation.words_left_out"): int(table.left_out[row]),
                **by_judge,
            }
        )
    return pd.DataFrame(rows)
