"""Generation: what a reader wrote, where each piece stands, how sure it was and how it repeats.

How much a text repeats itself. All counts are over words, in one case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log

import pandas as pd

from lmcore.errors import InputError
from lmcore.outputs.reading import Forced, GeneratedToken, GenerationSettings
from lmcore.runtime.limits import LIMITS
from lmcore.text.prompts import Direction
from lmcore.text.words import split

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


#: How many texts each reader writes at once at most.
MAX_SAMPLES = LIMITS.samples
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
        side: where it wrote.
        forced: how many of the first pieces it was told to write.
    """

    family: str
    prompt: str
    settings: GenerationSettings
    tokens: tuple[GeneratedToken, ...]
    side: Direction = "right"
    forced: int = 0

    @property
    def finished(self) -> bool:
        """Whether all pieces that were asked for are written."""
        return len(self.tokens) == self.settings.length

    @property
    def text(self) -> str:
        """The whole text, prompt included."""
        return self.tokens[-1].text_so_far if self.tokens else self.prompt

    @property
    def continuation(self) -> str:
        """Only what was written, with the blank between it and the prompt."""
        return self._at(self.tokens[-1]) if self.tokens else ""

    def _at(self, token: GeneratedToken) -> str:
        """What stood beside the prompt after a step."""
        text, count = token.text_so_far, len(self.prompt)
        return text[count:] if self.side == "right" else text[: len(text) - count]

    @property
    def written(self) -> tuple[int, int]:
        """Characters of :attr:`text` that were written."""
        count = len(self.continuation)
        start = len(self.prompt) if self.side == "right" else 0
        return start, start + count

    @property
    def in_order(self) -> bool:
        """Whether each piece was put beside the one before, with no place left open meanwhile."""
        return not self.tokens or self._at(self.tokens[0]).strip() == self.tokens[0].text.strip()

    def until(self, step: int) -> Writing:
        """The same after some number of steps."""
        return replace(self, tokens=self.tokens[:step], forced=min(self.forced, step))

    def instead(self, step: int, piece: str) -> tuple[Forced, ...]:
        """What to tell a reader so that it writes this text up to a step, and then another piece.

        Args:
            step: which step is changed, from 1.
            piece: entry of the vocabulary that is to be written there.

        Raises:
            InputError: ``setting_out_of_range`` where there is no such step.
        """
        if not 1 <= step <= len(self.tokens):
            high = len(self.tokens)
            raise InputError("setting_out_of_range", name="step", value=step, low=1, high=high)
        kept = [Forced(token.position, token.piece) for token in self.tokens[: step - 1]]
        return (*kept, Forced(self.tokens[step - 1].position, piece))


def samples(settings: GenerationSettings, count: int) -> list[GenerationSettings]:
    """The same settings with seeds ``seed`` to ``seed + count - 1``.

    Raises:
        InputError: ``setting_out_of_range`` for more than :data:`MAX_SAMPLES` or less than one.
    """
    if not (1 <= count <= MAX_SAMPLES and count == int(count)):
        raise InputError(
            "setting_out_of_range", name="samples", value=count, low=1, high=MAX_SAMPLES
        )
    return [replace(settings, seed=settings.seed + number) for number in range(int(count))]


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

    The blank between a text and the ending that it was written in front of belongs to none of them.
    """
    steps = list(enumerate(writing.tokens, start=1))
    if not writing.in_order:
        return _filled(writing, {token.position: (step, token) for step, token in steps})
    found: list[Segment] = []
    lead = ""
    for step, token in steps if writing.side == "right" else reversed(steps):
        text = lead + token.text
        body = text.lstrip()
        lead = body[len(body.rstrip()) :] if writing.side == "left" else ""
        found.append(Segment(text[: len(text) - len(body)], body.removesuffix(lead), step, token))
    return found


def _filled(writing: Writing, placed: dict[int, tuple[int, GeneratedToken]]) -> list[Segment]:
    """Places of a text that is filled in any order.

    Those still covered are written as an underscore; blanks are taken from the text itself, since
    the piece before decides about them.
    """
    text = writing.continuation
    if writing.side == "left":
        text = text.rstrip(" ")
    found: list[Segment] = []
    cursor = 0
    while cursor < len(text):
        step, token = placed.get(len(found), (0, None))
        shown = token.text.strip() if token is not None else "_"
        lead = "" if text.startswith(shown, cursor) else text[cursor : cursor + 1]
        found.append(Segment(lead, shown if token is not None else "", step, token))
        cursor += len(lead) + max(len(shown), 1)
    return found


def around(writing: Writing) -> tuple[str, str]:
    """What stands before and behind the places of :func:`segments`: the prompt, on its side."""
    if writing.side == "right":
        return writing.prompt, ""
    text = writing.continuation
    return "", text[len(text.rstrip(" ")) :] + writing.prompt


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


def statistics(writing: Writing) -> Statistics:
    """Sureness and variety of a continuation of at least one piece."""
    tokens = writing.tokens
    total = sum(log(max(token.probability, _LEAST)) for token in tokens)
    words = spoken(writing.continuation)
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


def frame(
    writings: Sequence[Writing], names: Mapping[str, str], titles: Mapping[str, str]
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
