"""Whose classroom reads for a visitor: the one that they choose, or the one that a text asks for.

The choice stands in the session and in the address (``?reads=zh``). A classroom whose weights are
not there reads nothing: the first one reads in its place, and the page says so.
"""

from dataclasses import fields, is_dataclass
from typing import Any

import streamlit as st

from lmcore.analyses import sense_bank
from lmcore.analyses.sense_bank import SenseBank
from lmcore.runtime import checkpoints
from lmcore.runtime.families import CONTEXTUAL
from lmcore.text.examples import Examples
from lmcore.text.examples import of as of_language
from lmcore.text.language import Language, language, languages
from lmcore.text.languages import classroom_of
from pages.ui.text import language as spoken
from pages.ui.text import t, tm

#: In the address and the session: a language, or that the text decides.
PARAMETER, FOLLOW = "reads", "follow"
#: The classroom of the text that was read last.
_LAST = "kept:classroom"
#: Names of the fields of a question that hold what is read.
_TEXTS = ("text", "texts", "prompt", "first", "second")


def _cards(key: str) -> list[bool]:
    """Which readers of a language have weights, in the order of the families."""
    folders = (language(key).checkpoints / family for family in CONTEXTUAL)
    return [(folder / checkpoints.CARD).is_file() for folder in folders]


def present(key: str) -> bool:
    """Whether a language has weights of at least one reader."""
    return key == checkpoints.LANGUAGE or any(_cards(key))


def options() -> tuple[str, ...]:
    """What can be chosen; a single classroom leaves nothing to choose."""
    there = tuple(key for key in languages() if present(key))
    return (FOLLOW, *there) if len(there) > 1 else ()


def chosen() -> str:
    """A language, or :data:`FOLLOW`."""
    wanted = st.session_state.get(PARAMETER, st.query_params.get(PARAMETER, FOLLOW))
    return str(wanted) if wanted in options() else FOLLOW


def usual() -> str:
    """The classroom of somebody who has read nothing yet: the interface's, where it is complete."""
    complete = spoken() in languages() and all(_cards(spoken()))
    return spoken() if complete else checkpoints.LANGUAGE


def reads(text: str = "") -> str:
    """The language of the classroom that reads a text; without one, of that which read last."""
    if chosen() != FOLLOW:
        return chosen()
    wanted = classroom_of(text).language if text else None
    if wanted is None:
        wanted = str(st.session_state.get(_LAST, usual()))
    return wanted if present(wanted) else checkpoints.LANGUAGE


def here() -> Language:
    """The language of the classroom that read last."""
    return language(reads())


def with_file(name: str) -> Language:
    """The language of the classroom that read last; the first one's where its folder lacks a file.

    Args:
        name: of the file.
    """
    record = here()
    return record if (record.folder / name).is_file() else language()


def examples() -> Examples:
    """The examples of the classroom that read last."""
    return of_language(with_file("examples.json"))


def opening() -> Language:
    """Whose examples stand in the boxes before anybody types: the classroom's that is chosen, or
    the usual one's.
    """
    record = language(usual() if chosen() == FOLLOW else chosen())
    return record if (record.folder / "examples.json").is_file() else language()


def say(key: str) -> str:
    """What is said of the examples and phenomena of the classroom that read last."""
    return here().say(spoken(), key)


def follow(text: str) -> None:
    """Remember whose classroom a text asks for, and say what is to be said of that at its box."""
    wanted = classroom_of(text)
    if wanted.language is None:
        return
    st.session_state[_LAST] = wanted.language
    reading = language(reads(text))
    name = reading.title[spoken()]
    if not present(wanted.language):
        other = language(wanted.language).title[spoken()]
        st.caption(tm("models.reads_missing", language=other, reading=name))
    elif wanted.others and chosen() == FOLLOW:
        others = [language(key).title[spoken()] for key in wanted.others]
        st.caption(tm("models.reads_mixed", others=t("common.comma").join(others), reading=name))


def bank(text: str) -> SenseBank:
    """The sense bank of the classroom that reads a text; the first one's where it has none."""
    folder = language(reads(text)).folder
    there = (folder / sense_bank.SENTENCES_FILE).is_file()
    return sense_bank.load(folder if there else language().folder)


def text_of(question: Any) -> str:
    """What is read in a question, in one string; empty where it holds no text."""
    parts: list[str] = []
    for field in fields(question):
        value = getattr(question, field.name)
        if is_dataclass(value):
            parts.append(text_of(value))
        elif field.name in _TEXTS:
            parts += [value] if isinstance(value, str) else value
    return "\n".join(parts)


def switch() -> None:
    """The choice, for the sidebar; nothing where there is only one classroom."""
    names = options()
    if not names:
        return
    st.session_state[PARAMETER] = chosen()
    st.segmented_control(
        t("models.reads"),
        names,
        format_func=lambda key: (
            t("models.reads_follow") if key == FOLLOW else language(key).title[spoken()]
        ),
        key=PARAMETER,
        required=True,
        help=t("models.reads_help"),
    )
    if chosen() == FOLLOW:
        st.query_params.pop(PARAMETER, None)
    elif st.query_params.get(PARAMETER) != chosen():
        st.query_params[PARAMETER] = chosen()
