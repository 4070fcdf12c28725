"""Parts of the Lessons page: which lesson and step, the text, its panel, and the question."""

from __future__ import annotations

import streamlit as st

from lmcore.errors import ReadersError
from lmcore.lessons.lesson import Lesson, Panel, Step, find, load, texts_of
from lmcore.text.glossary import mentioned
from pages.sections.lessons.panels import shown
from pages.sections.lessons.shown import draw
from pages.ui.errors import problem
from pages.ui.glossary import link
from pages.ui.models import choice
from pages.ui.page import LEVELS
from pages.ui.text import FIRST, language, md, t, tm

#: Names in the address: the lesson by its short name, the step counted from 1.
LESSON, STEP = "l", "p"
#: Where this session keeps them, since turning a page empties the address.
_LESSON, _STEP = "lessons:lesson", "lessons:step"
#: Pictures of at most so many pixels in height may stand beside each other.
SMALL = 300


def choose() -> tuple[Lesson, int]:
    """The lesson and the step, from 0; what the address asks for in vain is said once."""
    _from_address()
    state = st.session_state
    lessons = {lesson.name: lesson for lesson in load()}
    state["lesson_choice"] = state[_LESSON]
    lang = language()
    labels = {each.name: f"{n} · {each.title[lang]}" for n, each in enumerate(lessons.values(), 1)}
    st.selectbox(
        t("lessons.lesson"),
        list(lessons),
        format_func=labels.__getitem__,
        key="lesson_choice",
        on_change=_turn_to_chosen,
    )
    _keep_address()
    return lessons[state[_LESSON]], state[_STEP]


def _from_address() -> None:
    """Take up the address where it has changed from outside."""
    state, first = st.session_state, load()[0]
    state.setdefault(_LESSON, first.name)
    state.setdefault(_STEP, 0)
    address = (st.query_params.get(LESSON), st.query_params.get(STEP))
    if address == (None, None) or address == state.get("lessons:address"):
        return
    name, step = address
    lesson = first if name is None else find(name)
    if lesson is None:
        st.warning(tm("lessons.unknown_lesson", name=(name or "")[:40]))
        state[_LESSON], state[_STEP] = first.name, 0
        return
    count = len(lesson.steps)
    number = int(step) if step and step.isascii() and step.isdigit() and len(step) < 3 else 0
    if step is not None and not 1 <= number <= count:
        st.warning(tm("lessons.unknown_step", name=step[:40]))
    state[_LESSON] = lesson.name
    state[_STEP] = number - 1 if 1 <= number <= count else 0


def _keep_address() -> None:
    """Write lesson and step into the address: turning a page has emptied it."""
    wanted = (st.session_state[_LESSON], str(st.session_state[_STEP] + 1))
    for name, value in zip((LESSON, STEP), wanted, strict=True):
        if st.query_params.get(name) != value:
            st.query_params[name] = value
    st.session_state["lessons:address"] = wanted


def _turn_to_chosen() -> None:
    choice = st.session_state["lesson_choice"]
    if choice in {lesson.name for lesson in load()}:  # not a title in the other language
        turn_to(choice, 0)


def turn_to(lesson: str, step: int) -> None:
    """Go to a step; for callbacks."""
    st.session_state[_LESSON], st.session_state[_STEP] = lesson, step
    _keep_address()


def step_part(lesson: Lesson, number: int) -> None:
    """The text of a step beside its panel, and its question below the text."""
    step = lesson.steps[number]
    left, right = st.columns([2, 3], gap="medium")
    with left:
        count = len(lesson.steps)
        st.caption(t("lessons.step", number=number + 1, count=count))
        st.subheader(md(step.title[language()]), anchor=False)
        st.markdown(md(step.text[language()]))
        _terms(lesson, number)
        _question(lesson, number, step)
        _turning(lesson, number)
    with right, st.container(border=True):
        panel_part(step.panel)


def _terms(lesson: Lesson, number: int) -> None:
    """Terms of the glossary that the lesson uses here for the first time, as links."""
    lang = language()
    texts = (" ".join((step.title[lang], step.text[lang])) for step in lesson.steps[: number + 1])
    *before, here = (mentioned(text, lang) for text in texts)
    known = {term.name for terms in before for term in terms}
    links = [
        link(term, md(term.wording[lang].term), lang) for term in here if term.name not in known
    ]
    if links:
        st.caption(t("glossary.of_step", terms=" · ".join(links)))


def _question(lesson: Lesson, number: int, step: Step) -> None:
    """The question, and the answer folded away."""
    question = t("common.named", name=t("lessons.ask"), text=md(step.question[language()]))
    st.info(question, icon=":material/quiz:")
    # The key closes the answer again on the next step.
    with st.expander(
        t("lessons.answer"), key=f"answer:{lesson.name}:{number}", icon=":material/key:"
    ):
        st.markdown(md(step.answer[language()]))


def _turning(lesson: Lesson, number: int) -> None:
    """Buttons to the step before and the step behind, which lead on into the next lesson."""
    every = [(each.name, place) for each in load() for place in range(len(each.steps))]
    here = every.index((lesson.name, number))
    with st.container(horizontal=True, gap="small"):
        for name, place, key, icon in (
            ("previous", here - 1, "left", ":material/arrow_back:"),
            ("next", here + 1, "right", ":material/arrow_forward:"),
        ):
            inside = 0 <= place < len(every)
            st.button(
                t(f"lessons.{name}"),
                key=f"lessons_{name}",
                icon=icon,
                shortcut=key,
                disabled=not inside,
                type="primary" if name == "next" else "secondary",
                on_click=turn_to,
                args=every[place] if inside else (lesson.name, number),
            )


def panel_part(panel: Panel) -> None:
    """The pictures of a panel and the way to the full page; errors stay in the panel."""
    try:
        with st.spinner(t("common.computing")):
            pictures = shown(panel)
        if not pictures:
            st.info(t("lessons.no_panel"))
        read = texts_of(panel) if pictures else []
        # Small pictures stand two by two; on a telephone the columns stand one below the other.
        small = len(pictures) > 1 and all((p.figure.layout.height or 0) <= SMALL for p in pictures)
        places = st.columns(2) if small else [st.container()]
        for number, picture in enumerate(pictures):
            with places[number % len(places)]:
                draw(picture, read)
    except ReadersError as error:
        problem(error)
    # In a new tab: a page of this session would show its own sentence and not the address's.
    label = t("lessons.open" if panel.params else "lessons.open_page")
    st.link_button(label, address(panel), icon=":material/open_in_new:")


def address(panel: Panel) -> str:
    """The full page with the settings of a panel, the language and the models that read here."""
    lang = st.session_state.get("lang", FIRST)
    models = choice.address(choice.picks())
    # The picture of the panel may lie in a part of the page that is folded at first.
    return panel.address(lang="" if lang == FIRST else lang, m=models, depth=LEVELS[-1])
