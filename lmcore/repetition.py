"""How much a text repeats itself. All counts are over words, in one case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from lmcore.words import split

#: How far back a word counts as a repetition (Welleck et al. 2020, rep/l with l = 16).
WINDOW = 16


def spoken(text: str) -> list[str]:
    """The words with letters or digits of a text, in one case; signs are left out."""
    return [word.text.casefold() for word in split(text).words if word.has_letters]


def distinct(words: Sequence[str], n: int) -> float | None:
    """Different n-grams divided by all n-grams (Li et al. 2016); ``None`` where there are none."""
    grams = _grams(words, n)
    return len(set(grams)) / len(grams) if grams else None


def repetition(words: Sequence[str], window: int = WINDOW) -> float | None:
    """Share of words that occur among the ``window`` words before them; ``None`` without words."""
    again = [word in words[max(0, i - window) : i] for i, word in enumerate(words)]
    return sum(again) / len(again) if again else None


def longest_repeat(words: Sequence[str]) -> tuple[str, ...]:
    """The longest run of words that stands in a text more than once (copies may overlap).

    The first of several equally long ones; empty where no word comes twice.
    """
    for n in range(len(words) - 1, 0, -1):
        counts = Counter(_grams(words, n))
        for gram, count in counts.items():
            if count > 1:
                return gram
    return ()


def _grams(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
