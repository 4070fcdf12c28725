"""What training on a task has changed inside the readers, for the visitor's own text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.charts import attention as attention_charts
from lmcore.charts import finetuning as charts
from lmcore.finetuning import inside
from lmcore.finetuning.task import Split, Task
from pages.sections.finetuning.results import places, read
from pages.sections.finetuning.session import Method, Trained, name_of, named
from pages.ui import cache
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.names import layer
from pages.ui.text import t, tm

#: Validation texts over which CKA is measured.
_TEXTS = 24


def _change(own: Trained, texts: tuple[str, ...]) -> inside.Change:
    assert own.learner is not None
    reader = cache.loaded(own.method.key)
    return inside.change(inside.untrained(reader, own.learner), own.learner, texts)


def _cka(own: Trained, parts: Split) -> np.ndarray:
    assert own.learner is not None
    start = inside.untrained(cache.loaded(own.method.key), own.learner)
    texts = [one.texts for one in parts.validation[:_TEXTS]]
    return inside.cka_by_layer(start, own.learner, texts)


def section(task: Task, parts: Split, found: Sequence[Trained], texts: tuple[str, ...]) -> None:
    """How much each layer, and attention, has changed."""
    st.subheader(t("finetuning.inside"))
    measures = ["cosine", "cka"]
    measure = state.one_of(
        "ftc", measures, t("finetuning.measure"), named=named("finetuning.measure", measures)
    )
    st.caption(t(f"finetuning.measure_how.{measure}", count=min(_TEXTS, len(parts.validation))))
    moved = [own.remember(("inside", texts), lambda own=own: _change(own, texts)) for own in found]
    if measure == "cka":
        values = [own.remember("cka", lambda own=own: _cka(own, parts)) for own in found]
    else:
        values = [one.same for one in moved]
    shown = list(zip(found, values, places(found), strict=True))
    lines = [charts.Line(name_of(o.method), o.method.family, v, p) for o, v, p in shown]
    chance = [
        charts.Line(t("finetuning.chance", name=name_of(o.method)), o.method.family, c.chance, p)
        for (o, _, p), c in zip(shown, moved, strict=True)
    ]
    said = " ".join(_moved_most(line) for line in lines)
    st.info(said)
    y = t(f"finetuning.measure.{measure}")
    show_figure(
        charts.changes(lines, chance if measure == "cosine" else [], t("common.layer"), y),
        "layers-before-after",
        t("finetuning.inside_alt", finding=said.replace("\\", "")),
        texts=read("validation", parts.validation[:_TEXTS], task) if measure == "cka" else texts,
    )
    frame = pd.DataFrame(
        [
            (line.name, place, float(value), float(other.values[place]))
            for line, other in zip(lines, chance, strict=True)
            for place, value in enumerate(line.values)
        ],
        columns=[
            t("finetuning.method"), t("common.layer"), y, t("finetuning.chance_column"),
        ],
    )  # fmt: skip
    show_table(frame, "layers-before-after")
    attention_section(found, moved, texts)


def _moved_most(line: charts.Line) -> str:
    if np.nanmin(line.values) > 1 - 1e-4:
        return tm("finetuning.unmoved", name=line.name)
    place = int(np.nanargmin(line.values))
    return tm("finetuning.moved", name=line.name, layer=place, value=f"{line.values[place]:.2f}")


def attention_section(
    found: Sequence[Trained], moved: Sequence[inside.Change], texts: tuple[str, ...]
) -> None:
    """Attention before and after, of one reader that has attention."""
    st.markdown(f"#### {t('finetuning.attention')}")
    having = [
        (own.method, change, shift)
        for own, change in zip(found, moved, strict=True)
        if (shift := inside.attention_moved(change)) is not None
    ]
    if not having:
        st.caption(t("finetuning.no_attention"))
        return
    left, middle, right = st.columns(3)
    called = [name_of(one[0]) for one in having]
    place = _one_of(left, "fta", str(len(having)), t("finetuning.method"), called, 0)
    method, change, shift = having[place]
    top, most = np.unravel_index(int(shift.argmax()), shift.shape)
    layers = [layer(f"layer {number + 1}") for number in range(len(shift))]
    of, heads = f"{place}:{len(having)}", [str(head + 1) for head in range(shift.shape[1])]
    depth = _one_of(middle, "ftal", of, t("common.layer"), layers, int(top))
    head = _one_of(right, "ftah", of, t("common.head"), heads, int(most))
    st.info(
        tm(
            "finetuning.attention_said",
            name=name_of(method),
            layer=int(top) + 1,
            head=int(most) + 1,
            share=f"{shift.max():.0%}",
            here=f"{shift[depth, head]:.0%}",
        )
        + _decider(change, depth, head)
    )
    _maps(method, change, (depth, head), texts)


def _one_of(
    column: DeltaGenerator, key: str, of: str, label: str, names: Sequence[str], usual: int
) -> int:
    """Which of some named things, remembered in the address.

    Args:
        column: where to ask.
        key: name in the address.
        of: what they belong to.
        label: above them.
        names: of the things.
        usual: the one that is shown at first.
    """
    widget = f"{key}:{of}"
    state.place(key, widget, len(names), usual)
    chosen = column.selectbox(label, range(len(names)), format_func=names.__getitem__, key=widget)
    state.keep_place(key, widget, chosen, usual)
    return int(chosen)


def _decider(change: inside.Change, depth: int, head: int) -> str:
    """Where the position that decides looks most, before and after."""
    place = change.after.decides
    if place is None or change.before.attention is None or change.after.attention is None:
        return ""
    maps = change.before.attention, change.after.attention
    rows = [own[depth, head, place] for own in maps]
    pieces = change.after.pieces
    return " " + tm(
        "finetuning.decider",
        decider=pieces[place],
        after=pieces[int(rows[1].argmax())],
        share=f"{rows[1].max():.0%}",
        before=pieces[int(rows[0].argmax())],
        share_before=f"{rows[0].max():.0%}",
    )


def _maps(
    method: Method, change: inside.Change, place: tuple[int, int], texts: tuple[str, ...]
) -> None:
    """Two maps of one head, found by layer and number, on one colour scale."""
    file = f"{method.family}-layer{place[0] + 1}-head{place[1] + 1}"
    titles = attention_charts.Titles(
        t("finetuning.looks"), t("finetuning.looked_at"), t("finetuning.weight")
    )
    maps = {
        when: own.attention[place]
        for when, own in (("before", change.before), ("after", change.after))
        if own.attention is not None
    }
    limit = max(float(own.max()) for own in maps.values())
    pieces = change.before.pieces
    for column, (when, own) in zip(st.columns(2), maps.items(), strict=True):
        with column:
            st.markdown(f"**{t(f'finetuning.{when}')}**")
            show_figure(
                attention_charts.heat_map(pieces, own, limit, titles),
                f"attention-{when}-{file}",
                t("finetuning.attention_alt", when=t(f"finetuning.{when}"), name=name_of(method)),
                key=f"attention-{when}",
                texts=texts,
            )
    st.caption(t("finetuning.attention_how"))
    frame = pd.DataFrame(
        [
            (looks, seen, *(float(own[i, j]) for own in maps.values()))
            for i, looks in enumerate(pieces)
            for j, seen in enumerate(pieces)
        ],
        columns=[titles.rows, titles.columns, *(t(f"finetuning.{when}") for when in maps)],
    )
    show_table(frame, "attention-before-after")
