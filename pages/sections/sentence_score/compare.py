"""Two sentences on the Sentence score page: which one each reader prefers, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lmcore.analyses.sentence_comparison import (
    Comparison,
    compare_views,
    main_comparison,
    step_frame,
    verdict,
)
from lmcore.analyses.sentence_score import SentenceScoreView, Unit, in_unit
from lmcore.charts import sentence_score as charts
from pages.sections.sentence_score.scores import amount, names_of, sentences, unit_name
from pages.ui.figure import show_figure, show_table
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import plain, t, tm

#: What each verdict is called.
_CALLED = {"first": "first_one", "second": "second_one", "tie": "no_one", "none": "no_verdict"}


def compare_part(
    first: Mapping[str, SentenceScoreView], second: Mapping[str, SentenceScoreView], unit: Unit
) -> None:
    """Verdicts, the difference by aligned word, and what to beware of.

    Args:
        first, second: what each reader makes of a sentence, by family.
        unit: of the numbers.
    """
    st.subheader(t("sentence_score.compare"))
    by_reader = [
        rows
        for family in first
        if family in second
        if (rows := compare_views(first[family], second[family]))
    ]
    comparisons = [comparison for rows in by_reader for comparison in rows]
    if not comparisons:
        st.info(t("common.no_reader"))
        return
    mains = [main_comparison(rows) for rows in by_reader]
    if not comparisons[0].changed.any():
        st.info(t("sentence_score.same_text"))
        return
    verdicts(mains, unit)
    message = finding(mains, unit)
    st.info(message)
    for line in warnings(mains, unit):
        st.caption(line)
    names = names_of([comparison.first for comparison in comparisons])
    axis = t("sentence_score.difference_axis", unit=unit_name(unit))
    figure = charts.difference(comparisons, names, unit, axis, FAMILY_NAMES)
    alt = t("sentence_score.difference_alt", finding=plain(message))
    texts = [comparisons[0].first.sentence.text, comparisons[0].second.sentence.text]
    show_figure(figure, "two-sentences", alt, texts=texts)
    st.caption(t("sentence_score.difference_how"))
    titles = {
        "first": t("sentence_score.first_one"),
        "second": t("sentence_score.second_one"),
        "kind": t("sentence_score.kind"),
    }
    titles |= {k: t(f"sentence_score.kind.{k}") for k in _KINDS}
    nats = unit_name("nats")
    columns = [t("sentence_score.difference_of", name=n, unit=nats) for n in names.values()]
    show_table(step_frame(comparisons, columns, titles), "two-sentences")


_KINDS = ("same", "substituted", "deleted", "inserted")


def verdicts(mains: Sequence[Comparison], unit: Unit) -> None:
    """One box a reader: which sentence, and by how much."""
    for column, comparison in zip(st.columns(len(mains)), mains, strict=True):
        which = t(f"sentence_score.{_CALLED[comparison.verdict]}")
        value = amount(abs(comparison.total), unit)
        of_context = comparison.of_context
        context = amount(of_context if comparison.total > 0 else -of_context, unit)
        difference = t("sentence_score.by", value=value, unit=unit_name(unit))
        column.metric(
            t("sentence_score.margin", reader=FAMILY_NAMES[comparison.first.family], which=which),
            "–" if comparison.verdict == "none" else difference,
            help=t("sentence_score.margin_help", context=context, unit=unit_name(unit)),
            border=True,
        )


def finding(mains: Sequence[Comparison], unit: Unit) -> str:
    """Which sentence each reader prefers, and because of which word."""
    clauses = []
    for comparison in mains:
        clause = tm(
            f"sentence_score.prefers.{comparison.verdict}",
            reader=FAMILY_NAMES[comparison.first.family],
            value=amount(abs(comparison.total), unit),
            unit=unit_name(unit),
        )
        place = comparison.decisive
        if place is not None:
            part = amount(abs(float(comparison.difference[place])), unit)
            clause += tm("sentence_score.decides", step=_step(comparison, place), part=part)
        clauses.append(clause)
    return sentences([t("common.semicolon").join(clauses)])


def _step(comparison: Comparison, place: int) -> str:
    """A step in words, not escaped."""
    step, words = comparison.steps[place], {}
    if step.first is not None:
        words["first"] = comparison.first.sentence.words[step.first].text
    if step.second is not None and step.kind != "same":
        words["second"] = comparison.second.sentence.words[step.second].text
    return t(f"sentence_score.step.{step.kind}", **words)


def _left_out(comparison: Comparison) -> str:
    """Words that have a number in one sentence and none in the other, not escaped."""
    texts = [
        comparison.first.sentence.words[step.first].text
        for step, gone in zip(comparison.steps, comparison.left_out, strict=True)
        if gone and step.first is not None
    ]
    return t("common.comma").join(t("sentence_score.quoted", word=text) for text in texts)


def warnings(mains: Sequence[Comparison], unit: Unit) -> list[str]:
    """Where the verdict is about length, or about unknown words, or not about all words."""
    lines = [
        tm("sentence_score.left_out", reader=FAMILY_NAMES[c.first.family], words=words)
        for c in mains
        if (words := _left_out(c))
    ]
    settled = [FAMILY_NAMES[c.first.family] for c in mains if c.settled]
    if settled:
        lines.append(tm("sentence_score.settled", readers=t("common.comma").join(settled)))
    first, second = len(mains[0].first.sentence), len(mains[0].second.sentence)
    if first != second:
        parts = t("common.comma").join(
            t(
                "sentence_score.per_word",
                reader=FAMILY_NAMES[comparison.first.family],
                which=t(f"sentence_score.{_CALLED[verdict(comparison.per_word)]}"),
                value=f"{abs(float(in_unit(comparison.per_word, unit))):.2f}",
                unit=unit_name(unit),
            )
            for comparison in mains
            if comparison.verdict != "none"
        )
        lines.append(tm("sentence_score.length", first=first, second=second, parts=parts))
    unsure = [FAMILY_NAMES[c.first.family] for c in mains if c.unsure]
    if unsure:
        lines.append(tm("sentence_score.unsure", readers=t("common.comma").join(unsure)))
    return [line + t("common.stop") for line in lines]
