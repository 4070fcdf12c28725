"""Readers that load while the server starts, and pages that are drawn before they are there."""

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from docs.browser import Server, Visit
from lmcore.errors import CheckpointError
from lmcore.runtime.families import FAMILIES
from lmcore.text.catalogue import catalogue
from pages.ui.navigation import PAGES
from pages.ui.startup import warm_start
from pages.ui.startup.warm_start import State
from tests.ui.app_page import ROOT, open_page
from tests.ui.cold_server import shown


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Nothing is on its way, before and after."""
    monkeypatch.setattr(warm_start, "FIRST", 0.0)
    monkeypatch.setattr(warm_start, "QUIET", 0.01)
    forget()
    yield
    forget()


def forget() -> None:
    warm_start._states.clear()
    warm_start.pending.clear()


def ended() -> None:
    """Wait for the thread."""
    for thread in threading.enumerate():
        if thread.name == "warm start":
            thread.join(60)


def test_readers_come_one_by_one_in_order_and_once() -> None:
    seen: list[tuple[str, dict[str, State]]] = []
    warm_start.begin(lambda family: seen.append((family, dict(warm_start._states))))
    warm_start.begin(lambda family: pytest.fail("a second time"))
    ended()
    assert [family for family, _ in seen] == list(FAMILIES)
    for place, (family, states) in enumerate(seen):
        wanted = [State.READY] * place + [State.LOADING]
        assert list(states.values())[: place + 1] == wanted, family
    assert set(warm_start._states.values()) == {State.READY}
    assert not warm_start.pending


def test_a_reader_that_fails_takes_no_other_with_it() -> None:
    def load(family: str) -> None:
        if family == "gpt":
            raise CheckpointError("checkpoint_missing", reader="GPT", file="x", family="gpt")

    warm_start.begin(load)
    ended()
    states = dict(warm_start._states)
    assert states.pop("gpt") == State.FAILED
    assert set(states.values()) == {State.READY}
    assert "gpt" not in warm_start.pending, "the page tries again and says what is wrong"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_that_nobody_foresaw_lets_nobody_wait_for_ever() -> None:
    def load(family: str) -> None:
        raise ValueError(family)

    warm_start.begin(load)
    ended()
    assert set(warm_start._states.values()) == {State.FAILED}


def test_a_published_model_is_never_on_its_way_here() -> None:
    come = threading.Event()
    warm_start.begin(lambda _: come.wait(30))
    assert "gpt" in warm_start.pending
    assert "gpt@openai-community/openai-gpt" not in warm_start.pending
    assert "glove" not in warm_start.pending
    come.set()
    ended()


def waiting_page() -> None:
    import streamlit as st

    from pages.ui.startup import warm_start

    st.title("before")
    warm_start.wait("bert")
    st.header("after")


@pytest.mark.parametrize(("language", "code"), [("English", "en"), ("中文", "zh")])
def test_who_waits_sees_how_far_each_reader_is(
    monkeypatch: pytest.MonkeyPatch, language: str, code: str
) -> None:
    lines: list[str] = []
    states = [State.READY, State.LOADING, State.WAITING, State.FAILED]
    for family, state in zip(FAMILIES, states, strict=True):
        warm_start._set(family, state)
    line = warm_start.line

    def next_line() -> str:
        lines.append(line())
        if len(lines) == 2:
            warm_start._set("bert", State.READY)
        return lines[-1]

    monkeypatch.setattr(warm_start, "line", next_line)
    monkeypatch.setattr(warm_start, "LOOK", 0.01)
    at = AppTest.from_function(waiting_page, default_timeout=30)
    at.session_state["lang"] = language
    at.run()
    assert not at.exception
    assert [header.value for header in at.header] == ["after"]
    assert len(at.info) == 0, "the line is gone with the waiting"
    for family, state in zip(FAMILIES.values(), states, strict=True):
        assert catalogue()[f"startup.{state}"][code].format(reader=family.title) in lines[0]


def cold(*pages: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ui.cold_server", *pages],
        cwd=ROOT, env=os.environ | {"PYTHONIOENCODING": "utf8"},
        capture_output=True, encoding="utf8", check=False, timeout=180,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3_000:]
    return json.loads(done.stdout)


def without_digits(text: str) -> str:
    """Numbers may differ in their last place from those of the machine that stored the views."""
    return re.sub(r"\d", "0", text)


@pytest.mark.slow
def test_examples_are_drawn_without_readers_as_with_them() -> None:
    reading = [name for name, page in PAGES.items() if page.reads]
    before = cold(*reading)
    for page in reading:
        assert before[page]["exceptions"] == [], page
        after = shown(page)
        assert len(before[page]["charts"]) == len(after["charts"]) > 0
        for kind in ("texts", "charts"):
            assert without_digits(str(before[page][kind])) == without_digits(str(after[kind])), page


def test_what_is_typed_waits_for_a_reader_that_is_not_there(monkeypatch) -> None:
    asked: list[str] = []

    def wait(key: str) -> None:
        asked.append(key)
        warm_start.pending.clear()  # all have come

    warm_start.pending.update(FAMILIES)
    monkeypatch.setattr(warm_start, "wait", wait)
    at = open_page("home", address={"s": "A sentence that no example holds."})
    assert not at.exception
    assert asked[0] == "elmo"
    assert len(at.get("plotly_chart")) == 2


def test_nothing_heavy_begins_while_a_page_is_drawn() -> None:
    loaded = threading.Event()
    with warm_start.drawing():
        warm_start.begin(lambda family: loaded.set())
        assert not loaded.wait(0.5)
    assert loaded.wait(10)
    ended()


def test_pages_that_never_end_do_not_keep_the_readers_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm_start, "MOST", 0.2)
    loaded = threading.Event()
    with warm_start.drawing():
        warm_start.begin(lambda family: loaded.set())
        assert loaded.wait(10)
    ended()


@pytest.mark.browser
def test_an_example_stands_before_the_readers_do(visit: Visit, tmp_path: Path) -> None:
    """On a server that has just started; what is typed then is answered when a reader is there."""
    with Server(tmp_path / "server.log") as server:
        visit.tab.goto(server.url)
        visit.tab.locator(".readers").nth(4).wait_for(timeout=60_000)
        assert visit.tab.locator('[data-testid="stAlert"]').count() == 0
        box = visit.tab.get_by_label(catalogue()["common.sentence"]["en"], exact=True)
        box.fill("Nobody typed this before.")
        box.press("Enter")
        visit.tab.get_by_text("word 1 of 5").first.wait_for(timeout=120_000)
        visit.settle()
        visit.check()
