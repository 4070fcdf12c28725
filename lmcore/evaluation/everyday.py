"""Forty everyday blanks with one sensible answer: who has it among the first five words?

The sentences were written for this project before the weights were trained that they are meant to
judge, and stand with their answers in ``lmcore/data/LANGUAGE/everyday_blanks.txt``. Every view of a
reader is counted for itself: what stands left of the blank alone, right of it alone, or both.
"""

import re

from lmcore.evaluation.benchmark import Benchmark, Progress, Row, spread
from lmcore.readers.base import Reader
from lmcore.text.language import Language, language
from lmcore.text.words import fold, split

FILE = "everyday_blanks.txt"
#: How many words of a reader count.
FIRST = 5


def blanks(limit: int | None = None, of: Language | None = None) -> list[tuple[str, str, str]]:
    """Text before the blank, its answer, and the text behind it."""
    lines = (of or language()).lines(FILE)
    parts = [re.split(r"[{}]", lines[number]) for number in spread(len(lines), limit)]
    return [(before, answer, after) for before, answer, after in parts]


def _measure(reader: Reader, sentences: list[tuple[str, str, str]], progress: Progress) -> Row:
    """How many answers are among the first five words, by view, and which words came first."""
    right: dict[str, int] = {}
    words: list[dict[str, list[str]]] = []
    for number, (before, answer, after) in enumerate(sentences):
        progress(number / len(sentences), "sentences")
        hidden = (len(before), len(before) + len(answer))
        views = reader.fill(split(before + answer + after, [hidden]), len(split(before)), FIRST)
        guesses = {str(view.view): [guess.word for guess in view.candidates] for view in views}
        words.append(guesses)
        for view, first in guesses.items():
            right[view] = right.get(view, 0) + (fold(answer) in map(fold, first))
    return {"right": right, "sentences": len(sentences), "words": words}


BENCHMARK = Benchmark(
    name="everyday",
    summary="everyday blanks with one sensible answer: how many have it among the first five",
    limits="sentences",
    applies=lambda reader: reader.can("fill"),
    prepare=lambda data, limit: blanks(limit),
    measure=_measure,
    in_language=lambda data, limit, of: blanks(limit, of),
)
