"""Stored results by layer on the Layers page: parts of speech and senses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.charts import training_history as charts
from lmcore.evaluation import stored
from pages.ui.figure import show_figure, show_table
from pages.ui.models import choice
from pages.ui.results import how_to_measure, limited, row_name
from pages.ui.text import t, tm

#: Benchmark, its numbers by layer, the row that needs no reader, and the number of that row.
PROBES = (
    ("pos", "probe_accuracy", "most_frequent_tag", "accuracy"),
    ("senses", "micro", "most_frequent_sense", "micro"),
)

Rows = Mapping[str, Mapping[str, Any]]


def section() -> None:
    """The whole section, from files that the benchmarks wrote."""
    st.header(t("layer_probes.title"), anchor="probes")
    st.markdown(t("layer_probes.how"))
    measured = stored.results()
    if any(choice.model(family) is not None for family in ("elmo", "gpt", "bert")):
        st.caption(t("layer_probes.classroom"))
    for column, probe in zip(st.columns(len(PROBES), gap="medium"), PROBES, strict=True):
        with column:
            _one(measured, *probe)


def _one(
    measured: Mapping[str, Rows], benchmark: str, metric: str, reference: str, level: str
) -> None:
    """One benchmark: a line a reader, and what is reached without reading."""
    st.subheader(t(f"layer_probes.{benchmark}"))
    st.caption(t(f"layer_probes.{benchmark}_how"))
    rows = measured.get(benchmark, {})
    found = {
        name: values
        for name, values in stored.by_layer(rows, metric).items()
        if np.isfinite(values).any()
    }
    if not found:
        how_to_measure(benchmark)
        return
    value = rows.get(reference, {}).get(level)
    levels = [charts.Level(t(f"layer_probes.{reference}"), float(value))] if value else []
    said = finding(benchmark, found, levels)
    texts = charts.Texts(x=t("common.layer"), y=t(f"layer_probes.{metric}"), number=".1f")
    lines = [(row_name(name), name, values) for name, values in found.items()]
    st.info(tm("layers.said", finding=said))
    alt = t("layer_probes.alt", name=t(f"layer_probes.{benchmark}"), finding=said)
    show_figure(charts.by_layer(lines, levels, texts), f"probes-{benchmark}", alt)
    limited(rows)
    show_table(frame(found, levels, t(f"layer_probes.{metric}")), f"probes-{benchmark}")


def finding(benchmark: str, found: Mapping[str, np.ndarray], levels: list[charts.Level]) -> str:
    """The best layer of each reader, beside the reference."""
    best = {name: int(np.nanargmax(values)) for name, values in found.items()}
    parts = [
        t(
            "layer_probes.best",
            reader=row_name(name),
            layer=layer,
            top=len(found[name]) - 1,
            value=f"{found[name][layer]:.1f}",
        )
        for name, layer in best.items()
    ]
    parts += [f"{level.name} {level.value:.1f}" for level in levels]
    return t(f"layer_probes.{benchmark}_said", parts=t("layer_probes.semicolon").join(parts))


def frame(found: Mapping[str, np.ndarray], levels: list[charts.Level], title: str) -> pd.DataFrame:
    """One row a layer of a reader, and one for the reference."""
    rows: list[tuple[str, int | None, float]] = [
        (row_name(name), layer, float(value))
        for name, values in found.items()
        for layer, value in enumerate(values)
    ]
    rows += [(level.name, None, level.value) for level in levels]
    table = pd.DataFrame(rows, columns=[t("common.reader"), t("common.layer"), title])
    return table.astype({t("common.layer"): "Int64"})
