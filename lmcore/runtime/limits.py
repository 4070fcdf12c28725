"""What a visitor may ask for at the most: one table, from which everything takes its bounds.

Each value is the largest that was measured as safe on two cores with 3 GB of memory, so that an
operator may lower it by an environment variable and never raise it. The bounds below keep every
example and every lesson of the app within the limits. The functions that do the work refuse what
is beyond (:class:`lmcore.errors.InputError`); the widgets of the pages only show the same bounds.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from lmcore.errors import SettingError

#: What the names of all variables begin with.
PREFIX = "THREE_READERS_"


def _limit(most: int, least: int, name: str, meaning: str) -> Any:
    """A limit that may lie between two bounds, the upper one if nobody says otherwise."""
    facts = {"name": PREFIX + name, "least": least, "most": most, "meaning": meaning}
    return field(default=most, metadata=facts)


@dataclass(frozen=True)
class Limits:
    """All limits; what each means stands in its ``meaning``."""

    words: int = _limit(100, 30, "MAX_WORDS", "words of a text")
    characters: int = _limit(2_000, 400, "MAX_CHARACTERS", "characters of a text")
    blanks: int = _limit(5, 2, "MAX_BLANKS", "blanks of a sentence")
    beam: int = _limit(10, 1, "MAX_BEAM", "fillings that a search over several blanks keeps")
    asked: int = _limit(5, 2, "MAX_ASKED", "words that are asked about at once")
    samples: int = _limit(5, 2, "MAX_SAMPLES", "texts that a reader writes at once")
    tokens: int = _limit(64, 10, "MAX_TOKENS", "pieces of a text that a reader writes")
    sentences: int = _limit(12, 6, "MAX_SENTENCES", "sentences with one word (Polysemy)")
    uses: int = _limit(24, 6, "MAX_USES", "uses of one word in them (Polysemy)")
    own_sentences: int = _limit(30, 10, "MAX_OWN_SENTENCES", "own sentences (Layers)")
    upload_bytes: int = _limit(300_000, 10_000, "MAX_UPLOAD_BYTES", "bytes of an uploaded table")
    upload_rows: int = _limit(1_000, 20, "MAX_UPLOAD_ROWS", "rows of an uploaded table")
    training_seconds: int = _limit(55, 5, "MAX_TRAINING_SECONDS", "seconds of one training")
    trained: int = _limit(6, 1, "MAX_TRAINED", "trained networks that a visitor keeps")
    trained_by_all: int = _limit(18, 1, "MAX_TRAINED_BY_ALL", "trained networks of all visitors")
    at_once: int = _limit(2, 1, "AT_ONCE", "computations at the same time")
    queue: int = _limit(100, 1, "QUEUE", "computations that wait for their turn")


@dataclass(frozen=True)
class Variable:
    """One limit as an operator sets it.

    Attributes:
        name: of the environment variable.
        value: what holds now.
        least, most: what it may be set to; ``most`` is the default.
        meaning: what is counted.
    """

    name: str
    value: int
    least: int
    most: int
    meaning: str


def read(environment: Mapping[str, str]) -> Limits:
    """The limits of an environment.

    Raises:
        SettingError: ``environment_number``: a variable is no whole number within its bounds.
    """
    values: dict[str, int] = {}
    for limit in fields(Limits):
        name, least, most = (limit.metadata[key] for key in ("name", "least", "most"))
        text = environment.get(name, "").strip()
        if not text:
            continue
        known = text.isascii() and text.isdigit() and len(text) < 10
        if not (known and least <= int(text) <= most):
            raise SettingError(
                "environment_number", name=name, value=text[:40], low=least, high=most
            )
        values[limit.name] = int(text)
    return Limits(**values)


def variables(limits: Limits) -> list[Variable]:
    """All limits as variables, in the order of the table."""
    return [
        Variable(
            limit.metadata["name"],
            getattr(limits, limit.name),
            limit.metadata["least"],
            limit.metadata["most"],
            limit.metadata["meaning"],
        )
        for limit in fields(Limits)
    ]


def _now() -> Limits:
    """Those of this process; the defaults where a variable is wrong.

    :func:`lmcore.settings.check` says what is wrong before anything is served: an import is no
    place for a message.
    """
    try:
        return read(os.environ)
    except SettingError:
        return Limits()


LIMITS = _now()
#: How many computations run at once, and how many may wait.
AT_ONCE, QUEUE = LIMITS.at_once, LIMITS.queue
#: What a search over several blanks keeps unless fewer are asked for.
BEAM = LIMITS.beam
#: How many fillings of the blanks before are mixed for what stands in a blank for itself.
HYPOTHESES = 200
