"""From pre-training to a task: bring ELMo, GPT and BERT to a task, and see what it changes."""

from __future__ import annotations

import streamlit as st

from lmcore import settings
from lmcore.errors import ReadersError
from lmcore.finetuning.task import Split, Task, split
from pages.sections.finetuning import inside, published, results, session, training, trial
from pages.sections.finetuning import task as part
from pages.ui.errors import problem
from pages.ui.page import page
from pages.ui.text import t


def outcome(task: Task, parts: Split) -> None:
    """What has been trained on the task so far."""
    name = session.identity(task)
    found = session.of_task(name)
    if not found:
        anew = session.told_by_link(name)
        if anew:
            training.anew(anew)
        st.info(t("finetuning.nothing_yet"))
        return
    session.keep_trained(found)
    training.trained_notes(found)
    answers = results.table_section(task, parts, found)
    results.curves_section(task, parts, found)
    results.confusion_section(task, parts, found)
    results.differences_section(task, parts, answers)
    results.mix_section(task, parts, found)
    try:
        texts = trial.texts_of(task, parts)
        able = trial.readable(found, texts)
        if able:
            trial.decisions(task, able, texts)
            inside.section(task, parts, able, texts)
    except ReadersError as error:
        problem(error)


def bring_to(task: Task) -> None:
    """A task: its parts, its inputs, the training and what came of it."""
    parts = split(task)
    part.overview(task, parts)
    part.inputs_section(task, parts)
    if not settings.training_allowed():  # no button, and no step: nothing can be asked for
        st.info(t("finetuning.training_off"), icon=":material/power_settings_new:")
        return
    training.controls(task, parts)
    if training.under_way(task):
        training.work(task, parts)
    outcome(task, parts)


with page("finetuning"):
    chosen = part.choose_task()
    if chosen is None:
        st.info(t("finetuning.no_table"))
    else:
        bring_to(chosen)
    published.section()
