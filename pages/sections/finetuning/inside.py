"""What training on a task has changed inside the readers, for the visitor's own text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.charts import attention as attention_charts
from lmcore.charts import finetuning as charts
from lmcore.finetuning import inside
from lmcore.finetuning.findings import changed_most
from lmcore.finetuning.inside import AttentionChange, ChangeView
from lmcore.finetuning.task import Split, Task
from pages.sections.finetuning.session import Trained, lines, named
from pages.sections.finetuning.task import about
from pages.ui import views
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.names import layer
from pages.ui.text import in_a_row, t, tm

#: Validation texts over which CKA is measured.
_TEXTS = 24


def _change(network: Trained, texts: tuple[str, ...]) -> ChangeView:
    def make(learner: inside.Learner) -> ChangeView:
        return inside.change(_untrained(network, learner), learner, texts)

    view: ChangeView = network.remember(("inside", texts), make)
    return view


def _cka(network: Trained, parts: Split) -> np.ndarray:
    texts = [example.texts for example in parts.validation[:_TEXTS]]

    def make(learner: inside.Learner) -> np.ndarray:
        return inside.cka_by_layer(_untrained(network, learner), learner, texts)

    values: np.ndarray = network.remember("cka", make)
    return values


def _untrained(network: Trained, learner: inside.Learner) -> inside.Learner:
    return inside.untrained(views.loaded(network.method.key), learner)


def section(task: Task, parts: Split, trained: Sequence[Trained], texts: tuple[str, ...]) -> None:
    """How much each layer, and attention, has changed.

    Args:
        task: what was learned.
        parts: of the task.
        trained: networks that have their weights and can read the texts.
        texts: what the visitor has typed.
    """
    st.subheader(t("finetuning.inside"))
    measures = ["cosine", "cka"]
    measure = state.one_of(
        "ftc", measures, t("finetuning.measure"), named=named("finetuning.measure", measures)
    )
    st.caption(t(f"finetuning.measure_how.{measure}", count=min(_TEXTS, len(parts.validation))))
    changes = [_change(network, texts) for network in trained]
    by_cka = measure == "cka"
    values = [_cka(n, parts) for n in trained] if by_cka else [view.same for view in changes]
    drawn, chance = lines(trained, values), lines(trained, [view.chance for view in changes])
    chance = [_renamed(line) for line in chance]
    finding = in_a_row(_changed_most(line) for line in drawn)
    st.info(finding)
    y = t(f"finetuning.measure.{measure}")
    show_figure(
        charts.changes(drawn, [] if by_cka else chance, t("common.layer"), y),
        "layers-before-after",
        t("finetuning.inside_alt", finding=finding.replace("\\", "")),
        texts=about("validation", parts.validation[:_TEXTS], task) if by_cka else texts,
    )
    frame = pd.DataFrame(
        [
            (line.name, place, float(value), float(other.values[place]))
            for line, other in zip(drawn, chance, strict=True)
            for place, value in enumerate(line.values)
        ],
        columns=[
            t("finetuning.method"), t("common.layer"), y, t("finetuning.chance_column"),
        ],
    )  # fmt: skip
    show_table(frame, "layers-before-after")
    _attention_section(trained, changes, texts)


def _renamed(line: charts.Line) -> charts.Line:
    name = t("finetuning.chance", name=line.name)
    return charts.Line(name, line.family, line.values, line.place)


def _changed_most(line: charts.Line) -> str:
    place = changed_most(line.values)
    if place is None:
        return tm("finetuning.unmoved", name=line.name)
    return tm("finetuning.moved", name=line.name, layer=place, value=f"{line.values[place]:.2f}")


def _attention_section(
    trained: Sequence[Trained], changes: Sequence[ChangeView], texts: tuple[str, ...]
) -> None:
    """Attention before and after, of one reader that has attention."""
    st.markdown(f"#### {t('finetuning.attention')}")
    having = [
        (network, view, view.attention)
        for network, view in zip(trained, changes, strict=True)
        if view.attention is not None
    ]
    if not having:
        st.caption(t("finetuning.no_attention"))
        return
    left, middle, right = st.columns(3)
    names = [network.name for network, _, _ in having]
    place = state.which("fta", str(len(having)), names, t("finetuning.method"), left)
    network, view, attention = having[place]
    layers, heads = ([str(number + 1) for number in range(n)] for n in attention.moved.shape)
    layers = [layer(f"layer {number}") for number in layers]
    most, of = attention.most(), f"{place}:{len(having)}"
    chosen = (
        state.which("ftal", of, layers, t("common.layer"), middle, most[0]),
        state.which("ftah", of, heads, t("common.head"), right, most[1]),
    )
    st.info(
        tm(
            "finetuning.attention_said",
            name=network.name,
            layer=most[0] + 1,
            head=most[1] + 1,
            share=f"{attention.moved.max():.0%}",
            here=f"{attention.moved[chosen]:.0%}",
        )
        + _gaze(view, *chosen)
    )
    _maps(network, view.pieces, attention, chosen, texts)


def _gaze(view: ChangeView, depth: int, head: int) -> str:
    """Where the position that decides looks most, before and after."""
    gaze = inside.gaze(view, depth, head)
    if gaze is None:
        return ""
    return " " + tm(
        "finetuning.decider",
        decider=gaze.decider,
        after=gaze.after,
        share=f"{gaze.share_after:.0%}",
        before=gaze.before,
        share_before=f"{gaze.share_before:.0%}",
    )


def _maps(
    network: Trained,
    pieces: Sequence[str],
    attention: AttentionChange,
    place: tuple[int, int],
    texts: tuple[str, ...],
) -> None:
    """Two maps of one head, found by layer and number, on one colour scale."""
    file = f"{network.method.family}-layer{place[0] + 1}-head{place[1] + 1}"
    titles = attention_charts.Titles(
        t("finetuning.looks"), t("finetuning.looked_at"), t("finetuning.weight")
    )
    maps = {"before": attention.before[place], "after": attention.after[place]}
    limit = max(float(weights.max()) for weights in maps.values())
    for column, (when, weights) in zip(st.columns(2), maps.items(), strict=True):
        with column:
            st.markdown(f"**{t(f'finetuning.{when}')}**")
            show_figure(
                attention_charts.heat_map(pieces, weights, limit, titles),
                f"attention-{when}-{file}",
                t("finetuning.attention_alt", when=t(f"finetuning.{when}"), name=network.name),
                key=f"attention-{when}",
                texts=texts,
            )
    st.caption(t("finetuning.attention_how"))
    frame = pd.DataFrame(
        [
            (looks, looked_at, *(float(weights[i, j]) for weights in maps.values()))
            for i, looks in enumerate(pieces)
            for j, looked_at in enumerate(pieces)
        ],
        columns=[titles.rows, titles.columns, *(t(f"finetuning.{when}") for when in maps)],
    )
    show_table(frame, "attention-before-after")
