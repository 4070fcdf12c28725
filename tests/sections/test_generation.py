"""The Generation page: written once, kept, escaped, and stopped when nobody looks."""

from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime.scriptrunner_utils.exceptions import StopException

from lmcore.analyses.generation import MAX_SAMPLES, Segment
from lmcore.outputs.generation import Alternative, GeneratedToken
from lmcore.text.examples import PROMPTS
from pages.sections.generation import jobs
from pages.ui.components import coloured_text
from tests.ui.generation_page import (
    SENTENCE,
    Calls,
    counting_calls,
    page,
    press,
    sums,
    texts,
    written,
)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Calls:
    return counting_calls(monkeypatch)


# --- what is written, and when ---------------------------------------------------------------


def test_first_view_is_written_unasked_by_every_reader():
    app = page()
    assert not app.exception
    assert not app.error
    assert len(texts(app)) == 3
    assert all(text.startswith("The old man opened the door") for text in written(app))
    assert all(len(text["pieces"]) == 20 for text in texts(app))
    assert len(app.get("plotly_chart")) == 3  # curves, order of filling, writers and judges
    assert len(sums(app)) == 3


def test_a_language_switch_writes_nothing_anew(calls: Calls):
    app = page(gn="4")
    assert calls.pieces == {"elmo": 4, "gpt": 4, "bert": 4}
    before = written(app)
    app.session_state["lang"] = "中文"
    app.run()
    assert not app.exception
    assert "概率" in texts(app)[0]["pieces"][0]["facts"]
    assert written(app) == before
    assert calls.pieces == {"elmo": 4, "gpt": 4, "bert": 4}


def test_a_long_text_waits_for_the_button(calls: Calls):
    app = page(gn="24")
    assert not calls.pieces
    assert any("Press the button" in caption.value for caption in app.caption)
    press(app)
    assert not app.exception
    assert calls.pieces == {"elmo": 24, "gpt": 24, "bert": 24}
    app.run()
    assert calls.pieces["elmo"] == 24
    assert all(len(text["pieces"]) == 24 for text in texts(app))


def test_settings_stand_in_the_address():
    app = page(gn="3", gt="0.0", gk="7", gp="0.5", gs="9", gm="1")
    assert not app.exception
    assert app.slider(key="gn").value == 3
    assert app.slider(key="gt").value == 0.0
    assert app.slider(key="gp").value == 0.5
    assert [box.value for box in app.number_input] == [7, 9]
    # Temperature 0 is greedy: every piece is the likeliest of its step.
    assert all("rank 1 " in p["facts"] for text in texts(app) for p in text["pieces"])


@pytest.mark.parametrize(
    "query",
    [
        {"gt": "0.0"},
        {"gt": "0.05"},
        {"gt": "2.0"},
        {"gk": "0", "gp": "1.0"},
        {"gk": "1000"},
        {"gp": "0.05"},
        {"gs": str(2**31 - 1 - MAX_SAMPLES), "gm": str(MAX_SAMPLES)},
    ],
)
def test_the_ends_of_every_slider_work(query: dict[str, str]):
    app = page(gn="2", **query)
    assert not app.exception
    assert not app.error
    assert len(texts(app)) == 3 * int(query.get("gm", 1))


def test_the_session_keeps_a_bounded_number_of_texts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs, "KEPT", 4)
    app = page(gn="1")
    for seed in range(1, 4):
        app.number_input(key="gs").set_value(seed)
        press(app)
    kept = app.session_state["generation:kept"]
    assert len(kept) <= 4
    assert {job.question.settings.seed for job in kept} >= {3}


