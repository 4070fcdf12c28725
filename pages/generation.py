"""Generation: a beginning or an ending that every reader continues in its own way."""

from __future__ import annotations

import pages._shared.framed  # noqa: F401 - comes first
from pages._shared import cache
from pages._shared import generation as parts
from pages._shared import generation_results as results
from pages._shared.frame import page
from pages._shared.generation_choice import choice_part
from pages._shared.generation_prompt import prompt_part
from pages._shared.generation_scores import scores_part
from pages._shared.inputs import word_notes
from pages._shared.names import FAMILY_NAMES

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
