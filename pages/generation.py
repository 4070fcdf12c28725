"""Generation: a beginning or an ending that every reader continues in its own way."""

from __future__ import annotations

import pages.ui.framed  # noqa: F401 - comes first
from pages.sections.generation import form as parts
from pages.sections.generation import results
from pages.sections.generation.choice import choice_part
from pages.sections.generation.prompt import prompt_part
from pages.sections.generation.scores import scores_part
from pages.ui import cache
from pages.ui.inputs import word_notes
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import page

with page("generation"):
    prompt = prompt_part()
    settings, pressed = parts.form()
    found = parts.write_all(prompt, settings, pressed)
    if found:
        names = {one.family: FAMILY_NAMES[one.family] for one in found}
        word_notes([cache.reading(family, prompt.text) for family in names], names)
        results.finding(list(found.values()))
        closer = parts.closer_look(found, settings)
        choice_part(closer)
        results.curve_part(list(closer.values()))
        for writing in closer.values():
            if not writing.in_order:
                results.order_part(writing)
        scores_part(list(found.values()), prompt)
