"""A copy of the app that can be broken, a browser that looks at it, and what it should say."""

import re
import shutil
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from playwright.sync_api import Error as PlaywrightError

from docs.browser import ROOT, WINDOW, Server, Visit, address
from lmcore.text.catalogue import catalogue

PICTURE = '[data-testid="stPlotlyChart"]'
ERRORS = '[data-testid="stAlertContentError"]'
Row = dict[str, Any]


class Bench:
    """A copy of the app in a temporary folder, its faults and a running browser."""

    def __init__(self, folder: Path, browser: Any) -> None:
        self.folder, self.browser = folder, browser
        self.tree, self.switch = folder / "app", folder / "faults"
        self.checkpoints = self.tree / "checkpoints" / "en"
        self.tree.mkdir()
        for name in ("lmcore", "pages", ".streamlit", "checkpoints", "docs/results"):
            shutil.copytree(ROOT / name, self.tree / name)
        shutil.copy(ROOT / "app.py", self.tree)
        self.rows: list[Row] = []

    @contextmanager
    def served(self, **extra: str) -> Iterator[Server]:
        """The app with the switch for faults."""
        hook = str(ROOT / "tests" / "faults")
        given = {"FAULTS_FILE": str(self.switch), "PYTHONPATH": hook, **extra}
        self.tell("")
        server = Server(self.folder / "server.log", given, root=self.tree)
        server.__enter__()
        try:
            yield server
        finally:
            server.process.kill()  # what it would do on its way out is not looked at here
            server.process.wait()

    def tell(self, words: str) -> None:
        """Break what these words say, and nothing else."""
        self.switch.write_text(words, encoding="utf8")

    def look(self, server: Server, page: str = "home", lang: str = "English", **more: str) -> Row:
        """What a page with further values in its address says, whether it stands, who is seen."""
        context = self.browser.new_context(viewport=WINDOW)
        visit = Visit(context)
        visit.open(address(server.url, page, lang=lang, **more))
        with suppress(PlaywrightError):  # a page that only says what is wrong has none
            visit.tab.locator(PICTURE).first.wait_for(timeout=15_000)
        messages = [
            element.inner_text().replace("\u2060", "")
            for element in visit.tab.locator(ERRORS).all()
        ]
        texts = [text.removeprefix("error").strip() for text in messages]  # the name of the icon
        broken = visit.tab.locator('[data-testid="stException"]').count()
        row = {
            "said": list(dict.fromkeys(texts)),
            "tracebacks": broken,
            "pictures": visit.tab.locator(PICTURE).count(),
            "errors": visit.errors[:3],
        }
        context.close()
        return row

    def note(self, fault: str, good: bool, **more: Any) -> None:
        """Keep one result."""
        self.rows.append({"fault": fault, "good": good, **more})
        sys.stderr.write(f"{'ok ' if good else 'BAD'} {fault}{'' if good else f' {more}'}\n")


def sentence(code: str, lang: str = "English") -> re.Pattern[str]:
    """The whole sentence of an error, with anything in the places of its values."""
    return message(f"error.{code}", lang)


def message(key: str, lang: str = "English") -> re.Pattern[str]:
    """A text of the interface, with anything in the places of its values."""
    text = catalogue()[key]["en" if lang == "English" else "zh"]
    return re.compile(".+?".join(re.escape(part) for part in re.split(r"\{\w+\}", text)))


def tells(row: Row, code: str, lang: str = "English") -> bool:
    """Whether what :meth:`Bench.look` saw says this in this language, and the page stands."""
    wanted = sentence(code, lang)
    return row["tracebacks"] == 0 and any(wanted.search(text) for text in row["said"])


def fine(row: Row) -> bool:
    """Whether a page stands with nothing said."""
    return row["tracebacks"] == 0 and row["said"] == [] and row["pictures"] > 0


def fresh() -> str:
    """A sentence that no cache holds."""
    return f"The {uuid.uuid4().hex[:6]} bank was closed when she came."
