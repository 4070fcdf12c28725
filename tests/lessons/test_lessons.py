"""Lessons: the content is whole in both languages, panels fit their pages, handouts are clean."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import plotly.graph_objects as go
import pytest

from lmcore.charts import lessons as charts
from lmcore.lessons import lesson as lessons
from lmcore.lessons.handout import Figure, Section, handout
from lmcore.lessons.lesson import PAGES, Lesson, Panel, Step, check, load
from tests.conftest import HOSTILE

SHARED = Path(__file__).resolve().parents[3] / "shared"
WORDS = ("vector", "direction", "layer", "left to right", "mask", "next sentence", "train", "used")
LABELS = {"language": "en", "see": "See", "ask": "Question", "key": "Answers", "page": "Page"}


def texts() -> Iterator[tuple[str, lessons.Text]]:
    """Every text of every lesson, with where it stands."""
    for lesson in load():
        yield f"{lesson.name} title", lesson.title
        yield f"{lesson.name} see", lesson.see
        for number, step in enumerate(lesson.steps, start=1):
            for field in ("title", "text", "question", "answer"):
                yield f"{lesson.name} {number} {field}", getattr(step, field)


def test_lessons_follow_the_path():
    found = load()
    assert len(found) >= 8
    heads = " | ".join(lesson.title["en"].lower() for lesson in found)
    places = [heads.find(word) for word in WORDS]
    assert all(place >= 0 for place in places), heads
    assert places == sorted(places), "word2vec, ELMo, GPT, BERT, and how they are trained and used"


def test_every_text_stands_in_both_languages():
    for where, text in texts():
        assert set(text) == {"en", "zh"}, where
        assert not re.search(r"[\u4e00-\u9fff]", text["en"]), where
        assert re.search(r"[\u4e00-\u9fff]", text["zh"]), where
        half_width = re.search(r"[\u4e00-\u9fff][,;:?!]", text["zh"])
        assert half_width is None, f"{where}: {half_width}"


def test_texts_are_short_and_both_languages_ask_and_answer():
    for lesson in load():
        assert lesson.see["en"].count(".") == 1, "one sentence"
        assert lesson.see["zh"].count("。") == 1
        for step in lesson.steps:
            assert 30 <= len(step.text["en"].split()) <= 110, (lesson.name, step.title["en"])
            assert step.question["en"].endswith("?")
            assert step.question["zh"].endswith("？")


def test_no_text_claims_a_number_of_these_readers():
    """Findings are computed: a lesson names no percentage or cosine as a result of the readers."""
    allowed = {"100 %", "15 %", "20 %"}
    for where, text in texts():
        found = set(re.findall(r"\d+(?:\.\d+)? ?%", text["en"]))
        assert found <= allowed, where


def test_no_text_is_taken_from_elsewhere():
    if not SHARED.is_dir():
        pytest.skip("only where the reference folder stands beside the project")
    files = [p for p in SHARED.rglob("*.md") if p.stat().st_size < 2_000_000]
    known = " ".join(" ".join(p.read_text("utf8", "replace").split()) for p in files)
    for where, text in texts():
        for sentence in re.split(r"(?<=[.?!]) ", text["en"]):
            if len(sentence.split()) >= 8:
                assert sentence not in known, where


def test_every_panel_fits_its_page_and_opens_it():
    for lesson in load():
        for step in lesson.steps:
            panel = step.panel
            parts = urlsplit(panel.address(lang="中文", m=""))
            path = "." if panel.page == "home" else panel.page
            assert parts.path == path
            found = {k: v[0] for k, v in parse_qs(parts.query, keep_blank_values=True).items()}
            assert found == {**panel.params, "lang": "中文"}, "nothing is lost on the way"


@pytest.mark.parametrize(
    "change",
    [
        {"page": "nowhere"},
        {"view": "nothing"},
        {"params": {"s": "One two three.", "x": "1"}},
        {"params": {"s": "One"}},
        {"params": {"s": ""}},
        {"families": ("nobody",)},
        {"only": ("above",)},
    ],
)
def test_a_panel_that_cannot_be_shown_is_refused(change):
    lesson = load()[0]
    step = replace(lesson.steps[0], panel=replace(lesson.steps[0].panel, **change))
    with pytest.raises(ValueError, match="step 1"):
        check((replace(lesson, steps=(step, *lesson.steps[1:])),))


def test_a_blank_that_is_not_there_is_refused():
    panel = Panel("masked_word", "bars", {"s": "One two three.", "b": "9"})
    lesson = load()[0]
    steps = (replace(lesson.steps[0], panel=panel), *lesson.steps[1:])
    with pytest.raises(ValueError, match="no word 9"):
        check((replace(lesson, steps=steps),))


@pytest.mark.parametrize("steps", [1, 5])
def test_a_lesson_has_two_to_four_steps(steps):
    lesson: Lesson = load()[0]
    with pytest.raises(ValueError, match=f"{steps} steps"):
        check((replace(lesson, steps=(lesson.steps[0],) * steps),))


def test_a_name_stands_once_and_suits_an_address():
    lesson = load()[0]
    with pytest.raises(ValueError, match="one name"):
        check((lesson, lesson))
    with pytest.raises(ValueError, match="address"):
        check((replace(lesson, name="../up"),))


def test_a_missing_language_is_refused(tmp_path: Path):
    entries = json.loads(lessons.FILE.read_text(encoding="utf8"))
    del entries[0]["steps"][0]["answer"]["zh"]
    path = tmp_path / "lessons.json"
    path.write_text(json.dumps(entries), encoding="utf8")
    with pytest.raises(ValueError, match="answer"):
        load(path)


def test_every_view_is_used_by_a_lesson():
    used = {(step.panel.page, step.panel.view) for lesson in load() for step in lesson.steps}
    assert used == {(name, view) for name, page in PAGES.items() for view in page.views}


class Tags(HTMLParser):
    """Tags and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def printed(text: str, drawing: str = "") -> str:
    section = Section(text, text, [Figure(text, text, go.Figure())], text, f"answer {text}", text)
    page = handout(text, text, [section, section], LABELS, text)
    assert len(page.texts) == len(page.figures) + 1 == 3
    return drawing.join(page.texts)


