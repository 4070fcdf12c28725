"""Say where a text is in a language that a reader was not trained on, beside the readers' notes."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from lmcore.text.languages import foreign
from pages.ui import views
from pages.ui.models.facts import words
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t, tm


def say(text: str, families: Iterable[str]) -> None:
    """One notice for all readers to whom the same of a text is foreign.

    Args:
        text: what was read.
        families: the readers.
    """
    trained: dict[tuple[str, ...], list[str]] = {}
    for family in families:
        trained.setdefault(views.facts(family).languages, []).append(FAMILY_NAMES[family])
    comma = t("common.comma")
    for languages, readers in trained.items():
        found = foreign(text, languages)
        if not found:
            continue
        st.info(
            tm(
                "foreign.notice",
                readers=comma.join(readers),
                languages=words(languages),
                found=comma.join(t(f"foreign.{name}") for name in found),
            ),
            icon=":material/translate:",
        )
