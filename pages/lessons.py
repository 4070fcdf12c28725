"""Lessons: from word2vec to BERT in short steps, each beside what the readers really do."""

import streamlit as st

import pages._shared.framed  # noqa: F401 - comes first
from pages._shared import lessons as parts
from pages._shared.frame import page
from pages._shared.lessons_handout import handout_part
from pages._shared.text import language, md, t

with page("lessons"):
    lesson, number = parts.choose()
    st.markdown(f"**{t('lessons.see')}** — {md(lesson.see[language()])}")
    parts.step_part(lesson, number)
    handout_part(lesson)
