"""Training on the page: how, the buttons, and the work itself in small steps.

A training begins when no other one is under way, and then works while the page runs, one small step
after the other; between two steps the page can be stopped or changed, and takes up the work again
where it stands. Each step is a turn in the line in front of the models
(:mod:`lmcore.runtime.scheduler`). The progress says which place the training has in either line,
and where one is full it tries again. A visitor who leaves while it waits leaves the line.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.errors import ReadersError
from lmcore.finetuning.run import Run
from lmcore.finetuning.settings import LARGE, for_waiting
from lmcore.finetuning.task import Split, Task
from lmcore.runtime import memory, scheduler
from lmcore.runtime.limits import LIMITS
from pages.sections.finetuning.progress import Progress
from pages.sections.finetuning.session import (
    Active,
    Method,
    Trained,
    forget,
    identity,
    keep,
    name_of,
    named,
)
from pages.ui import cache
from pages.ui.address import state as address
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm
from pages.ui.waiting import PATIENCE

Answer = TypeVar("Answer")

#: Seconds of training, after which the best state so far is taken.
MOST_SECONDS = float(LIMITS.training_seconds)
FAMILIES = ("elmo", "gpt", "bert")
#: What can be chosen: λ, the penalty on ELMo's mix, and how ELMo's words become one vector.
WEIGHTS, PENALTIES = (0.0, 0.25, 0.5, 1.0), (0.0, 0.001, 0.1, 1.0)
POOLINGS = ("mean", "bilstm")
#: Seconds until a training that found the line full tries again.
AGAIN = 1.0


def available() -> list[str]:
    """Families that can be brought to a task and have loaded, in order."""
    loaded = cache.readers()
    return [family for family in FAMILIES if family in loaded]


def _one_of(
    column: DeltaGenerator, key: str, options: Sequence[float], usual: float, name: str
) -> float:
    """A setting that is one of a few numbers, remembered in the address."""
    address.take(key, options, usual)
    chosen: float = column.select_slider(
        t(f"finetuning.{name}"), options, key=key, help=t(f"finetuning.{name}_help")
    )
    address.keep(key, str(usual), chosen)
    return chosen


def controls(task: Task, parts: Split) -> None:
    """Settings, and a button for each reader; a click puts trainings into the queue."""
    st.subheader(t("finetuning.train"))
    with st.expander(t("finetuning.settings"), icon=":material/tune:"):
        left, middle, right = st.columns(3)
        weight = _one_of(left, "ftl", WEIGHTS, 0.5, "lm_weight")
        seed = left.number_input(t("finetuning.seed"), 0, 999, 0, key="fts", bind="query-params")
        with middle:
            pooling = address.one_of(
                "ftp",
                POOLINGS,
                t("finetuning.pooling"),
                named=named("finetuning.pooling", POOLINGS),
            )
        norm = middle.toggle(t("finetuning.norm"), value=True, key="ftn", bind="query-params")
        penalty = _one_of(right, "ftm", PENALTIES, 0.001, "penalty")
        random = address.switch("ftr", t("finetuning.random"), right, t("finetuning.random_help"))

    def method(family: str) -> Method:
        size = cache.reader(family).card.parameters
        usual = for_waiting(family, len(parts.train), size)
        own = replace(usual, seed=int(seed), pretrained=not random)
        if family == "elmo":
            own = replace(own, pooling=pooling, layer_norm=norm, mix_penalty=penalty)
        if family == "gpt":
            own = replace(own, lm_weight=weight)
        return Method(family, cache.key(family), own)

    families = available()
    if not families:
        st.info(t("common.no_reader"))
        return
    places = st.columns(len(families) + 1)
    for place, family in zip(places, families, strict=False):
        place.button(
            tm("finetuning.train_one", reader=FAMILY_NAMES[family]),
            key=f"ft:train:{family}",
            width="stretch",
            on_click=_ask,
            args=(task, [method(family)]),
        )
    places[-1].button(
        t("finetuning.train_all"),
        key="ft:train:all",
        type="primary",
        width="stretch",
        on_click=_ask,
        args=(task, [method(family) for family in families]),
    )
    st.caption(_how_it_learns(families))


def anew(families: Sequence[str]) -> None:
    """Say that what a link shows has to be trained here first."""
    names = t("common.comma").join(FAMILY_NAMES[family] for family in families)
    st.warning(tm("finetuning.anew", readers=names), icon=":material/model_training:")


def _how_it_learns(families: list[str]) -> str:
    """What is frozen here, and for how long it trains at the most."""
    large = [f for f in families if f != "elmo" and cache.reader(f).card.parameters > LARGE]
    said = [t("finetuning.limits", seconds=f"{MOST_SECONDS:.0f}")]
    if large:
        names = t("common.comma").join(FAMILY_NAMES[family] for family in large)
        said.append(tm("finetuning.large", readers=names))
    return " ".join(said)


def _ask(task: Task, methods: list[Method]) -> None:
    queue = st.session_state.setdefault("ft:queue", [])
    name = identity(task)
    queue += [(name, method) for method in methods if (name, method) not in queue]


def stop() -> None:
    """End the training under way with its best state; what waits is dropped."""
    st.session_state["ft:queue"] = []
    active: Active | None = st.session_state.get("ft:active")
    if active is not None:
        active.ended = "stopped"
        active.run.stop()


def under_way(task: Task) -> bool:
    """Whether a training of this task runs or waits; those of other tasks are dropped."""
    state, name = st.session_state, identity(task)
    state["ft:queue"] = [own for own in state.get("ft:queue", []) if own[0] == name]
    active: Active | None = state.get("ft:active")
    if active is not None and active.task != name:
        state.pop("ft:active")
    return "ft:active" in state or bool(state["ft:queue"])


def work(task: Task, parts: Split) -> None:
    """Train what is asked for; the page runs again when all of it is done."""
    st.button(
        t("finetuning.stop"), key="ft:stop", icon=":material/stop_circle:", on_click=stop
    )  # fmt: skip
    st.caption(t("finetuning.stop_how"))
    bar, picture = st.progress(0.0), st.empty()
    state = st.session_state
    while "ft:active" in state or state["ft:queue"]:
        with ExitStack() as place:
            _admit(place, bar)
            if "ft:active" not in state:
                _begin(state["ft:queue"].pop(0), task, parts)
            active: Active = state["ft:active"]
            try:
                _go_on(active, bar, picture)
            except Exception:
                state.pop("ft:active", None)
                state["ft:queue"] = []
                raise
            del active  # what it learnt with is given up before the next one needs as much
            memory.thaw()
            memory.trim(pause=0.0)
    st.rerun()


def _admit(place: ExitStack, bar: DeltaGenerator) -> None:
    """Wait until no other training is under way; a full line costs nothing but time."""
    active: Active | None = st.session_state.get("ft:active")
    method = active.method if active is not None else st.session_state["ft:queue"][0][1]
    share, name = 0.0 if active is None else active.run.share, name_of(method)

    def told(number: int, waited: float) -> None:
        if waited >= PATIENCE:
            bar.progress(share, text=tm("finetuning.training_line", name=name, place=number))

    _until_in_line(
        lambda: place.enter_context(scheduler.training(told)),
        lambda: bar.progress(share, text=tm("finetuning.training_full", name=name)),
    )


def _until_in_line(ask: Callable[[], Answer], full: Callable[[], object]) -> Answer:
    """What comes of asking for a place: where the line is full, it is said and asked again."""
    while True:
        try:
            return ask()
        except ReadersError as error:
            if error.code != "too_busy":
                raise
        full()
        time.sleep(AGAIN)


def _begin(asked: tuple[str, Method], task: Task, parts: Split) -> None:
    name, method = asked
    run = Run(cache.loaded(method.key), task, parts, method.settings, MOST_SECONDS)
    st.session_state["ft:active"] = Active(method, name, run)


def _go_on(active: Active, bar: DeltaGenerator, picture: DeltaGenerator) -> None:
    """Work until the training is over, showing how far it is."""
    progress = Progress(active, bar, picture)
    while _step(active, progress):
        active.seconds = active.run.seconds
        if active.run.out_of_time and active.ended == "whole":
            active.ended = "time"
        progress.show()
    active.seconds = active.run.seconds
    outcome = active.run.outcome
    assert outcome is not None
    keep(
        Trained(
            active.method, active.task, outcome, active.run.learner, active.seconds, active.ended
        )
    )
    st.session_state.pop("ft:active", None)


def _step(active: Active, progress: Progress) -> bool:
    """The next step when its turn has come; whether anything is left to do.

    A full line costs a training nothing but time: no step has begun when it is found full.
    """
    return _until_in_line(
        lambda: active.run.work(progress.in_line), lambda: progress.show("finetuning.line_full")
    )


def trained_notes(found: list[Trained]) -> None:
    """How each training ended, with a button to forget all of them."""
    lines = [
        tm(
            f"finetuning.ended.{own.ended}",
            name=name_of(own.method),
            epochs=len(own.outcome.epochs),
            best=own.outcome.best,
            seconds=f"{own.seconds:.0f}",
        )
        for own in found
    ]
    gone = [name_of(own.method) for own in found if own.learner is None]
    if gone:
        lines.append(tm("finetuning.gone", names=t("common.comma").join(gone)))
    st.caption("  \n".join(lines))
    st.button(t("finetuning.forget"), key="ft:forget", on_click=forget, icon=":material/delete:")
