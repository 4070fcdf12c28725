"""A new text: what each trained reader decides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.charts import finetuning as charts
from lmcore.errors import InputError
from lmcore.finetuning.task import Split, Task
from lmcore.finetuning.upload import MAX_CHOICES
from lmcore.text.examples import TRIALS
from lmcore.text.words import checked
from pages.sections.finetuning.results import places
from pages.sections.finetuning.session import Trained, identity, name_of
from pages.ui import language_notice
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.text import md, t


def texts_of(task: Task, parts: Split) -> tuple[str, ...]:
    """The new texts, checked.

    Raises:
        InputError: one of them cannot be read.
    """
    st.subheader(t("finetuning.trial"))
    start = TRIALS.get(task.name, parts.test[0].texts)
    if len(start) != len(parts.test[0].texts):
        start = parts.test[0].texts
    columns = st.columns(min(2, len(start)))
    texts = tuple(
        _typed(columns[place % len(columns)], task, place, text)
        for place, text in enumerate(start[: MAX_CHOICES + 1])
    )
    for text in texts:
        checked(text)
    return texts


def _typed(column: DeltaGenerator, task: Task, place: int, usual: str) -> str:
    """One of the boxes; its text stands in the address."""
    key, widget = f"ftt{place}", f"ftt{place}:{identity(task)}"
    state.text(key, widget, usual)
    text = column.text_input(t(_box(task, place), number=place), key=widget) or ""
    state.keep_text(key, widget, usual, text)
    return text


def _box(task: Task, place: int) -> str:
    if task.kind == "classification":
        return "finetuning.box.text"
    if task.kind == "choice":
        return "finetuning.box.choice" if place else "finetuning.box.context"
    return "finetuning.box.second" if place else "finetuning.box.first"


def readable(found: Sequence[Trained], texts: tuple[str, ...]) -> list[Trained]:
    """Trained networks that still have their weights and can read the texts; others say why not."""
    able = []
    for own in found:
        if own.learner is None:
            continue
        try:
            own.remember(("answer", texts), lambda own=own: _answer(own, texts))
            able.append(own)
        except InputError as error:
            st.warning(md(t(f"error.{error.code}", **error.values)))
    language_notice.say("\n".join(texts), dict.fromkeys(own.method.family for own in able))
    return able


def _answer(own: Trained, texts: tuple[str, ...]) -> np.ndarray:
    assert own.learner is not None
    return own.learner.probabilities([texts])[0]


def decisions(task: Task, found: Sequence[Trained], texts: tuple[str, ...]) -> None:
    """The probabilities of every trained method."""
    labels = list(task.labels) if task.kind != "choice" else list(texts[1:])
    lines = [
        charts.Line(
            name_of(own.method),
            own.method.family,
            own.remember(("answer", texts), lambda own=own: _answer(own, texts)),
            place,
        )
        for own, place in zip(found, places(found), strict=True)
    ]
    said = t("common.semicolon").join(
        t(
            "finetuning.decides",
            name=line.name,
            label=labels[int(line.values.argmax())],
            value=f"{line.values.max():.0%}",
        )
        for line in lines
    )
    winners = {int(line.values.argmax()) for line in lines}
    tail = "" if len(lines) < 2 else t(f"finetuning.{'agree' if len(winners) == 1 else 'differ'}")
    st.info(md(said) + t("common.stop") + tail)
    show_figure(
        charts.answers(lines, labels, t("finetuning.probability")),
        "decisions",
        t("finetuning.decisions_alt", finding=said),
        texts=texts,
    )
    frame = pd.DataFrame(
        [
            (line.name, label, float(value))
            for line in lines
            for label, value in zip(labels, line.values, strict=True)
        ],
        columns=[t("finetuning.method"), t("finetuning.answer"), t("finetuning.probability")],
    )
    show_table(frame, "decisions")
