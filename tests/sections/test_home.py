"""Home: context, pieces and cards as a visitor meets them."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.analyses.tokenization import TOKENIZATION, TokenizationQuestion
from lmcore.outputs.facts import ReaderFacts
from lmcore.readers.base import Reader
from lmcore.runtime.checkpoints import Card
from lmcore.runtime.families import Sizes
from pages.ui import format, names
from pages.ui.format import duration, people
from pages.ui.models import cards
from tests.ui.app_page import open_page, texts_of


def words_of(at: AppTest) -> str:
    return texts_of(at, "markdown")


def test_it_opens_with_an_example_and_says_what_each_reader_sees() -> None:
    at = open_page("home")
    assert not at.exception
    assert not at.error
    assert "At “bank” (word 2 of 14)" in words_of(at)
    assert "ELMo's forward half sees 2 of them; ELMo's backward half sees 13" in words_of(at)
    assert "GPT sees 2, nothing to the right; BERT sees all 14; word2vec sees only" in words_of(at)
    figures = at.get("plotly_chart")
    assert len(figures) == 2
    assert all(figure.proto.alt for figure in figures)
    assert "nothing to the right" in figures[0].proto.alt


def test_another_word_moves_the_frames() -> None:
    at = open_page("home")
    at.selectbox[0].set_value(13).run()
    assert not at.exception
    assert "GPT sees 14" in words_of(at)
    assert "backward half sees 1," in words_of(at)


def test_measuring_confirms_what_is_drawn() -> None:
    at = open_page("home", state={"measure": True}, address={"s": "He sat down."})
    assert not at.exception
    assert "outside it the influence is 0" in words_of(at)
    assert "The other word that counts most" in words_of(at)
    spec = json.loads(at.get("plotly_chart")[0].proto.spec)
    assert any("influence" in text for text in spec["data"][0]["text"][0])


def test_a_single_word_has_no_other_word_that_counts() -> None:
    at = open_page("home", state={"measure": True}, address={"s": "Hello"})
    assert not at.exception
    assert "At “Hello” (word 1 of 1)" in words_of(at)
    assert "counts most" not in words_of(at)


def test_it_speaks_chinese() -> None:
    at = open_page("home", "中文")
    assert not at.exception
    assert "在 “bank”（第 2 个词，共 14 个）处" in words_of(at)
    assert any("参数" in caption.value for caption in at.caption)


def test_pieces_stand_under_their_words_and_are_escaped() -> None:
    at = open_page("home", address={"s": "<b>Café</b> $x$"})
    assert not at.exception
    html = next(element.proto.body for element in at.get("html") if "pieces" in element.proto.body)
    assert "<b>" not in html
    assert ">&lt;</div></th>" in html
    assert ">Café</div></th>" in html
    assert "no accents" in html
    assert "lower case" in html
    assert "[CLS]" in html


def test_special_positions_stand_before_and_behind_the_words(loaded: dict[str, Reader]) -> None:
    cut = TOKENIZATION.compute(loaded["bert"], TokenizationQuestion("Hello there"))
    assert (cut.before, cut.after) == (("[CLS]",), ("[SEP]",))
    assert [len(pieces) for pieces in cut.pieces] == [1, 1]


def test_every_loaded_reader_has_its_card() -> None:
    at = open_page("home")
    shown = texts_of(at, "caption")
    for text in ("Parameters", "Licence", "CC BY-SA 4.0", "Weights, SHA-256"):
        assert shown.count(text) == 4, text


def test_numbers_are_written_for_people(monkeypatch: pytest.MonkeyPatch) -> None:
    assert people(9_115_650) == "9.12 million"
    assert people(598_016) == "598 thousand"
    assert people(999) == "999"
    assert people(2.5e9) == "2.5 billion"
    assert duration(135) == "2 h 15 min"
    assert duration(59.9) == "1 h 0 min"
    assert duration(6.04) == "6.0 min"
    assert cards.device("cpu, 1 thread(s) of x86_64") == "1 CPU thread(s), x86_64"
    assert cards.device("NVIDIA H100") == "NVIDIA H100"
    monkeypatch.setattr(format, "language", lambda: "zh")
    monkeypatch.setattr(format, "t", lambda key, **values: f"{key} {values['number']}")
    assert people(54_340_379) == "cards.thousand 5,434"
    assert people(9_115_650) == "cards.thousand 912"
    assert people(120_000_000) == "cards.billion 1.2"


def test_losses_have_a_unit_and_a_meaning() -> None:
    measured = cards.loss({"validation_loss": 3.0, "unit": "nats per piece"})
    assert measured == "3.000 nats per piece: as unsure as an even choice among 20"
    assert cards.loss({"validation_loss": None, "unit": "nats per piece"}) == "not measured"
    assert "skip-gram" in cards.loss(
        {
            "validation_loss": None,
            "unit": "none: skip-gram with negative sampling has no comparable loss",
        }
    )
    assert cards.loss({"validation_loss": 1.0, "unit": "bits"}).startswith("1.000 bits")


def test_a_card_with_gaps_is_shown_as_far_as_it_goes() -> None:
    bare = ReaderFacts("bert", Card("bert", "Bare", 10, {}), frozenset(), Sizes(2, 4, None))
    shown = dict(cards.rows(bare))
    assert shown["Parameters"] == "10"
    assert shown["Tokens seen in training"] == "none: untrained"


def test_unknown_names_are_shown_as_they_are() -> None:
    assert names.layer("LSTM 2") == "LSTM 2"
    assert names.layer("block 7") == "block 7"
    assert names.stream("GPT", "left") == "GPT"
    assert names.stream("ELMo", "forward") == "ELMo → forward"
