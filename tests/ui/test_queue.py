"""What a visitor sees of the line, and that leaving it frees the place."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from docs.browser import ROOT, Server, Visit
from pages.ui import waiting as queue

#: One turn at a time, which lasts as long as the file ``hold`` is there, and one training under
#: way; how many wait for either is written into the file ``waiting`` all the time.
GATE = """
import os
import threading
import time
from pathlib import Path
from lmcore.runtime import scheduler

folder = Path(FOLDER)
enter = scheduler.FairQueue._enter
scheduler._slots.at_once = 1

def held(self, ticket):
    place = enter(self, ticket)
    while self is scheduler._slots and place == 0 and (folder / "hold").exists():
        time.sleep(0.02)
    return place

def tell():
    while True:
        (folder / "next").write_text(str(scheduler._slots.waiting + scheduler._trainings.waiting))
        os.replace(folder / "next", folder / "waiting")
        time.sleep(0.05)

scheduler.FairQueue._enter = held
threading.Thread(target=tell, daemon=True).start()
"""
#: Seconds within which a closed tab has left the line: a look of the line, and the message that the
#: tab is closed.
LEFT = 4.0
#: Looks and words of the notice, asked in one go: it is put there anew with every look of the line,
#: so that what was found a moment ago may have gone by the time it is asked.
SHOWN = """() => {
  const notice = document.querySelector('[role="status"][data-place]');
  return { position: getComputedStyle(notice).position, text: notice.innerText };
}"""


class Gate:
    """The app, with turns that last until they are let go.

    Python's own start-up file makes them so, nothing in the app.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "sitecustomize.py").write_text(GATE.replace("FOLDER", repr(str(folder))))
        self.server = Server(
            folder / "server.log", {"PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
        )  # fmt: skip

    def hold(self) -> None:
        """From here on no turn ends."""
        (self.folder / "hold").touch()

    def thaw(self) -> None:
        """End the turn that is held, and all that come, in their own time."""
        (self.folder / "hold").unlink()

    @property
    def waiting(self) -> int:
        """How many wait in the line."""
        return int((self.folder / "waiting").read_text())

    def waits(self, count: int, seconds: float) -> None:
        """Check that so many wait before so many seconds are over."""
        until(lambda: self.waiting == count, seconds, lambda: f"{self.waiting} wait, not {count}")


def until(true: Callable[[], bool], seconds: float, said: Callable[[], str]) -> None:
    """Check that something comes true before so many seconds are over."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"after {seconds:g} s: {said()}"
        time.sleep(0.05)


def still(tab: Any) -> None:
    """Wait until the script of a tab has run to its end."""
    tab.wait_for_selector(
        '[data-testid="stApp"][data-test-script-state="notRunning"]', timeout=120_000
    )


def leave(gate: Gate, first: Any, served: Any, place: Callable[[], int]) -> None:
    """Close the tab that is next, then the one that is served: each frees its place at once.

    Args:
        gate: of the line, held until both have gone.
        first, served: the tabs.
        place: of the tab that is left, in line.
    """
    first.context.close()
    gate.waits(1, LEFT)
    until(lambda: place() == 1, LEFT, lambda: f"number {place()} in line")
    served.context.close()
    gate.thaw()
    gate.waits(0, LEFT)


@pytest.mark.browser
def test_who_waits_sees_the_place_in_line_and_who_leaves_frees_it(visit: Visit, tmp_path: Path):
    gate = Gate(tmp_path)
    gate.hold()
    with gate.server as running:
        contexts = [visit.tab.context.browser.new_context() for _ in range(3)]
        tabs = [context.new_page() for context in contexts]
        for number, tab in enumerate(tabs):
            tab.goto(f"{running.url}/attention?s=Sentence number {number} of the test.")
        gate.waits(2, 90)

        def place(tab: Any) -> int:
            notice = tab.locator('[role="status"][data-place]')
            return int(notice.get_attribute("data-place")) if notice.count() else 0

        until(lambda: sorted(map(place, tabs)) == [0, 1, 2], 30, lambda: f"{[*map(place, tabs)]}")
        served, first, second = sorted(tabs, key=place)
        shown = second.evaluate(SHOWN)
        assert shown["position"] == "fixed"
        assert "number 2 in line" in shown["text"]
        leave(gate, first, served, lambda: place(second))
        second.locator(".js-plotly-plot").first.wait_for(timeout=120_000)
        still(second)
        notice = second.locator("[data-place]")
        assert notice.count() == 0 or not notice.is_visible()
        second.context.close()


@pytest.mark.browser
def test_a_training_waits_in_line_and_a_closed_tab_frees_its_place(visit: Visit, tmp_path: Path):
    gate = Gate(tmp_path)
    with gate.server as running:
        visits = [Visit(visit.tab.context.browser.new_context()) for _ in range(3)]
        for own in visits:
            own.open(f"{running.url}/finetuning")
        gate.hold()
        tabs = [own.tab for own in visits]
        for tab in tabs:
            tab.get_by_role("button", name="Train BERT").click()
        gate.waits(2, 60)

        def place(tab: Any) -> int:
            said = tab.get_by_test_id("stProgress").inner_text(timeout=20_000)
            found = re.search(r"number (\d) in line", said)
            return int(found[1]) if found else 0

        until(lambda: sorted(map(place, tabs)) == [0, 1, 2], 60, lambda: f"{[*map(place, tabs)]}")
        served, first, second = sorted(tabs, key=place)
        leave(gate, first, served, lambda: place(second))
        second.get_by_text("BERT: pass 1 of").wait_for(timeout=90_000)
        second.context.close()


def test_the_notice_shows_place_and_time_as_text():
    shown = queue.notice(3, 12.4)
    assert 'data-place="3"' in shown
    assert "number 3 in line (12 s)" in shown
    assert 'role="status"' in shown
    assert queue.notice(3, 12.4) != queue.notice(3, 12.9), "the time must start anew"
