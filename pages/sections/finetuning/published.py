"""Measured beforehand: accuracy on published sets against the number of training examples."""

import pandas as pd
import streamlit as st

from lmcore.charts import finetuning_sizes as charts
from lmcore.finetuning.benchmarks import NAMES
from lmcore.finetuning.stored import RESULTS, RowView, SetView, commands, set_view, stored
from pages.sections.finetuning.session import named
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.text import t, tm


def section() -> None:
    """The curve of one set, or what makes the file with the numbers."""
    sets = stored(RESULTS)
    known = [name for name in NAMES if name in sets]
    if not known:
        st.caption(t("finetuning.published_none"))
        st.code("\n".join(commands(sets)), language="bash", wrap_lines=True)
        return
    name = state.one_of("ftset", known, t("finetuning.set"), named=named("finetuning.set", known))
    view = set_view(sets[name])
    finding = _finding(view)
    st.info(finding)
    lines = [
        charts.Sized(_name(r), r.family, r.usual, r.sizes, r.values, r.lows, r.highs)
        for r in view.rows
    ]
    x, y = t("finetuning.training_examples"), t("finetuning.accuracy_percent")
    show_figure(
        charts.by_size(lines, x, y),
        "accuracy-by-examples",
        t("finetuning.published_alt", finding=finding),
        texts=[t(f"finetuning.set.{name}")],
    )
    each = {key: values or "–" for key, values in view.each.items()}
    st.caption(
        tm(
            "finetuning.published_how",
            count=f"{view.test:,}",
            each=each["test"],
            seeds=each["seeds"],
            passes=each["passes"],
        )
    )
    st.code("\n".join(view.commands), language="bash", wrap_lines=True)
    if view.limit:
        st.caption(tm("finetuning.published_limit", limit=view.limit))
    frame = pd.DataFrame(
        [
            (line.name, int(size), *cell)
            for line in lines
            for size, *cell in zip(line.sizes, line.values, line.lows, line.highs, strict=True)
        ],
        columns=[t("finetuning.method"), x, y, t("finetuning.low"), t("finetuning.high")],
    )
    show_table(frame, "accuracy-by-examples")


def _finding(view: SetView) -> str:
    """Who is ahead with most examples, and whose interval overlaps with that one's."""
    best = view.rows[view.leader]
    finding = t(
        "finetuning.published_said",
        best=_name(best),
        size=f"{int(best.sizes[-1]):,}",
        value=f"{best.values[-1]:.1f}",
    )
    if not view.level:
        return finding
    names = t("common.semicolon").join(_name(view.rows[i]) for i in view.level)
    return finding + t("finetuning.published_level", names=names)


def _name(row: RowView) -> str:
    return t(f"finetuning.row.{row.row}")
