"""The sections of the page about training that tell what came of it: results of benchmarks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import training_history as analysis
from lmcore.charts import training_history as charts
from lmcore.runtime.checkpoints import TITLES
from lmcore.text.catalogue import catalogue
from pages.sections.history.curves import joined
from pages.ui.figure import show_figure, show_table
from pages.ui.text import md, t, tm

Rows = Mapping[str, Mapping[str, Any]]

#: Metrics of the perplexity benchmark that stand in the table, if the file has them.
METRICS = (
    "perplexity_per_word",
    "adjusted_perplexity_per_word",
    "unknown_words_percent",
    "forward_perplexity_per_word",
    "backward_perplexity_per_word",
    "perplexity_per_token",
    "running_text_perplexity_per_token",
    "masked_perplexity_per_token",
    "words",
    "limit",
)


def name_of(row: str) -> str:
    """What a row of a result is called: a reader, or a reference that needs none."""
    key = f"history.row.{row}"
    return t(key) if key in catalogue() else TITLES.get(row, row)


def _rows(measured: Mapping[str, Rows], benchmark: str) -> Rows | None:
    """The rows of a benchmark; where there are none, what makes them is said."""
    st.subheader(t(f"history.{benchmark}"))
    rows = measured.get(benchmark)
    if rows is None:
        st.caption(t("history.no_results"))
        st.code(analysis.command(benchmark), language="bash", wrap_lines=True)
    else:
        st.markdown(t(f"history.{benchmark}_how"))
    return rows


def layers_section(measured: Mapping[str, Rows]) -> None:
    """CoarseWSD-20 by layer, with what is reached without reading the sentence."""
    rows = _rows(measured, "coarsewsd")
    if rows is None:
        return
    found = analysis.by_layer(rows, "macro_f1")
    deep = {name: values for name, values in found.items() if len(values) > 1}
    flat = {name: float(values[0]) for name, values in found.items() if len(values) == 1}
    flat |= {
        name: float(row["macro_f1"])
        for name, row in rows.items()
        if name not in found and isinstance(row.get("macro_f1"), int | float)
    }
    said = layers_finding(deep, flat)
    texts = charts.Texts(x=t("common.layer"), y=t("history.macro_f1"), number=".1f")
    figure = charts.by_layer(
        [(name_of(name), name, values) for name, values in deep.items()],
        [charts.Level(name_of(name), value) for name, value in flat.items()],
        texts,
    )
    st.info(md(said))
    show_figure(figure, "coarsewsd-by-layer", t("history.coarsewsd_alt", finding=said))
    limited(rows)
    show_table(layers_table(found, flat), "coarsewsd-by-layer")


def layers_finding(deep: Mapping[str, np.ndarray], flat: Mapping[str, float]) -> str:
    """Each reader's best layer, beside the commonest sense."""
    clauses = [
        t(
            "history.best",
            reader=name_of(name),
            layer=int(np.nanargmax(values)),
            value=f"{np.nanmax(values):.1f}",
        )
        for name, values in deep.items()
        if np.isfinite(values).any()
    ]
    chance = flat.get("most_frequent_sense")
    if chance is not None:
        clauses.append(t("history.commonest", value=f"{chance:.1f}"))
    return t("history.finding", parts=joined(clauses))


def layers_table(found: Mapping[str, np.ndarray], flat: Mapping[str, float]) -> pd.DataFrame:
    """One row a layer of a reader, and one for each reference."""
    rows: list[tuple[str, int | None, float]] = [
        (name_of(name), layer, float(value))
        for name, values in found.items()
        for layer, value in enumerate(values)
    ]
    rows += [(name_of(name), None, value) for name, value in flat.items() if name not in found]
    frame = pd.DataFrame(
        rows, columns=[t("common.reader"), t("common.layer"), t("history.macro_f1")]
    )
    return frame.astype({t("common.layer"): "Int64"})


def limited(rows: Rows) -> None:
    """Say that only a part of the data was measured, where it was."""
    limits = {str(row["limit"]) for row in rows.values() if row.get("limit") is not None}
    if limits:
        st.caption(tm("history.limited", limit=", ".join(sorted(limits))))


def perplexity_section(measured: Mapping[str, Rows]) -> None:
    """How surprised the readers are by held-out text."""
    rows = _rows(measured, "perplexity")
    if rows is None:
        return
    by_word = analysis.surprise(rows)
    if by_word:
        best = min(by_word, key=lambda name: by_word[name])
        each = t("history.comma").join(f"{name_of(n)} {v:,.0f}" for n, v in by_word.items())
        st.info(tm("history.perplexity_said", each=each, best=name_of(best)))
    limited(rows)
    table = pd.DataFrame(
        {
            name_of(name): {
                t(f"history.metric.{metric}"): f"{row[metric]:,.10g}"
                if isinstance(row.get(metric), int | float)
                else "–"
                for metric in METRICS
                if any(other.get(metric) is not None for other in rows.values())
            }
            for name, row in rows.items()
        }
    )
    st.table(table.map(md))
    show_table(table.rename_axis(t("history.metric")).reset_index(), "perplexity")
