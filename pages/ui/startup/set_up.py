"""Before anything is served: logs without texts, memory, readers, what an operator set wrongly."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import streamlit as st

from lmcore import settings
from lmcore.errors import SettingError
from lmcore.runtime import disk, memory
from pages.ui.startup import logs, warm_start
from pages.ui.text import md, t
from pages.ui.views import classroom


@asynccontextmanager
async def lifespan(_: object) -> AsyncIterator[None]:
    """What the server does before it serves anybody; for ``app.py``."""
    prepare()
    warm_start.begin(classroom)
    yield


def prepare() -> None:
    """What has to be done before anything heavy is imported; more calls do nothing."""
    logs.keep_texts_out()
    disk.prepare()
    memory.limit_arenas()


def check() -> None:
    """Stop with one sentence, on the page and once on the console, where a variable is wrong."""
    prepare()
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


@cache
def keep(page: str) -> None:
    """Put aside what the first run of a page in this process has imported and loaded."""
    memory.freeze()
