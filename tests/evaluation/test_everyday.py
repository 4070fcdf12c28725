"""Everyday blanks: each has one answer, and who has it is counted view by view."""

import pytest

from lmcore.evaluation import everyday, samples
from lmcore.readers.base import Reader
from lmcore.text.language import language
from lmcore.text.words import split
from tests.languages import having


def test_every_blank_is_one_word_that_a_reader_could_write(loaded: dict[str, Reader]):
    sentences = everyday.blanks()
    assert len(sentences) == 40
    assert len({before + after for before, _, after in sentences}) == 40
    for before, answer, after in sentences:
        assert answer.isalpha()
        assert before.strip()
        assert after.strip()
        assert (
            answer.lower() in loaded["gpt"].texts or f"{answer.lower()}</w>" in loaded["gpt"].texts
        )


@pytest.mark.parametrize("key", having(everyday.FILE))
def test_every_language_has_forty_blanks_with_one_answer_each(key: str):
    sentences = everyday.blanks(of=language(key))
    assert len(sentences) == 40
    assert len({before + after for before, _, after in sentences}) == 40
    for before, answer, after in sentences:
        assert answer.isalpha()
        assert before.strip()
        assert after.strip()
        hidden = (len(before), len(before) + len(answer))
        words = split(before + answer + after, [hidden]).words
        assert words[len(split(before))].text == answer, answer


@pytest.mark.parametrize("key", having(samples.FILE))
def test_every_language_has_twenty_samples_with_one_blank_each(key: str):
    texts = samples.sentences(of=language(key))
    assert len(set(texts)) == 20
    for text in texts:
        before, after = text.split(samples.BLANK)
        assert split(before).words
        assert after.strip()


def test_an_answer_counts_whatever_its_case(loaded: dict[str, Reader]):
    sentences = [("The capital of ", "FRANCE", " is Paris."), ("She sat on the ", "zzz", ".")]
    row = everyday.BENCHMARK.measure(loaded["gpt"], sentences, lambda share, what: None)
    first = row["words"][0]["left"][0]
    again = [(*sentences[0][:1], first.upper(), sentences[0][2]), sentences[1]]
    counted = everyday.BENCHMARK.measure(loaded["gpt"], again, lambda share, what: None)
    assert counted["right"]["left"] == 1
    assert counted["sentences"] == 2
