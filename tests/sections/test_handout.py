"""The handout: put together for the browser, which draws it; its addresses lead back."""

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from docs.browser import Visit
from lmcore.hub import policy
from lmcore.lessons.lesson import Lesson, find
from lmcore.text.catalogue import catalogue
from tests.ui.app_page import open_page
from tests.ui.saved import offered

LESSON = "next-sentence"


def lesson() -> Lesson:
    found = find(LESSON)
    assert found is not None
    return found


def asked_for(language: str, **values: str) -> AppTest:
    """The page after a click on “Handout”."""
    app = open_page("lessons", language, address={"l": LESSON, **values})
    assert offered(app) == [], "not made before anybody asks"
    app.button(key="lessons_handout").click().run()
    assert not app.exception
    return app


def sent(language: str = "English", **values: str) -> dict[str, Any]:
    """What the browser gets: the page, and the figures that it draws into it."""
    (handout,) = offered(asked_for(language, **values))
    return handout


def addresses(page: str, word: str) -> list[dict[str, list[str]]]:
    """What the addresses of a handout say, one a step."""
    lines = [line for line in unescape(page).splitlines() if f"{word}: " in line]
    found = [line.split(": ", 1)[1].partition("<")[0] for line in lines]
    return [parse_qs(urlsplit(address).query) for address in found]


@pytest.mark.parametrize(("language", "code"), [("English", "en"), ("中文", "zh")])
def test_figures_stand_between_the_texts_in_the_colours_of_paper(language: str, code: str):
    handout = sent(language)
    assert len(handout["document"]) == len(handout["figures"]) + 1 > len(lesson().steps)
    assert handout["name"] == f"three-readers-{LESSON}-{code}.html"
    assert handout["label"] == catalogue()["lessons.download"][code]
    for figure in handout["figures"]:
        spec = json.loads(figure["spec"])
        assert spec["layout"]["width"] == figure["width"]
        assert spec["layout"]["template"]["layout"]["font"]["color"] == "#000000"
        assert spec["data"]


def test_addresses_hold_nothing_that_the_app_begins_with():
    page = "".join(sent()["document"])
    found = addresses(page, catalogue()["lessons.page"]["en"])
    assert found == [{"l": [LESSON], "p": [str(n + 1)]} for n in range(len(lesson().steps))]


def test_addresses_hold_the_language_and_the_models(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv(policy.MODEL_DIRS, f"bert={tmp_path}")
    (model,) = (one.id for one in policy.allowed().values() if one.id.startswith("folder:"))
    models = f"bert:{model}"
    page = "".join(sent("中文", m=models)["document"])
    found = addresses(page, catalogue()["lessons.page"]["zh"])
    assert len(found) == len(lesson().steps)
    for number, address in enumerate(found):
        assert address == {"l": [LESSON], "p": [str(number + 1)], "lang": ["中文"], "m": [models]}
    assert "lang=中文" in page, "as it is typed"


@pytest.mark.browser
def test_the_browser_puts_the_handout_together(app_url: str, visit: Visit, tmp_path: Path):
    visit.open(f"{app_url}/lessons?l={LESSON}")
    visit.tab.get_by_role("button", name=catalogue()["lessons.make_handout"]["en"]).click()
    visit.settle()
    with visit.tab.expect_download(timeout=60_000) as saved:
        visit.tab.get_by_role("button", name=catalogue()["lessons.download"]["en"]).click()
    path = tmp_path / saved.value.suggested_filename
    saved.value.save_as(path)
    visit.check()
    page = path.read_text(encoding="utf8")
    assert "<script" not in page
    assert re.search(r"<figure><div[^>]*><svg ", page)
    printed = Visit(visit.tab.context)
    printed.tab.goto(f"file://{path}")
    assert printed.tab.locator("figure svg.main-svg").count() >= len(lesson().steps)
    assert printed.tab.locator("figure g.point").count() >= 2 * len(lesson().steps), "their bars"
    assert printed.tab.get_by_text(lesson().steps[0].answer["en"]).count() == 1
    assert printed.errors == []
