"""A class of visitors at once: ``python docs/load_test.py [--sessions 30] [--minutes 10]``.

Starts the app and lets so many visitors use it at the same time, each like a person: opens a page
with a sentence, reads for some seconds, changes something, goes to another page, now and then opens
a new tab. All pages are mixed. Prints one JSON object: how many answers came, errors (exceptions,
missing answers, visitors turned away, memory), the median and the 95th percentile of the time until
the page stood, and the memory of the server after the warm-up, at the end (medians of two minutes)
and at its highest, in MB of a million bytes; ``--write`` keeps it as ``docs/results/load.json``.
Fails where there was an error or the memory grew by 5 % or more.
"""

import argparse
import asyncio
import json
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

from load_client import Answer, Tab  # noqa: E402
from measure_memory import resident  # noqa: E402
from websockets.exceptions import WebSocketException  # noqa: E402

from docs.broken_app import sentence  # noqa: E402
from docs.browser import Server  # noqa: E402
from lmcore.analyses import sense_bank  # noqa: E402
from pages.ui.navigation import PAGES  # noqa: E402
from pages.ui.text import LANGUAGES  # noqa: E402

RESULT = ROOT / "docs" / "results" / "load.json"
#: Seconds that a visitor looks at a page before the next action.
THINK = (3.0, 9.0)
#: The server's memory before the measured time and at its end is the median of so many seconds: a
#: training takes and gives back a tenth of it every other minute.
AROUND = 120.0
#: Actions in one tab before it is closed and another one opened.
ACTIONS = (4, 10)
#: How often a training is begun where a visitor could: the costliest thing there is.
TRAINS = 0.1
#: What only a server in trouble says, in either language.
TROUBLE = [
    sentence(code, lang)
    for code in ("too_busy", "out_of_memory", "checkpoint_missing")
    for lang in LANGUAGES
]


class Class:
    """All visitors, and what they have seen."""

    def __init__(self, url: str, seed: int) -> None:
        self.url, self.seed = url, seed
        self.texts = [entry.sentence.text for entry in sense_bank.load().entries]
        self.answers: list[tuple[float, str, Answer]] = []
        self.failures: list[str] = []

    async def visitor(self, number: int, until: float) -> None:
        """One person: tab after tab until the time is over."""
        chance = random.Random(f"{self.seed}:{number}")
        await asyncio.sleep(chance.uniform(0, THINK[1]))
        while time.monotonic() < until:
            page = chance.choice(list(PAGES))
            query = f"s={quote(chance.choice(self.texts))}" if chance.random() < 0.7 else ""
            tab = Tab(self.url, "" if page == "home" else page, query)
            try:
                async with tab:
                    await self._use(tab, page, chance, until)
            except (OSError, TimeoutError, WebSocketException) as error:
                message = f"{page}: {type(error).__name__} {error}; last came {tab.last}"
                self.failures.append(message)
                sys.stderr.write(message + "\n")

    async def _use(self, tab: Tab, page: str, chance: random.Random, until: float) -> None:
        for action in range(chance.randint(*ACTIONS)):
            if action:
                self._change(tab, chance)
            answer = await tab.run()
            self.answers.append((time.monotonic(), page, answer))
            await asyncio.sleep(chance.uniform(*THINK))
            if time.monotonic() > until:
                return

    def _change(self, tab: Tab, chance: random.Random) -> None:
        """Use one or two widgets; most often the sentence is typed anew."""
        boxes = [(k, w) for k, w in tab.widgets("text_input") if len(w.default + w.value) > 20]
        if boxes and chance.random() < 0.4:
            kind, box = chance.choice(boxes)
            tab.change(kind, box, chance, chance.choice(self.texts))
            return
        kinds = ("slider", "checkbox", "selectbox", "radio", "button_group", "button")
        usable = [widget for widget in tab.widgets(*kinds) if _usable(*widget, chance)]
        if usable:
            kind, widget = chance.choice(usable)
            tab.change(kind, widget, chance, "")


def _usable(kind: str, widget: Any, chance: random.Random) -> bool:
    if kind == "button":
        return "train" not in widget.label.lower() or chance.random() < TRAINS
    return bool(getattr(widget, "options", True)) or kind in ("slider", "checkbox")


def commit() -> str:
    """The code that was measured: its commit, with a plus sign where it had been changed since."""
    answers = [
        subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
        for words in (
            ["rev-parse", "--short", "HEAD"],
            ["status", "--porcelain", "--untracked-files=no", "app.py", "lmcore", "pages"],
        )
    ]
    return answers[0].stdout.strip() + ("+" if answers[1].stdout.strip() else "")


