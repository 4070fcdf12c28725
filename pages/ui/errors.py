"""What goes wrong, said in one sentence in its own place: the rest of the page goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

import streamlit as st

from lmcore.errors import ReadersError, lacks_memory
from pages.ui.text import md, t


def problem(error: ReadersError) -> None:
    """Say in the interface language what is wrong and what to do."""
    st.error(md(t(f"error.{error.code}", **error.values)), icon=":material/error:")


@contextmanager
def reported() -> Iterator[None]:
    """What goes wrong inside is said in one sentence, and the rest of the page goes on."""
    try:
        yield
    except ReadersError as error:
        problem(error)
    except (MemoryError, RuntimeError) as error:
        if not lacks_memory(error):
            raise
        problem(ReadersError("out_of_memory"))


def fragment(section: Callable[..., None]) -> Callable[..., None]:
    """A part of a page that runs again alone; what goes wrong in it is said in its own place.

    Streamlit shows the errors of a fragment itself, so that no frame outside ever sees them.
    """

    @st.fragment
    @wraps(section)
    def part(*args: Any, **values: Any) -> None:
        with reported():
            section(*args, **values)

    return part
