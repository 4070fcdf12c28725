"""What came of the trainings on the test part: table, confusion, where methods differ."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.charts import finetuning as charts
from lmcore.finetuning.findings import Comparison, compare, differences, most_confused
from lmcore.finetuning.scores import Score, confusion
from lmcore.finetuning.task import Split, Task, gold
from pages.sections.finetuning.session import Trained, baseline_answers
from pages.sections.finetuning.task import about
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.text import md, t, tm


def table_section(task: Task, parts: Split, trained: Sequence[Trained]) -> dict[str, np.ndarray]:
    """Accuracy and macro-F1 of all methods and baselines on the test part.

    Args:
        task: what was learned.
        parts: of the task.
        trained: at least one network.

    Returns:
        answers int ``[N]`` by the names of the methods, baselines last.
    """
    st.subheader(t("finetuning.results"))
    answers = {network.name: network.outcome.answers for network in trained}
    baselines = {
        t(f"finetuning.row.{name}"): row for name, row in baseline_answers(task, parts).items()
    }
    compared = compare(gold(parts.test), answers, baselines, task.width)
    st.info(_verdict(compared, len(parts.test)))
    frame = pd.DataFrame(
        [
            {
                t("finetuning.method"): name,
                t("finetuning.accuracy"): _interval(accuracy),
                t("finetuning.macro_f1"): _interval(f1),
            }
            for name, (accuracy, f1) in compared.scores.items()
        ]
    )
    st.table(frame.map(md).set_index(t("finetuning.method")))
    st.caption(t("finetuning.table_how", count=len(parts.test)))
    show_table(frame, "fine-tuning-scores")
    return answers | baselines


def _interval(score: Score) -> str:
    return f"{score.value:.0%} ({score.low:.0%}–{score.high:.0%})"


def _verdict(compared: Comparison, count: int) -> str:
    """Who is best, and whether that is more than chance."""
    return tm(
        f"finetuning.said_{compared.verdict}",
        best=compared.best,
        value=f"{compared.scores[compared.best][0].value:.0%}",
        rival=compared.rival,
        other=f"{compared.scores[compared.rival][0].value:.0%}",
        count=count,
    )


def confusion_section(task: Task, parts: Split, trained: Sequence[Trained]) -> None:
    """Which labels are taken for which.

    Args:
        task: what was learned.
        parts: of the task.
        trained: at least one network.
    """
    st.subheader(t("finetuning.confusion"))
    labels, rows = list(task.labels), []
    columns = st.columns(min(3, len(trained)))
    for place, network in enumerate(trained):
        counts = confusion(network.outcome.gold, network.outcome.answers, task.width)
        with columns[place % len(columns)]:
            st.markdown(f"**{md(network.name)}**")
            finding = _most_confused(counts, labels)
            show_figure(
                charts.confusion(counts, labels, t("finetuning.truth"), t("finetuning.answer")),
                f"confusion-{place}-{network.method.family}",
                t("finetuning.confusion_alt", name=network.name, finding=finding),
                key=f"confusion:{place}",
                texts=about("test", parts.test, task),
            )
            st.caption(md(finding))
        rows += [
            (network.name, labels[i], labels[j], int(counts[i, j]))
            for i, j in np.ndindex(counts.shape)
        ]
    heads = ["finetuning.method", "finetuning.truth", "finetuning.answer", "finetuning.count"]
    show_table(pd.DataFrame(rows, columns=[t(head) for head in heads]), "confusion")


def _most_confused(counts: np.ndarray, labels: Sequence[str]) -> str:
    mistake = most_confused(counts)
    if mistake is None:
        return t("finetuning.confusion_none")
    truth, answer, count = mistake
    return t("finetuning.confusion_said", truth=labels[truth], answer=labels[answer], count=count)


def differences_section(task: Task, parts: Split, answers: Mapping[str, np.ndarray]) -> None:
    """Test examples that one method gets right and another wrong.

    Args:
        task: what was learned.
        parts: of the task.
        answers: int ``[N]`` to the test part, by the names of methods and baselines.
    """
    st.subheader(t("finetuning.differences"))
    good, bad = _two_of(list(answers))
    truth = gold(parts.test)
    rows, back = differences(truth, answers[good], answers[bad])
    st.info(tm("finetuning.differences_said", good=good, bad=bad, count=len(rows), back=back))
    if not rows:
        return
    frame = pd.DataFrame(
        [
            {
                t("finetuning.column.text"): " · ".join(parts.test[row].texts),
                t("finetuning.truth"): task.labels[truth[row]],
                **{name: task.labels[answer[row]] for name, answer in answers.items()},
            }
            for row in rows
        ]
    )
    # A table that is the point itself, with its CSV below.
    st.dataframe(frame, width="stretch", hide_index=True, key="ft:differences")
    show_table(frame, "differences")


def _two_of(names: list[str]) -> tuple[str, str]:
    """Two methods to compare, chosen by number: their names change with the language."""
    left, right = st.columns(2)
    first = state.which("ftg", str(len(names)), names, t("finetuning.gets_right"), left)
    others, of = [*names[:first], *names[first + 1 :]], f"{first}:{len(names)}"
    return names[first], others[state.which("ftb", of, others, t("finetuning.gets_wrong"), right)]
