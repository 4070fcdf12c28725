"""Parts of the page about tasks: which task, and what each reader gets of it."""

from collections import Counter
from collections.abc import Sequence
from html import escape

import pandas as pd
import streamlit as st

from lmcore.finetuning import upload
from lmcore.finetuning.inputs import INPUTS, InputsQuestion, Row
from lmcore.finetuning.task import BUILT_IN, KINDS, Example, Kind, Split, Task, built_in, columns
from lmcore.runtime.families import CONTEXTUAL
from pages.sections.finetuning.session import named
from pages.ui import views
from pages.ui.address import state
from pages.ui.inputs import foreign_notice
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import md, t, tm

UPLOAD = "upload"
#: In the address: whose input is shown, and of which example; from 1.
INPUT_KIND, INPUT = "ftik", "ftie"
_MOST_SHOWN, _MOST_CHOSEN = 12, 8

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
    options = [*BUILT_IN, UPLOAD]
    state.take("ft", options)
    name = st.selectbox(
        t("finetuning.task"), options, format_func=named("finetuning.task", options), key="ft"
    )
    state.keep("ft", options[0], name)
    if name == UPLOAD:
        return _uploaded()
    return built_in(name, choice.with_file(f"tasks/{name}.tsv"))


def _uploaded() -> Task | None:
    """A table from the visitor's own machine: it stays in the memory of this session."""
    kind: Kind = state.one_of(  # type: ignore[assignment]
        "ftk", KINDS, t("finetuning.kind"), named=named("finetuning.kind", KINDS)
    )
    limits = upload.Limits()
    st.caption(
        t(
            "finetuning.upload_how",
            columns=", ".join(columns(kind)),
            least=upload.MIN_ROWS,
            most=limits.rows,
            words=limits.words,
            labels=limits.labels,
            each=upload.MIN_PER_LABEL,
            size=limits.size // 1_000,
        )
    )
    file = st.file_uploader(t("finetuning.upload"), type=["csv", "tsv"], key="ftu")
    return None if file is None else upload.parse(file.getvalue(), kind)


def about(part: str, examples: Sequence[Example], task: Task) -> list[str]:
    """How many examples of which part of a task a picture is about; for its caption.

    Args:
        part: ``train``, ``validation`` or ``test``.
        examples: of that part.
        task: whose.
    """
    name = t(f"finetuning.task.{task.name}")
    return [t(f"saving.read_{part}", count=len(examples), task=name)]


def overview(task: Task, parts: Split) -> None:
    """Sizes, labels and some examples of a task."""
    counts = Counter(example.label for example in task.examples)
    st.caption(
        tm(
            "finetuning.sizes",
            train=len(parts.train),
            validation=len(parts.validation),
            test=len(parts.test),
            labels=", ".join(f"{name} {counts[place]}" for place, name in enumerate(task.labels)),
        )
    )
    with st.expander(t("finetuning.examples"), icon=":material/list:"):
        rows = [(task.labels[e.label], *e.texts) for e in parts.train[:_MOST_SHOWN]]
        heads = [_head(name) for name in columns(task.kind, task.width)]
        st.dataframe(pd.DataFrame(rows, columns=heads), width="stretch", hide_index=True)


def _head(column: str) -> str:
    """Title of a column: ``text_a`` is the column of texts, A."""
    name, _, letter = column.partition("_")
    title = t(f"finetuning.column.{name}")
    return f"{title} {letter.upper()}" if letter else title


def inputs_section(task: Task, parts: Split) -> None:
    """What each reader really gets of an example, position by position."""
    kind, texts = _example(task, parts)
    families = [family for family in CONTEXTUAL if family in views.families()]
    some = [text for example in parts.train[:_MOST_SHOWN] for text in example.texts]
    foreign_notice("\n".join(some), families)
    for family in families:
        st.markdown(
            t(
                "common.named",
                name=md(FAMILY_NAMES[family]),
                text=t(f"finetuning.inputs.{family}.{kind}"),
            )
        )
        inputs = views.view(INPUTS, family, InputsQuestion(kind, texts))
        for row in inputs.rows:
            draw(row, inputs.segments)
    st.caption(t("finetuning.inputs_legend"))


def _example(task: Task, parts: Split) -> tuple[Kind, tuple[str, ...]]:
    """Of which kind of task, and of which example, the inputs are shown."""
    left, right = st.columns(2)
    names = [t(f"finetuning.kind.{kind}") for kind in KINDS]
    label, usual = t("finetuning.inputs_kind"), KINDS.index(task.kind)
    kind = KINDS[state.which(INPUT_KIND, task.kind, names, label, left, usual)]
    if kind != task.kind:
        right.caption(t("finetuning.inputs_ours"))
        return kind, choice.examples().tasks[kind]
    some = [" · ".join(example.texts)[:80] for example in parts.train[:_MOST_CHOSEN]]
    of, label = f"{task.name}:{len(task.examples)}", t("finetuning.inputs_example")
    return kind, parts.train[state.which(INPUT, of, some, label, right)].texts


def draw(row: Row, segments: bool) -> None:
    """One sequence as boxes; every piece is escaped, and what it is for stands below it.

    Args:
        row: the sequence.
        segments: whether each piece says which segment it belongs to.
    """
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
