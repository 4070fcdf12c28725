"""Two sentences on the Sentence score page: which one each reader prefers, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from lmcore.analyses import sentence_score as analysis
from lmcore.analyses.sentence_score import Comparison, Score, Unit
from lmcore.charts import sentence_score as charts
from pages.sections.sentence_score.scores import Options, amount, names_of, sentences
from pages.ui.figure import show_figure, show_table
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm

#: What each verdict is called.
_CALLED = {"first": "first_one", "second": "second_one", "tie": "no_one"}


def compare_part(
    first: Mapping[str, list[Score]], second: Mapping[str, list[Score]], asked: Options
) -> None:
    """Verdicts, the difference by aligned word, and what to beware of."""
    st.subheader(t("sentence_score.compare"))
    every: list[Comparison] = []
    for family, own in first.items():
        other = {score.view: score for score in second.get(family, [])}
        every += [analysis.compare(s, other[s.view]) for s in own if s.view in other]
    if not every:
        st.info(t("common.no_reader"))
        return
    mains = [_main(every, family) for family in dict.fromkeys(c.first.family for c in every)]
    if not every[0].changed.any():
        st.info(t("sentence_score.same_text"))
        return
    verdicts(mains, asked.unit)
    said = finding(mains, asked.unit)
    st.info(said)
    for line in warnings(mains, asked.unit):
        st.caption(line)
    names = names_of([one.first for one in every])
    axis = t("sentence_score.difference_axis", unit=asked.unit)
    figure = charts.difference(every, names, asked.unit, axis, FAMILY_NAMES)
    alt = t("sentence_score.difference_alt", finding=said)
    read = [every[0].first.sentence.text, every[0].second.sentence.text]
    show_figure(figure, "two-sentences", alt, texts=read)
    st.caption(t("sentence_score.difference_how"))
    titles = {
        "first": t("sentence_score.first_one"),
        "second": t("sentence_score.second_one"),
        "kind": t("sentence_score.kind"),
    }
    titles |= {k: t(f"sentence_score.kind.{k}") for k in _KINDS}
    columns = [t("sentence_score.difference_of", name=n, unit="nats") for n in names.values()]
    show_table(analysis.step_frame(every, columns, titles), "two-sentences")


_KINDS = ("same", "substituted", "deleted", "inserted")


def _main(every: Sequence[Comparison], family: str) -> Comparison:
    own = [one for one in every if one.first.family == family]
    return next((one for one in own if one.first.view == "mean"), own[0])


def verdicts(mains: Sequence[Comparison], unit: Unit) -> None:
    """One box a reader: which sentence, and by how much."""
    for column, one in zip(st.columns(len(mains)), mains, strict=True):
        which = t(f"sentence_score.{_CALLED[one.verdict]}")
        value = amount(abs(one.total), unit)
        context = amount(one.of_context if one.total > 0 else -one.of_context, unit)
        column.metric(
            t("sentence_score.margin", reader=FAMILY_NAMES[one.first.family], which=which),
            t("sentence_score.by", value=value, unit=unit),
            help=t("sentence_score.margin_help", context=context, unit=unit),
            border=True,
        )


def finding(mains: Sequence[Comparison], unit: Unit) -> str:
    """Which sentence each reader prefers, and because of which word."""
    clauses = []
    for one in mains:
        said = tm(
            f"sentence_score.prefers.{one.verdict}",
            reader=FAMILY_NAMES[one.first.family],
            value=amount(abs(one.total), unit),
            unit=unit,
        )
        if one.decisive is not None:
            part = amount(abs(float(one.difference[one.decisive])), unit)
            said += tm("sentence_score.decides", step=_step(one, one.decisive), part=part)
        clauses.append(said)
    return sentences([t("common.semicolon").join(clauses)])


def _step(one: Comparison, place: int) -> str:
    """A step in words, not escaped."""
    step = one.steps[place]
    first = "" if step.first is None else one.first.sentence.words[step.first].text
    second = "" if step.second is None else one.second.sentence.words[step.second].text
    values = {
        "same": {"first": first},
        "substituted": {"first": first, "second": second},
        "deleted": {"first": first},
        "inserted": {"second": second},
    }
    return t(f"sentence_score.step.{step.kind}", **values[step.kind])


def warnings(mains: Sequence[Comparison], unit: Unit) -> list[str]:
    """Where the verdict is about length, or about unknown words."""
    lines = []
    one = mains[0]
    if len(one.first.sentence) != len(one.second.sentence):
        parts = t("common.comma").join(
            t(
                "sentence_score.per_word",
                reader=FAMILY_NAMES[own.first.family],
                which=t(f"sentence_score.{_CALLED[analysis.verdict(own.per_word)]}"),
                value=f"{abs(float(analysis.in_unit(own.per_word, unit))):.2f}",
                unit=unit,
            )
            for own in mains
        )
        lengths = {"first": len(one.first.sentence), "second": len(one.second.sentence)}
        lines.append(tm("sentence_score.length", **lengths, parts=parts))
    unsure = [FAMILY_NAMES[own.first.family] for own in mains if own.unsure]
    if unsure:
        readers = t("common.comma").join(unsure)
        lines.append(tm("sentence_score.unsure", readers=readers))
    return [line + t("common.stop") for line in lines]
