"""The finding of the Polysemy page: what the numbers say, as sentences."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lmcore.analyses.polysemy import Comparison, Verdict, alike_so_far, judge
from lmcore.text.word_uses import Question
from pages.ui import cache
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm

#: More sentences than this are counted and not listed.
LISTED = 6


def finding(question: Question, found: dict[str, Comparison], suggested_by: str | None) -> None:
    """One sentence computed from the numbers, and what has to be known beside it."""
    decidable = any(comparison.decidable for comparison in found.values())
    if decidable:
        clauses = [_clause(question, f, judge(comparison)) for f, comparison in found.items()]
        head = tm(
            "polysemy.finding.suggested" if suggested_by else "polysemy.finding.head",
            word=question.word,
            count=len(question.senses),
            senses=t("common.comma").join(question.senses),
        )
    else:
        clauses = [_alike(f, comparison) for f, comparison in found.items()]
        head = tm("polysemy.finding.no_senses", word=question.word)
    st.info(head + t("common.semicolon").join(clauses) + t("common.stop"))
    if not decidable:
        st.caption(t("polysemy.no_verdict"))
    if suggested_by:
        st.caption(t("polysemy.suggested", reader=FAMILY_NAMES[suggested_by]))
    _what_left_readers_miss(question, found)
    if len({use.form for use in question.uses}) > 1:
        st.caption(tm("polysemy.forms", forms=_forms(question)))


def _clause(question: Question, family: str, verdict: Verdict) -> str:
    """What the finding says about one reader."""
    key: str = verdict.kind
    if cache.reader(family).context == "none" and key in ("on", "never"):
        key = f"form_{key}"
    elif key == "on" and verdict.layers[0] == 0:
        key = "all"
    elif len(verdict.layers) == 1:
        key = {"on": "top", "only": "only_one"}[key]
    return tm(
        f"polysemy.finding.{key}",
        reader=FAMILY_NAMES[family],
        first=verdict.layers[0] if verdict.layers else 0,
        layers=t("common.comma").join(str(layer) for layer in verdict.layers),
        looked=verdict.looked,
        uses=names(question, verdict.astray),
    )


def _alike(family: str, comparison: Comparison) -> str:
    """How alike all uses are at the top of one reader."""
    reader = FAMILY_NAMES[family]
    if comparison.missing:
        return tm("polysemy.finding.missing", reader=reader)
    mean, chance = f"{comparison.overall[-1]:.2f}", f"{comparison.baseline[-1]:.2f}"
    return tm("polysemy.finding.alike", reader=reader, mean=mean, baseline=chance)


def _what_left_readers_miss(question: Question, found: dict[str, Comparison]) -> None:
    """Which sentences are one and the same to a reader of the left side, and why."""
    left = [FAMILY_NAMES[f] for f in found if cache.reader(f).context == "left"]
    for uses in alike_so_far(question):
        for reader in left:
            st.caption(
                tm("polysemy.alike_so_far", reader=reader, uses=names(question, uses)),
            )


def names(question: Question, uses: Sequence[int]) -> str:
    """Sentences by their numbers, as a phrase."""
    listed = [question.uses[use].name for use in uses]
    if len(listed) == len(question.uses):
        return t("polysemy.uses_all")
    if len(listed) > LISTED:
        return t("polysemy.uses_count", count=len(listed), total=len(question.uses))
    if len(listed) < 2:
        return t("polysemy.uses_one", names="".join(listed))
    front = t("common.comma").join(listed[:-1])
    return t("polysemy.uses_many", names=t("polysemy.and").join([front, listed[-1]]))


def _forms(question: Question) -> str:
    """Which form was found where."""
    by_form: dict[tuple[str, str], list[int]] = {}
    for number, use in enumerate(question.uses):
        by_form.setdefault((use.form, use.kind), []).append(number)
    parts = [
        t(f"polysemy.form.{kind}", form=form, uses=names(question, uses))
        for (form, kind), uses in by_form.items()
    ]
    return t("common.semicolon").join(parts)
