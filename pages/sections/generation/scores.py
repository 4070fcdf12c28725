"""Every text judged by every reader: a matrix of writers and judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses.generation import Writing
from lmcore.analyses.generation_scores import CrossScores, Text, cross_scores, word_scores
from lmcore.charts import generation as charts
from lmcore.text.prompts import Prompt
from lmcore.text.words import split
from pages.ui import cache
from pages.ui.figure import show_figure, show_table
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t

#: The writer of what was cut off the sentence: its own author.
AUTHOR = "author"


@st.cache_resource(show_spinner=False, max_entries=256, ttl=cache.KEPT)
def _scores(key: str, text: str) -> np.ndarray:
    return word_scores(cache.loaded(key), text)


def texts_of(writings: Sequence[Writing], prompt: Prompt) -> list[Text]:
    """The written texts, and the sentence itself where something was cut off it."""
    texts = [
        Text(one.family, one.text, one.written, str(one.settings.seed))
        for one in writings
        if one.continuation.strip()
    ]
    if any(word.has_letters for word in split(prompt.rest).words):
        texts.append(Text(AUTHOR, prompt.whole, prompt.cut_off))
    return texts


def scores_part(writings: Sequence[Writing], prompt: Prompt) -> None:
    """Which reader finds whose words likely."""
    texts, judges = texts_of(writings, prompt), list(cache.readers("score"))
    if not texts or not judges:
        return
    st.markdown(f"#### {t('generation.scores')}")
    st.caption(t("generation.scores_how"))
    with st.spinner(t("common.computing")):
        own = {j: [_scores(cache.key(j), text.text) for text in texts] for j in judges}
    table = cross_scores(texts, own)
    names = {**FAMILY_NAMES, AUTHOR: t("generation.author")}
    st.info(said(table, names))
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
    show_table(frame(table, names), "generation-scores")


def said(table: CrossScores, names: Mapping[str, str]) -> str:
    """Whose words each judge finds likeliest, in one sentence."""
    favourites, means = table.favourites(), table.by_writer()
    if not favourites:
        return t("generation.scores_none")
    own = [judge for judge, writer in favourites.items() if judge == writer]
    if len(own) == len(favourites) > 1:
        return t("generation.scores_all_own")
    parts = []
    for judge, writer in favourites.items():
        column = means[:, table.judges.index(judge)]
        best = _nats(column[table.writers.index(writer)])
        if judge == writer:
            part = t("generation.scores_own", judge=names[judge], best=best)
        else:
            mine = column[table.writers.index(judge)] if judge in table.writers else np.nan
            key = "generation.scores_other" if np.isfinite(mine) else "generation.scores_only_other"
            values = {"judge": names[judge], "writer": names[writer], "best": best}
            part = t(key, **values, own=_nats(mine))
        parts.append(part)
    return t("generation.scores_join").join(parts) + t("generation.finding_end")


def _nats(value: float) -> str:
    return f"{value:.2f}".replace("-", "−")


def frame(table: CrossScores, names: Mapping[str, str]) -> pd.DataFrame:
    """Every text, one a row, with what each judge gives it."""
    rows = []
    for row, text in enumerate(table.texts):
        start, end = text.written
        rows.append(
            {
                t("generation.writer"): names[text.writer],
                t("generation.seed"): text.label,
                t("generation.text"): text.text[start:end].strip(),
                t("generation.words_counted"): int(table.words[row]),
                t("generation.words_left_out"): int(table.left_out[row]),
                **{
                    t("generation.by_judge", judge=names[judge]): table.values[row, column]
                    for column, judge in enumerate(table.judges)
                },
            }
        )
    return pd.DataFrame(rows)
