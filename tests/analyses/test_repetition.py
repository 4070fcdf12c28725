"""Repetition: counts of a text made by hand."""

import pytest

from lmcore.analyses.generation_statistics import distinct, longest_repeat, repetition, spoken


def test_distinct_and_repetition_at_their_ends():
    assert distinct([], 1) is None
    assert distinct(["a"], 2) is None
    assert distinct(["a", "b", "a", "b"], 2) == pytest.approx(2 / 3)
    assert repetition([]) is None
    assert repetition(["a", "b", "c", "a"], window=2) == 0.0
    assert repetition(["a", "b", "c", "a"], window=3) == 0.25


def test_words_are_counted_in_one_case_and_without_signs():
    assert spoken("The dog, the DOG!") == ["the", "dog", "the", "dog"]


@pytest.mark.parametrize(
    ("text", "longest"),
    [
        ("", ""),
        ("a b c", ""),
        ("a b c a b d", "a b"),
        ("a a a", "a a"),
        ("b x b y", "b"),
    ],
)
def test_the_longest_run_that_comes_twice(text: str, longest: str):
    assert " ".join(longest_repeat(text.split())) == longest
