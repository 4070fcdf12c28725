"""The handout of a lesson: made when somebody asks for it, then downloaded as one file."""

from __future__ import annotations

import streamlit as st

from lmcore.charts import export
from lmcore.errors import ReadersError
from lmcore.lessons import Lesson, Step
from lmcore.lessons_handout import Figure, Labels, Section, handout
from pages._shared import cache
from pages._shared.frame import problem
from pages._shared.lessons import LESSON, STEP
from pages._shared.lessons_panels import shown
from pages._shared.lessons_shown import Shown
from pages._shared.names import FAMILY_NAMES
from pages._shared.text import language, t


def handout_part(lesson: Lesson) -> None:
    """A button that makes the handout, and the download where it is made."""
    st.divider()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        pressed = st.button(
            t("lessons.make_handout"),
            key="lessons_handout",
            icon=":material/print:",
            help=t("lessons.make_handout_help"),
        )
        if pressed:
            with st.spinner(t("lessons.making")):
                page = made(lesson)
            st.download_button(
                t("lessons.download"),
                page.encode("utf8"),
                f"three-readers-{lesson.name}-{language()}.html",
                "text/html",
                key="lessons_download",
                icon=":material/download:",
                on_click="ignore",
                help=t("lessons.download_help"),
            )


def made(lesson: Lesson) -> str:
    """The handout as one page of HTML in the language of the interface."""
    names = ("see", "ask", "key", "page")
    words = {name: t(f"lessons.{name}") for name in names}
    labels = Labels(language(), **words, more_rows=t("lessons.more_rows", count="{count}"))
    readers = t("lessons.comma").join(FAMILY_NAMES[family] for family in cache.readers())
    return handout(
        lesson.title[language()],
        lesson.see[language()],
        [_section(lesson, number) for number in range(len(lesson.steps))],
        labels,
        t("lessons.readers", readers=readers),
    )


def _section(lesson: Lesson, number: int) -> Section:
    lang, step = language(), lesson.steps[number]
    return Section(
        step.title[lang],
        step.text[lang],
        _figures(step),
        step.question[lang],
        step.answer[lang],
        _address(lesson, number),
    )


def _address(lesson: Lesson, number: int) -> str:
    """Where the step stands: as the visitor's browser has it, short enough to be typed."""
    here = (st.context.url or "lessons").partition("?")[0]
    return f"{here}?{LESSON}={lesson.name}&{STEP}={number + 1}"


def _figures(step: Step) -> list[Figure]:
    """What the panel shows; nothing where the models at hand cannot do it."""
    try:
        found = shown(step.panel)
    except ReadersError as error:
        problem(error)
        return []
    return [Figure(one.title, one.said, one.frame, _drawn(one)) for one in found]


def _drawn(one: Shown) -> bytes:
    """A picture for paper; nothing where it cannot be drawn, so that its numbers are printed."""
    try:
        return export.svg(one.figure, "print").data
    except export.UnsupportedFigureError:
        return b""
