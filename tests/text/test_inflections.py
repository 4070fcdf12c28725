"""Forms of words: a word is found in any of them, and unlike words stay apart."""

import pytest

from lmcore.errors import InputError
from lmcore.text.inflections import bases, forms, related, wider
from lmcore.text.word_uses import ask


@pytest.mark.parametrize(
    ("base", "form"),
    [("ring", "rang"), ("ring", "rung"), ("light", "lit"), ("strike", "struck"), ("bear", "born")],
)
def test_irregular_verbs_are_found(base: str, form: str) -> None:
    assert forms(base)[form] == "past"
    assert base in bases(form)


def test_a_form_leads_back_to_its_word() -> None:
    assert "bank" in bases("Banks")
    assert "plan" in bases("planned")
    assert "hope" in bases("hoping")
    assert "study" in bases("studies")
    assert "mouse" in bases("mice")
    assert "shelf" in bases("shelves")
    assert "bank" in bases("bank's")
    assert bases("bank") == ()
    assert wider("banks")["bank"] == "base"
    assert wider("banks")["banked"] == "ed"


def test_words_of_grammar_are_no_forms_of_others() -> None:
    assert bases("thing") == bases("shed") == ()
    groups = related(["the", "thing", "she", "shed", "this"])
    assert [members for _, members in groups] == [["the"], ["thing"], ["she"], ["shed"], ["this"]]


def test_forms_of_one_word_come_together() -> None:
    groups = dict(related(["banks", "river", "banking", "rose", "rise", "banked"]))
    assert groups["bank"] == ["banks", "banking", "banked"]  # the base itself is not among them
    assert groups["rise"] == ["rose", "rise"]
    assert groups["river"] == ["river"]


def test_a_typed_plural_finds_the_singular_where_there_is_no_plural() -> None:
    question = ask("banks", "a | The bank was old.\na | Two banks and a bank.\nb | He banked here.")
    assert [(use.form, use.kind) for use in question.uses] == [
        ("bank", "base"),
        ("banks", "same"),  # the plural stands there, so the singular beside it is left alone
        ("banked", "ed"),
    ]


def test_a_typed_word_is_not_mistaken_for_the_past_of_another() -> None:
    question = ask("saw", "a | We see a saw.\na | The saws are sharp.")
    assert [use.form for use in question.uses] == ["saw", "saws"]
    with pytest.raises(InputError):
        ask("saw", "a | A saw.\na | Nothing of the kind.")
