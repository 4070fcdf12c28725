"""How the trainings went: accuracy and loss by pass, and what ELMo's mix learned."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.charts import finetuning as charts
from lmcore.finetuning.findings import best_pass, majority_share, preferred_layer
from lmcore.finetuning.task import Split, Task, gold
from pages.sections.finetuning.session import Trained, lines
from pages.sections.finetuning.task import about
from pages.ui.figure import show_figure, show_table
from pages.ui.names import layer
from pages.ui.text import in_a_row, t, tm


def curves_section(task: Task, parts: Split, trained: Sequence[Trained]) -> None:
    """Validation accuracy and training loss by pass.

    Args:
        task: what was learned.
        parts: of the task.
        trained: at least one network.
    """
    st.subheader(t("finetuning.curves"))
    whole = [network for network in trained if network.outcome.epochs]
    if not whole:
        st.caption(t("finetuning.no_epoch"))
        return
    best = whole[best_pass([network.outcome for network in whole])]
    finding = tm(
        "finetuning.curves_said",
        name=best.name,
        value=f"{best.outcome.kept.validation_accuracy:.0%}",
        epoch=best.outcome.kept.epoch,
    )
    share = majority_share(gold(parts.validation))
    chance = (t("finetuning.row.majority"), share)
    left, right = st.columns(2)
    with left:
        show_figure(
            charts.curves(
                _by_pass(whole, "validation_accuracy"),
                [chance],
                t("finetuning.epoch"),
                t("finetuning.validation"),
                percent=True,
            ),
            "fine-tuning-validation",
            finding.replace("\\", ""),
            texts=about("validation", parts.validation, task),
        )
    with right:
        names = t("finetuning.epoch"), t("finetuning.loss")
        show_figure(
            charts.curves(_by_pass(whole, "loss"), [], *names, percent=False),
            "fine-tuning-loss",
            t("finetuning.loss_alt"),
            texts=about("train", parts.train, task),
        )
    st.info(finding)
    show_table(_frame(whole), "fine-tuning-curves")


def _by_pass(trained: Sequence[Trained], name: str) -> list[charts.Line]:
    """A number of every pass, one line a method; the pass that was kept is marked."""
    values = [np.array([getattr(e, name) for e in network.outcome.epochs]) for network in trained]
    return lines(trained, values, [network.outcome.best - 1 for network in trained])


def _frame(trained: Sequence[Trained]) -> pd.DataFrame:
    """All numbers of all passes, one a row."""
    return pd.DataFrame(
        [
            {
                t("finetuning.method"): network.name,
                t("finetuning.epoch"): epoch.epoch,
                t("finetuning.loss"): epoch.loss,
                t("finetuning.language_loss"): epoch.language,
                t("finetuning.validation_loss"): epoch.validation_loss,
                t("finetuning.validation"): epoch.validation_accuracy,
            }
            for network in trained
            for epoch in network.outcome.epochs
        ]
    )


def mix_section(task: Task, parts: Split, trained: Sequence[Trained]) -> None:
    """Which of its layers a task takes from ELMo.

    Args:
        task: what was learned.
        parts: of the task.
        trained: at least one network.
    """
    mixes = [(n.name, n.outcome.mix) for n in trained if n.outcome.mix is not None]
    if not mixes:
        return
    st.subheader(t("finetuning.mix"))
    count = len(mixes[0][1])
    layers = [layer("token"), *(layer(f"LSTM {number}") for number in range(1, count))]
    finding = in_a_row(_reads(name, mix, layers, len(mixes) > 1) for name, mix in mixes)
    st.info(finding)
    show_figure(
        charts.layer_weights(mixes, layers, t("finetuning.mix_weight")),
        "layer-weights",
        t("finetuning.mix_alt", finding=finding.replace("\\", "")),
        texts=about("train", parts.train, task),
    )
    gammas = [f"{n.outcome.gamma:.2f}" for n in trained if n.outcome.gamma is not None]
    st.caption(t("finetuning.mix_how", gammas=t("common.comma").join(gammas)))
    frame = pd.DataFrame(
        [
            (name, title, float(weight))
            for name, mix in mixes
            for title, weight in zip(layers, mix, strict=True)
        ],
        columns=[t("finetuning.method"), t("common.layer"), t("finetuning.mix_weight")],
    )
    show_table(frame, "layer-weights")


def _reads(name: str, weights: np.ndarray, layers: Sequence[str], several: bool) -> str:
    """“This task reads layer 1.”"""
    best = preferred_layer(weights)
    lead = tm("finetuning.mix_lead", name=name) if several else ""
    if best is None:
        low, high = f"{weights.min():.0%}", f"{weights.max():.0%}"
        return lead + tm("finetuning.mix_even", low=low, high=high)
    return lead + tm("finetuning.mix_said", layer=layers[best], share=f"{weights[best]:.0%}")
