"""Whose classroom reads: chosen, or as the text asks; and what is said where its weights lack."""

import shutil

import pytest

from lmcore.analyses.minimal_pairs import PairsQuestion
from lmcore.analyses.sentence_pair import PairQuestion
from lmcore.runtime import checkpoints
from lmcore.text.word_uses import ask
from pages.ui.models import classroom
from tests.ui.app_page import open_page, texts_of

MISSING = "no readers trained on Chinese"


def test_the_text_of_a_question_is_what_is_read():
    assert classroom.text_of(PairsQuestion("reflexives")) == ""
    assert classroom.text_of(PairQuestion("我饿了。", "吃吧。")) == "我饿了。\n吃吧。"
    assert "fish" in classroom.text_of(ask("bank", "The bank.\nA fish on the bank."))


@pytest.mark.parametrize(
    ("text", "said"), [("我喜欢吃苹果。", True), ("The bank is open.", False), ("123", False)]
)
def test_a_classroom_without_weights_is_said_at_the_box(text, said):
    at = open_page("attention", state={"s": text, "kept:s": text})
    assert not at.exception
    assert (MISSING in texts_of(at, "caption")) == said
    assert "reads" not in at.session_state


@pytest.fixture
def two(tmp_path, monkeypatch):
    """Weights of a second language: the English ones under another name."""
    source = checkpoints.classroom()
    for language in ("en", "zh"):
        shutil.copytree(source, tmp_path / "checkpoints" / language)
    monkeypatch.setattr(checkpoints, "PROJECT", tmp_path)


def test_the_second_classroom_reads_what_is_written_in_its_script(two):
    at = open_page("attention", state={"s": "我喜欢苹果。", "kept:s": "我喜欢苹果。"})
    assert not at.exception
    assert MISSING not in texts_of(at, "caption")
    assert at.session_state["kept:classroom"] == "zh"
    assert "reads" not in at.query_params
