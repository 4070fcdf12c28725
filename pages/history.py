"""How they were trained: loss and speed along the training, recipes, results by layer."""

import streamlit as st

import pages.ui.framed  # noqa: F401 - comes first
from lmcore.analyses.training_history import histories
from lmcore.evaluation.stored import results
from pages.sections.history import curves as part
from pages.sections.history import results as history_results
from pages.ui.models.sidebar import classroom_only
from pages.ui.page import page
from pages.ui.text import t

with page("history"):
    classroom_only()
    axis, log = part.controls()
    # Not cached: the files are small and grow while somebody trains.
    found = histories()
    part.missing(found)
    trained = [one for one in found if len(one.reports)]
    if trained:
        part.loss_section(trained, axis, log)
        part.speed_section(trained, axis, log)
    st.subheader(t("history.recipe"))
    part.recipe_section([one for one in found if one.card])
    measured = results()
    history_results.layers_section(measured)
    history_results.perplexity_section(measured)
