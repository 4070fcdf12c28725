"""The app on a free local port and a tab of a real browser, for scripts and tests alike."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
#: Pixels of a window.
WINDOW = {"width": 1280, "height": 1600}
#: Nothing that a browser does in the background may leave the machine.
QUIET = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One Streamlit process; use as a context manager.

    Args:
        log: where it writes.
        extra: environment variables.
        base: path under which the app stands (``/readers``).
        root: folder of the app.
        before: a command that starts the one behind it.
    """

    def __init__(
        self,
        log: Path,
        extra: dict[str, str] | None = None,
        base: str = "",
        root: Path = ROOT,
        before: Sequence[str] = (),
    ) -> None:
        self.port, self.log = free_port(), log
        self.url = f"http://127.0.0.1:{self.port}{base}"
        command = [*before, sys.executable, "-m", "streamlit", "run", "app.py"]
        command += ["--server.port", str(self.port), "--server.address", "127.0.0.1"]
        command += ["--server.headless", "true"]
        if base:
            command += ["--server.baseUrlPath", base.strip("/")]
        with log.open("w") as out:
            self.process = subprocess.Popen(
                command,
                cwd=root,
                stdout=out,
                stderr=subprocess.STDOUT,
                env=os.environ | {"OMP_NUM_THREADS": "1"} | (extra or {}),
            )

    def __enter__(self) -> "Server":
        for _ in range(600):
            if self.process.poll() is not None:
                raise RuntimeError(f"exited {self.process.returncode}:\n{self.log.read_text()}")
            try:
                health = urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).read()
                if health == b"ok":
                    return self
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(f"not healthy after 60 s:\n{self.log.read_text()}")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)


def chromium() -> str | None:
    """Where Chromium or Chrome is on this machine."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


@contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium, closed in the end."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield running
        running.close()


@contextmanager
def app_and_browser(**extra: str) -> Iterator[tuple[Server, Any]]:
    """The app with some environment variables, and a browser that looks at it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder) / "server.log", extra) as server,
        browser() as running,
    ):
        yield server, running


def address(url: str, page: str, **values: str) -> str:
    """The address of a page of the app by its name, with some values."""
    query = "&".join(f"{name}={quote(value)}" for name, value in values.items())
    return f"{url}/{'' if page == 'home' else page}" + (f"?{query}" if query else "")


class Visit:
    """A browser tab that notes every error the page reports.

    Args:
        context: of the browser.
        depth: how much of every page stands open (``experts``: all); the app's own if empty.
    """

    #: Streamlit asks for two files under a page's own address first, then at the root; and a
    #: machine without a network cannot resolve the address of its update check.
    EXPECTED = ("404 (Not Found)", "net::ERR_")

    def __init__(self, context: Any, depth: str = "") -> None:
        self.tab, self.depth = context.new_page(), depth
        self.errors: list[str] = []
        self.tab.on("pageerror", lambda error: self.errors.append(str(error)))
        self.tab.on("console", self._console)

    def _console(self, message: Any) -> None:
        if message.type == "error" and not any(text in message.text for text in self.EXPECTED):
            self.errors.append(message.text)

    def open(self, url: str) -> None:
        """Go to an address and wait until the script has run."""
        if self.depth and "depth=" not in url:
            url += f"{'&' if '?' in url else '?'}depth={self.depth}"
        self.tab.goto(url)
        self.settle()

    def settle(self) -> None:
        """Wait until the page stands still, which is more than a script that has just ended."""
        still = self.tab.locator('[data-testid="stApp"][data-test-script-state="notRunning"]')
        self.tab.locator("h1").first.wait_for(timeout=120_000)
        self.tab.wait_for_timeout(300)
        still.wait_for(timeout=180_000)
        self.tab.wait_for_timeout(300)
        still.wait_for(timeout=180_000)

    def check(self) -> None:
        """No traceback, no dialog, no error in the console."""
        assert self.tab.locator('[data-testid="stException"]').count() == 0
        assert self.tab.locator("[role=dialog]").count() == 0
        assert self.errors == []
