"""The sections of the page about training that tell what came of it: results of benchmarks."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from lmcore.charts import training_history as charts
from lmcore.evaluation import stored
from lmcore.evaluation.stored import LayerScores, Rows
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
    scores = stored.layer_scores(rows, "macro_f1")
    finding = _layers_finding(scores)
    figure = charts.by_layer(
        [(row_name(name), name, values) for name, values in scores.deep.items()],
        [(row_name(name), value) for name, value in scores.levels.items()],
        charts.Texts(x=t("common.layer"), y=t("history.macro_f1"), number=".1f"),
    )
    st.info(md(finding))
    show_figure(figure, "coarsewsd-by-layer", t("history.coarsewsd_alt", finding=finding))
    limited(rows)
    others = {row_name(n): v for n, v in scores.levels.items() if n not in scores.by_layer}
    table = layers_table(scores.by_layer, others, t("history.macro_f1"))
    show_table(table, "coarsewsd-by-layer")


def _layers_finding(scores: LayerScores) -> str:
    """Each reader's best layer, the commonest sense, and what does better than all readers."""
    best = scores.best()
    clauses = [
        t("history.best", reader=row_name(name), layer=layer, value=f"{value:.1f}")
        for name, (layer, value) in best.items()
    ]
    chance = scores.levels.get("most_frequent_sense")
    if chance is not None:
        clauses.append(t("history.commonest", value=f"{chance:.1f}"))
    highest = max(scores.levels, key=scores.levels.__getitem__, default=None)
    if highest is not None and best:
        value = scores.levels[highest]
        if value > max(reached for _, reached in best.values()):
            clauses.append(t("history.beyond", name=row_name(highest), value=f"{value:.1f}"))
    return t("history.finding", parts=joined(clauses))


def perplexity_section(measured: Mapping[str, Rows]) -> None:
    """How surprised the readers are by held-out text."""
    rows = _rows(measured, "perplexity")
    if rows is None:
        return
    by_word = stored.surprise(rows)
    if by_word:
        best = row_name(min(by_word, key=lambda name: by_word[name]))
        each = t("common.comma").join(f"{row_name(n)} {v:,.0f}" for n, v in by_word.items())
        st.info(tm("history.perplexity_said", each=each, best=best))
    limited(rows)
    metrics = [m for m in METRICS if any(row.get(m) is not None for row in rows.values())]
    table = pd.DataFrame(
        {
            row_name(name): {
                t(f"history.metric.{metric}"): f"{row[metric]:,.10g}"
                if isinstance(row.get(metric), int | float)
                else "–"
                for metric in metrics
            }
            for name, row in rows.items()
        }
    )
    st.table(table.map(md))
    show_table(table.rename_axis(t("history.metric")).reset_index(), "perplexity")
