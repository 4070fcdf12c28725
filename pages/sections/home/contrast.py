"""Which sense has a word that the bank lacks? The visitor's own two sentences tell it."""

from collections.abc import Iterator

import streamlit as st

from lmcore.analyses.dashboard import Nearness, nearness
from lmcore.analyses.polysemy import POLYSEMY
from lmcore.charts.masked_word import percent
from lmcore.text.word_uses import Question
from lmcore.text.words import Sentence
from pages.sections.home import cells
from pages.sections.home.rows import Drawn, answers, name_of
from pages.ui import views
from pages.ui.address import state
from pages.ui.inputs import hash_of
from pages.ui.text import t

#: Names in the address: the two sentences.
BOXES = ("c1", "c2")


def boxes(sentence: Sentence, word: int) -> Question | None:
    """Two boxes for sentences with the word; the question once both are filled.

    Args:
        sentence: the text and its words.
        word: index of the word.
    """
    text, typed = sentence.words[word].text, []
    for column, name in zip(st.columns(2), BOXES, strict=True):
        widget = f"{name}:{hash_of(sentence)}:{word}"
        state.text(name, widget, "")
        typed.append(column.text_input(t(f"home.contrast.{name}", word=text), key=widget).strip())
        state.keep_text(name, widget, "", typed[-1])
    if not all(typed):
        return None
    question = Question(text, (sentence.text, *typed))
    assert question.uses  # or says which sentence lacks the word
    return question


def answered(question: Question, word: int) -> Iterator[Drawn]:
    """To which of the two sentences is each reader's word nearer?

    Args:
        question: the word, the sentence that is looked at and the two others.
        word: index into the words of the first.
    """
    families, close = views.families(), {}

    def ask(family: str) -> Nearness:
        close[family] = nearness(views.view(POLYSEMY, family, question), question, word)
        return close[family]

    def draw(family: str, near: Nearness) -> str:
        names = (t("home.contrast.first"), t("home.contrast.second"))
        rows = [
            cells.Bar(name, max(value, 0.0), percent(max(value, 0.0), 2))
            for name, value in zip(names, near.above_chance, strict=True)
        ]
        note = t("home.contrast.same") if near.verdict == "same" else ""
        return cells.cell(family, name_of(family), cells.bars(family, rows), note)

    for drawn, _ in answers(families, ask, draw):
        yield Drawn(drawn)
    parts = [
        t(f"home.contrast.for_{verdict}", readers=t("common.comma").join(readers))
        for verdict in ("first", "second", "same")
        if (readers := [name_of(f) for f, near in close.items() if near.verdict == verdict])
    ]
    text = t("common.semicolon").join(parts)
    yield Drawn(drawn, t("home.senses", word=question.word, parts=text))
