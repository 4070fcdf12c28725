"""The Lessons page: every step of every lesson in both languages, handout; once in a browser."""

import importlib.util
import re
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from docs.browser import Visit
from lmcore.lessons.lesson import load
from lmcore.readers import families
from lmcore.text.catalogue import catalogue
from pages.sections.lessons import panels, timeline
from pages.ui import views
from pages.ui.text import LANGUAGES
from tests.conftest import ROOT
from tests.ui.saved import offered

LESSONS = load()
#: Where Streamlit itself asks for the picture of the browser's tab, on every page.
TAB_ICONS = "https://fonts.gstatic.com/s/i/"
STEPS = [(lesson.name, number) for lesson in LESSONS for number in range(len(lesson.steps))]


@pytest.fixture(scope="module")
def course() -> AppTest:
    """One session for all steps: a visitor who goes through the whole course."""
    return AppTest.from_file(str(ROOT / "pages" / "lessons.py"), default_timeout=120)


@pytest.fixture
def app(course: AppTest) -> AppTest:
    """That session, in English; a test that wants the other language says so."""
    course.session_state["lang"] = "English"
    return course


def go(app: AppTest, lesson: str, number: int) -> AppTest:
    """Open a step by its address."""
    app.query_params["l"], app.query_params["p"] = lesson, str(number + 1)
    return app.run()


def said(app: AppTest) -> str:
    """Everything in words on the page."""
    elements = [*app.markdown, *app.info, *app.caption, *app.error, *app.warning, *app.subheader]
    return "\n".join(element.value for element in elements).replace("\\", "").replace("\u2060", "")


@pytest.mark.parametrize("chosen", LANGUAGES)
@pytest.mark.parametrize(("name", "number"), STEPS)
def test_every_step_stands_beside_its_live_panel(
    app: AppTest, monkeypatch: pytest.MonkeyPatch, name: str, number: int, chosen: str
):
    app.session_state["lang"], lang = chosen, LANGUAGES[chosen]
    go(app, name, number)
    assert not app.exception
    assert not app.error
    assert not app.warning
    lesson = next(lesson for lesson in LESSONS if lesson.name == name)
    step, page = lesson.steps[number], said(app)
    for text in (lesson.see, step.title, step.text, step.question, step.answer):
        assert text[lang] in page
        assert text["en"] != text["zh"]
    assert [one.label for one in app.expander].count(catalogue()["lessons.answer"][lang]) == 1
    pictures = app.get("plotly_chart")
    with monkeypatch.context() as here:  # no session runs: the language is nobody's
        here.setattr("streamlit.session_state", {"lang": chosen})
        shown = panels.shown(step.panel)
    assert len(pictures) == len(shown) >= 1
    for one in shown:
        assert one.finding in page, "the finding under the picture"
        assert "**" not in one.finding, "plain, since the handout prints it"
        assert len(one.frame), "the numbers under it"
    link = app.get("link_button")[0].proto.url
    found = {k: v[0] for k, v in parse_qs(urlsplit(link).query, keep_blank_values=True).items()}
    asked = {"depth": "experts"} if lang == "en" else {"depth": "experts", "lang": chosen}
    assert found == dict(step.panel.params) | asked


def test_every_step_can_be_photographed_in_both_languages():
    pytest.importorskip("playwright")
    spec = importlib.util.spec_from_file_location("screenshots", ROOT / "docs" / "screenshots.py")
    assert spec is not None
    assert spec.loader is not None
    screenshots = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(screenshots)
    pictures = list(screenshots.of_lessons([]))
    assert len({name for name, *_ in pictures}) == len(pictures)
    shown = {(address, width) for _, address, width, _ in pictures}
    for (name, number), chosen in product(STEPS, LANGUAGES):
        address = f"/lessons?l={name}&p={number + 1}&lang={quote(chosen)}"
        assert {(address, 360), (address, 1_280)} <= shown
    assert {page for page, *_ in screenshots.of_lessons(["causal-mask"])} < {
        n for n, *_ in pictures
    }
    assert screenshots.WIDTHS[::2] == (360, 2_560), "what the design promises"