async def watch(process: int, memory: list[tuple[float, float]]) -> None:
    """Note the server's memory every other second."""
    while True:
        memory.append((time.monotonic(), resident(process)[0]))
        await asyncio.sleep(2)


async def crowd(server: Server, options: argparse.Namespace) -> dict[str, Any]:
    """Let everybody in; the measured time begins when the warm-up is over."""
    visitors = Class(server.url, options.seed)
    begun = time.monotonic()
    measured = begun + 60 * options.warm_up
    until = measured + 60 * options.minutes
    memory: list[tuple[float, float]] = []
    watching = asyncio.create_task(watch(server.process.pid, memory))
    people = [visitors.visitor(number, until) for number in range(options.sessions)]
    progress = asyncio.create_task(_progress(visitors, memory, until))
    await asyncio.gather(*people)
    for task in (watching, progress):
        task.cancel()
    return summary(visitors, memory, measured, until) | {
        "memory_highest_mb": round(resident(server.process.pid)[1]),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "commit": commit(),
        "sessions": options.sessions,
        "minutes": options.minutes,
        "warm_up_minutes": options.warm_up,
    }


async def _progress(visitors: Class, memory: list[tuple[float, float]], until: float) -> None:
    while True:
        await asyncio.sleep(15)
        sys.stderr.write(
            f"{until - time.monotonic():.0f} s left, {len(visitors.answers)} answers, "
            f"{len(visitors.failures)} failures, {memory[-1][1]:.0f} MB\n"
        )


def summary(
    visitors: Class, memory: list[tuple[float, float]], measured: float, until: float
) -> dict[str, Any]:
    """All that was seen, in numbers; times are those after the warm-up.

    Args:
        visitors: who used the app.
        memory: seconds and megabytes.
        measured, until: seconds at which measuring begins and ends.
    """
    answers = [(page, answer) for time, page, answer in visitors.answers if time > measured]
    seconds = sorted(answer.seconds for _, answer in answers)
    errors = list(visitors.failures)
    refused: Counter[str] = Counter()
    for _, page, answer in visitors.answers:
        errors += [f"{page}: {text}" for text in answer.errors]
        for text in answer.refused:
            plain = re.sub("[\\\\\u2060]", "", text)  # the box holds Markdown
            if any(trouble.search(plain) for trouble in TROUBLE):
                errors.append(f"{page}: {plain}")
            else:
                refused[plain] += 1
    first = [mb for at, mb in memory if measured - AROUND < at < measured]
    last = [mb for at, mb in memory if until - AROUND < at < until]
    start, end = statistics.median(first), statistics.median(last)
    by_page = {page: [answer.seconds for name, answer in answers if name == page] for page in PAGES}
    return {
        "answers": len(answers),
        "errors": len(errors),
        "errors_seen": sorted(set(errors))[:20],
        "inputs_refused": sum(refused.values()),
        "median_s": round(statistics.median(seconds), 2),
        "p95_s": round(seconds[int(0.95 * (len(seconds) - 1))], 2),
        "slowest_s": round(seconds[-1], 2),
        "median_s_by_page": {
            page: round(statistics.median(seconds), 2)
            for page, seconds in by_page.items()
            if seconds
        },
        "saw_a_place_in_line": sum(answer.waited for _, answer in answers),
        "memory_first_mb": round(memory[0][1]),
        "memory_start_mb": round(start),
        "memory_end_mb": round(end),
        "memory_growth": round(end / start - 1, 4),
    }


def main() -> int:
    """Start the app, let the class in, write what was seen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--warm-up", type=float, default=10, help="minutes until caches are full")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--log", type=Path, help="keep what the server wrote in this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with Server(log, {"THREE_READERS_DOWNLOADS": "off"}) as server:
            results = asyncio.run(crowd(server, options))
        results["server_log_lines"] = len(log.read_text().splitlines())
        sys.stderr.write(log.read_text()[-2_000:])
        if options.log is not None:
            shutil.copy(log, options.log)
    text = json.dumps(results, indent=2, ensure_ascii=False) + "\n"
    sys.stdout.write(text)
    if options.write:
        RESULT.write_text(text, encoding="utf8")
    return int(results["errors"] > 0 or results["memory_growth"] >= 0.05)


if __name__ == "__main__":
    sys.exit(main())
