"""Generation: what a reader wrote, where each piece stands, how sure it was and how it repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log

import pandas as pd

from lmcore.reading import GeneratedToken, GenerationSettings
from lmcore.words import split

#: How far back a word counts as a repetition (Welleck et al. 2020, rep/l with l = 16).
WINDOW = 16
#: Probabilities underflow before their logarithms do; ln of the smallest normal float64.
_LEAST = 1e-300


@dataclass(frozen=True)
class Writing:
    """A finished continuation of a prompt by one reader, or what there is of it so far.

    Attributes:
        family: the reader.
        prompt: the text it went on from.
        settings: how it was told to write.
        tokens: the pieces in the order in which they were written.
    """

    family: str
    prompt: str
    settings: GenerationSettings
    tokens: tuple[GeneratedToken, ...]

    @property
    def text(self) -> str:
        """The whole text, prompt included."""
        return self.tokens[-1].text_so_far if self.tokens else self.prompt

    @property
    def continuation(self) -> str:
        """Only what was written."""
        return self.text[len(self.prompt) :]

    @property
    def in_order(self) -> bool:
        """Whether the pieces were written from left to right."""
        places = [token.position for token in self.tokens]
        return places == sorted(places)

    def until(self, step: int) -> Writing:
        """The same after some number of steps."""
        return Writing(self.family, self.prompt, self.settings, self.tokens[:step])


@dataclass(frozen=True)
class Segment:
    """One place of a continuation, from left to right.

    Attributes:
        lead: blanks before it.
        text: what stands there, without them; empty where the place is still covered.
        step: when it was written, from 1; 0 where the place is still covered.
        token: the piece; ``None`` where the place is still covered.
    """

    lead: str
    text: str
    step: int
    token: GeneratedToken | None


def segments(writing: Writing) -> list[Segment]:
    """A continuation as places from left to right; joined, they give its text.

    A reader that fills places in any order writes those still covered as an underscore; blanks are
    taken from the text itself, since the piece before decides about them.
    """
    placed = {token.position: (step, token) for step, token in enumerate(writing.tokens, start=1)}
    text = writing.continuation
    found: list[Segment] = []
    cursor = 0
    while cursor < len(text):
        step, token = placed.get(len(found), (0, None))
        shown = token.text.strip() if token is not None else "_"
        lead = "" if text.startswith(shown, cursor) else text[cursor : cursor + 1]
        found.append(Segment(lead, shown if token is not None else "", step, token))
        cursor += len(lead) + max(len(shown), 1)
    return found


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
    """

    pieces: int
    words: int
    log_probability: float
    mean_probability: float
    mean_entropy: float
    distinct_1: float | None
    distinct_2: float | None
    repetition: float | None


def statistics(writing: Writing) -> Statistics:
    """Sureness and variety of a continuation of at least one piece."""
    tokens = writing.tokens
    total = sum(log(max(token.probability, _LEAST)) for token in tokens)
    words = [w.text.casefold() for w in split(writing.continuation).words if w.has_letters]
    return Statistics(
        pieces=len(tokens),
        words=len(words),
        log_probability=total,
        mean_probability=exp(total / len(tokens)),
        mean_entropy=sum(token.entropy for token in tokens) / len(tokens),
        distinct_1=distinct(words, 1),
        distinct_2=distinct(words, 2),
        repetition=repetition(words),
    )


def distinct(words: Sequence[str], n: int) -> float | None:
    """Different n-grams divided by all n-grams; ``None`` where there are none."""
    grams = [tuple(words[i : i + n]) for i in range(len(words) - n + 1)]
    return len(set(grams)) / len(grams) if grams else None


def repetition(words: Sequence[str], window: int = WINDOW) -> float | None:
    """Share of words that occur among the ``window`` words before them; ``None`` without words."""
    again = [word in words[max(0, i - window) : i] for i, word in enumerate(words)]
    return sum(again) / len(again) if again else None


def frame(
    writings: Sequence[Writing], names: dict[str, str], titles: dict[str, str]
) -> pd.DataFrame:
    """Every written piece of several continuations, one a row, in the order of writing.

    Args:
        writings: the continuations.
        names: of the readers, by family.
        titles: of the columns: ``reader``, ``step``, ``place``, ``piece``, ``probability``,
            ``rank``, ``entropy`` and ``instead``.
    """
    rows = [
        {
            titles["reader"]: names[writing.family],
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
        for writing in writings
        for step, token in enumerate(writing.tokens, start=1)
    ]
    return pd.DataFrame(rows, columns=list(titles.values()))
