"""Prompts: every cut leaves something, and the two parts make the sentence."""

import pytest

from lmcore.errors import InputError
from lmcore.text.examples import PROMPTS
from lmcore.text.prompts import Direction, cut_prompt, cut_range, half_way
from lmcore.text.words import checked

SENTENCE = checked("  The old man, who was tired, slept. 😀 ")


@pytest.mark.parametrize("side", ["right", "left"])
def test_every_cut_keeps_every_word(side: Direction):
    low, high = cut_range(SENTENCE, side)
    assert high - low == len(SENTENCE) - 1
    for after in range(low, high + 1):
        prompt = cut_prompt(SENTENCE, after, side)
        start, end = prompt.cut_off
        parts = [prompt.text, prompt.whole[start:end]]
        assert "".join(parts if side == "right" else parts[::-1]) == prompt.whole
        assert prompt.whole == SENTENCE.text.strip()
        count = after if side == "right" else len(SENTENCE) - after
        assert len(prompt.sentence) == count
    assert cut_prompt(SENTENCE, high if side == "right" else low, side).rest == ""


@pytest.mark.parametrize(("side", "after"), [("right", 0), ("left", 11), ("right", 12)])
def test_a_cut_that_leaves_nothing_is_refused(side: Direction, after: int):
    with pytest.raises(InputError) as caught:
        cut_prompt(checked("one two three four five six seven eight nine ten eleven"), after, side)
    assert caught.value.code == "setting_out_of_range"


@pytest.mark.parametrize("side", ["right", "left"])
def test_one_word_can_be_a_prompt(side: Direction):
    sentence = checked("Hello")
    prompt = cut_prompt(sentence, half_way(sentence, side), side)
    assert (prompt.text, prompt.rest) == ("Hello", "")


def test_examples_can_be_cut_where_they_say():
    assert len({example.name for example in PROMPTS}) == len(PROMPTS)
    for example in PROMPTS:
        assert cut_prompt(checked(example.text), example.after, example.side).text
