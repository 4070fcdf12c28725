"""The writing itself: texts of several readers that grow together, kept, and stopped at once."""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.analyses import generation
from lmcore.analyses.generation import (
    GENERATION,
    GenerationQuestion,
    GenerationView,
    around,
    segments,
)
from lmcore.errors import ReadersError
from lmcore.outputs.generation import Forced, GenerationSettings
from lmcore.text.prompts import Prompt
from pages.ui import views
from pages.ui.components import coloured_text
from pages.ui.errors import problem
from pages.ui.startup import warm_start
from pages.ui.text import t

#: How many texts a visitor's session keeps.
KEPT = 60
#: How many choices in a row can be taken back in one text.
CHOICES = 32


@dataclass(frozen=True)
class Job:
    """One text to be written: everything that makes two texts the same.

    Attributes:
        family: who writes.
        model: which model stands for the family (:func:`pages.ui.views.key`).
        question: what it writes.
    """

    family: str
    model: str
    question: GenerationQuestion

    @property
    def unforced(self) -> "Job":
        """The same without choices: what the reader writes by itself."""
        return self.with_forced(())

    def with_forced(self, forced: tuple[Forced, ...]) -> "Job":
        """The same with other pieces that somebody chose."""
        return replace(self, question=replace(self.question, forced=forced))

    def begin(self) -> Iterator[GenerationView]:
        """Views of the text as it grows; nothing is written before the first is asked for.

        Raises:
            ReadersError: the reader cannot write this.
        """
        warm_start.wait(self.model)
        return generation.write(views.shared(self.model), self.question)


def unforced_job(family: str, prompt: Prompt, settings: GenerationSettings) -> Job:
    """What a reader writes behind or before a prompt by itself.

    Args:
        family: who writes.
        prompt: what to go on from.
        settings: how.
    """
    return Job(family, views.key(family), GenerationQuestion(prompt.text, settings, prompt.side))


def job_of(family: str, prompt: Prompt, settings: GenerationSettings) -> Job:
    """What is to be written now, with the choices that the visitor has made.

    Args:
        family: who writes.
        prompt: what to go on from.
        settings: how.
    """
    unforced = unforced_job(family, prompt, settings)
    made = choices(unforced)
    return unforced.with_forced(made[-1]) if made else unforced


def kept() -> dict[Job, GenerationView]:
    """Texts of this session, oldest first; those that were stopped are shorter than wanted."""
    return st.session_state.setdefault("generation:kept", {})


def _stopped() -> set[Job]:
    """Texts that the visitor stopped: they are not taken up again unasked."""
    return st.session_state.setdefault("generation:stopped", set())


def _all_choices() -> dict[Job, list[tuple[Forced, ...]]]:
    return st.session_state.setdefault("generation:choices", {})


def choices(of: Job) -> list[tuple[Forced, ...]]:
    """What was chosen in a text so far, the last choice last."""
    return _all_choices().get(of.unforced, [])


def choose(of: Job, step: int, piece: str) -> None:
    """Let a text be written anew from a step on, with another piece there.

    What comes from a browser is checked here (the step) and by the reader (the piece).

    Args:
        of: the text.
        step: from 1.
        piece: entry of the vocabulary.
    """
    view = kept().get(of)
    if view is None or not 1 <= step <= len(view.tokens):
        return
    made = _all_choices().setdefault(of.unforced, [])
    made.append(view.instead(step, piece))
    del made[:-CHOICES]
    _bounded(_all_choices())
    _stopped().discard(of.with_forced(made[-1]))


def take_over(of: Job, forced: tuple[Forced, ...]) -> None:
    """Let what a link chose in a text be chosen."""
    _all_choices()[of.unforced] = [forced]


def take_back(of: Job) -> None:
    """Undo the last choice in a text."""
    if made := choices(of):
        made.pop()


def _bounded(entries: dict) -> None:
    while len(entries) > KEPT:
        del entries[next(iter(entries))]


def write(
    jobs: Sequence[Job],
    places: Mapping[Job, DeltaGenerator],
    bar: DeltaGenerator,
    go: bool,
    pressed: bool,
) -> dict[Job, GenerationView]:
    """Write what is not kept, all texts growing together.

    Args:
        jobs: what is wanted.
        places: where each text is drawn while it grows.
        bar: an empty place for the progress and the Stop button.
        go: whether to write without being asked; texts with a choice in them always are.
        pressed: whether the visitor has just asked.

    Returns:
        texts of at least one piece: finished, or as far as they came before they were stopped.
    """
    stopped, texts = _stopped(), kept()
    if pressed:
        stopped.difference_update(jobs)
    missing = [
        job
        for job in jobs
        if not (job in texts and texts[job].finished)
        and job not in stopped
        and (go or pressed or job.question.forced)
    ]
    for job in jobs:
        if job in texts and job not in missing:
            grow(places[job], texts[job])
    running = _begun(missing, places, texts)
    if running:
        _together(running, places, texts, bar)
    _bounded(texts)
    return {job: texts[job] for job in jobs if job in texts and texts[job].tokens}


def _begun(
    jobs: Sequence[Job],
    places: Mapping[Job, DeltaGenerator],
    texts: dict[Job, GenerationView],
) -> dict[Job, Iterator[GenerationView]]:
    """Texts that have no piece yet; a reader that cannot write says why in its place.

    What is stored goes to ``texts`` while the reader is on its way.
    """
    running: dict[Job, Iterator[GenerationView]] = {}
    for job in jobs:
        stored = views.kept_view(GENERATION, job.family, job.question)
        if stored is not None:
            texts[job] = stored
            continue
        try:
            running[job] = job.begin()
        except ReadersError as error:
            with places[job].container():
                problem(error)
    return running


def _together(
    running: dict[Job, Iterator[GenerationView]],
    places: Mapping[Job, DeltaGenerator],
    texts: dict[Job, GenerationView],
    bar: DeltaGenerator,
) -> None:
    """Write several texts in turn, one piece each; every piece is drawn at once.

    Drawing is also what ends the work when the visitor has gone, has pressed Stop or has changed
    something: Streamlit ends the script there, and the iterators are closed. What is written by
    then stands in ``texts``, which is held by reference: an ended script can no longer reach its
    session's state.
    """
    total, count = sum(job.question.settings.length for job in running), 0
    waiting = list(running)
    try:
        progress = _progress(bar, tuple(running))
        while waiting:
            for job in list(waiting):
                view = next(running[job], None)
                if view is None:
                    waiting.remove(job)
                    continue
                texts[job] = view
                count += 1
                grow(places[job], view)
            progress.progress(count / total, text=t("generation.writing"))
        bar.empty()
    finally:
        for iterator in running.values():
            if isinstance(iterator, Generator):
                iterator.close()


def _progress(bar: DeltaGenerator, jobs: tuple[Job, ...]) -> DeltaGenerator:
    """A progress bar with a Stop button beside it."""
    with bar.container(horizontal=True, vertical_alignment="center"):
        st.button(
            t("generation.stop"),
            key="generation_stop",
            icon=":material/stop_circle:",
            on_click=_stopped().update,
            args=(jobs,),
        )
        return st.progress(0.0, text=t("generation.writing"))


def grow(place: DeltaGenerator, view: GenerationView) -> None:
    """Draw a text as far as it is written."""
    before, after = around(view)
    newest = None if view.finished else len(view.tokens)
    coloured_text.show(place, before, segments(view), after, newest)
