"""Texts of the catalogue in the language of the session, and a user's text in Markdown."""

import re
from collections.abc import Iterable

import streamlit as st

from lmcore import settings
from lmcore.text import catalogue as texts
from lmcore.text.catalogue import catalogue

#: Keys of the catalogue by the name of the language, as the switch and the address have it.
LANGUAGES = {language.name: key for key, language in texts.LANGUAGES.items()}
#: The one in which the app begins, as it stands in :data:`LANGUAGES`; an operator chooses it.
FIRST = texts.LANGUAGES[settings.first_language()].name
#: Characters that Markdown, LaTeX or Streamlit's own directives could take for a command: places
#: between two that belong to one, however many of them overlap (``-->``).
_REWRITTEN = re.compile(
    r"(?<=-)(?=[->])|(?<=<)(?=-)|(?<=[<>~])(?==)|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=\w)",
    re.IGNORECASE,
)
_SPECIAL = set("\\`*_{}[]()<>#+-.!|~$:&@^=\"'/%")


def language() -> str:
    """``en`` or ``zh``."""
    return LANGUAGES.get(st.session_state.get("lang", FIRST), LANGUAGES[FIRST])


def t(key: str, **values: object) -> str:
    """The text of a key in the language of the interface, for plain-text places (labels, tables).

    ``values`` are put in as they are: use :func:`md` round a user's text that goes to Markdown.
    """
    return catalogue()[key][language()].format(**values)


def md(text: object) -> str:
    """A user's text as it is to be put into Markdown: shown character by character, on one line."""
    flat = " ".join(str(text).split())
    # Streamlit makes arrows, dashes and links out of plain text too: an invisible joiner stops it.
    flat = _REWRITTEN.sub("\u2060", flat)
    return "".join(f"\\{c}" if c in _SPECIAL else c for c in flat)


def in_a_row(sentences: Iterable[str]) -> str:
    """Sentences in a row, apart as the language of the interface sets them."""
    return texts.LANGUAGES[language()].space.join(sentences)


def plain(markdown: str) -> str:
    """What Markdown of :func:`tm` shows, for places that are no Markdown."""
    text = re.sub(r"\\(.)|\*\*", lambda found: found[1] or "", markdown)
    return text.replace("\u2060", "")


def tm(key: str, **values: object) -> str:
    """The text of a key for Markdown places (captions, findings): every value is escaped."""
    return t(key, **{name: md(value) for name, value in values.items()})