def test_buttons_lead_through_the_course(app: AppTest):
    first, second = LESSONS[:2]
    go(app, first.name, 0)
    assert app.button(key="lessons_previous").disabled
    for _ in first.steps:
        app.button(key="lessons_next").click().run()
    assert second.steps[0].title["en"] in said(app)
    assert app.selectbox(key="lesson_choice").value == second.name
    app.button(key="lessons_previous").click().run()
    assert first.steps[-1].title["en"] in said(app)
    go(app, LESSONS[-1].name, len(LESSONS[-1].steps) - 1)
    assert app.button(key="lessons_next").disabled


def test_choosing_a_lesson_opens_its_first_step(app: AppTest):
    go(app, LESSONS[0].name, 2)
    app.selectbox(key="lesson_choice").select(LESSONS[3].name).run()
    assert LESSONS[3].steps[0].title["en"] in said(app)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"l": "<b>nothing</b>"}, "<b>nothing</b>"),
        ({"l": "../../etc"}, "../../etc"),
        ({"l": LESSONS[1].name, "p": "9"}, "9"),
        ({"l": LESSONS[1].name, "p": "٣"}, "٣"),
        ({"p": "-1"}, "-1"),
    ],
)
def test_an_address_that_leads_nowhere_is_said(asked: dict[str, str], shown: str):
    app = AppTest.from_file(str(ROOT / "pages" / "lessons.py"), default_timeout=120)
    app.session_state["lang"] = "English"
    for name, value in asked.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert len(app.warning) == 1
    assert shown in said(app)
    lesson = LESSONS[1] if asked.get("l") == LESSONS[1].name else LESSONS[0]
    assert lesson.steps[0].title["en"] in said(app)


def test_a_reader_that_is_missing_is_said_and_the_lesson_stays(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
):
    known, errors = views.all_facts()
    without = {family: facts for family, facts in known.items() if family != "bert"}
    monkeypatch.setattr(panels, "all_facts", lambda: (without, errors))
    assert "bert" in families()
    go(app, "next-sentence", 0)
    assert not app.exception
    assert catalogue()["lessons.no_panel"]["en"] in said(app)
    assert next(x for x in LESSONS if x.name == "next-sentence").steps[0].text["en"] in said(app)


def test_the_handout_has_pictures_questions_and_answers(app: AppTest):
    lesson = LESSONS[-1]
    go(app, lesson.name, 0)
    assert offered(app) == [], "not made before anybody asks"
    app.button(key="lessons_handout").click().run()
    assert not app.exception
    (handout,) = offered(app)
    page = "".join(handout["document"])
    for step in lesson.steps:
        assert page.index(step.question["en"].split("'")[0]) < page.index('class="key"')
        assert page.index(step.answer["en"].split("'")[0]) > page.index('class="key"')
    assert len(handout["figures"]) >= len(lesson.steps)
    assert f"lessons?l={lesson.name}&amp;p=3" in page, "each step names its address"
    assert "<script" not in page


def values(app: AppTest) -> dict[str, Any]:
    """What the inputs of a page hold, by their names in the address."""
    inputs = [*app.text_input, *app.text_area, *app.slider, *app.number_input, *app.toggle]
    return {one.key: one.value for one in inputs if one.key}


@pytest.mark.parametrize(
    ("name", "number", "wanted"),
    [
        ("left-to-right", 2, {"gt": 1.0, "gn": 10, "gs": 3}),
        ("left-to-right", 1, {"gt": 0.0, "gn": 10}),
        ("causal-mask", 0, {"gpt_layer": 1, "gpt_head": 0, "bert_layer": 1, "bert_head": 0}),
        ("causal-mask", 2, {"measure": True}),
        ("masked-words", 2, {"mk": 6}),
        ("next-sentence", 1, {"p1": "The rain had stopped at last."}),
        ("one-vector", 1, {"pw": "bank"}),
    ],
)
def test_the_full_page_takes_the_settings(name: str, number: int, wanted: dict[str, Any]):
    panel = next(lesson for lesson in LESSONS if lesson.name == name).steps[number].panel
    app = AppTest.from_file(str(ROOT / "pages" / f"{panel.page}.py"), default_timeout=120)
    app.session_state["lang"] = "English"
    for key, value in panel.params.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert not app.error
    found = values(app)
    assert {key: found[key] for key in wanted} == wanted
    assert found.get("s", panel.params.get("s")) == panel.params.get("s", found.get("s"))
    if panel.blanks:
        pressed = [one for one in app.button if "▁" in one.label]
        assert [int(one.key.split(":")[1]) for one in pressed] == list(panel.blanks)
    if panel.page == "generation":
        assert "“The old ship left the harbour and”" in said(app)


