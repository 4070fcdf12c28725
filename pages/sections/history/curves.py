"""The sections of the page about training that tell of the training itself."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lmcore.analyses import training_history as analysis
from lmcore.analyses.training_history import AXES, HistoryView
from lmcore.charts import training_history as charts
from lmcore.text.catalogue import catalogue
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.format import duration, people
from pages.ui.text import in_a_row, md, t, tm


def controls() -> tuple[str, bool]:
    """What the training is counted in, and whether its beginning is stretched."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        axis = state.one_of(
            "h_axis",
            list(AXES),
            t("history.axis"),
            named=lambda name: t(f"history.axis.{name}"),
            help=t("history.axis_help"),
        )
        log = st.toggle(
            t("history.log"), True, key="log", help=t("history.log_help"), bind="query-params"
        )
    return axis, log


def missing(histories: Sequence[HistoryView]) -> None:
    """One sentence for each file that is not there or holds what is none of its own."""
    mentioned: set[str] = set()
    for history in histories:
        if history.recipe is None:
            st.warning(tm("history.no_card", reader=history.name, file=history.card_file))
        if not history.trained:
            # All static vectors are of one family, whatever their folders are called.
            key = f"history.no_curve.{history.kind}"
            if key not in catalogue():
                st.info(tm("history.no_history", reader=history.name, file=history.reports_file))
            elif key not in mentioned:
                st.caption(t(key))
            mentioned.add(key)
        if history.skipped:
            st.caption(tm("history.skipped", reader=history.name, count=history.skipped))


def amount(value: float, axis: str) -> str:
    """So many tokens or so much time, as a phrase."""
    number = people(value) if axis == "tokens" else duration(value)
    return t(f"history.amount.{axis}", amount=number)


def joined(clauses: Sequence[str]) -> str:
    """Clauses one after the other."""
    return t("common.semicolon").join(clauses)


def loss_section(trained: Sequence[HistoryView], axis: str, log: bool) -> None:
    """The loss curves of all readers on common axes.

    Args:
        trained: histories with reports.
        axis: what the training is counted in.
        log: whether that axis is logarithmic.
    """
    st.subheader(t("history.loss"))
    finding = t("history.finding", parts=joined([fall_clause(view, axis) for view in trained]))
    texts = charts.Texts(
        x=t(f"history.axis.{axis}"),
        y=t("history.nats"),
        faint=t("history.report"),
        bold=t("history.smoothed"),
        end=t("history.held_out"),
    )
    st.info(md(finding))
    figure = charts.along([loss_line(view, axis) for view in trained], texts, log)
    show_figure(figure, "training-loss", t("history.loss_alt", finding=finding))
    st.caption(_validation(trained))
    for view in trained:
        key = f"history.curve.{view.family}"
        curve = t(key if key in catalogue() else "history.curve.other")
        st.caption(t("common.named", name=md(view.name), text=curve + _parts(view)))
    for view in trained:
        if seams := view.seams[axis]:
            after = t("common.comma").join(amount(value, axis) for value in seams)
            st.caption(tm("history.seams", reader=view.name, after=after))
    st.caption(t("history.unlike"))
    show_table(reports_table(trained), "training-history")


def loss_line(view: HistoryView, axis: str) -> charts.Line:
    """What is drawn of the loss of one reader."""
    places, reported = view.reports[AXES[axis]], view.reports[view.measure]
    return charts.Line(view.name, view.family, places, reported, view.smoothed, view.end(axis))


def fall_clause(view: HistoryView, axis: str) -> str:
    """How far the loss of one reader fell, and how soon half of that was done."""
    fall = analysis.fall(view, axis)
    values = {"reader": view.name, "first": f"{fall.first:.1f}", "last": f"{fall.last:.1f}"}
    values["end"] = amount(fall.end, axis)
    if fall.half is None:
        return t("history.no_fall", **values)
    return t("history.fall", half=amount(fall.half, axis), **values)


def _validation(trained: Sequence[HistoryView]) -> str:
    """The losses on held-out text, and who has none."""
    losses = {view.name: view.validation for view in trained}
    known = [f"{name} {loss:.2f}" for name, loss in losses.items() if loss is not None]
    unknown = [name for name, loss in losses.items() if loss is None]
    comma, sentences = t("common.comma"), []
    if known:
        sentences.append(tm("history.validation", losses=comma.join(known)))
    if unknown:
        sentences.append(tm("history.no_validation", readers=comma.join(unknown)))
    return in_a_row(sentences)


def _parts(view: HistoryView) -> str:
    """First and last values of the parts of a loss that are not drawn."""
    clauses = []
    for name in view.parts:
        key, ends = f"history.part.{name}", analysis.part_ends(view, name)
        if ends is not None:
            part = t(key) if key in catalogue() else name
            first, last = (f"{value:.2f}" for value in ends)
            clauses.append(tm("history.part", part=part, first=first, last=last))
    return t("history.parts", parts=joined(clauses)) if clauses else ""


def reports_table(trained: Sequence[HistoryView]) -> pd.DataFrame:
    """Every report, with the smoothed loss and the speed by the processor."""
    frames = [
        pd.DataFrame(
            {
                t("common.reader"): view.name,
                **view.reports,
                "smoothed": view.smoothed.round(4),
                "tokens_per_processor_second": view.processor_speed.round(),
            }
        )
        for view in trained
    ]
    return pd.concat(frames, ignore_index=True)


def speed_section(trained: Sequence[HistoryView], axis: str, log: bool) -> None:
    """Tokens a second along the training.

    Args:
        trained: histories with reports.
        axis: what the training is counted in.
        log: whether that axis is logarithmic.
    """
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
            view.name,
            view.family,
            view.reports[AXES[axis]],
            view.reports["tokens_per_second"],
            view.processor_speed,
        )
        for view in trained
    ]
    finding = t("history.finding", parts=joined([_speed_clause(view) for view in trained]))
    st.info(md(finding))
    figure = charts.along(lines, texts, log, zero=True)
    show_figure(figure, "training-speed", t("history.speed_alt", finding=finding))
    columns = [t("common.reader"), *AXES.values(), "tokens_per_second"]
    table = reports_table(trained)[[*columns, "tokens_per_processor_second"]]
    show_table(table, "training-speed")


def _speed_clause(view: HistoryView) -> str:
    """How fast one reader was on the whole, by the processor and by the clock."""
    speed = analysis.speed(view)
    return t(
        "history.speed_said",
        reader=view.name,
        processor="–" if speed.processor is None else f"{speed.processor:,.0f}",
        clock="–" if speed.clock is None else f"{speed.clock:,.0f}",
        share="–" if speed.share is None else f"{speed.share:.0%}",
    )
