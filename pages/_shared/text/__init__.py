"""Every word of the interface, in English and 简体中文.

The catalogue is the union of the JSON files beside this one: ``{"key": {"en": …, "zh": …}}``, one
file per page plus ``common.json`` and ``errors.json``. A test fails where a key lacks a language.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import streamlit as st

from lmcore import configuration

LANGUAGES = {"English": "en", "中文": "zh"}
#: The one in which the app begins, as it stands in :data:`LANGUAGES`; an operator chooses it.
FIRST = {code: name for name, code in LANGUAGES.items()}[configuration.first_language()]
#: Characters that Markdown, LaTeX or Streamlit's own directives could take for a command: places
#: between two that belong to one, however many of them overlap (``-->``).
_REWRITTEN = re.compile(
    r"(?<=-)(?=[->])|(?<=<)(?=-)|(?<=[<>~])(?==)|(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)(?=\w)",
    re.IGNORECASE,
)
_SPECIAL = set("\\`*_{}[]()<>#+-.!|~$:&@^=\"'/%")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All keys with their languages.

    Raises:
        ValueError: two files hold the same key.
    """
    merged: dict[str, dict[str, str]] = {}
    for path in sorted(Path(__file__).parent.glob("*.json")):
        for key, languages in json.loads(path.read_text(encoding="utf8")).items():
            if key in merged:
                raise ValueError(f"{key} stands twice, again in {path.name}")
            merged[key] = languages
    return merged


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


def tm(key: str, **values: object) -> str:
    """The text of a key for Markdown places (captions, findings): every value is escaped."""
    return t(key, **{name: md(value) for name, value in values.items()})
