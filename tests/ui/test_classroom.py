"""Whose classroom reads: chosen, or as the text asks; and what is said where its weights lack."""

import shutil

import pytest

from lmcore.analyses.minimal_pairs import PairsQuestion
from lmcore.analyses.sentence_pair import PairQuestion
from lmcore.finetuning.task import built_in
from lmcore.finetuning.task import split as split_task
from lmcore.runtime import checkpoints
from lmcore.text import examples
from lmcore.text.language import language
from lmcore.text.word_uses import ask
from pages.ui.models import choice
from tests.ui.app_page import open_page, texts_of

MISSING = "no readers trained on Chinese"


def test_the_text_of_a_question_is_what_is_read():
    assert choice.text_of(PairsQuestion("reflexives")) == ""
    assert choice.text_of(PairQuestion("我饿了。", "吃吧。")) == "我饿了。\n吃吧。"
    assert "fish" in choice.text_of(ask("bank", "The bank.\nA fish on the bank."))


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
    for key in ("en", "zh"):
        shutil.copytree(source, tmp_path / "checkpoints" / key)
    monkeypatch.setattr(checkpoints, "PROJECT", tmp_path)


def test_the_chinese_interface_opens_with_chinese_examples(two):
    theirs = examples.of(language("zh"))
    at = open_page("attention", language="中文")
    assert not at.exception
    assert at.text_input(key="s").value == theirs.sentence
    assert "s" not in at.query_params
    radio = at.radio(key="example:ambiguous")
    notes = [language("zh").say("zh", f"examples.ambiguous.{n}") for n in range(1, 5)]
    assert list(radio.proto.captions) == notes
    radio.set_value(3).run()
    assert at.text_input(key="s").value == theirs.groups["ambiguous"][3]


def test_polysemy_opens_with_the_examples_of_the_chinese_classroom(two):
    at = open_page("polysemy", language="中文")
    senses = examples.of(language("zh")).senses
    assert at.text_input(key="pw").value == senses[0].word
    assert at.text_area(key="ps").value == senses[0].text
    at.selectbox(key="polysemy_example").set_value(1).run()
    assert at.text_input(key="pw").value == senses[1].word
    assert at.text_area(key="ps").value == senses[1].text


def test_tasks_are_those_of_the_classroom_that_reads(two):
    at = open_page("finetuning", language="中文")
    assert not at.exception
    offered = {option for box in at.selectbox for option in box.options}
    ours = split_task(built_in("sentiment", language("zh"))).train
    assert ours[0].texts[0][:80] in offered


def test_examples_follow_the_text_and_not_the_interface(two):
    text = "老人打开了门。"
    at = open_page("generation", state={"s": text, "kept:s": text})
    assert not at.exception
    at.button(key="generation_example_list").click().run()
    assert not at.exception
    assert at.text_input(key="s").value == examples.of(language("zh")).prompts[3].text
    at.text_input(key="s").set_value("The old man opened the door.").run()
    at.button(key="generation_example_list").click().run()
    assert at.text_input(key="s").value == examples.of(language()).prompts[3].text


def test_the_second_classroom_reads_what_is_written_in_its_script(two):
    at = open_page("attention", state={"s": "我喜欢苹果。", "kept:s": "我喜欢苹果。"})
    assert not at.exception
    assert MISSING not in texts_of(at, "caption")
    assert at.session_state["kept:classroom"] == "zh"
    assert "reads" not in at.query_params
