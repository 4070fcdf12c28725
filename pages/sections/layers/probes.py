"""Stored results by layer on the Layers page: parts of speech and senses."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from lmcore.charts import training_history as charts
from lmcore.evaluation import stored
from lmcore.evaluation.stored import Rows
from pages.ui.figure import show_figure, show_table
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES
from pages.ui.results import how_to_measure, layers_table, limited, row_name
from pages.ui.text import t, tm

#: Benchmark, its numbers by layer, the row that needs no reader, and the number of that row.
PROBES = (
    ("pos", "probe_accuracy", "most_frequent_tag", "accuracy"),
    ("senses", "micro", "most_frequent_sense", "micro"),
)


def section(results: Mapping[str, Rows]) -> None:
    """The whole section, with the results of the benchmarks that have a file."""
    st.markdown(t("layer_probes.how"))
    if any(choice.model(family) is not None for family in FAMILY_NAMES):
        st.caption(t("layer_probes.classroom"))
    for column, probe in zip(st.columns(len(PROBES), gap="medium"), PROBES, strict=True):
        with column:
            _probe(results.get(probe[0], {}), *probe)


def _probe(rows: Rows, benchmark: str, metric: str, reference: str, level: str) -> None:
    """One benchmark: a line a reader, and what is reached without reading."""
    st.subheader(t(f"layer_probes.{benchmark}"))
    st.caption(t(f"layer_probes.{benchmark}_how"))
    curves = stored.by_layer(rows, metric)
    curves = {name: values for name, values in curves.items() if np.isfinite(values).any()}
    if not curves:
        how_to_measure(benchmark)
        return
    value, title = rows.get(reference, {}).get(level), t(f"layer_probes.{metric}")
    levels = {t(f"layer_probes.{reference}"): float(value)} if value else {}
    figure = charts.by_layer(
        [(row_name(name), name, values) for name, values in curves.items()],
        list(levels.items()),
        charts.Texts(x=t("common.layer"), y=title, number=".1f"),
    )
    sentence = finding(benchmark, curves, levels)
    st.info(tm("layers.said", finding=sentence))
    alt = t("layer_probes.alt", name=t(f"layer_probes.{benchmark}"), finding=sentence)
    show_figure(figure, f"probes-{benchmark}", alt)
    limited(rows)
    show_table(layers_table(curves, levels, title), f"probes-{benchmark}")


def finding(benchmark: str, curves: Mapping[str, np.ndarray], levels: Mapping[str, float]) -> str:
    """The best layer of each reader, beside the reference."""
    parts = [
        t(
            "layer_probes.best",
            reader=row_name(name),
            layer=int(np.nanargmax(values)),
            top=len(values) - 1,
            value=f"{np.nanmax(values):.1f}",
        )
        for name, values in curves.items()
    ]
    for name, value in levels.items():
        parts.append(f"{name} {value:.1f}")
        low = [row_name(reader) for reader, each in curves.items() if np.nanmax(each) < value]
        if low:
            parts.append(t("layer_probes.below", readers=t("common.comma").join(low)))
    return t(f"layer_probes.{benchmark}_said", parts=t("common.semicolon").join(parts))