@pytest.mark.browser
def test_a_visitor_walks_through_a_lesson(app_url: str, visit: Visit, tmp_path: Path):
    """Steps by keyboard, the answer opened, the full page in a new tab, the handout saved."""
    asked: list[str] = []
    visit.tab.on("request", lambda request: asked.append(request.url))
    lesson = next(one for one in LESSONS if one.name == "masked-words")
    visit.open(f"{app_url}/lessons?l={lesson.name}&p=1")
    main = visit.tab.locator('[data-testid="stMain"]')
    for number, step in enumerate(lesson.steps, start=1):
        main.get_by_role("heading", name=step.title["en"]).wait_for(timeout=60_000)
        visit.settle()
        assert parse_qs(urlsplit(visit.tab.url).query)["p"] == [str(number)]
        answer = main.get_by_text(step.answer["en"])
        assert not answer.is_visible()
        main.get_by_text(catalogue()["lessons.answer"]["en"]).click()
        answer.wait_for(state="visible")
        if number < len(lesson.steps):
            visit.tab.locator("h1").first.click()
            visit.tab.keyboard.press("ArrowRight")
    with visit.tab.context.expect_page() as opened:
        main.get_by_text(catalogue()["lessons.open"]["en"]).click()
    full = opened.value
    full.wait_for_function(
        "text => [...document.querySelectorAll('input')].some(box => box.value === text)",
        arg=lesson.steps[-1].panel.params["s"],
        timeout=120_000,
    )
    main.get_by_role("button", name=catalogue()["lessons.make_handout"]["en"]).click()
    visit.settle()
    with visit.tab.expect_download() as saved:
        main.get_by_role("button", name=catalogue()["lessons.download"]["en"]).click()
    path = tmp_path / "handout.html"
    saved.value.save_as(path)
    assert saved.value.suggested_filename == f"three-readers-{lesson.name}-en.html"
    assert lesson.steps[0].answer["en"].split("'")[0] in path.read_text(encoding="utf8")
    visit.check()
    foreign = [url for url in asked if not url.startswith((app_url, "data:", "blob:", "ws"))]
    assert [url for url in foreign if not url.startswith(TAB_ICONS)] == []
    outside: list[str] = []
    full.on("request", lambda request: outside.append(request.url))
    full.goto(f"file://{quote(str(path))}")
    assert [url for url in outside if not url.startswith(("file:", "data:"))] == []
    assert full.locator("figure svg.main-svg").count() >= len(lesson.steps)


@pytest.mark.parametrize("chosen", LANGUAGES)
def test_the_story_of_the_four_models_stands_at_the_top(app: AppTest, chosen: str):
    app.session_state["lang"], lang = chosen, LANGUAGES[chosen]
    go(app, LESSONS[0].name, 0)
    page = said(app)
    places = [page.index(catalogue()[f"lessons.{name}"][lang]) for name in timeline.STATIONS]
    assert places == sorted(places)
    assert places[-1] < page.index(LESSONS[0].see[lang])


def test_a_step_lists_terms_that_its_lesson_has_not_used_before(app: AppTest):
    lesson = next(lesson for lesson in LESSONS if lesson.name == "causal-mask")
    lines = []
    for number in range(len(lesson.steps)):
        go(app, lesson.name, number)
        captions = [caption.value for caption in app.caption if "glossary?term=" in caption.value]
        lines += captions
    terms = re.findall(r"term=([a-z0-9-]+)", " ".join(lines))
    assert {"attention", "head", "gpt", "bert"} <= set(terms)
    assert len(set(terms)) == len(terms)
