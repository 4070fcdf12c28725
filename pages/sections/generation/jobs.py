"""The writing itself: texts of several readers that grow together, kept, and stopped at once."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.analyses.generation import Writing, around, segments
from lmcore.errors import ReadersError
from lmcore.outputs.reading import Forced, GeneratedToken, GenerationSettings
from lmcore.text.prompts import Direction, Prompt
from lmcore.text.words import split
from pages.ui import cache
from pages.ui.components import coloured_text
from pages.ui.errors import problem
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
        model: which model stands for the family (:func:`pages.ui.cache.key`).
        prompt: the text to go on from.
        side: where to write.
        settings: how.
        forced: pieces that somebody chose.
    """

    family: str
    model: str
    prompt: str
    side: Direction
    settings: GenerationSettings
    forced: tuple[Forced, ...] = ()

    @property
    def own(self) -> Job:
        """The same without choices: what the reader writes by itself."""
        return replace(self, forced=())


def job(family: str, prompt: Prompt, settings: GenerationSettings) -> Job:
    """What is to be written now, with the choices that the visitor has made."""
    own = Job(family, cache.key(family), prompt.text, prompt.side, settings)
    made = choices(own)
    return replace(own, forced=made[-1]) if made else own


def kept() -> dict[Job, Writing]:
    """Texts of this session, oldest first; those that were stopped are shorter than asked for."""
    return st.session_state.setdefault("generation:kept", {})


def _stopped() -> set[Job]:
    """Texts that the visitor stopped: they are not taken up again unasked."""
    return st.session_state.setdefault("generation:stopped", set())


def _all_choices() -> dict[Job, list[tuple[Forced, ...]]]:
    return st.session_state.setdefault("generation:choices", {})


def choices(own: Job) -> list[tuple[Forced, ...]]:
    """What was chosen in a text so far, the last choice last."""
    return _all_choices().get(own.own, [])


def choose(writing_of: Job, step: int, piece: str) -> None:
    """Let a text be written anew from a step on, with another piece there.

    What comes from a browser is checked here (the step) and by the reader (the piece).
    """
    writing = kept().get(writing_of)
    if writing is None or not 1 <= step <= len(writing.tokens):
        return
    made = _all_choices().setdefault(writing_of.own, [])
    made.append(writing.instead(step, piece))
    del made[:-CHOICES]
    _bounded(_all_choices())
    _stopped().discard(replace(writing_of, forced=made[-1]))


def take_over(own: Job, forced: tuple[Forced, ...]) -> None:
    """Let what a link chose in a text be chosen."""
    _all_choices()[own.own] = [forced]


def take_back(own: Job) -> None:
    """Undo the last choice in a text."""
    if made := _all_choices().get(own.own):
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
) -> dict[Job, Writing]:
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
    stopped, found = _stopped(), kept()
    if pressed:
        stopped.difference_update(jobs)
    asked = [
        one
        for one in jobs
        if not (one in found and found[one].finished)
        and one not in stopped
        and (go or pressed or one.forced)
    ]
    for one in jobs:
        if one in found and one not in asked:
            grow(places[one], found[one])
    running = _started(asked, places)
    if running:
        _together(running, places, found, bar)
    _bounded(found)
    return {one: found[one] for one in jobs if one in found and found[one].tokens}


def _started(
    jobs: Sequence[Job], places: Mapping[Job, DeltaGenerator]
) -> dict[Job, Iterator[GeneratedToken]]:
    """Iterators that have not written yet; a reader that cannot write says why in its place."""
    running: dict[Job, Iterator[GeneratedToken]] = {}
    for one in jobs:
        try:
            reader = cache.loaded(one.model)
            prompt = split(one.prompt)
            running[one] = reader.generate(prompt, one.settings, one.forced, one.side)
        except ReadersError as error:
            with places[one].container():
                problem(error)
    return running


def _together(
    running: dict[Job, Iterator[GeneratedToken]],
    places: Mapping[Job, DeltaGenerator],
    found: dict[Job, Writing],
    bar: DeltaGenerator,
) -> None:
    """Write several texts in turn, one piece each; every piece is drawn at once.

    Drawing is also what ends the work when the visitor has gone, has pressed Stop or has changed
    something: Streamlit ends the script there, and the iterators are closed. What is written by
    then stands in ``found``, which is held by reference: an ended script can no longer reach its
    session's state.
    """
    written: dict[Job, list[GeneratedToken]] = {one: [] for one in running}
    total, waiting = sum(one.settings.length for one in running), list(running)
    try:
        progress = _progress(bar, tuple(running))
        while waiting:
            for one in list(waiting):
                token = next(running[one], None)
                if token is None:
                    waiting.remove(one)
                    continue
                written[one].append(token)
                found[one] = Writing(
                    one.family,
                    one.prompt,
                    one.settings,
                    tuple(written[one]),
                    one.side,
                    min(len(one.forced), len(written[one])),
                )
                grow(places[one], found[one])
            progress.progress(sum(map(len, written.values())) / total, text=t("generation.writing"))
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


def grow(place: DeltaGenerator, writing: Writing) -> None:
    """Draw a text as far as it is written."""
    before, after = around(writing)
    newest = None if writing.finished else len(writing.tokens)
    coloured_text.show(place, before, segments(writing), after, newest)
