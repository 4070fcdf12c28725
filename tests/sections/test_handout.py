"""The handout's addresses lead back to what was seen, and signs without a font are named."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.charts import export, export_text
from lmcore.hub import policy
from lmcore.lessons.lesson import Lesson, find
from lmcore.text.catalogue import catalogue
from tests.conftest import ROOT

LESSON = "next-sentence"


@pytest.fixture
def no_chinese_font(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As on a server without one."""

    def anew() -> None:
        export_text.families.cache_clear()
        export_text._held.cache_clear()

    monkeypatch.setattr(export_text, "CHINESE", ())
    anew()
    yield
    monkeypatch.undo()
    anew()


def lesson() -> Lesson:
    found = find(LESSON)
    assert found is not None
    return found


def asked_for(lang: str, **values: str) -> AppTest:
    """The page after a click on “Handout”."""
    app = AppTest.from_file(str(ROOT / "pages" / "lessons.py"), default_timeout=120)
    app.session_state["lang"] = lang
    for name, value in {"l": LESSON, **values}.items():
        app.query_params[name] = value
    app.run()
    app.button(key="lessons_handout").click().run()
    assert not app.exception
    return app


def addresses(page: str, word: str) -> list[dict[str, list[str]]]:
    """What the addresses of a handout say, one a step."""
    lines = [line for line in unescape(page).splitlines() if f"{word}: " in line]
    found = [line.split(": ", 1)[1].partition("<")[0] for line in lines]
    return [parse_qs(urlsplit(address).query) for address in found]


def test_addresses_hold_nothing_that_the_app_begins_with(made: list[str]):
    asked_for("English")
    found = addresses(made[0], catalogue()["lessons.page"]["en"])
    assert found == [{"l": [LESSON], "p": [str(n + 1)]} for n in range(len(lesson().steps))]


def test_addresses_hold_the_language_and_the_models(
    made: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv(policy.MODEL_DIRS, f"bert={tmp_path}")
    (model,) = (one.id for one in policy.allowed().values() if one.id.startswith("folder:"))
    models = f"bert:{model}"
    asked_for("中文", m=models)
    found = addresses(made[0], catalogue()["lessons.page"]["zh"])
    assert len(found) == len(lesson().steps)
    for number, own in enumerate(found):
        assert own == {"l": [LESSON], "p": [str(number + 1)], "lang": ["中文"], "m": [models]}
    assert "lang=中文" in made[0], "as it is typed"


@pytest.mark.parametrize(("lang", "code"), [("English", "en"), ("中文", "zh")])
def test_signs_that_may_look_wrong_are_named_on_the_page(
    monkeypatch: pytest.MonkeyPatch, lang: str, code: str
):
    whole = export.svg
    monkeypatch.setattr(export, "svg", lambda *asked: export.Picture(whole(*asked).data, "ש句"))
    (said,) = asked_for(lang).warning
    words = catalogue()["lessons.undrawn"][code].format(signs="ש 句")
    assert said.value.replace("\\", "") == words


@pytest.mark.filterwarnings("ignore:Glyph")
def test_without_a_chinese_font_the_signs_are_named(no_chinese_font: None):
    (said,) = asked_for("中文").warning
    assert "句" in said.value
    assert not asked_for("English").warning, "its pictures hold Latin alone"


def test_nothing_is_said_where_all_can_be_drawn():
    if len(export_text.families()) < 2:
        pytest.skip("needs a Chinese font, as .ci/run installs it")
    assert not asked_for("中文").warning
