"""Numbers of written texts: how sure a reader was, and how much a text repeats itself.

What is counted over words is counted in one case.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, log

import pandas as pd

from lmcore.analyses.generation import GenerationView
from lmcore.outputs.generation import GeneratedToken
from lmcore.text.words import fold, split

#: How far back a word counts as a repetition (Welleck et al. 2020, rep/l with l = 16).
WINDOW = 16
#: Probabilities underflow before their logarithms do; ln of the smallest normal float64.
_LEAST = 1e-300


def spoken(text: str) -> list[str]:
    """The words with letters or digits of a text, in one case; signs are left out."""
    return [fold(word.text) for word in split(text).words if word.has_letters]


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


@dataclass(frozen=True)
class Statistics:
    """Numbers about one continuation.

    Attributes:
        pieces: how many were written.
        words: how many words with letters or digits they make.
        log_probability: sum of ln p of the pieces, in nats, at temperature 1. For a reader that
            fills places in any order it depends on that order and is no probability of the text.
        mean_probability: geometric mean of p over the pieces, exp(mean ln p).
        mean_entropy: of the distributions that the pieces were drawn from, in nats.
        distinct_1, distinct_2: different words (pairs of neighbours) divided by all of them (Li et
            al. 2016); ``None`` where there are none.
        repetition: share of the words that stood among the :data:`WINDOW` words before (Welleck et
            al. 2020); ``None`` where there are no words.
        longest_repeat: the longest run of words that stands there more than once.
    """

    pieces: int
    words: int
    log_probability: float
    mean_probability: float
    mean_entropy: float
    distinct_1: float | None
    distinct_2: float | None
    repetition: float | None
    longest_repeat: tuple[str, ...]


def statistics(view: GenerationView) -> Statistics:
    """Sureness and variety of a continuation of at least one piece."""
    tokens = view.tokens
    total = sum(log(max(token.probability, _LEAST)) for token in tokens)
    words = spoken(view.continuation)
    return Statistics(
        pieces=len(tokens),
        words=len(words),
        log_probability=total,
        mean_probability=exp(total / len(tokens)),
        mean_entropy=sum(token.entropy for token in tokens) / len(tokens),
        distinct_1=distinct(words, 1),
        distinct_2=distinct(words, 2),
        repetition=repetition(words),
        longest_repeat=longest_repeat(words),
    )


@dataclass(frozen=True)
class Comparison:
    """What stands out among several continuations.

    Attributes:
        numbers: of each, in their order.
        repeating: index of the one that repeats itself most; ``None`` where none has words.
    """

    numbers: tuple[Statistics, ...]
    repeating: int | None


def compare(views: Sequence[GenerationView]) -> Comparison:
    """Numbers of several continuations of at least one piece, and which stand out."""
    numbers = tuple(statistics(view) for view in views)
    shares = {i: n.repetition for i, n in enumerate(numbers) if n.repetition is not None}
    return Comparison(
        numbers,
        repeating=max(shares, key=lambda i: shares[i]) if shares else None,
    )


def least_likely(views: Sequence[GenerationView]) -> tuple[GenerationView, GeneratedToken]:
    """The piece that its own reader found least likely, and the text it stands in."""
    return min(
        ((view, token) for view in views for token in view.tokens),
        key=lambda pair: pair[1].probability,
    )


def frame(
    views: Sequence[GenerationView], names: Mapping[str, str], titles: Mapping[str, str]
) -> pd.DataFrame:
    """Every written piece of several continuations, one a row, in the order of view.

    Args:
        views: the continuations.
        names: of the readers, by family.
        titles: of the columns: ``reader``, ``step``, ``place``, ``piece``, ``probability``,
            ``rank``, ``entropy`` and ``instead``.
    """
    rows = [
        {
            titles["reader"]: names[view.family],
            titles["step"]: step,
            titles["place"]: token.position + 1,
            titles["piece"]: token.piece,
            titles["probability"]: token.probability,
            titles["rank"]: token.rank,
            titles["entropy"]: token.entropy,
            titles["instead"]: ", ".join(
                f"{other.text} {other.probability:.2%}" for other in token.alternatives
            ),
        }
        for view in views
        for step, token in enumerate(view.tokens, start=1)
    ]
    return pd.DataFrame(rows, columns=list(titles.values()))
