"""Views for sections: what an analysis makes of a question with the reader in a family's place.

Sections draw what comes from here and compute nothing themselves. A view is computed once for each
model and question and shared between visitors.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

import streamlit as st

from lmcore.analyses.analysis import Analysis
from lmcore.errors import ReadersError
from lmcore.outputs.facts import ReaderFacts
from pages.ui import cache
from pages.ui.errors import problem
from pages.ui.text import t

Q = TypeVar("Q", bound=Hashable)
V = TypeVar("V")

_analyses: dict[str, Analysis[Any, Any]] = {}


@st.cache_resource(show_spinner=False, max_entries=256, ttl=cache.KEPT)
def _computed(name: str, key: str, question: Any) -> Any:
    analysis = _analyses[name]
    before = () if analysis.after is None else (_computed(analysis.after.name, key, question),)
    return analysis.compute(cache.shared(key), question, *before)


def view(analysis: Analysis[Q, V], family: str, question: Q) -> V:
    """What the reader in a family's place makes of a question.

    Raises:
        ReadersError: the reader cannot answer it, or does not load.
    """
    _analyses[analysis.name] = analysis
    if analysis.after is not None:
        _analyses[analysis.after.name] = analysis.after
    computed: V = _computed(analysis.name, cache.key(family), question)
    return computed


def views(analysis: Analysis[Q, V], families: Iterable[str], question: Q) -> dict[str, V]:
    """What each of some readers makes of a question; one that cannot answer it says why.

    Args:
        analysis: what is asked.
        families: whose readers are asked, in this order.
        question: the same for all.
    """
    answers: dict[str, V] = {}
    with st.spinner(t("common.computing")):
        for family in families:
            try:
                answers[family] = view(analysis, family, question)
            except ReadersError as error:
                problem(error)
    return answers


def facts(family: str) -> ReaderFacts:
    """What is known of the reader in a family's place without asking it anything.

    Raises:
        ReadersError: it does not load.
    """
    return cache.reader(family).facts


def families(*capabilities: str) -> list[str]:
    """Families whose readers work and have all of some capabilities, in order."""
    return [
        family
        for family, reader in cache.readers().items()
        if all(name in reader.facts.capabilities for name in capabilities)
    ]
