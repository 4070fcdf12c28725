"""The Masked word page: every view side by side, honest labels, one sentence for bad input."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from pages._shared.masked_word import EXAMPLE
from tests.conftest import ROOT


def page(text: str | None = None, language: str = "English", **query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "masked_word.py"), default_timeout=120)
    app.session_state["lang"] = language
    if text is not None:
        app.query_params["m"] = text
    for key, value in query.items():
        app.query_params[key] = value
    return app.run()


def figures(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def said(app: AppTest) -> str:
    """Everything in words on the page."""
    parts = [*app.markdown, *app.info, *app.caption, *app.error]
    return "\n".join(part.value for part in parts)


def widget(widgets: Any, key: str) -> Any:
    return next(widget for widget in widgets if widget.key == key)


def table(app: AppTest) -> Any:
    """The comparison of all words in all views: the only one with seven columns."""
    return next(frame.value for frame in app.dataframe if len(frame.value.columns) == 7)


@pytest.fixture(scope="module")
def first() -> AppTest:
    return page()


def test_first_view_shows_every_view_and_the_pair(first: AppTest):
    assert not first.exception
    assert not first.error
    assert len(figures(first)) == 6 + 1 + 1  # six views, the asked words, the pair of sentences
    assert all(chart.proto.alt for chart in first.get("plotly_chart"))
    assert "GPT reads from left to right" in said(first)
    assert "BERT always reads both sides" in said(first)


def test_rescored_numbers_are_said_to_be_of_another_kind(first: AppTest):
    assert "over 100 tried words only, not over the vocabulary" in said(first)
    assert "among 100 tried words" in said(first)


def test_covered_mass_stands_under_every_vocabulary_view(first: AppTest):
    lines = [c.value for c in first.caption if "lies on whole words" in c.value]
    assert len(lines) == 5


def test_the_table_has_a_column_for_every_view(first: AppTest):
    shown = table(first)
    assert {"book", "door"} <= set(shown["word"])
    assert 0 < shown.iloc[:, 1].max() <= 100


def test_chinese_interface_says_the_same_numbers(first: AppTest):
    chinese = page(language="中文")
    assert not chinese.exception
    assert "整句重排" in said(chinese)
    assert len(figures(chinese)) == len(figures(first))
    one, other = (table(a).iloc[:, 1:] for a in (first, chinese))
    assert (one.fillna(-1).to_numpy() == other.fillna(-1).to_numpy()).all()


def test_deleting_the_right_side_shows_both_and_leaves_the_left_views_alone():
    app = page()
    widget(app.toggle, "mr").set_value(True).run()
    assert not app.exception
    assert "and read the first page aloud" in said(app)
    finding = next(i.value for i in app.info if "deletion moves" in i.value)
    still = finding.split("none for")[1]
    assert "ELMo" in still
    assert "GPT" in still
    assert "BERT" not in still
    assert "left side, the right one deleted" in said(app)


def test_nothing_to_delete_is_said():
    app = page("She opened the ___")
    widget(app.toggle, "mr").set_value(True).run()
    assert not app.exception
    assert "nothing to delete" in said(app)


def test_same_scale_gives_the_vocabulary_views_one_axis():
    app = page()
    widget(app.toggle, "mx").set_value(True).run()
    bars = [f for f in figures(app) if f["data"][0].get("orientation") == "h"][:6]
    plain = [f for f in bars if not f["data"][0]["marker"]["pattern"]["shape"]]
    assert len(plain) == 5
    assert len({tuple(f["layout"]["xaxis"]["range"]) for f in plain}) == 1


def test_a_sentence_without_a_blank_lets_a_word_be_hidden():
    app = page("The cat sat on the mat.")
    (box,) = app.selectbox
    assert box.options[-1] == "6 · mat"
    assert "The hidden word was “mat”." in said(app).replace("\\", "")
    box.set_value(1).run()
    assert not app.exception
    assert "The hidden word was “cat”." in said(app).replace("\\", "")
    assert "cat" in set(table(app)["word"])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no text to read"),
        ("one ___ and ___ two", "2 blanks"),
        ("___", "only a blank"),
        ("?! --", "no blank"),
        ("word ___ " * 60, "words and the limit is 100"),
    ],
)
def test_bad_sentences_are_said_in_one_sentence_and_the_pair_stays(text: str, words: str):
    app = page(text)
    assert not app.exception
    (error,) = app.error
    assert words in error.value.replace("\\", "")
    assert len(figures(app)) == 1


def test_too_many_asked_words():
    app = page(w="a b c d e f g")
    assert not app.exception
    assert "limit is 5" in app.error[0].value.replace("\\", "")


def test_a_reader_without_room_says_so_and_the_others_answer():
    app = page("unreadablenesses " * 50 + "___")
    assert not app.exception
    assert len(app.error) == 2
    assert all("pieces" in error.value for error in app.error)
    assert "ELMo" in said(app)


def test_text_that_looks_like_a_mask_or_markup_is_ordinary_text():
    app = page("[MASK] <b>x</b> $a$ **c** ___ :red[d] café", w="<i>y</i>")
    assert not app.exception
    assert not app.error
    assert "<b>" not in "".join(m.value for m in [*app.markdown, *app.info, *app.caption])
    assert "without accents" in said(app)


def test_asked_words_say_why_they_have_no_probability():
    app = page(w="unreadablenesses")
    text = said(app).replace("\\", "")
    assert "BERT cannot write “unreadablenesses” into one blank" in text
    assert "not in the vocabulary that ELMo predicts from" in text
    assert "GPT writes “unreadablenesses” as" in text


def test_the_pair_is_judged_in_both_orders():
    app = page(EXAMPLE, p1="He opened the door.", p2="Nobody was there.")
    spec = figures(app)[-1]
    swapped = figures(page(EXAMPLE, p1="Nobody was there.", p2="He opened the door."))[-1]
    assert spec["data"][0]["text"] == swapped["data"][0]["text"][::-1]
    assert "BERT gives" in said(app)
