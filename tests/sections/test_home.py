"""Home: the dashboard, and below it context, pieces and cards, as a visitor meets them."""

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.analyses import dashboard
from lmcore.analyses.tokenization import TOKENIZATION, TokenizationQuestion
from lmcore.charts.masked_word import percent
from lmcore.outputs.facts import ReaderFacts
from lmcore.readers.base import Reader
from lmcore.runtime.checkpoints import Card
from lmcore.runtime.families import Sizes
from lmcore.text.catalogue import catalogue
from lmcore.text.words import split
from pages.sections.home import rows
from pages.ui import format, names
from pages.ui.format import duration, people
from pages.ui.models import cards
from tests.ui.app_page import open_page, texts_of


def words_of(at: AppTest) -> str:
    return texts_of(at, "markdown")


ROWS = ("sees", "sense", "moves", "hidden", "goes_on")
FOLDED = {"kept:depth": "simple"}


def cells_of(at: AppTest) -> list[str]:
    """The rows of the dashboard as HTML, one a row."""
    bodies = [element.proto.body for element in at.get("html")]
    return [re.sub(r"<style>.*?</style>", "", body) for body in bodies if '"readers"' in body]


@pytest.mark.parametrize("language", ["English", "中文"])
def test_it_opens_with_five_answers_of_all_readers_about_the_word_of_the_bank(language: str):
    at = open_page("home", language, FOLDED)
    assert not at.exception
    assert not at.error
    key = {"English": "en", "中文": "zh"}[language]
    for row in ROWS:
        assert catalogue()[f"home.row.{row}"][key] in words_of(at)
    assert [row.count('class="cell"') for row in cells_of(at)] == [3, 4, 3, 3, 3]
    assert all(name in row for row in cells_of(at) for name in ("ELMo", "GPT", "BERT"))
    assert at.pills[-1].value == 1  # bank
    assert not at.get("plotly_chart"), "nothing has to be loaded to draw it"


def test_the_first_row_says_what_each_reader_sees() -> None:
    at = open_page("home")
    assert "At “bank” (word 2 of 14)" in words_of(at)
    assert "ELMo's forward half sees 2 of them; ELMo's backward half sees 13" in words_of(at)
    assert "GPT sees 2, nothing to the right; BERT sees all 14." in words_of(at)
    gpt = cells_of(at)[0].split('class="cell"')[2]
    assert gpt.count("unseen") == 12


def test_another_word_is_one_click_and_answers_everything_anew() -> None:
    at = open_page("home")
    at.pills[-1].set_value(12).run()  # town
    assert not at.exception
    assert "GPT sees 13" in words_of(at)
    assert "With “town” hidden" in words_of(at)
    assert at.query_params["word"] == "13"
    assert (
        "The bank raised its interest rates after the river had flooded the town</b>"
        in (cells_of(at)[-1])
    )


def test_the_numbers_are_those_of_the_readers(loaded: dict[str, Reader]) -> None:
    text, word = "She sat on the bank of the river and fed the ducks.", 4
    at = open_page("home", address={"s": text, "word": str(word + 1)})
    sentence = split(text)
    question = dashboard.blank_question(sentence, word)
    assert question is not None
    answers = loaded["bert"].fill_blanks(split(question.blanks.text), (word,))
    best = answers.marginal[0][0].candidates(1, 0).best
    bert = cells_of(at)[3].split('class="cell"')[3]
    assert best.word in bert
    assert format.odds(best.probability) in bert
    influence = loaded["gpt"].influence(sentence).matrix[word].copy()
    influence[word] = 0
    strongest = sentence.words[int(influence.argmax())].text
    assert f"GPT “{strongest}” ({percent(float(influence.max()), 2)})" in words_of(at)


def test_a_word_that_the_bank_lacks_is_told_and_the_other_rows_stand() -> None:
    at = open_page("home", address={"s": "Penguins waddle."})
    assert not at.exception
    assert "does not have “Penguins”" in words_of(at)
    assert len(cells_of(at)) == 4


def test_a_word_that_the_bank_lacks_is_compared_with_two_sentences_of_the_visitor() -> None:
    said = {"c1": "The interest on the loan is high.", "c2": "She listened with great interest."}
    at = open_page(
        "home", address={"s": "The bank raised its interest rates.", "word": "5", **said}
    )
    assert not at.exception
    assert not at.error
    assert "The meaning of “interest” here:" in words_of(at)
    assert "no answer from word2vec" in words_of(at)
    assert len(cells_of(at)) == 5
    lacking = {**said, "c2": "She listened."}
    at = open_page(
        "home", address={"s": "The bank raised its interest rates.", "word": "5", **lacking}
    )
    assert not at.exception
    assert len(at.error) == 1
    assert "“interest”" in at.error[0].value.replace("\\", "")


def test_one_word_alone_has_no_other_that_moves_it_and_cannot_be_hidden() -> None:
    at = open_page("home", address={"s": "Hello"})
    assert not at.exception
    assert "At “Hello” (word 1 of 1)" in words_of(at)
    assert "No other word can move it here" in words_of(at)
    assert "“Hello” cannot be hidden here" in words_of(at)


def test_a_typed_blank_is_answered() -> None:
    at = open_page("home", address={"s": "She drank a ___ of milk.", "word": "4"})
    assert not at.exception
    assert "The words that each reader expects in the blank" in words_of(at)


def test_what_was_typed_is_text_in_the_cells() -> None:
    at = open_page("home", address={"s": "<b>Café</b> $x$ bank", "word": "3"})
    assert not at.exception
    for row in cells_of(at):
        assert not re.search(r"<b>(?!&lt;)", row.replace("<b>&lt;b&gt;Café", ""))
        assert "&lt;" in row or "Café" not in row


def test_a_text_that_is_written_is_not_written_again(monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_page("home", address={"s": "A grey heron stood still."})
    before = cells_of(at)[-1]

    def fails(*_: object) -> None:
        raise AssertionError("written again")

    monkeypatch.setattr(rows, "write", fails)
    at.run()
    assert not at.exception
    assert cells_of(at)[-1] == before


def test_what_each_reader_may_see_stands_folded_in_full_and_can_be_measured() -> None:
    at = open_page("home")
    figures = at.get("plotly_chart")
    assert len(figures) == 2
    assert "nothing to the right" in figures[0].proto.alt
    at = open_page("home", state=FOLDED, address={"measure": "true", "s": "He sat down."})
    assert not at.exception
    assert "outside it the influence is 0" in words_of(at)
    spec = json.loads(at.get("plotly_chart")[0].proto.spec)
    assert any("influence" in text for text in spec["data"][0]["text"][0])


def test_pieces_stand_under_their_words_and_are_escaped() -> None:
    at = open_page("home", address={"s": "<b>Café</b> $x$"})
    assert not at.exception
    html = next(e.proto.body for e in at.get("html") if 'class="pieces"' in e.proto.body)
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


def test_probabilities_are_said_as_so_often_in_so_many() -> None:
    probabilities = (0.99, 0.62, 0.124, 0.00123, 1e-12)
    assert [format.odds(probability) for probability in probabilities] == [
        "almost always",
        "about 6 in 10",
        "about 1 in 8",
        "about 1 in 810",
        "less than 1 in a billion",
    ]


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
