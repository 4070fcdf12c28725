"""Generation: a beginning or an ending that every reader continues in its own way."""

from __future__ import annotations

import streamlit as st

from pages.sections.generation import form, results
from pages.sections.generation.choice import choice_part
from pages.sections.generation.prompt import prompt_part
from pages.sections.generation.scores import scores_part
from pages.ui.inputs import word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import page

with page("generation"):
    prompt = prompt_part()
    above = st.container()
    settings, pressed = form.form()
    texts = form.write_all(prompt, settings, pressed)
    if texts:
        of_each_reader = {job.family: view for job, view in texts.items()}
        with above:
            word_notes(list(of_each_reader.values()), FAMILY_NAMES)
        results.finding(list(texts.values()))
        closer = form.closer_look(texts, settings)
        choice_part(closer)
        results.curve_part(list(closer.values()))
        for view in closer.values():
            if not view.in_order:
                results.order_part(view)
        scores_part(list(texts.values()), prompt)
