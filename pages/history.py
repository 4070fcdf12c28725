"""How they were trained: loss and speed along the training, recipes, results by layer."""

from lmcore.analyses.training_history import histories
from lmcore.evaluation.stored import results
from pages.sections.history import curves, recipes
from pages.sections.history import results as benchmarks
from pages.ui.models.sidebar import classroom_only
from pages.ui.page import page, part

with page("history"):
    classroom_only()
    axis, log = curves.controls()
    # Not cached: the files are small and grow while somebody trains.
    known = histories()
    curves.missing(known)
    trained = [history for history in known if history.trained]
    if trained:
        curves.loss_section(trained, axis, log)
        part("history.speed", "experts", lambda: curves.speed_section(trained, axis, log))
    part("history.recipe", "more", lambda: recipes.section(known))
    measured = results()
    part("history.coarsewsd", "more", lambda: benchmarks.layers_section(measured))
    part("history.perplexity", "more", lambda: benchmarks.perplexity_section(measured))
