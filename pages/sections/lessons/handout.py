"""The handout of a lesson: made when somebody asks for it, then downloaded as one file."""

from __future__ import annotations

from urllib.parse import quote

import streamlit as st

from lmcore.charts import export
from lmcore.errors import ReadersError
from lmcore.lessons.handout import Figure, Labels, Section, handout
from lmcore.lessons.lesson import Lesson, Step
from pages.sections.lessons.lesson import LESSON, STEP
from pages.sections.lessons.panels import shown
from pages.sections.lessons.shown import Shown
from pages.ui import cache
from pages.ui.errors import problem
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import FIRST, language, t, tm

#: Signs without a font that are named.
MOST_SIGNS = 40


def handout_part(lesson: Lesson) -> None:
    """A button that makes the handout, and the download where it is made."""
    st.divider()
    undrawn: set[str] = set()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        pressed = st.button(
            t("lessons.make_handout"),
            key="lessons_handout",
            icon=":material/print:",
            help=t("lessons.make_handout_help"),
        )
        if pressed:
            with st.spinner(t("lessons.making")):
                page = made(lesson, undrawn)
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
    if undrawn:
        signs = " ".join(sorted(undrawn)[:MOST_SIGNS])
        st.warning(tm("lessons.undrawn", signs=signs), icon=":material/translate:")


def made(lesson: Lesson, undrawn: set[str] | None = None) -> str:
    """The handout as one page of HTML in the language of the interface.

    Args:
        lesson: the lesson.
        undrawn: takes in the signs that may look wrong in the pictures.
    """
    names = ("see", "ask", "key", "page")
    words = {name: t(f"lessons.{name}") for name in names}
    labels = Labels(language(), **words, more_rows=t("lessons.more_rows", count="{count}"))
    readers = t("common.comma").join(FAMILY_NAMES[family] for family in cache.readers())
    return handout(
        lesson.title[language()],
        lesson.see[language()],
        [_section(lesson, number, undrawn) for number in range(len(lesson.steps))],
        labels,
        t("lessons.readers", readers=readers),
    )


def _section(lesson: Lesson, number: int, undrawn: set[str] | None) -> Section:
    lang, step = language(), lesson.steps[number]
    return Section(
        step.title[lang],
        step.text[lang],
        _figures(step, undrawn),
        step.question[lang],
        step.answer[lang],
        _address(lesson, number),
    )


def _address(lesson: Lesson, number: int) -> str:
    """Where the step stands: as the visitor's browser has it, short enough to be typed.

    Language and models stand in it where they are not those that the app begins with.
    """
    here = (st.context.url or "lessons").partition("?")[0]
    return f"{here}?{LESSON}={lesson.name}&{STEP}={number + 1}{_more()}"


def _more() -> str:
    """The language, which is typed as it is read, and the models that read here."""
    lang, models = st.session_state.get("lang", FIRST), choice.address(choice.picks())
    found = "" if lang == FIRST else f"&lang={lang}"
    return found + (f"&{choice.PARAMETER}={quote(models, safe=':/,')}" if models else "")


def _figures(step: Step, undrawn: set[str] | None) -> list[Figure]:
    """What the panel shows; nothing where the models at hand cannot do it."""
    try:
        found = shown(step.panel)
    except ReadersError as error:
        problem(error)
        return []
    return [Figure(one.title, one.said, one.frame, _drawn(one, undrawn)) for one in found]


def _drawn(one: Shown, undrawn: set[str] | None) -> bytes:
    """A picture for paper; nothing where it cannot be drawn, so that its numbers are printed."""
    try:
        picture = export.svg(one.figure, "print")
    except export.UnsupportedFigureError:
        return b""
    if undrawn is not None:
        undrawn |= set(picture.undrawn)
    return picture.data
