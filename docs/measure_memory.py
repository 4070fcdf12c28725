"""Measure the memory of the server while a visitor goes through all pages, in a real browser.

``python docs/measure_memory.py`` prints a table; with ``--write`` the numbers go to
``docs/results/memory.json`` (they are quoted in ``docs/operations.md``, and a test compares the
two). ``--without-training`` measures a server on which visitors may not train. It needs Linux, the
packages of ``requirements-dev.txt`` and chromium. The server has the classroom's readers; memory is
the resident size of its process (``VmRSS``) once the page stands still, in MB of a million bytes,
as hosts count.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
OUT = ROOT / "docs" / "results" / "memory.json"

#: Nothing of the shell that starts this may change the numbers.
_FOREIGN = ("MALLOC_",)
#: The most that a host with 1 GB leaves to the server.
LIMIT_MB = 1_000


def resident(process: int) -> tuple[float, float]:
    """Resident size of a process and its highest so far, in MB."""
    values = {}
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("VmRSS", "VmHWM"):
            values[name] = round(int(rest.split()[0]) * 1024 / 1e6, 1)
    return values["VmRSS"], values["VmHWM"]


def save_picture(visit: Any) -> None:
    """Save the first picture of the page as PNG: the server loads its drawing library."""
    from lmcore.text.catalogue import catalogue

    menu = visit.tab.get_by_role("button", name=catalogue()["saving.save"]["en"]).first
    menu.click()
    with visit.tab.expect_download(timeout=120_000):
        visit.tab.get_by_role("button", name="PNG", exact=True).first.click()
    visit.settle()


def train_all(visit: Any) -> None:
    """Bring all three readers to the first task."""
    from lmcore.text.catalogue import catalogue

    visit.tab.get_by_role("button", name=catalogue()["finetuning.train_all"]["en"]).click()
    visit.tab.wait_for_timeout(2_000)
    main = visit.tab.locator('[data-testid="stMain"]')
    stop = main.get_by_role("button", name=catalogue()["finetuning.stop"]["en"])
    stop.wait_for(state="detached", timeout=540_000)
    visit.settle()


def _visited(visit: Any, url: str, training: bool) -> Iterator[str]:
    """Go through all pages; each name comes when its page stands still."""
    from docs.browser import address
    from pages.ui.navigation import PAGES

    for page in (name for name, page in PAGES.items() if page.reads):
        visit.open(address(url, page))
        visit.check()
        yield page
    visit.open(f"{url}/layers")
    save_picture(visit)
    yield "a picture saved"
    if not training:
        return
    visit.open(f"{url}/finetuning")
    train_all(visit)
    yield "all three trained"


def measure(training: bool = True) -> dict[str, float]:
    """Resident MB after each page, by name, and ``highest``; with a training where visitors may."""
    from docs.browser import WINDOW, Visit, app_and_browser
    from lmcore.settings import TRAINING

    for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
        del os.environ[name]
    megabytes: dict[str, float] = {}
    with app_and_browser(**{TRAINING: "on" if training else "off"}) as (server, browser):
        megabytes["started"] = resident(server.process.pid)[0]
        visit = Visit(browser.new_context(viewport=WINDOW))
        for name in _visited(visit, server.url, training):
            megabytes[name], megabytes["highest"] = resident(server.process.pid)
            sys.stderr.write(f"{name}: {megabytes[name]:.0f} MB\n")
    megabytes["highest"] = megabytes.pop("highest")  # last in the table
    return megabytes


def table(megabytes: dict[str, float]) -> str:
    """The numbers as Markdown, one row a step."""
    rows = [f"| {step} | {mb:.0f} |" for step, mb in megabytes.items()]
    return "\n".join(["| after | MB |", "|---|---|", *rows])


def sentence(megabytes: dict[str, float]) -> str:
    """The numbers of a server without training, as they are told."""
    last, highest = megabytes[list(megabytes)[-2]], megabytes["highest"]
    return f"{last:.0f} MB in the end and {highest:.0f} MB at the highest moment"


def main() -> int:
    """Measure, print and maybe write; 1 where the limit is passed once a page stands."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--write", action="store_true", help=f"the numbers to {OUT.name}")
    options.add_argument("--without-training", action="store_true", help="as operators may set it")
    given = options.parse_args()
    megabytes = measure(training=not given.without_training)
    sys.stdout.write(table(megabytes) + "\n")
    if given.write:
        kept = json.loads(OUT.read_text(encoding="utf8")) if OUT.is_file() else {}
        kept["memory_without_training" if given.without_training else "memory"] = megabytes
        OUT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf8")
    return int(max(mb for step, mb in megabytes.items() if step != "highest") > LIMIT_MB)


if __name__ == "__main__":
    sys.exit(main())
