"""Generation: a beginning or an ending that every reader continues in its own way."""

from functools import partial

import streamlit as st

from pages.sections.generation import form, results
from pages.sections.generation.choice import PIECE, READER, STEP, choice_part
from pages.sections.generation.prompt import prompt_part
from pages.sections.generation.scores import scores_part
from pages.ui.inputs import word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import page, part
from pages.ui.text import t

#: Names in the address: what is chosen at a step, and what the curves are of.
CHOICE, MEASURE = (READER, STEP, PIECE), "generation_measure"

with page("generation"):
    prompt = prompt_part()
    above, answers = st.container(), st.container()
    with st.expander(t("generation.settings"), key="generation_settings"):
        settings, pressed = form.form()
    with answers:
        texts = form.write_all(prompt, settings, pressed)
    if texts:
        of_each_reader = {job.family: view for job, view in texts.items()}
        with above:
            word_notes(list(of_each_reader.values()), FAMILY_NAMES)
        results.finding(list(texts.values()))
        closer = form.closer_look(texts, settings)
        views = list(closer.values())
        part("generation.choice", "more", lambda: choice_part(closer), CHOICE, alone=False)
        part("generation.curves", "more", lambda: results.curve_part(views), [MEASURE])
        for view in views:
            if not view.in_order:
                title = t("generation.order", reader=FAMILY_NAMES[view.family])
                draw = partial(results.order_part, view)
                part("generation.order", "more", draw, [results.STEPS], title)
        every = list(texts.values())
        part("generation.scores", "experts", lambda: scores_part(every, prompt))
