"""The guided tour of the dashboard: six notes, each above the part of the page that it is about.

It starts from a button, and Enter moves it on, since the button that does so has the focus. It ends
where the visitor may type, and the session remembers where it stands.
"""

from __future__ import annotations

import streamlit as st

from pages.ui.components.files import files
from pages.ui.inputs import SENTENCE
from pages.ui.text import plain, t

#: What each step is about; a row of the dashboard by its name.
STEPS = ("words", "sees", "sense", "moves", "hidden", "box")
#: Above the buttons of the words stand the notes of these steps.
ABOVE = ("words", "box")
#: In the session: the step, from 0, and the sentence that was read when the last one came.
_STEP, _READ = "tour:step", "tour:sentence"

_focus = st.components.v2.component(
    "three_readers_tour", html="<div hidden></div>", isolate_styles=False, **files(__file__)
)


def button() -> None:
    """What starts the tour."""
    st.button(
        t("tour.start"),
        key="tour_start",
        icon=":material/tour:",
        type="tertiary",
        on_click=_go,
        args=(0,),
        disabled=_STEP in st.session_state,
    )


def note(*names: str) -> None:
    """The note of the present step, where it is about this part of the page.

    Args:
        names: of the steps that are told here.
    """
    step = st.session_state.get(_STEP)
    if step is None or STEPS[step] not in names:
        return
    if st.session_state.get(_READ) not in (None, st.session_state.get(SENTENCE)):
        _go(None)  # the visitor has typed: the tour is over
        return
    name, last = STEPS[step], step == len(STEPS) - 1
    text = t(f"tour.{name}")
    with st.container(key=f"tour-{name}", border=True, gap="small"):
        st.markdown(f"**{step + 1} / {len(STEPS)}** · {text}")
        with st.container(horizontal=True, gap="small"):
            following = None if last else step + 1
            label = t("tour.end" if last else "tour.next")
            st.button(label, key="tour_next", type="primary", on_click=_go, args=(following,))
            if not last:
                st.button(
                    t("tour.leave"), key="tour_leave", type="tertiary", on_click=_go, args=(None,)
                )
        _focus(key=f"focus:{name}", data={"title": plain(text), "box": name == "box"})


def _go(step: int | None) -> None:
    """Go to a step, or end the tour."""
    for key in (_STEP, _READ):
        st.session_state.pop(key, None)
    if step is None:
        return
    st.session_state[_STEP] = step
    if STEPS[step] == "box":
        st.session_state[_READ] = st.session_state.get(SENTENCE)
