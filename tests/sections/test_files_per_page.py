"""A fresh sentence passes few files of ours on its way through a page.

What stands round all pages alike (menu, sidebar, the line of visitors in front of the models) is
not counted.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.runtime import scheduler
from tests.conftest import ROOT
from tests.ui.app_page import open_page

OURS = tuple(f"{ROOT / folder}/" for folder in ("pages", "lmcore"))
#: By page: the text box, two texts that nobody has typed before, and how many files the second one
#: may pass, the page's own among them.
LIMITS = {
    "attention": ("s", ("The quick fox slept.", "A heron waded through the cold brook."), 25),
    "polysemy": (
        "ps",
        (
            "a | A cell died.\na | One cell grew.\nb | A dark cell.\nb | The cell of a monk.",
            "a | Each cell is alive.\na | A cell can move.\nb | His cell had bars.\nb | Her cell.",
        ),
        30,
    ),
    "masked_word": ("s", ("The quick fox slept.", "A heron waded through the cold brook."), 30),
}


def passed(run: Callable[[], object]) -> set[str]:
    """The files of which a function runs, or the script itself, in whichever new thread."""
    files: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(OURS):
            files.add(frame.f_code.co_filename)

    threading.setprofile(note)
    try:
        run()
    finally:
        threading.setprofile(None)
    return {Path(file).relative_to(ROOT).as_posix() for file in files}


def typed(at: AppTest, key: str, text: str) -> AppTest:
    boxes = [*at.text_input, *at.text_area]
    [box] = [box for box in boxes if box.key == key]
    box.set_value(text)
    for button in at.button:
        if box.form_id and button.form_id == box.form_id:
            button.click()
    return at.run()


@pytest.mark.parametrize("page", LIMITS)
def test_a_fresh_sentence_passes_few_files(page: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(scheduler, "_client", scheduler._thread)
    key, (first, second), limit = LIMITS[page]
    at = open_page(page, state={"kept:depth": "simple"})  # as it opens
    at = typed(at, key, first)  # the address holds a sentence from now on
    files = passed(lambda: typed(at, key, second))
    assert not at.exception
    assert f"pages/{page}.py" in files
    assert "lmcore/readers/transformer.py" in files, "something was read"
    assert len(files) <= limit, "\n".join(sorted(files))
