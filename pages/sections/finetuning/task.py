"""Parts of the page about tasks: which task, and what each reader gets of it."""

from __future__ import annotations

from collections import Counter
from html import escape

import pandas as pd
import streamlit as st

from lmcore.finetuning import upload
from lmcore.finetuning.inputs import Row, bert_rows, gpt_rows, parts
from lmcore.finetuning.task import BUILT_IN, KINDS, Kind, Split, Task, built_in, columns
from lmcore.text.examples import TASKS
from lmcore.text.words import split as words_of
from pages.sections.finetuning.session import named
from pages.ui import cache, language_notice
from pages.ui.address import state
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import md, t, tm

UPLOAD = "upload"
#: In the address: whose input is shown, and of which example; from 1.
INPUT_KIND, INPUT = "ftik", "ftie"
_MOST_SHOWN = 12

_PIECE = (
    "display:inline-block;margin:2px;padding:1px 6px;border:1px solid currentColor;"
    "border-radius:4px;text-align:center;unicode-bidi:isolate;"
)
_NEW = "border-width:2px;border-style:dashed;font-weight:600;"
_SECOND = "border-style:double;border-width:3px;"
_ROLE = "display:block;font-size:0.7rem;opacity:0.75;"
_FRAME = "line-height:1.5;overflow-wrap:anywhere;margin-bottom:0.6rem;"


def choose_task() -> Task | None:
    """The task: one of ours, or a table that the visitor brings.

    Raises:
        InputError: the table cannot be used.
    """
    state.take("ft", [*BUILT_IN, UPLOAD])
    name = st.selectbox(
        t("finetuning.task"),
        [*BUILT_IN, UPLOAD],
        format_func=named("finetuning.task", [*BUILT_IN, UPLOAD]),
        key="ft",
    )
    state.keep("ft", next(iter(BUILT_IN)), name)
    if name != UPLOAD:
        return built_in(name)
    return _uploaded()


def _uploaded() -> Task | None:
    """A table from the visitor's own machine: it stays in the memory of this session."""
    kind: Kind = state.one_of(  # type: ignore[assignment]
        "ftk", KINDS, t("finetuning.kind"), named=named("finetuning.kind", KINDS)
    )
    limits = upload.Limits()
    wanted = ", ".join(columns(kind))
    st.caption(
        t(
            "finetuning.upload_how",
            columns=wanted,
            least=upload.MIN_ROWS,
            most=limits.rows,
            words=limits.words,
            labels=limits.labels,
            each=upload.MIN_PER_LABEL,
            size=limits.size // 1_000,
        )
    )
    file = st.file_uploader(t("finetuning.upload"), type=["csv", "tsv"], key="ftu")
    if file is None:
        return None
    return upload.parse(file.getvalue(), kind)


def overview(task: Task, own: Split) -> None:
    """Sizes, labels and some examples of a task."""
    counts = Counter(one.label for one in task.examples)
    st.caption(
        tm(
            "finetuning.sizes",
            train=len(own.train),
            validation=len(own.validation),
            test=len(own.test),
            labels=", ".join(f"{name} {counts[place]}" for place, name in enumerate(task.labels)),
        )
    )
    with st.expander(t("finetuning.examples"), icon=":material/list:"):
        names = columns(task.kind, task.width)
        shown = own.train[:_MOST_SHOWN]
        rows = [(task.labels[one.label], *one.texts) for one in shown]
        heads = [t(f"finetuning.column.{name.split('_')[0]}") for name in names]
        heads = [
            f"{head} {name.rsplit('_', 1)[1].upper()}" if "_" in name else head
            for head, name in zip(heads, names, strict=True)
        ]
        st.dataframe(pd.DataFrame(rows, columns=heads), width="stretch", hide_index=True)


def inputs_section(task: Task, own: Split) -> None:
    """What each reader really gets of an example, position by position."""
    st.subheader(t("finetuning.inputs"))
    left, right = st.columns(2)
    called, usual = named("finetuning.kind", KINDS), KINDS.index(task.kind)
    widget = f"{INPUT_KIND}:{task.kind}"
    state.place(INPUT_KIND, widget, len(KINDS), usual)
    number = left.selectbox(
        t("finetuning.inputs_kind"),
        range(len(KINDS)),
        format_func=lambda place: called(KINDS[place]),
        key=widget,
    )
    state.keep_place(INPUT_KIND, widget, number, usual)
    kind = KINDS[number]
    texts = TASKS[kind]
    if kind == task.kind:
        count, widget = min(8, len(own.train)), f"{INPUT}:{task.name}:{len(task.examples)}"
        state.place(INPUT, widget, count)
        number = right.selectbox(
            t("finetuning.inputs_example"),
            range(count),
            format_func=lambda place: " · ".join(own.train[place].texts)[:80],
            key=widget,
        )
        state.keep_place(INPUT, widget, number)
        texts = own.train[number].texts
    else:
        right.caption(t("finetuning.inputs_ours"))
    families = [family for family in ("elmo", "gpt", "bert") if family in cache.readers()]
    some = [text for one in own.train[:_MOST_SHOWN] for text in one.texts]
    language_notice.say("\n".join(some), families)
    for family in families:
        st.markdown(f"**{md(FAMILY_NAMES[family])}** — {t(f'finetuning.inputs.{family}.{kind}')}")
        if family == "elmo":
            rows = [_words_row(pair) for pair in parts(kind, texts, both_orders=False)]
        else:
            make = gpt_rows if family == "gpt" else bert_rows
            rows = make(cache.reader(family), kind, texts)  # type: ignore[arg-type]
        for row in rows:
            draw(row, segments=family == "bert" and kind != "classification")
    st.caption(t("finetuning.inputs_legend"))


def _words_row(texts: tuple[str, ...]) -> Row:
    """ELMo's own input: the words, text after text."""
    pieces = [
        (word.text, "text_b" if place else "text_a")
        for place, text in enumerate(texts)
        for word in words_of(text).words
    ]
    words, roles = zip(*pieces, strict=True)
    return Row(tuple(range(len(words))), (0,) * len(words), words, roles)


def draw(row: Row, segments: bool) -> None:
    """One sequence as boxes; every piece is escaped, and what it is for stands below it."""
    boxes = []
    for piece, role, segment in zip(row.pieces, row.roles, row.segments, strict=True):
        style = _PIECE
        if role not in ("text_a", "text_b"):
            style += _NEW
        elif role == "text_b":
            style += _SECOND
        name = t(f"finetuning.role.{role}")
        if segments:
            name += f" · {'AB'[segment]}"
        boxes.append(
            f'<span style="{style}"><bdi>{escape(piece)}</bdi>'
            f'<span style="{_ROLE}">{escape(name)}</span></span>'
        )
    name = escape(t("finetuning.inputs"), quote=True)
    st.html(f'<div role="group" aria-label="{name}" style="{_FRAME}">{"".join(boxes)}</div>')
