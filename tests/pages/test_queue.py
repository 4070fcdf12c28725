"""What a visitor sees of the line, and that leaving it frees the place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pages._shared import queue
from tests.pages.conftest import ROOT, Server, Visit

#: Holds every turn of the first visitors for so long that others must wait.
SLOW = """
import time
from lmcore import turns

take = turns.Turns._enter
turns._turns.at_once = 1

def slowly(self, ticket):
    place = take(self, ticket)
    if place == 0:
        time.sleep(SECONDS)
    return place

turns.Turns._enter = slowly
"""


def server(tmp_path: Path, seconds: float) -> Server:
    """The app with slow turns: Python's own start-up file makes them slow, nothing in the app."""
    folder = tmp_path / "slow"
    folder.mkdir()
    (folder / "sitecustomize.py").write_text(SLOW.replace("SECONDS", str(seconds)))
    return Server(tmp_path / "server.log", {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"})


@pytest.mark.browser
def test_who_waits_sees_the_place_in_line_and_who_leaves_frees_it(visit: Visit, tmp_path: Path):
    browser = visit.tab.context.browser
    with server(tmp_path, 1.0) as running:
        contexts = [browser.new_context() for _ in range(3)]
        tabs = [context.new_page() for context in contexts]
        for number, tab in enumerate(tabs):
            tab.goto(f"{running.url}/attention?s=Sentence number {number} of the test.")
        last = tabs[-1]
        notice = last.locator('[role="status"][data-place]')
        notice.wait_for(timeout=90_000)
        assert notice.evaluate("note => getComputedStyle(note).position") == "fixed"
        assert "in line" in notice.inner_text()
        before = max(
            int(tab.locator("[data-place]").get_attribute("data-place") or 0)
            for tab in tabs
            if tab.locator("[data-place]").count()
        )
        assert before >= 1
        for context in contexts[:2]:
            context.close()  # their turns are free at once
        last.wait_for_selector(
            '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=120_000
        )
        assert last.locator(".js-plotly-plot").count() > 0
        assert notice.count() == 0 or not notice.is_visible()
        for context in contexts[2:]:
            context.close()


def test_the_notice_shows_place_and_time_as_text():
    shown = queue.notice(3, 12.4)
    assert 'data-place="3"' in shown
    assert "number 3 in line (12 s)" in shown
    assert 'role="status"' in shown
    assert queue.notice(3, 12.4) != queue.notice(3, 12.9), "the time must start anew"
