"""Blanks: typed or taken out, kept with their words, refused in one sentence."""

import pytest

from lmcore.errors import InputError
from lmcore.text import cloze, examples
from lmcore.text.words import split

MARKS = ("_", "___", "________", "＿＿＿", "[MASK]", "[mask]", "<mask>", "<MASK>", "［MASK］")


@pytest.mark.parametrize("mark", MARKS)
def test_a_blank_is_read_however_it_is_written(mark: str):
    gaps = cloze.opened(cloze.written(split(f"the {mark} ran")))
    assert (gaps.positions, gaps.hidden) == ((1,), (None,))
    assert gaps.sentence.text == "the ___ ran"


@pytest.mark.parametrize(
    ("text", "chosen", "blanks"),
    [
        ("make [MASK][MASK] for breakfast", [], "make ___ ___ for breakfast"),
        ("make ___[mask]<mask> for breakfast", [], "make ___ ___ ___ for breakfast"),
        ("我在[MASK][MASK]存钱。", [], "我在___ ___存钱。"),
        ("我在银行存钱。", [2, 3], "我在___ ___。"),
    ],
)
def test_neighbouring_marks_are_as_many_blanks(text: str, chosen: list[int], blanks: str):
    gaps = cloze.opened(split(text), chosen)
    assert gaps.sentence.text == blanks
    assert len(gaps) == blanks.count("___")


def test_an_underscore_inside_a_name_is_no_blank():
    assert cloze.suggested(split("Call snake_case twice.")) != ()
    with pytest.raises(InputError, match="no blank"):
        cloze.opened(split("Call snake_case twice."))


def test_words_are_taken_out_in_their_places():
    gaps = cloze.opened(split("The  dog, ___ fast."), [1, 4])
    assert gaps.sentence.text == "The  ___, ___ ___."
    assert gaps.positions == (1, 3, 4)
    assert gaps.hidden == ("dog", None, "fast")
    assert gaps.right(0) == ", ___ ___."


@pytest.mark.parametrize(
    ("text", "chosen", "code"),
    [
        ("The dog ran.", [], "blank_missing"),
        ("___ ___ ___ ___ ___ x ___", [], "blank_too_many"),
        ("a b c ___ ___ ___ x", [0, 1, 2], "blank_too_many"),
        ("___", [], "blank_alone"),
        ("___ ?!", [], "blank_alone"),
        ("dog", [0], "blank_alone"),
        ("the dog", [7], "blank_not_there"),
        ("the dog", [-1], "blank_not_there"),
        ("a_b", [0], "blank_glued"),
    ],
)
def test_blanks_that_cannot_be_used(text: str, chosen: list[int], code: str):
    with pytest.raises(InputError) as caught:
        cloze.opened(split(text), chosen)
    assert caught.value.code == code


def test_filling_keeps_words_apart_from_letters_around_them():
    glued = cloze.opened(split("un___able to ___, now"))
    assert glued.filled(["do", "go"]).text == "un do able to go, now"
    assert glued.filled(["do", "go"]).words[glued.positions[0]].text == "do"


def test_a_choice_follows_its_words_when_the_sentence_is_edited():
    before, after = split("The old dog ran home."), split("Yesterday the dog ran slowly home.")
    assert cloze.carried(before, after, (2, 4)) == (2, 5)
    assert cloze.carried(before, split("The cat ran home."), (2,)) == ()


def test_the_longest_word_is_suggested_where_nothing_is_typed():
    assert cloze.suggested(split("The elephant sat.")) == (1,)
    assert cloze.suggested(split("The ___ sat on elephants.")) == ()
    assert cloze.suggested(split("alone")) == ()


def test_asked_words_are_single_words_without_repetitions():
    assert cloze.asked_words("Book, book; door!") == ["Book", "door"]
    assert cloze.asked_words("door Page", hidden="page") == ["page", "door"]
    assert cloze.asked_words(" ?! ") == []
    with pytest.raises(InputError, match="limit is 5"):
        cloze.asked_words("a b c d e f")


def test_every_example_can_be_used_and_is_found_by_its_text():
    for example in (row for group in examples.BLANKS.values() for row in group):
        gaps = cloze.opened(split(example.text), example.blanks)
        assert example.blanks
        assert "{" not in example.text
        assert example.with_blanks == gaps.sentence.text
        assert examples.BLANKS_BY_TEXT[example.text] == example
        assert len(cloze.asked_words(example.words)) <= cloze.MAX_ASKED
    assert max(len(e.blanks) for e in examples.BLANKS["together"]) >= 2
