"""The Generation page: written once, kept, escaped, and stopped when nobody looks."""

from __future__ import annotations

import json
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.generation import Segment
from lmcore.readers import families
from lmcore.reading import Alternative, GeneratedToken, GenerationSettings
from lmcore.words import split
from pages._shared import generation as parts
from pages._shared import tokens
from tests.conftest import ROOT


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many pieces every reader has been asked for."""
    counted: Counter[str] = Counter()
    for family in ("elmo", "gpt", "bert"):
        kind = families()[family]

        def counting(
            self: Any, prompt: Any, settings: Any, plain: Any = kind.generate, name: str = family
        ) -> Any:
            inner = plain(self, prompt, settings)

            def pieces() -> Any:
                for piece in inner:
                    counted[name] += 1
                    yield piece

            return pieces()

        monkeypatch.setattr(kind, "generate", counting)
    return counted


def page(language: str = "English", **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "generation.py"), default_timeout=120)
    app.session_state["lang"] = language
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def texts(app: AppTest) -> list[str]:
    """The HTML of the texts, without the legend."""
    return [block.proto.body for block in app.get("html") if "<b>" in block.proto.body]


def press(app: AppTest) -> AppTest:
    return app.button[0].click().run()


def test_first_view_is_written_unasked_by_every_reader():
    app = page()
    assert not app.exception
    assert not app.error
    assert len(texts(app)) == 3 + 1  # three readers, and the steps of the one that fills
    assert all("The old man opened the door and" in text for text in texts(app))
    assert all(text.count("<span") == 20 for text in texts(app)[:3])
    assert len(app.get("plotly_chart")) == 2
    assert len(app.dataframe[0].value) == 3


def test_a_language_switch_writes_nothing_anew(calls: Counter[str]):
    app = page(gn="4")
    assert calls == {"elmo": 4, "gpt": 4, "bert": 4}
    before = [text.count("<span") for text in texts(app)]
    app.session_state["lang"] = "中文"
    app.run()
    assert not app.exception
    assert "概率" in texts(app)[0]
    assert [text.count("<span") for text in texts(app)] == before
    assert calls == {"elmo": 4, "gpt": 4, "bert": 4}


def test_a_long_text_waits_for_the_button(calls: Counter[str]):
    app = page(gn="24")
    assert not calls
    assert any("Press the button" in caption.value for caption in app.caption)
    press(app)
    assert not app.exception
    assert calls == {"elmo": 24, "gpt": 24, "bert": 24}
    app.run()
    assert calls["elmo"] == 24
    assert all(text.count("<span") == 24 for text in texts(app)[:3])


def test_the_session_keeps_a_bounded_number_of_texts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parts, "KEPT", 4)
    app = page(gn="1")
    for seed in range(1, 4):
        app.number_input[1].set_value(seed)
        press(app)
    kept = app.session_state["generation:finished"]
    assert len(kept) <= 4
    assert {key[-1] for key in kept} >= {3}


def test_a_reader_without_room_says_so_and_the_others_write():
    app = page(g="word " * 99, gn="64")
    press(app)
    assert not app.exception
    assert len(app.error) == 2
    assert texts(app)[0].count("<span") == 64


@pytest.mark.parametrize(("prompt", "words"), [("", "no text"), ("x " * 101, "limit is 100")])
def test_bad_prompts_are_said_in_one_sentence(prompt: str, words: str):
    app = page(g=prompt)
    assert not app.exception
    (error,) = app.error
    assert words in error.value.replace("\\", "")


def test_a_prompt_of_markup_is_shown_as_it_is():
    app = page(g="<script>alert(1)</script> **b** $x$ \" '", gn="2")
    assert not app.exception
    for text in texts(app):
        assert "<script" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_the_measure_changes_the_picture_and_writes_nothing(calls: Counter[str]):
    app = page(gn="3")
    before = dict(calls)
    first = json.loads(app.get("plotly_chart")[0].proto.spec)
    app.session_state["generation_measure"] = "entropy"
    app.run()
    assert not app.exception
    second = json.loads(app.get("plotly_chart")[0].proto.spec)
    assert first["data"][0]["y"] != second["data"][0]["y"]
    assert dict(calls) == before


def test_the_steps_of_filling_can_be_gone_back():
    app = page(gn="6")
    app.slider(key="generation_step_6").set_value(2).run()
    assert not app.exception
    steps = texts(app)[-1]
    assert steps.count("still covered") == 4
    assert steps.count("outline:2px") == 1


def test_one_piece_has_no_steps_to_go_through():
    app = page(gn="1")
    assert not app.exception
    assert not app.error


def test_writing_stops_when_drawing_stops(calls: Counter[str], monkeypatch: pytest.MonkeyPatch):
    """Streamlit ends a script whose visitor has gone inside the next st call."""

    class GoneError(Exception):
        pass

    drawn = []

    def html(body: str) -> None:
        drawn.append(body)
        if len(drawn) == 3:
            raise GoneError

    bar = SimpleNamespace(progress=lambda *_, **__: None, empty=lambda: None)
    monkeypatch.setattr(parts.st, "progress", lambda *_, **__: bar)
    reader = families()["gpt"]
    prompt, settings = split("The old man"), GenerationSettings(length=50)
    from lmcore.readers import load

    running = {"gpt": reader.generate(load("gpt"), prompt, settings)}
    places: Any = {"gpt": SimpleNamespace(html=html)}
    with pytest.raises(GoneError):
        parts._write(running, prompt, settings, places)
    assert calls["gpt"] == 3


def test_tokens_escape_everything_that_a_reader_or_visitor_wrote():
    nasty = '"><img src=x onerror=alert(1)>'
    token = GeneratedToken(
        f" {nasty}", nasty, 0, 0.3, 2, 1.0, (Alternative(nasty, 0.5),), f"{nasty} {nasty}"
    )
    shown: list[str] = []
    place: Any = SimpleNamespace(html=shown.append)
    tokens.show(place, nasty, [Segment(" ", nasty, 1, token), Segment(" ", "", 0, None)], 1)
    assert "<img" not in shown[0]
    assert shown[0].count("<span") == 2
    title = shown[0].split('title="')[1].split('"')[0]
    assert "rank 2" in title
    assert "30 %" in title
    assert "&#10;" in title