@pytest.mark.parametrize("name", ["html", "markdown", "latex", "special", "right_to_left"])
def test_a_handout_shows_texts_and_runs_none(name):
    text = HOSTILE[name]
    page = Tags(printed(text))
    allowed = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "h3", "p", "strong"}
    allowed |= {"figure", "figcaption", "div", "section"}
    assert {tag for tag, _ in page.tags} <= allowed
    assert not any(key.startswith("on") for _, values in page.tags for key in values)
    assert page.text.count(text) >= 10, "shown as it was written"


def test_a_figure_stands_between_its_title_and_its_finding():
    page = printed("word", "DRAWING")
    assert page.count('<div role="img" aria-label="word">DRAWING</div><figcaption>word') == 2


def test_answers_stand_behind_all_questions():
    page = printed("word")
    assert page.count("answer word") == 2
    assert page.index("answer word") > page.rindex('class="ask"')
    assert "break-before: page" in page


def test_a_handout_needs_no_network():
    page = Tags(printed("word"))
    assert not [k for _, values in page.tags for k in values if k in ("src", "href")]
    policy = next(values for tag, values in page.tags if "http-equiv" in values)
    assert "default-src 'none'" in str(policy["content"])


def test_inputs_picture_tells_what_stands_for_no_text():
    row = charts.Input("GPT", "gpt", ("<s>", "a<b", "c"), ("extra", "first", "second"))
    names = {"first": "one", "second": "two", "extra": "none"}
    figure = charts.inputs([row], names)
    assert [shape.line.dash for shape in figure.layout.shapes] == ["dash", "solid", "solid"]
    assert [note.text for note in figure.layout.annotations] == ["&lt;s&gt;", "a&lt;b", "c"]
    assert figure.data[0].hovertext[0] == "&lt;s&gt;<br>none"


def test_inputs_picture_of_nothing():
    assert len(charts.inputs([], {}).data) == 0


def test_a_step_is_data_only():
    step: Step = load()[0].steps[0]
    assert step.panel.word == 1
    assert Panel("masked_word", "bars", {"b": "4,7"}).blanks == (3, 6)
    assert Panel("home", "sight", families=("gpt",)).shows("gpt")
    assert not Panel("home", "sight", families=("gpt",)).shows("bert")
