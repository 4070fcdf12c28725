"""The Masked word page: blanks, candidates in all views, joint fills, the right side, bad input."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.text.examples import EXAMPLE
from tests.ui.app_page import open_page, texts_of
from tests.ui.conftest import holds

BOOK = "She opened the book and read the first page aloud."
ROOM = "He opened the door and walked into the room."


def page(text: str | None = None, language: str = "English", **query: str) -> AppTest:
    """The page with a sentence and other values in the address."""
    return open_page(
        "masked_word", language, address=query if text is None else {"s": text, **query}
    )


def address(app: AppTest, key: str) -> str | None:
    """What the address holds under a key."""
    value = app.query_params.get(key)
    return value[0] if isinstance(value, list) else value


def figures(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def widget(widgets: Any, key: str) -> Any:
    return next(widget for widget in widgets if widget.key == key)


def frames(app: AppTest, columns: int) -> list[Any]:
    return [frame.value for frame in app.dataframe if len(frame.value.columns) == columns]


def table(app: AppTest) -> Any:
    """The table of all words in all views: a word, then probability and rank of six views."""
    return frames(app, 13)[-1]


def gaps(app: AppTest) -> list[int]:
    """Which words are taken out, by the buttons."""
    return [
        int(button.key.split(":")[1])
        for button in app.button
        if button.key.startswith("word:") and "▁" in button.label
    ]


@pytest.fixture(scope="module")
def first() -> AppTest:
    return page()


@pytest.fixture(scope="module")
def book() -> AppTest:
    return page(BOOK)


# --- blanks ----------------------------------------------------------------------------------


def test_the_shared_sentence_feeds_the_page(first: AppTest):
    assert not first.exception
    assert not first.error
    assert widget(first.text_input, "s").value == EXAMPLE
    assert len(gaps(first)) == 2
    assert dict(first.query_params) == {}


def test_a_click_takes_a_word_out_and_another_puts_it_back():
    app = page(BOOK)
    assert gaps(app) == [3]
    widget(app.button, "word:8").click().run()
    assert not app.exception
    assert gaps(app) == [3, 8]
    assert address(app, "b") == "4,9"
    widget(app.button, "word:3").click().run()
    assert gaps(app) == [8]
    assert "The hidden word was “page”." in texts_of(app)


def test_the_address_gives_the_blanks_back():
    app = page(BOOK, b="2,4,9")
    assert not app.exception
    assert gaps(app) == [1, 3, 8]
    assert address(app, "b") == "2,4,9"


@pytest.mark.parametrize("given", ["99", "x", "1,,2", "-1", "1e3"])
def test_an_address_with_blanks_that_are_not_there_says_so(given: str):
    app = page(BOOK, b=given)
    assert not app.exception
    assert "to leave out" in app.error[0].value
    assert gaps(app) == [3]


def test_all_words_back_asks_for_a_click():
    app = page(BOOK)
    widget(app.button, "words-back").click().run()
    assert gaps(app) == []
    assert "no blank" in app.error[0].value
    assert address(app, "b") == "0"
    widget(app.button, "word:1").click().run()
    assert not app.error
    assert gaps(app) == [1]


@pytest.mark.parametrize("mark", ["___", "[MASK]", "<mask>", "[mask]", "＿＿＿"])
def test_typed_blanks(mark: str):
    app = page(f"She opened the {mark} and read.")
    assert not app.exception
    assert not app.error
    assert gaps(app) == [3]
    assert widget(app.button, "word:3").disabled


def test_the_blanks_stay_with_their_words_when_the_sentence_is_edited():
    app = page(BOOK, b="9")
    widget(app.text_input, "s").set_value("Then " + BOOK).run()
    assert not app.exception
    assert gaps(app) == [9]


def test_a_sixth_blank_is_refused_in_one_sentence():
    app = page(BOOK, b="1,2,3,4,5,6")
    assert not app.exception
    assert "6 blanks and the limit is 5" in app.error[0].value
    widget(app.button, "word:0").click().run()
    assert not app.error
    assert len(gaps(app)) == 5


def test_an_example_brings_its_sentence_and_its_blanks():
    app = page(BOOK)
    widget(app.button, "cloze-example:together:2").click().run()
    assert not app.exception
    assert widget(app.text_input, "s").value == ROOM
    assert gaps(app) == [3, 8]
    assert {"window", "house"} <= set(table(app)["word"])


# --- several blanks --------------------------------------------------------------------------


def test_each_alone_and_all_together_stand_side_by_side(first: AppTest):
    alone, together = frames(first, 4)
    assert list(alone.iloc[:, 0]) == list(together.iloc[:, 0])
    assert len(alone) == 6
    assert all("%" in cell for cell in alone["blank 1"])
    text = texts_of(first).lower()
    assert "one by one" in text or "both ways give the same words" in text
    every = next(f for f in frames(first, 5) if "rank" in f)
    assert {"ELMo (left side)", "BERT (both sides at once)"} <= set(every["view"])
    assert any(view.endswith("*") for view in every["view"])
    best = every[every["rank"] == 1]
    assert best["blank 1"].tolist() == together["blank 1"].tolist()
    assert best["blank 2"].tolist() == together["blank 2"].tolist()


def test_one_blank_has_no_joint_part(book: AppTest):
    assert "all together" not in texts_of(book)
    assert not frames(book, 4)


def test_the_blank_that_is_looked_at_can_be_chosen():
    app = page(ROOM)
    before = table(app)
    assert "The hidden word was “door”." in texts_of(app)
    widget(app.segmented_control, "mb").set_value("2").run()
    assert not app.exception
    assert "The hidden word was “room”." in texts_of(app)
    assert not before.equals(table(app))
    widget(app.button, "word:8").click().run()  # the chosen blank is gone
    assert not app.exception
    assert "The hidden word was “door”." in texts_of(app)


# --- one blank -------------------------------------------------------------------------------


def test_every_view_has_its_picture(book: AppTest):
    assert not book.exception
    assert len(figures(book)) == 6 + 1 + 1  # six views, the asked words, the pair of sentences
    assert all(chart.proto.alt for chart in book.get("plotly_chart"))
    assert "GPT reads from left to right" in texts_of(book)
    assert "BERT always reads both sides" in texts_of(book)


def test_rescored_numbers_are_said_to_be_of_another_kind(book: AppTest):
    assert "over 100 tried words only, not over the vocabulary" in texts_of(book)
    assert "among 100 tried words" in texts_of(book)


def test_covered_mass_stands_under_every_vocabulary_view(book: AppTest):
    lines = [c.value for c in book.caption if "lies on whole words" in c.value]
    assert len(lines) == 5


def test_one_table_has_probability_and_rank_of_every_view(book: AppTest):
    rows = table(book)
    assert {"book", "door"} <= set(rows["word"])
    ranks = [column for column in rows if column.endswith(", rank")]
    assert len(ranks) == 6
    for rank in ranks:
        best = rows.loc[rows[rank] == 1]
        probability = rank.removesuffix(", rank")
        assert best[probability].max() == rows[probability].max() <= 100
    assert any(b.label == "Download as CSV" for b in book.get("download_button"))


def test_chinese_interface_says_the_same_numbers(first: AppTest):
    chinese = page(language="中文")
    assert not chinese.exception
    assert "整句重排" in texts_of(chinese)
    assert "逐个填" in texts_of(chinese)
    assert len(figures(chinese)) == len(figures(first))
    english, translated = (table(a).iloc[:, 1:] for a in (first, chinese))
    assert (english.fillna(-1).to_numpy() == translated.fillna(-1).to_numpy()).all()


def test_same_scale_gives_the_vocabulary_views_one_axis():
    app = page(BOOK)
    widget(app.toggle, "mx").set_value(True).run()
    bars = [f for f in figures(app) if f["data"][0].get("orientation") == "h"][:6]
    plain = [f for f in bars if not f["data"][0]["marker"]["pattern"]["shape"]]
    assert len(plain) == 5
    assert len({tuple(f["layout"]["xaxis"]["range"]) for f in plain}) == 1


# --- the right side --------------------------------------------------------------------------


def test_one_click_shows_what_the_right_side_contributes():
    app = page(BOOK)
    before = len(figures(app))
    widget(app.toggle, "mr").set_value(True).run()
    assert not app.exception
    assert "and read the first page aloud" in texts_of(app)
    finding = next(i.value for i in app.info if "deletion moves" in i.value)
    still = finding.split("none for")[1]
    assert "ELMo" in still
    assert "GPT" in still
    assert "BERT" not in still
    assert "left side, the right one deleted" in texts_of(app)
    # BERT alone from the left, and the differences of the four views that change.
    assert len(figures(app)) == before + 1 + 4
    assert len(next(f for f in frames(app, 6))) == 6


def test_nothing_to_delete_is_said():
    app = page("She opened the ___")
    widget(app.toggle, "mr").set_value(True).run()
    assert not app.exception
    assert "nothing to delete" in texts_of(app)


# --- asked words -----------------------------------------------------------------------------


def test_asked_words_say_how_they_came_by_their_probability():
    app = page(BOOK, w="unreadablenesses DOOR")
    text = texts_of(app)
    assert "BERT gets one mask for each piece of “unreadablenesses”" in text
    assert "not in the vocabulary that ELMo predicts from; all words that it lacks share" in text
    assert "GPT writes “unreadablenesses” as" in text
    rows = table(app).set_index("word")
    row = rows.loc["unreadablenesses"]
    assert row["GPT (left side)"] >= 0
    assert row["BERT (both sides at once), rank"] >= 1
    assert row.isna()["ELMo (left side)"]
    assert "door" in rows.index or "DOOR" in rows.index


def test_too_many_asked_words():
    app = page(BOOK, w="a b c d e f g")
    assert not app.exception
    assert "limit is 5" in app.error[0].value.replace("\\", "")


# --- bad input -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no text to read"),
        ("___", "only a blank"),
        ("?! --", "no blank"),
        ("word", "no blank"),
        ("word ___ " * 60, "words and the limit is 100"),
    ],
)
def test_bad_sentences_are_said_in_one_sentence_and_the_pair_stays(text: str, words: str):
    app = page(text)
    assert not app.exception
    (error,) = app.error
    assert words in error.value.replace("\\", "")
    assert len(figures(app)) == 1


def test_neighbours_taken_out_are_two_blanks_and_what_grows_together_is_said():
    app = page("我在银行存钱。", b="3,4")
    assert not app.exception
    assert not app.error
    assert gaps(app) == [2, 3]
    app = page("Call a_b twice.", b="2")
    assert "no word of its own" in app.error[0].value


def test_a_reader_without_room_says_so_and_the_others_answer():
    app = page("unreadablenesses " * 50 + "___")
    assert not app.exception
    assert len(app.error) == 2
    assert all("pieces" in error.value for error in app.error)
    assert "ELMo" in texts_of(app)


def test_text_that_looks_like_markup_is_ordinary_text():
    app = page("</s> <b>x</b> $a$ **c** ___ :red[d] café", w="<i>y</i>")
    assert not app.exception
    assert not app.error
    text = "".join(m.value for m in [*app.markdown, *app.info, *app.caption])
    assert "<b>" not in text
    assert "without accents" in texts_of(app)


# --- in a browser ----------------------------------------------------------------------------


def test_blanks_are_made_with_mouse_and_keyboard_and_survive_a_reload(app_url: str, visit: Any):
    visit.open(f"{app_url}/masked_word?s=She+opened+the+book+and+read+the+first+page+aloud.")
    tab = visit.tab
    tab.get_by_role("button", name="page", exact=True).click()
    visit.settle()
    assert "b=4%2C9" in tab.url or "b=4,9" in tab.url
    tab.get_by_role("button", name="aloud", exact=True).focus()
    tab.keyboard.press("Enter")
    visit.settle()
    # The focus stays on the word, so that the same key puts it back.
    assert "▁" in tab.evaluate("document.activeElement.innerText")
    tab.reload()
    visit.settle()
    visit.check()
    for number in (1, 2, 3):
        tab.get_by_role("button", name=f"{number} ▁▁▁").first.wait_for()
    tab.get_by_role("link", name="Layers").first.click()
    visit.settle()
    assert "b=" not in tab.url.split("?")[-1]
    box = tab.locator('[data-testid="stTextInput"] input').first
    holds(box, "She opened the book and read the first page aloud.")


def test_a_blank_behind_others_says_over_how_many_fillings_it_is_mixed():
    app = page("He opened the ___ and ___ in.", mb="2")
    assert not app.exception
    assert "a mean over 200 fillings" in texts_of(app, "caption")
    app = page("He opened the ___ and went in.")
    assert "a mean over" not in texts_of(app, "caption")


def test_a_filtered_list_names_the_entry_that_it_leaves_out():
    app = page("My dog is ___")
    assert not app.exception
    texts = texts_of(app, "info", "caption")
    assert "BERT expects “.”" in texts
    assert "put a full stop behind the blank" in texts
    app = page("My dog is ___.")
    assert "put a full stop behind the blank" not in texts_of(app, "caption")
