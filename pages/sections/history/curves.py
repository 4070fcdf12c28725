"""The sections of the page about training that tell of the training itself."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from lmcore.analyses import training_history as analysis
from lmcore.analyses.training_history import AXES, History
from lmcore.charts import training_history as charts
from lmcore.runtime.checkpoints import CARD, HISTORY, shown
from lmcore.text.catalogue import catalogue
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.format import duration, people
from pages.ui.models import cards
from pages.ui.text import md, t, tm


def controls() -> tuple[str, bool]:
    """What the training is counted in, and whether its beginning is stretched."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        axis = state.one_of(
            "h_axis",
            ["tokens", *(name for name in AXES if name != "tokens")],
            t("history.axis"),
            named=lambda name: t(f"history.axis.{name}"),
            help=t("history.axis_help"),
        )
        log = st.toggle(
            t("history.log"), True, key="log", help=t("history.log_help"), bind="query-params"
        )
    return axis, log


def missing(found: Sequence[History]) -> None:
    """One sentence for each file that is not there or holds what is none of its own."""
    told: set[str] = set()
    for one in found:
        if not one.card:
            st.warning(tm("history.no_card", reader=one.name, file=shown(one.folder / CARD)))
        if one.reports.empty:
            # All static vectors are of one family, whatever their folders are called.
            key = f"history.no_curve.{one.card.get('family')}"
            if key not in catalogue():
                file = shown(one.folder / HISTORY)
                st.info(tm("history.no_history", reader=one.name, file=file))
            elif key not in told:
                st.caption(t(key))
            told.add(key)
        if one.skipped:
            st.caption(tm("history.skipped", reader=one.name, count=one.skipped))


def amount(value: float, axis: str) -> str:
    """So many tokens or so much time, as a phrase."""
    number = people(value) if axis == "tokens" else duration(value)
    return t(f"history.amount.{axis}", amount=number)


def joined(parts: Sequence[str]) -> str:
    """Clauses one after the other."""
    return t("history.semicolon").join(parts)


def loss_section(trained: Sequence[History], axis: str, log: bool) -> None:
    """The loss curves of all readers on common axes."""
    st.subheader(t("history.loss"))
    lines = [loss_line(one, axis) for one in trained]
    said = t("history.finding", parts=joined([fall_clause(one, axis) for one in trained]))
    texts = charts.Texts(
        x=t(f"history.axis.{axis}"),
        y=t("history.nats"),
        faint=t("history.report"),
        bold=t("history.smoothed"),
        end=t("history.held_out"),
    )
    st.info(md(said))
    figure = charts.along(lines, texts, log)
    show_figure(figure, "training-loss", t("history.loss_alt", finding=said))
    st.caption(validation(trained))
    for one in trained:
        key = f"history.curve.{one.family}"
        own = t(key if key in catalogue() else "history.curve.other")
        st.caption(f"**{md(one.name)}** — {own}{parts(one)}")
    for one in trained:
        if seams := one.seams(axis):
            after = t("history.comma").join(amount(value, axis) for value in seams)
            st.caption(t("history.seams", reader=md(one.name), after=md(after)))
    st.caption(t("history.unlike"))
    show_table(reports_table(trained), "training-history")


def loss_line(one: History, axis: str) -> charts.Line:
    """What is drawn of the loss of one reader."""
    values = one.reports[one.measure].to_numpy(float)
    place, held_out = one.end(axis), one.validation
    return charts.Line(
        one.name,
        one.family,
        one.reports[AXES[axis]].to_numpy(float),
        values,
        analysis.smooth(values),
        None if place is None or held_out is None else (place, held_out),
    )


def fall_clause(one: History, axis: str) -> str:
    """How far the loss of one reader fell, and how soon half of that was done."""
    fall = analysis.fall(one, axis)
    assert fall is not None  # only readers with reports come here
    values = {"reader": one.name, "first": f"{fall.first:.1f}", "last": f"{fall.last:.1f}"}
    values["end"] = amount(fall.end, axis)
    if fall.half is None:
        return t("history.no_fall", **values)
    return t("history.fall", half=amount(fall.half, axis), **values)


def validation(trained: Sequence[History]) -> str:
    """The losses on held-out text, and who has none."""
    known = [f"{one.name} {one.validation:.2f}" for one in trained if one.validation is not None]
    unknown = [one.name for one in trained if one.validation is None]
    comma, said = t("history.comma"), []
    if known:
        said.append(tm("history.validation", losses=comma.join(known)))
    if unknown:
        said.append(tm("history.no_validation", readers=comma.join(unknown)))
    return " ".join(said)


def parts(one: History) -> str:
    """First and last values of the parts of a loss that are not drawn."""
    said = [
        tm(
            "history.part",
            part=t(f"history.part.{name}") if f"history.part.{name}" in catalogue() else name,
            first=f"{values.iloc[0]:.2f}",
            last=f"{values.iloc[-1]:.2f}",
        )
        for name in one.parts
        if len(values := one.reports[name].dropna())
    ]
    return t("history.parts", parts=joined(said)) if said else ""