# --- stopped at once -------------------------------------------------------------------------


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Streamlit ends a script whose visitor has gone inside the next drawing: at this one."""
    when = [7]
    drawn = [0]
    plain = coloured_text.show

    def show(*given: Any, **named: Any) -> None:
        drawn[0] += 1
        if drawn[0] == when[0]:
            raise StopException
        plain(*given, **named)

    monkeypatch.setattr(coloured_text, "show", show)
    return when


def test_nothing_is_written_when_the_visitor_has_gone(calls: Calls, gone: list[int]):
    """Side by side, so seven drawings are three, two and two pieces; then all are closed."""
    app = page(gn="12")
    assert not app.exception
    assert calls.pieces == {"elmo": 3, "gpt": 2, "bert": 2}
    assert calls.closed == {"elmo": 1, "gpt": 1, "bert": 1}


def test_stop_keeps_what_is_written_and_starts_nothing_until_asked(calls: Calls, gone: list[int]):
    app = page(gn="12")
    gone[0] = -1
    app.button(key="generation_stop").click().run()
    assert not app.exception
    assert calls.pieces == {"elmo": 3, "gpt": 2, "bert": 2}
    assert [sum(not p["covered"] for p in text["pieces"]) for text in texts(app)] == [3, 2, 2]
    notes = [c.value for c in app.caption if "Stopped after" in c.value]
    assert ["3 of 12" in notes[0], "2 of 12" in notes[1]] == [True, True]
    app.session_state["lang"] = "中文"
    app.run()
    assert calls.pieces["elmo"] == 3
    app.session_state["lang"] = "English"
    app.run()
    press(app)
    assert calls.pieces == {"elmo": 15, "gpt": 14, "bert": 14}
    assert all(len(text["pieces"]) == 12 for text in texts(app))


# --- what to go on from ----------------------------------------------------------------------


def test_the_shared_sentence_is_cut_and_what_is_cut_off_is_said():
    app = page(gn="1")
    assert all(text.startswith("The old man opened the door") for text in written(app))
    notes = [c.value for c in app.caption if "Cut off" in c.value]
    assert len(notes) == 1
    assert "and looked at the dark street" in notes[0]
    slider = app.select_slider[0]
    slider.set_value(3).run()
    assert not app.exception
    assert all(text.startswith("The old man") for text in written(app))
    app.select_slider[0].set_value(12).run()
    assert all(text.startswith(SENTENCE) for text in written(app))
    assert any("whole sentence" in c.value for c in app.caption)


@pytest.mark.parametrize(("wanted", "words"), [("4", 4), ("12", 12), ("13", 6), ("x", 6), ("²", 6)])
def test_the_cut_stands_in_the_address(wanted: str, words: int):
    app = page(gn="1", gw=wanted)
    assert not app.exception
    assert app.select_slider[0].value == words
    assert written(app)[0].startswith(" ".join(SENTENCE.split()[:words]))


def test_a_new_sentence_is_cut_anew():
    app = page(gn="1", gw="2")
    app.text_input(key="s").set_value("Salt & pepper = 100% #1").run()
    assert not app.exception
    assert app.select_slider[0].value == 8 // 2  # Salt & pepper = 100 % # 1
    app.text_input(key="s").set_value("One").run()
    assert not app.exception
    assert not app.select_slider  # one word cannot be cut
    assert all(text.startswith("One") for text in written(app))


@pytest.mark.parametrize("example", PROMPTS, ids=lambda example: example.name)
def test_an_example_becomes_the_sentence(example: Any):
    app = page(gn="1")
    app.button(key=f"generation_example_{example.name}").click().run()
    assert not app.exception
    assert not app.error
    assert app.text_input(key="s").value == example.text
    assert len(texts(app)) == (3 if example.side == "right" else 2)
    assert app.select_slider[0].value == example.after


@pytest.mark.parametrize(("prompt", "words"), [("", "no text"), ("x " * 101, "limit is 100")])
def test_bad_prompts_are_said_in_one_sentence(prompt: str, words: str):
    app = page(s=prompt)
    assert not app.exception
    (error,) = app.error
    assert words in error.value.replace("\\", "")


def test_a_reader_without_room_says_so_and_the_others_write():
    app = page(s="word " * 99, gn="64", gw="99")
    press(app)
    assert not app.exception
    assert len(app.error) == 2
    (only,) = texts(app)
    assert len(only["pieces"]) == 64


# --- to the left -----------------------------------------------------------------------------


def test_an_ending_is_written_before_by_those_who_can_and_the_other_says_why():
    app = page(gn="5", gd="left")
    assert not app.exception
    assert not app.error
    assert len(texts(app)) == 2
    assert all(text.endswith(" and looked at the dark street") for text in written(app))
    assert any("only the next piece" in info.value for info in app.info)
    assert sums(app)["Reader"].tolist() == ["ELMo", "BERT"]


def test_the_side_can_be_changed():
    app = page(gn="2")
    app.session_state["gd"] = "left"
    app.run()
    assert not app.exception
    assert all(text.endswith("and looked at the dark street") for text in written(app))


# --- text is data ----------------------------------------------------------------------------


def test_a_prompt_of_markup_is_shown_as_it_is():
    nasty = "<script>alert(1)</script> **b** $x$ \" '"
    app = page(s=nasty, gn="2", gw="99")
    assert not app.exception
    count = app.select_slider[0].options
    app.select_slider[0].set_value(len(count)).run()
    assert all(text.startswith(nasty) for text in written(app))
    for caption in app.caption:
        assert "<script" not in caption.value.replace("\\<", "")


def test_tokens_escape_everything_that_a_reader_or_visitor_wrote():
    nasty = '"><img src=x onerror=alert(1)>'
    token = GeneratedToken(
        f" {nasty}", nasty, 0, 0.3, 2, 1.0, (Alternative(nasty, 0.5),), f"{nasty} {nasty}"
    )
    drawn: list[str] = []
    place: Any = SimpleNamespace(html=drawn.append)
    coloured_text.show(
        place, nasty, [Segment(" ", nasty, 1, token), Segment(" ", "", 0, None)], nasty, 1
    )
    assert "<img" not in drawn[0]
    assert drawn[0].count("&lt;img") == 3
    assert drawn[0].count("<span") == 2
