"""The handout of a lesson: made when somebody asks for it, then downloaded as one file."""

from urllib.parse import quote

import streamlit as st

from lmcore.errors import ReadersError
from lmcore.lessons.handout import Figure, Page, Section, handout
from lmcore.lessons.lesson import Lesson, Step
from pages.sections.lessons.lesson import LESSON, STEP
from pages.sections.lessons.panels import shown
from pages.ui import views
from pages.ui.components.save_figure import save_document
from pages.ui.errors import problem
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import FIRST, language, t


def handout_part(lesson: Lesson) -> None:
    """A button that puts the handout together, and the one that saves it where that is done."""
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
            name = f"three-readers-{lesson.name}-{language()}.html"
            label = t("lessons.download"), t("lessons.download_help")
            save_document(page.texts, page.figures, label, name, key="lessons_download")


def made(lesson: Lesson) -> Page:
    """The handout in the language of the interface, without its drawings."""
    labels = {name: t(f"lessons.{name}") for name in ("see", "ask", "key", "page")}
    labels["language"] = language()
    readers = t("common.comma").join(FAMILY_NAMES[family] for family in views.readers())
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
    """Where the step stands: as the visitor's browser has it, short enough to be typed.

    Language and models stand in it where they are not those that the app begins with.
    """
    here = (st.context.url or "lessons").partition("?")[0]
    return f"{here}?{LESSON}={lesson.name}&{STEP}={number + 1}{_more()}"


def _more() -> str:
    """The language, which is typed as it is read, and the models that read here."""
    lang, models = st.session_state.get("lang", FIRST), choice.address(choice.picks())
    query = "" if lang == FIRST else f"&lang={lang}"
    return query + (f"&{choice.PARAMETER}={quote(models, safe=':/,')}" if models else "")


def _figures(step: Step) -> list[Figure]:
    """What the panel shows; nothing where the models at hand cannot do it."""
    try:
        return [Figure(panel.title, panel.finding, panel.figure) for panel in shown(step.panel)]
    except ReadersError as error:
        problem(error)
        return []
