"""Training on the page: the work itself in small steps, and how each training ended.

A training begins when no other one is under way, and then works while the page runs, one small step
after the other; between two steps the page can be stopped or changed, and takes up the work again
where it stands. Each step is a turn in the line in front of the models
(:mod:`lmcore.runtime.scheduler`). The progress says which place the training has in either line,
and where one is full it tries again. A visitor who leaves while it waits leaves the line.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.errors import ReadersError
from lmcore.finetuning.task import Split, Task
from lmcore.runtime import memory, scheduler
from lmcore.runtime.limits import LIMITS
from pages.sections.finetuning.progress import Progress
from pages.sections.finetuning.session import Active, Method, Trained, forget, identity, keep
from pages.ui import views
from pages.ui.startup import warm_start
from pages.ui.text import t, tm
from pages.ui.waiting import PATIENCE

Answer = TypeVar("Answer")

#: Seconds of training, after which the best state so far is taken.
MOST_SECONDS = float(LIMITS.training_seconds)
#: Seconds until a training that found the line full tries again.
AGAIN = 1.0


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
    state["ft:queue"] = [waiting for waiting in state.get("ft:queue", []) if waiting[0] == name]
    active: Active | None = state.get("ft:active")
    if active is not None and active.task != name:
        state.pop("ft:active")
    return "ft:active" in state or bool(state["ft:queue"])


def work(task: Task, parts: Split) -> None:
    """Train what is wanted; the page runs again when all of it is done."""
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
    share = 0.0 if active is None else active.standing.share

    def on_wait(number: int, waited: float) -> None:
        if waited >= PATIENCE:
            bar.progress(share, text=tm("finetuning.training_line", name=method.name, place=number))

    _until_in_line(
        lambda: place.enter_context(scheduler.training(on_wait)),
        lambda: bar.progress(share, text=tm("finetuning.training_full", name=method.name)),
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


def _begin(waiting: tuple[str, Method], task: Task, parts: Split) -> None:
    from lmcore.finetuning.run import Run

    name, method = waiting
    warm_start.wait(method.key)
    run = Run(views.loaded(method.key), task, parts, method.settings, MOST_SECONDS)
    st.session_state["ft:active"] = Active(method, name, run)


def _go_on(active: Active, bar: DeltaGenerator, picture: DeltaGenerator) -> None:
    """Work until the training is over, showing how far it is."""
    run, method = active.run, active.method
    progress = Progress(method, active.standing, bar, picture)
    # A full line costs a training nothing but time: no step has begun when it is found full.
    while _until_in_line(
        lambda: run.work(progress.in_line), lambda: progress.show("finetuning.line_full")
    ):
        if run.out_of_time and active.ended == "whole":
            active.ended = "time"
        progress.at(active.standing)
    assert run.outcome is not None
    keep(Trained(method, active.task, run.outcome, run.learner, run.seconds, active.ended))
    st.session_state.pop("ft:active", None)


def trained_notes(trained: list[Trained]) -> None:
    """How each training ended, with a button to forget all of them."""
    sentences = [
        tm(
            f"finetuning.ended.{network.ended}",
            name=network.name,
            epochs=len(network.outcome.epochs),
            best=network.outcome.best,
            seconds=f"{network.seconds:.0f}",
        )
        for network in trained
    ]
    gone = [network.name for network in trained if network.learner is None]
    if gone:
        sentences.append(tm("finetuning.gone", names=t("common.comma").join(gone)))
    st.caption("  \n".join(sentences))
    st.button(t("finetuning.forget"), key="ft:forget", on_click=forget, icon=":material/delete:")
