"""What came of the trainings: table, learning curves, confusion, where methods differ, the mix."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.charts import finetuning as charts
from lmcore.finetuning.scores import Score, confusion, scored
from lmcore.finetuning.task import Example, Split, Task, gold
from pages.sections.finetuning.session import Trained, baseline_answers, identity, name_of
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.names import layer
from pages.ui.text import md, t, tm

Answers = Mapping[str, np.ndarray]
#: A mix whose largest and smallest weights are closer than this prefers no layer.
_EVEN = 0.1


def places(found: Sequence[Trained]) -> list[int]:
    """How many methods of its family stand before each, for its look in figures."""
    seen: dict[str, int] = {}
    out = []
    for own in found:
        out.append(seen.get(own.method.family, 0))
        seen[own.method.family] = out[-1] + 1
    return out


def table_section(task: Task, parts: Split, found: Sequence[Trained]) -> dict[str, np.ndarray]:
    """Accuracy and macro-F1 of all methods and baselines on the test part.

    Returns:
        answers int ``[N]`` by the names of the methods, baselines last.
    """
    st.subheader(t("finetuning.results"))
    right = gold(parts.test)
    answers = {name_of(own.method): own.outcome.answers for own in found}
    reference = baseline_answers(identity(task), task, parts)
    answers |= {t(f"finetuning.row.{name}"): own.argmax(axis=1) for name, own in reference.items()}
    scores = {name: scored(right, own, task.width) for name, own in answers.items()}
    st.info(_best(scores, len(found), len(right)))
    frame = pd.DataFrame(
        [
            {
                t("finetuning.method"): name,
                t("finetuning.accuracy"): _shown(accuracy),
                t("finetuning.macro_f1"): _shown(f1),
            }
            for name, (accuracy, f1) in scores.items()
        ]
    )
    st.table(frame.map(md).set_index(t("finetuning.method")))
    st.caption(t("finetuning.table_how", count=len(right)))
    show_table(frame, "fine-tuning-scores")
    return answers


def _shown(own: Score) -> str:
    return f"{own.value:.0%} ({own.low:.0%}–{own.high:.0%})"


def _best(scores: Mapping[str, tuple[Score, Score]], trained: int, count: int) -> str:
    """Who is best, and whether that is more than chance."""
    names = list(scores)
    best = max(names[:trained], key=lambda name: scores[name][0].value)
    rival = max(names[trained:], key=lambda name: scores[name][0].value)
    own, other = scores[best][0], scores[rival][0]
    if own.low > other.high:
        key = "finetuning.said_clear"
    elif own.value > other.value:
        key = "finetuning.said_maybe"
    elif own.value == other.value:
        key = "finetuning.said_tie"
    else:
        key = "finetuning.said_not"
    return tm(
        key,
        best=best,
        value=f"{own.value:.0%}",
        rival=rival,
        other=f"{other.value:.0%}",
        count=count,
    )


def read(part: str, examples: Sequence[Example], task: Task) -> list[str]:
    """How many examples of which part of a task a picture is about; for its caption.

    Args:
        part: ``train``, ``validation`` or ``test``.
        examples: of that part.
        task: whose.
    """
    name = t(f"finetuning.task.{task.name}")
    return [t(f"saving.read_{part}", count=len(examples), task=name)]


def curves_section(task: Task, parts: Split, found: Sequence[Trained]) -> None:
    """Validation accuracy and training loss by pass."""
    st.subheader(t("finetuning.curves"))
    told = [own for own in found if own.outcome.epochs]
    if not told:
        st.caption(t("finetuning.no_epoch"))
        return
    best = max(told, key=lambda own: own.outcome.epochs[own.outcome.best - 1].validation_accuracy)
    kept = best.outcome.epochs[best.outcome.best - 1]
    said = tm(
        "finetuning.curves_said",
        name=name_of(best.method),
        value=f"{kept.validation_accuracy:.0%}",
        epoch=kept.epoch,
    )
    left, right = st.columns(2)
    with left:
        _validation_picture(task, parts, told, said.replace("\\", ""))
    with right:
        _loss_picture(task, parts, told)
    st.info(said)
    show_table(_of_passes(told), "fine-tuning-curves")


def _validation_picture(task: Task, parts: Split, told: Sequence[Trained], said: str) -> None:
    counts = np.bincount(gold(parts.validation))
    chance = charts.Level(t("finetuning.row.majority"), float(counts.max() / counts.sum()))
    lines = _lines(told, "validation_accuracy")
    names = t("finetuning.epoch"), t("finetuning.validation")
    show_figure(
        charts.curves(lines, [chance], *names, percent=True),
        "fine-tuning-validation",
        said,
        texts=read("validation", parts.validation, task),
    )


def _loss_picture(task: Task, parts: Split, told: Sequence[Trained]) -> None:
    names = t("finetuning.epoch"), t("finetuning.loss")
    show_figure(
        charts.curves(_lines(told, "loss"), [], *names, percent=False),
        "fine-tuning-loss",
        t("finetuning.loss_alt"),
        texts=read("train", parts.train, task),
    )


def _of_passes(told: Sequence[Trained]) -> pd.DataFrame:
    """All numbers of all passes, one a row."""
    return pd.DataFrame(
        [
            {
                t("finetuning.method"): name_of(own.method),
                t("finetuning.epoch"): epoch.epoch,
                t("finetuning.loss"): epoch.loss,
                t("finetuning.language_loss"): epoch.language,
                t("finetuning.validation_loss"): epoch.validation_loss,
                t("finetuning.validation"): epoch.validation_accuracy,
            }
            for own in told
            for epoch in own.outcome.epochs
        ]
    )


def _lines(found: Sequence[Trained], value: str) -> list[charts.Line]:
    return [
        charts.Line(
            name_of(own.method),
            own.method.family,
            np.array([getattr(epoch, value) for epoch in own.outcome.epochs]),
            place,
            own.outcome.best - 1,
        )
        for own, place in zip(found, places(found), strict=True)
    ]


def confusion_section(task: Task, parts: Split, found: Sequence[Trained]) -> None:
    """Which labels are taken for which."""
    st.subheader(t("finetuning.confusion"))
    right = gold(parts.test)
    names = list(task.labels)
    rows = []
    columns = st.columns(min(3, len(found)))
    for place, own in enumerate(found):
        counts = confusion(right, own.outcome.answers, task.width)
        name = name_of(own.method)
        with columns[place % len(columns)]:
            st.markdown(f"**{md(name)}**")
            said = _most_confused(counts, names)
            show_figure(
                charts.confusion(counts, names, t("finetuning.truth"), t("finetuning.answer")),
                f"confusion-{place}-{own.method.family}",
                t("finetuning.confusion_alt", name=name, finding=said),
                key=f"confusion:{place}",
                texts=read("test", parts.test, task),
            )
            st.caption(md(said))
        rows += [
            (name, names[i], names[j], int(counts[i, j]))
            for i in range(task.width)
            for j in range(task.width)
        ]
    heads = ["finetuning.method", "finetuning.truth", "finetuning.answer", "finetuning.count"]
    show_table(pd.DataFrame(rows, columns=[t(head) for head in heads]), "confusion")


def _most_confused(counts: np.ndarray, names: Sequence[str]) -> str:
    wrong = counts - np.diag(np.diag(counts))
    if wrong.sum() == 0:
        return t("finetuning.confusion_none")
    truth, answer = np.unravel_index(int(wrong.argmax()), wrong.shape)
    return t(
        "finetuning.confusion_said",
        truth=names[truth],
        answer=names[answer],
        count=int(wrong.max()),
    )


def differences_section(task: Task, parts: Split, answers: Answers) -> None:
    """Test examples that one method gets right and another wrong."""
    st.subheader(t("finetuning.differences"))
    names = list(answers)
    left, right = st.columns(2)
    widget = f"ftg:{len(names)}"
    state.place("ftg", widget, len(names))
    # By number: the names of the methods change with the language.
    one = left.selectbox(
        t("finetuning.gets_right"), range(len(names)), format_func=names.__getitem__, key=widget
    )
    state.keep_place("ftg", widget, one)
    good, others = names[one], [*names[:one], *names[one + 1 :]]
    widget = f"ftb:{one}:{len(names)}"
    state.place("ftb", widget, len(others))
    other = right.selectbox(
        t("finetuning.gets_wrong"), range(len(others)), format_func=others.__getitem__, key=widget
    )
    state.keep_place("ftb", widget, other)
    bad = others[other]
    truth = gold(parts.test)
    chosen = np.flatnonzero((answers[good] == truth) & (answers[bad] != truth))
    back = int(((answers[bad] == truth) & (answers[good] != truth)).sum())
    st.info(tm("finetuning.differences_said", good=good, bad=bad, count=len(chosen), back=back))
    if not len(chosen):
        return
    frame = pd.DataFrame(
        [
            {
                t("finetuning.column.text"): " · ".join(parts.test[place].texts),
                t("finetuning.truth"): task.labels[truth[place]],
                **{name: task.labels[own[place]] for name, own in answers.items()},
            }
            for place in chosen.tolist()
        ]
    )
    numbers_open(frame)


def numbers_open(frame: pd.DataFrame) -> None:
    """A table that is the point itself, with its CSV below."""
    st.dataframe(frame, width="stretch", hide_index=True, key="ft:differences")
    show_table(frame, "differences")


def mix_section(task: Task, parts: Split, found: Sequence[Trained]) -> None:
    """Which of its layers a task takes from ELMo."""
    mixed = [own for own in found if own.outcome.mix is not None]
    if not mixed:
        return
    st.subheader(t("finetuning.mix"))
    layers = _layer_names(len(mixed[0].outcome.mix))  # type: ignore[arg-type]
    weights = [(name_of(own.method), own.outcome.mix) for own in mixed]
    said = [_reads(name, own, layers, len(mixed) > 1) for name, own in weights if own is not None]
    st.info(" ".join(said))
    show_figure(
        charts.layer_weights(
            [(name, own) for name, own in weights if own is not None],
            layers,
            t("finetuning.mix_weight"),
        ),
        "layer-weights",
        t("finetuning.mix_alt", finding=" ".join(said).replace("\\", "")),
        texts=read("train", parts.train, task),
    )
    gammas = t("common.comma").join(f"{own.outcome.gamma:.2f}" for own in mixed)
    st.caption(t("finetuning.mix_how", gammas=gammas))
    frame = pd.DataFrame(
        [
            (name, names, float(weight))
            for name, own in weights
            if own is not None
            for names, weight in zip(layers, own, strict=True)
        ],
        columns=[t("finetuning.method"), t("common.layer"), t("finetuning.mix_weight")],
    )
    show_table(frame, "layer-weights")


def _layer_names(count: int) -> list[str]:
    return [layer("token"), *(layer(f"LSTM {number}") for number in range(1, count))]


def _reads(name: str, weights: np.ndarray, layers: Sequence[str], several: bool) -> str:
    """“This task reads layer 1.”"""
    best = int(weights.argmax())
    even = float(weights.max() - weights.min()) < _EVEN
    lead = tm("finetuning.mix_lead", name=name) if several else ""
    if even:
        return lead + tm(
            "finetuning.mix_even", low=f"{weights.min():.0%}", high=f"{weights.max():.0%}"
        )
    return lead + tm("finetuning.mix_said", layer=layers[best], share=f"{weights[best]:.0%}")
