"""Lessons: from word2vec to BERT in short steps, each beside what the readers really do."""

import streamlit as st

from pages.sections.lessons import lesson as parts
from pages.sections.lessons import timeline
from pages.sections.lessons.handout import handout_part
from pages.ui.page import page
from pages.ui.text import language, md, t

with page("lessons"):
    timeline.show()
    lesson, number = parts.choose()
    st.markdown(t("common.named", name=t("lessons.see"), text=md(lesson.see[language()])))
    parts.step_part(lesson, number)
    handout_part(lesson)
