"""Views for sections: what an analysis makes of a question with the reader in a family's place.

Sections draw what comes from here and compute nothing themselves. A view is computed once for each
model and question and shared between visitors. While the server has just started, what can be said
without the readers is said without them: the views of the examples are stored with the project, and
the small files of a checkpoint state the facts of its reader.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any, TypeVar

import streamlit as st

from lmcore.analyses.analysis import Analysis, stored
from lmcore.errors import ReadersError
from lmcore.outputs.facts import ReaderFacts, stated_facts
from lmcore.runtime.checkpoints import ROOT
from lmcore.runtime.families import FAMILIES, Capability
from pages.ui import cache
from pages.ui.errors import problem
from pages.ui.startup import warm_start
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
    """What the reader in a family's place makes of a question; waits while it is on its way.

    Args:
        analysis: what to make of it.
        family: whose reader.
        question: as the analysis has it.

    Raises:
        ReadersError: the reader cannot answer it, or does not load.
    """
    kept = kept_view(analysis, family, question)
    if kept is not None:
        return kept
    key = cache.key(family)
    if key in warm_start.pending:
        warm_start.wait(key)
    _analyses[analysis.name] = analysis
    if analysis.after is not None:
        _analyses[analysis.after.name] = analysis.after
    computed: V = _computed(analysis.name, key, question)
    return computed


def kept_view(analysis: Analysis[Q, V], family: str, question: Q) -> V | None:
    """The stored view of a question while the reader is on its way, where there is one.

    Args:
        analysis, family, question: as in :func:`view`.
    """
    pending = cache.key(family) in warm_start.pending
    return stored(analysis, family, question) if pending else None


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
    key = cache.key(family)
    if key in warm_start.pending:
        return stated_facts(ROOT / key)
    return cache.loaded(key).facts


def all_facts() -> tuple[dict[str, ReaderFacts], dict[str, ReadersError]]:
    """The facts of all readers that work, and why the others do not, by family in order."""
    known: dict[str, ReaderFacts] = {}
    errors: dict[str, ReadersError] = {}
    for family in FAMILIES:
        try:
            known[family] = facts(family)
        except ReadersError as error:
            errors[family] = error
    return known, errors


def families(*capabilities: Capability) -> list[str]:
    """Families whose readers work and have all of some capabilities, in order."""
    return [
        family
        for family, reader in all_facts()[0].items()
        if reader.capabilities.issuperset(capabilities)
    ]
