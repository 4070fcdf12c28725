"""What panels of lessons compute that no other page keeps.

Keys are those of :func:`pages.ui.cache.key`. Everything else comes from the caches of the
pages themselves.
"""

from __future__ import annotations

import streamlit as st

from lmcore.analyses.generation import GENERATION, GenerationQuestion, GenerationView
from lmcore.finetuning.inputs import Row, bert_rows, gpt_rows
from lmcore.finetuning.task import Kind
from lmcore.outputs.generation import GenerationSettings
from pages.ui import cache


@st.cache_resource(show_spinner=False, max_entries=64, ttl=cache.KEPT)
def written(key: str, prompt: str, length: int, temperature: float, seed: int) -> GenerationView:
    """What a reader writes behind a prompt; all other settings are the usual ones."""
    settings = GenerationSettings(length=length, temperature=temperature, seed=seed)
    return GENERATION.compute(cache.loaded(key), GenerationQuestion(prompt, settings))


def task_rows(family: str, kind: Kind, texts: tuple[str, ...]) -> list[Row]:
    """The sequences that a reader gets of a task; it cuts text and runs no network."""
    make = gpt_rows if cache.reader(family).context == "left" else bert_rows
    return make(cache.reader(family), kind, texts)  # type: ignore[arg-type]
