"""A text in a language that a reader was not trained on: a notice on every page that reads text."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from lmcore.outputs.facts import ReaderFacts
from pages.ui import inputs as module
from tests.ui.app_page import open_page, texts_of

GERMAN = "Der Hund ist nicht im Haus, und die Katze ist auch nicht da."
#: A page, and its text with the rest of the address.
BOXES = [
    ("home", {"s": GERMAN}),
    ("polysemy", {"pw": "Bank", "ps": "Er geht zu der Bank im Ort.\nSie sitzt auf einer Bank."}),
    ("attention", {"s": GERMAN}),
    ("attention", {"s": GERMAN, "a_quantity": "influence"}),
    ("attention", {"a_quantity": "pair", "s": GERMAN, "b": GERMAN}),
    ("layers", {"s": GERMAN}),
    ("layers", {"lc": f"{GERMAN}\n{GERMAN}\nEr hat einen Hund und eine Katze."}),
    ("layers", {"pw": "Bank", "ps": "Er geht zu der Bank im Ort.\nSie sitzt auf einer Bank."}),
    ("masked_word", {"s": GERMAN, "b": "2"}),
    ("masked_word", {"p1": GERMAN}),
    ("generation", {"s": GERMAN, "gw": "12", "gn": "1"}),
    ("sentence_score", {"s": GERMAN}),
    ("sentence_score", {"s2": GERMAN}),
]


def page(name: str, lang: str, **address: str) -> AppTest:
    at = open_page(name, lang, address=address)
    assert not at.exception
    return at


def notices(at: AppTest) -> list[str]:
    """What is said of languages, in either."""
    lines = texts_of(at, "info").splitlines()
    return [
        text for text in lines if "Not trained on this" in text or "没有用这种语言训练过" in text
    ]


@pytest.mark.parametrize(("name", "address"), BOXES)
def test_a_notice_beside_the_notes(name: str, address: dict[str, str]):
    (said,) = notices(page(name, "English", **address))
    assert "(English only)" in said
    assert "what looks like German" in said


@pytest.mark.parametrize("name", ["home", "polysemy", "layers", "sentence_score", "finetuning"])
def test_no_notice_where_the_page_opens(name: str):
    assert not notices(page(name, "English"))


def test_the_notice_is_in_the_language_of_the_interface():
    (said,) = notices(page("home", "中文", s="我昨天在银行存了钱。"))
    assert "（只用过英文）" in said
    assert "汉字" in said
    assert not notices(page("home", "中文", s="We went to the bank."))


def test_only_readers_that_were_not_trained_on_it_are_named(monkeypatch: pytest.MonkeyPatch):
    real = module.facts

    def facts(family: str) -> ReaderFacts:
        known = real(family)
        if family != "bert":
            return known
        values = {**known.card.values, "languages": ["104 languages"]}
        return replace(known, card=replace(known.card, values=values))

    monkeypatch.setattr(module, "facts", facts)
    (notice,) = notices(page("home", "English", s=GERMAN))
    readers = notice.split("(")[0]
    assert "GPT" in readers
    assert "BERT" not in readers
