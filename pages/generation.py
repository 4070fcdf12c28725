"""Generation: a prompt that every reader continues in its own way."""

from __future__ import annotations

from lmcore.charts.theme import FAMILY_NAMES
from pages._shared import cache
from pages._shared import generation as parts
from pages._shared.frame import page
from pages._shared.inputs import word_notes

with page("generation"):
    prompt, settings, pressed = parts.form()
    writings = parts.write_all(prompt, settings, pressed or settings.length <= parts.UNASKED)
    if writings:
        word_notes(
            [cache.reading(writing.family, prompt.text) for writing in writings], FAMILY_NAMES
        )
        parts.finding(writings)
        parts.curve_part(writings)
        for writing in writings:
            if not writing.in_order:
                parts.order_part(writing)