def reports_table(trained: Sequence[History]) -> pd.DataFrame:
    """Every report, with the smoothed loss and the speed by the processor."""
    frames = []
    for one in trained:
        own = one.reports.copy()
        own.insert(0, t("common.reader"), one.name)
        own["smoothed"] = analysis.smooth(own[one.measure].to_numpy(float)).round(4)
        own["tokens_per_processor_second"] = analysis.processor_speed(one.reports).round()
        frames.append(own)
    return pd.concat(frames, ignore_index=True)


def speed_section(trained: Sequence[History], axis: str, log: bool) -> None:
    """Tokens a second along the training."""
    st.subheader(t("history.speed"))
    st.markdown(t("history.speed_how"))
    texts = charts.Texts(
        x=t(f"history.axis.{axis}"),
        y=t("history.per_second"),
        faint=t("history.by_clock"),
        bold=t("history.by_processor"),
        number=",.0f",
    )
    lines = [
        charts.Line(
            one.name,
            one.family,
            one.reports[AXES[axis]].to_numpy(float),
            one.reports["tokens_per_second"].to_numpy(float),
            analysis.processor_speed(one.reports),
        )
        for one in trained
    ]
    said = t("history.finding", parts=joined([speed_clause(one) for one in trained]))
    st.info(md(said))
    figure = charts.along(lines, texts, log, zero=True)
    show_figure(figure, "training-speed", t("history.speed_alt", finding=said))
    table = reports_table(trained)
    shown_columns = [t("common.reader"), *AXES.values(), "tokens_per_second"]
    show_table(table[[*shown_columns, "tokens_per_processor_second"]], "training-speed")


def speed_clause(one: History) -> str:
    """How fast one reader was on the whole, by the processor and by the clock."""
    last = one.reports.iloc[-1]
    tokens, cpu, wall = (float(last[AXES[axis]]) for axis in AXES)
    return t(
        "history.speed_said",
        reader=one.name,
        processor=f"{tokens / (60 * cpu):,.0f}" if cpu else "–",
        clock=f"{tokens / (60 * wall):,.0f}" if wall else "–",
        share=f"{cpu / wall:.0%}" if wall else "–",
    )


def recipe_section(told: Sequence[History]) -> None:
    """The facts of the cards side by side."""
    if not told:
        st.info(t("history.no_cards"))
        return
    columns = {one.name: facts(one) for one in told}
    st.table(
        pd.DataFrame({name: {k: md(v) for k, v in own.items()} for name, own in columns.items()})
    )
    st.caption(t("history.recipe_note"))
    table = pd.DataFrame(columns).rename_axis(t("history.fact")).reset_index()
    show_table(table, "training-recipes")


def facts(one: History) -> dict[str, str]:
    """What card and configuration say of one training, in the interface's language."""
    card, derived = one.card, analysis.recipe(one)
    corpus = ", ".join(str(name) for name in card.get("corpus") or ())
    loss = one.validation
    unit = str(card.get("unit", ""))
    known = f"cards.unit.{unit}"
    rows = {
        "parameters": _people(card, "parameters"),
        "vocabulary": f"{derived['vocabulary']:,.0f}" if "vocabulary" in derived else "–",
        "corpus": corpus or "–",
        "corpus_pieces": _people(card, "corpus_pieces"),
        "tokens_seen": _people(card, "tokens_seen"),
        "passes": f"{derived['passes']:.2g}" if "passes" in derived else "–",
        "per_parameter": f"{derived['per_parameter']:.2g}" if "per_parameter" in derived else "–",
        "steps": f"{card['steps']:,}" if isinstance(card.get("steps"), int) else "–",
        "per_step": f"{derived['per_step']:,.0f}" if "per_step" in derived else "–",
        "wall": _minutes(card, "minutes"),
        "cpu": _minutes(card, "cpu_minutes"),
        "device": cards.device(str(card.get("device", "–"))),
        "blind": f"{derived['blind']:.2f}" if "blind" in derived else "–",
        "held_out": "–" if loss is None else f"{loss:.2f}",
        "choices": "–" if loss is None else people(math.exp(min(loss, 100.0))),
        "unit": t(known) if known in catalogue() else unit or "–",
        "seed": str(card.get("seed", "–")),
        "date": str(card.get("date", "–")),
        "licence": str(card.get("licence", "–")),
    }
    return {t(f"history.fact.{key}"): value for key, value in rows.items()}


def _people(card: Mapping[str, object], key: str) -> str:
    value = card.get(key)
    return people(float(value)) if isinstance(value, int | float) else "–"


def _minutes(card: Mapping[str, object], key: str) -> str:
    value = card.get(key)
    return duration(float(value)) if isinstance(value, int | float) else "–"
