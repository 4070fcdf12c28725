"""Before anything is served: logs without texts, and what an operator has set wrongly."""

from __future__ import annotations

import sys
from functools import cache

import streamlit as st

from lmcore import settings
from lmcore.errors import SettingError
from lmcore.runtime import disk, memory
from pages.ui.startup import logs
from pages.ui.text import md, t


def check() -> None:
    """Stop with one sentence, on the page and once on the console, where a variable is wrong."""
    logs.keep_texts_out()
    disk.prepare()  # before anything heavy is imported
    memory.limit_arenas()
    try:
        settings.check()
    except SettingError as error:
        _tell(str(error))
        st.error(md(t(f"error.{error.code}", **error.values)), icon=":material/error:")
        st.stop()


@cache
def _tell(sentence: str) -> None:
    """One line for the operator's log: it holds no visitor's text."""
    sys.stderr.write(f"three-readers: {sentence}\n")
