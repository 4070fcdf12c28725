"""From pre-training to a task: bring ELMo, GPT and BERT to a task, and see what it changes."""

import streamlit as st

from lmcore import settings
from lmcore.errors import ReadersError
from lmcore.finetuning.task import Split, Task, split
from pages.sections.finetuning import (
    controls,
    inside,
    passes,
    published,
    results,
    session,
    training,
    trial,
)
from pages.sections.finetuning import task as part
from pages.ui.page import page, problem
from pages.ui.page import part as fold
from pages.ui.text import t


def outcome(task: Task, parts: Split) -> None:
    """What has been trained on the task so far."""
    name = session.identity(task)
    trained = session.of_task(name)
    if not trained:
        if families := session.trained_by_link(name):
            controls.anew(families)
        st.info(t("finetuning.nothing_yet"))
        return
    session.keep_trained(trained)
    training.trained_notes(trained)
    answers = results.table_section(task, parts, trained)
    passes.curves_section(task, parts, trained)
    results.confusion_section(task, parts, trained)
    results.differences_section(task, parts, answers)
    passes.mix_section(task, parts, trained)
    try:
        texts = trial.texts_of(task, parts)
        able = trial.readable(trained, texts)
        if able:
            trial.decisions(task, able, texts)
            inside.section(task, parts, able, texts)
    except ReadersError as error:
        problem(error)


def bring_to(task: Task) -> None:
    """A task: its parts, its inputs, the training and what came of it."""
    parts = split(task)
    part.overview(task, parts)
    fold("finetuning.inputs", "more", lambda: part.inputs_section(task, parts), ["ftik", "ftie"])
    if not settings.training_allowed():  # no button, and no step: nothing can be trained
        st.info(t("finetuning.training_off"), icon=":material/power_settings_new:")
        return
    controls.controls(task, parts)
    if training.under_way(task):
        training.work(task, parts)
    outcome(task, parts)


with page("finetuning"):
    chosen = part.choose_task()
    if chosen is None:
        st.info(t("finetuning.no_table"))
    else:
        bring_to(chosen)
    fold("finetuning.published", "more", published.section, ["ftset"])
