"""A new text: what each trained reader decides."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.charts import finetuning as charts
from lmcore.errors import InputError
from lmcore.finetuning.task import Split, Task
from lmcore.finetuning.upload import MAX_CHOICES
from lmcore.text.words import checked
from pages.sections.finetuning.session import Trained, identity, lines
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.inputs import foreign_notice
from pages.ui.models import choice
from pages.ui.text import md, t


def texts_of(task: Task, parts: Split) -> tuple[str, ...]:
    """The new texts, checked.

    Raises:
        InputError: one of them cannot be read.
    """
    st.subheader(t("finetuning.trial"))
    usual = parts.test[0].texts
    start = choice.examples().trials.get(task.name, usual)
    if len(start) != len(usual):
        start = usual
    columns = st.columns(min(2, len(start)))
    texts = tuple(
        _typed(columns[place % len(columns)], task, place, text)
        for place, text in enumerate(start[: MAX_CHOICES + 1])
    )
    for text in texts:
        checked(text)
    return texts


def _typed(column: DeltaGenerator, task: Task, place: int, usual: str) -> str:
    """The text of one box; it stands in the address."""
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


def readable(trained: Sequence[Trained], texts: tuple[str, ...]) -> list[Trained]:
    """Trained networks that still have their weights and can read the texts; others say why not."""
    able = []
    for network in trained:
        if network.learner is None:
            continue
        try:
            _probabilities(network, texts)
            able.append(network)
        except InputError as error:
            st.warning(md(t(f"error.{error.code}", **error.values)))
    foreign_notice("\n".join(texts), dict.fromkeys(n.method.family for n in able))
    return able


def _probabilities(network: Trained, texts: tuple[str, ...]) -> np.ndarray:
    """Of the answers, ``[C]``."""
    answer: np.ndarray = network.remember(
        ("answer", texts), lambda learner: learner.probabilities([texts])[0]
    )
    return answer


def decisions(task: Task, trained: Sequence[Trained], texts: tuple[str, ...]) -> None:
    """The probabilities of every trained method.

    Args:
        task: what was learned.
        trained: networks that can read the texts.
        texts: what the visitor has typed.
    """
    labels = list(task.labels) if task.kind != "choice" else list(texts[1:])
    drawn = lines(trained, [_probabilities(network, texts) for network in trained])
    answers = [int(line.values.argmax()) for line in drawn]
    finding = t("common.semicolon").join(
        t(
            "finetuning.decides",
            name=line.name,
            label=labels[answer],
            value=f"{line.values[answer]:.0%}",
        )
        for line, answer in zip(drawn, answers, strict=True)
    )
    agreement = t(f"finetuning.{'agree' if len(set(answers)) == 1 else 'differ'}")
    st.info(md(finding) + t("common.stop") + (agreement if len(drawn) > 1 else ""))
    show_figure(
        charts.answers(drawn, labels, t("finetuning.probability")),
        "decisions",
        t("finetuning.decisions_alt", finding=finding),
        texts=texts,
    )
    frame = pd.DataFrame(
        [
            (line.name, label, float(value))
            for line in drawn
            for label, value in zip(labels, line.values, strict=True)
        ],
        columns=[t("finetuning.method"), t("finetuning.answer"), t("finetuning.probability")],
    )
    show_table(frame, "decisions")
