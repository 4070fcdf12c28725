"""A word and its sentences: taken apart, found in any form, refused with a reason."""

import pytest

from lmcore.errors import InputError
from lmcore.text.examples import SENSES
from lmcore.text.inflections import forms
from lmcore.text.word_uses import MAX_USES, alike_so_far, ask
from lmcore.text.words import split


def test_labels_and_sentences_are_taken_apart() -> None:
    question = ask(" Bank ", "river | The bank\n\nmoney｜A BANK | b\r\nRiver | bank\nthe bank")
    assert [u.sense for u in question.uses] == ["river", "money", "river", None]
    assert question.texts == ("The bank", "A BANK | b", "bank", "the bank")
    assert question.senses == ("river", "money")
    assert question.groups.tolist() == [0, 1, 0, -1]
    assert question.order == [0, 2, 1, 3]


def test_a_long_first_part_is_no_label() -> None:
    line = "We saw the bank and the river and then | nothing"
    assert ask("bank", f"{line}\n{line}").texts == (line, line)


def test_a_bar_with_nothing_after_it_is_no_label() -> None:
    assert ask("bank", "bank |\nbank").uses[0].sense is None


def test_a_word_found_twice_has_two_uses_and_may_have_two_labels() -> None:
    question = ask("bank", "money, river | The bank on the river bank\nmoney | A bank")
    assert [u.name for u in question.uses] == ["1a", "1b", "2"]
    assert [u.sense for u in question.uses] == ["money", "river", "money"]
    assert not question.apart[0, 1]
    assert question.apart[0, 2]


def test_other_forms_are_found_and_named() -> None:
    question = ask("bank", "Two banks\nHe is banking\nShe banked it\nthe bank’s door\nBANK")
    assert [u.kind for u in question.uses] == ["s", "ing", "ed", "possessive", "same"]
    assert [u.form for u in question.uses] == ["banks", "banking", "banked", "bank’s", "BANK"]


@pytest.mark.parametrize(
    ("word", "expected", "wrong"),
    [
        ("match", {"matches", "matched", "matching"}, {"matchs"}),
        ("bat", {"bats", "batted", "batting"}, {"bated", "bating"}),
        ("plane", {"planes", "planed", "planing"}, {"planeed"}),
        ("fly", {"flies", "flying", "flied"}, {"flys"}),
        ("play", {"plays", "played", "playing"}, {"plaies"}),
        ("mouse", {"mice", "mice's"}, {"mouses"}),
        ("see", {"sees", "seeing"}, {"seed"}),
        ("agree", {"agreed", "agreeing"}, {"agreeed"}),
        ("box", {"boxes", "boxed", "boxing"}, {"boxxed"}),
        ("seal", {"seals", "sealed"}, {"sealled"}),
        ("it", set(), {"its", "ited"}),
        ("café", set(), {"cafés"}),
    ],
)
def test_forms_of_a_word(word: str, expected: set[str], wrong: set[str]) -> None:
    kinds = forms(word)
    assert kinds[word] == "same"
    assert expected <= set(kinds)
    assert not wrong & set(kinds)


@pytest.mark.parametrize(
    ("word", "text", "found"),
    [
        ("New York", "I love new york.\nNew York's mayor", ["new york", "New York's"]),
        ("e-mail", "An e-mail came.\nTwo E-mails, one e-mail", ["e-mail", "E-mails", "e-mail"]),
        ("well-known", "A well-known man\nHe is well-known.", ["well-known"] * 2),
        ("U.S.", "The U.S. bank\nHe left the U.S.", ["U.S."] * 2),
        ("苹果", "我吃苹果。\n苹果公司很大，苹果好。", ["苹果"] * 3),
        ("哈哈", "哈哈哈哈\n哈哈", ["哈哈"] * 3),
    ],
)
def test_a_word_of_several_parts_is_found_as_a_run_of_them(
    word: str, text: str, found: list[str]
) -> None:
    uses = ask(word, text).uses
    assert [use.form for use in uses] == found
    assert {use.length for use in uses} == {len(split(word))}


def test_a_combining_accent_is_found_by_its_single_letter() -> None:
    assert len(ask("café", "the cafe\u0301\nthe CAFÉ").uses) == 2


@pytest.mark.parametrize(
    ("word", "text", "code"),
    [
        ("", "bank\nbank", "word_empty"),
        ("\x00", "bank\nbank", "word_empty"),
        ("the bank", "the bank\nbank", "word_not_found"),
        ("银行", "银行\n行银", "word_not_found"),
        ("bank " * 5_000, "bank\nbank", "text_too_many_characters"),
        ("bank", "", "too_few_sentences"),
        ("bank", "a bank", "too_few_sentences"),
        ("bank", "bank\n" * 13, "too_many_sentences"),
        ("bank", "bank\nriver", "word_not_found"),
        ("bank", "bank\n" + "bank " * 5_000, "sentence_too_many_characters"),
        ("bank", "bank\n" + "bank " * 101, "sentence_too_long"),
        ("bank", ("bank " * MAX_USES + "\n") * 2, "too_many_uses"),
        ("bank", "bank\n\u200b", "text_no_words"),
        ("bank", "bank\n\ud800", "text_malformed"),
    ],
)
def test_what_cannot_be_read_is_refused(word: str, text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(word, text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("word", "text", "forms"),
    [
        ("苹果", "我喜欢吃苹果。\n苹果公司发布了新手机。", ["苹果", "苹果"]),
        ("打", "他打电话。\n他打了一个喷嚏。", ["打", "打"]),
        ("苹果公司", "苹果公司很大。\n我在苹果公司工作。", ["苹果公司", "苹果公司"]),
        ("头发", "他的頭髮很長。\n她剪了头发。", ["頭髮", "头发"]),
    ],
)
def test_any_run_of_chinese_words_can_be_asked_for(word, text, forms) -> None:
    assert [use.form for use in ask(word, text).uses] == forms


def test_sentences_that_begin_alike_are_found() -> None:
    text = "a | The bank was wet\nb | The bank was shut\na | The bank\nb | A bank\nThe bank x"
    assert alike_so_far(ask("bank", text)) == ((0, 1, 2, 4),)
    assert alike_so_far(ask("bank", "a | The bank was wet\na | The bank was shut")) == ()


@pytest.mark.parametrize("example", SENSES, ids=lambda e: f"{e.word}-{e.clue}")
def test_examples_have_two_senses_with_two_sentences_each(example) -> None:
    question = ask(example.word, example.text)
    assert len(question.uses) == len(question.sentences)
    assert len({use.form.casefold() for use in question.uses}) == 1
    for group in range(len(question.senses)):
        assert (question.groups == group).sum() >= 2
    alike = alike_so_far(question)
    if example.clue == "after":
        assert alike == (tuple(range(len(question.uses))),)
    elif example.clue == "mixed":
        assert len(alike) == 1
        assert len(alike[0]) == 2
    else:
        assert alike == ()


def test_what_a_reader_sees_of_a_question_has_no_labels() -> None:
    question = ask("bank", "a | The bank\nb | My bank, a bank")
    plain = ask("bank", "The bank\nMy bank, a bank")
    assert question.unlabelled == plain.unlabelled
    assert hash(question.unlabelled) == hash(plain.unlabelled)
    assert question != plain
    assert [use.position for use in question.unlabelled.uses] == [
        use.position for use in question.uses
    ]
    assert question.unlabelled.senses == ()
