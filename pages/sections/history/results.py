"""The sections of the page about training that tell what came of it: results of benchmarks."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.charts import training_history as charts
from lmcore.evaluation import stored
from lmcore.evaluation.stored import Rows
from pages.sections.history.curves import joined
from pages.ui.figure import show_figure, show_table
from pages.ui.results import how_to_measure, layers_table, limited, row_name
from pages.ui.text import md, t, tm

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


def _rows(measured: Mapping[str, Rows], benchmark: str) -> Rows | None:
    """The rows of a benchmark; where there are none, what makes them is said."""
    st.subheader(t(f"history.{benchmark}"))
    rows = measured.get(benchmark)
    if rows is None:
        how_to_measure(benchmark)
    else:
        st.markdown(t(f"history.{benchmark}_how"))
    return rows


def layers_section(measured: Mapping[str, Rows]) -> None:
    """CoarseWSD-20 by layer, with what is reached without reading the sentence."""
    rows = _rows(measured, "coarsewsd")
    if rows is None:
        return
    found = stored.by_layer(rows, "macro_f1")
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
        [(row_name(name), name, values) for name, values in deep.items()],
        [charts.Level(row_name(name), value) for name, value in flat.items()],
        texts,
    )
    st.info(md(said))
    show_figure(figure, "coarsewsd-by-layer", t("history.coarsewsd_alt", finding=said))
    limited(rows)
    other = {row_name(name): value for name, value in flat.items() if name not in found}
    show_table(layers_table(found, other, t("history.macro_f1")), "coarsewsd-by-layer")


def layers_finding(deep: Mapping[str, np.ndarray], flat: Mapping[str, float]) -> str:
    """Each reader's best layer, beside the commonest sense."""
    clauses = [
        t(
            "history.best",
            reader=row_name(name),
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


def perplexity_section(measured: Mapping[str, Rows]) -> None:
    """How surprised the readers are by held-out text."""
    rows = _rows(measured, "perplexity")
    if rows is None:
        return
    by_word = stored.surprise(rows)
    if by_word:
        best = min(by_word, key=lambda name: by_word[name])
        each = t("history.comma").join(f"{row_name(n)} {v:,.0f}" for n, v in by_word.items())
        st.info(tm("history.perplexity_said", each=each, best=row_name(best)))
    limited(rows)
    table = pd.DataFrame(
        {
            row_name(name): {
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
