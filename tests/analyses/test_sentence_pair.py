"""Next sentence: both orders, the verdict, the example pairs."""

import pytest

from lmcore.analyses.sentence_pair import PairQuestion, judge, verdict_of
from lmcore.charts import masked_word as charts
from lmcore.charts.theme import FAMILY_COLOURS
from lmcore.errors import InputError, UnsupportedError
from lmcore.readers.base import Reader
from lmcore.text.examples import FOLLOWS
from lmcore.text.words import checked, split


def test_swapping_the_texts_swaps_the_judgement(loaded: dict[str, Reader]):
    first, second = "The kettle whistled.", "She made some tea."
    judgement = judge(loaded["bert"], PairQuestion(first, second))
    other = judge(loaded["bert"], PairQuestion(second, first))
    assert (judgement.given, judgement.swapped) == (other.swapped, other.given)
    assert 0 < judgement.given < 1
    assert judgement.given == loaded["bert"].follows(split(first), split(second))
    assert [notes.sentence.text for notes in judgement.notes] == [first, second]
    assert judgement.notes[0].notes == loaded["bert"].read([split(first)])[0].notes


def test_what_does_not_fit_or_cannot_be_done_is_said(loaded: dict[str, Reader]):
    with pytest.raises(InputError):
        judge(loaded["bert"], PairQuestion("word " * 90, "word " * 90))
    with pytest.raises(UnsupportedError):
        judge(loaded["gpt"], PairQuestion("a", "b"))


@pytest.mark.parametrize(
    ("given", "swapped", "verdict"),
    [
        (0.9, 0.2, "given"),
        (0.2, 0.9, "swapped"),
        (0.9, 0.88, "both"),
        (0.1, 0.12, "neither"),
    ],
)
def test_verdict(given: float, swapped: float, verdict: str):
    assert verdict_of(given, swapped) == verdict


def test_examples_are_different_and_can_be_read():
    assert len({(pair.first, pair.second) for pair in FOLLOWS}) == len(FOLLOWS)
    assert len({pair.shows for pair in FOLLOWS}) == len(FOLLOWS)
    for pair in FOLLOWS:
        assert checked(pair.first).words
        assert checked(pair.second).words


def test_pair_is_drawn_from_nought_to_one():
    figure = charts.pair("bert", ["a", "b"], (0.9, 0.2))
    assert tuple(figure.layout.xaxis.range) == (0, 1)
    assert figure.data[0].marker.color == FAMILY_COLOURS["bert"]
    assert list(figure.data[0].x) == [0.9, 0.2]
