"""Measured beforehand: accuracy on published sets against the number of training examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.charts import finetuning_sizes as charts
from lmcore.finetuning.benchmarks import NAMES
from lmcore.finetuning.experiment import BASELINES, RESULTS
from lmcore.finetuning.report import by_size, commands, schedule, stored
from pages.sections.finetuning.session import named
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.text import t, tm


def section() -> None:
    """The curve of one set, or what makes the file with the numbers."""
    st.subheader(t("finetuning.published"))
    sets = stored(RESULTS)
    known = [name for name in NAMES if name in sets]
    if not known:
        st.caption(t("finetuning.published_none"))
        st.code("\n".join(commands(sets)), language="bash", wrap_lines=True)
        return
    name = state.one_of("ftset", known, t("finetuning.set"), named=named("finetuning.set", known))
    own = sets[name]
    rows = by_size(own)
    lines = [
        _line(row, place, np.array(values)) for place, (row, values) in enumerate(rows.items())
    ]
    said = _said(lines)
    st.info(said)
    show_figure(
        charts.by_size(lines, t("finetuning.training_examples"), t("finetuning.accuracy_percent")),
        "accuracy-by-examples",
        t("finetuning.published_alt", finding=said),
        texts=[t(f"finetuning.set.{name}")],
    )
    _how(own)
    if own.get("limit"):
        st.caption(tm("finetuning.published_limit", limit=own["limit"]))
    frame = pd.DataFrame(
        [(row_name(row), *one) for row, values in rows.items() for one in values],
        columns=[
            t("finetuning.method"),
            t("finetuning.training_examples"),
            t("finetuning.accuracy_percent"),
            t("finetuning.low"),
            t("finetuning.high"),
        ],
    )
    show_table(frame, "accuracy-by-examples")


def _said(lines: Sequence[charts.Sized]) -> str:
    """Who is ahead with most examples, and whose interval overlaps with that one's."""
    best = max(lines, key=lambda line: line.values[-1])
    size = f"{int(best.sizes[-1]):,}"
    said = t("finetuning.published_said", best=best.name, size=size, value=f"{best.values[-1]:.1f}")
    level = [
        line.name
        for line in lines
        if line is not best and line.sizes[-1] == best.sizes[-1] and line.highs[-1] >= best.lows[-1]
    ]
    if not level:
        return said
    names = t("common.semicolon").join(level)
    return said + t("finetuning.published_level", names=names)


def _how(own: Mapping[str, Any]) -> None:
    """How a set was measured, and the command that did."""
    told = schedule(own)

    def every(name: str) -> str:
        return ", ".join(dict.fromkeys(told.get(name, {}).values())) or "–"

    st.caption(
        tm(
            "finetuning.published_how",
            count=f"{own['test']:,}",
            each=every("test"),
            seeds=every("seeds"),
            passes=every("passes"),
        )
    )
    st.code("\n".join(commands({"": own})), language="bash", wrap_lines=True)


def row_name(row: str) -> str:
    """What a row of the results file is called."""
    return t(f"finetuning.row.{row}")


def _line(row: str, place: int, values: np.ndarray) -> charts.Sized:
    family = "static" if row in BASELINES else row.split("_")[0]
    return charts.Sized(row_name(row), family, "_" in row or row in BASELINES, place, *values.T)
