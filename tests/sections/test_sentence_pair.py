"""Next sentence on the Masked word page: both orders, examples, notes, readers without the head."""

import pytest

from lmcore.text.examples import FOLLOWS
from pages.ui import views
from tests.sections.test_masked_word import BOOK, address, figures, frames, page, widget
from tests.ui.app_page import texts_of


def test_the_pair_is_judged_in_both_orders():
    app = page(BOOK, p1="He opened the door.", p2="Nobody was there.")
    spec = figures(app)[-1]
    swapped = figures(page(BOOK, p1="Nobody was there.", p2="He opened the door."))[-1]
    assert spec["data"][0]["text"] == swapped["data"][0]["text"][::-1]
    assert "BERT gives" in texts_of(app)
    table = next(f for f in frames(app, 2) if "order" in f)
    assert table["probability"].between(0, 1).all()
    assert address(app, "p1") == "He opened the door."


def test_an_example_fills_both_boxes():
    app = page(BOOK)
    assert address(app, "p1") is None
    widget(app.selectbox, "pair_example").set_value(4).run()
    assert not app.exception
    assert widget(app.text_input, "p1").value == FOLLOWS[4].first
    assert widget(app.text_input, "p2").value == FOLLOWS[4].second
    assert "both orders are one question" in texts_of(app)
    widget(app.text_input, "p2").set_value("Everybody waited.").run()
    assert widget(app.selectbox, "pair_example").value is None
    assert address(app, "p2") == "Everybody waited."


def test_what_was_done_to_a_word_is_said_on_the_word():
    text = texts_of(page(BOOK, p1="The Café closed.", p2="Unreadablenesses!"))
    assert "“Café” is read in lower case" in text
    assert "“Unreadablenesses” is split" in text


@pytest.mark.parametrize("text", ["", "  ", "word " * 101])
def test_a_bad_pair_is_one_sentence(text: str):
    app = page(BOOK, p1="A door.", p2=text)
    assert not app.exception
    assert len(app.error) == 1


def test_a_model_without_the_head_says_so(monkeypatch: pytest.MonkeyPatch):
    bert = views.loaded("bert")
    monkeypatch.setattr(bert, "lacks", {"pairs": "no_next_sentence_head"})
    monkeypatch.setattr(bert, "capabilities", bert.capabilities - {"pairs"})
    monkeypatch.delitem(vars(bert), "facts", raising=False)  # made of both when somebody asks
    app = page(BOOK)
    assert not app.exception
    assert "comes without the part that judges pairs" in texts_of(app)
    assert "first, then second" not in texts_of(app)
