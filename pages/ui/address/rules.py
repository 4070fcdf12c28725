"""Everything that the address of a page may hold: one list, with what each value may be.

A value that depends on what is read (a layer, a word) is checked here for its form and by the page
for its range; both say so (:mod:`pages.ui.address.state`). A test runs every page and fails where
one reads or writes a name that does not stand here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import get_args

from lmcore.analyses import minimal_pairs, scalar_mix
from lmcore.analyses.generation import MAX_SAMPLES
from lmcore.analyses.training_history import AXES
from lmcore.finetuning.benchmarks import NAMES as SETS
from lmcore.finetuning.task import BUILT_IN, KINDS
from lmcore.finetuning.upload import MAX_CHOICES
from lmcore.outputs.generation import RANGES
from lmcore.runtime.families import CONTEXTUAL
from lmcore.text.cloze import MAX_BLANKS
from lmcore.text.prompts import Direction
from pages.ui.text import LANGUAGES

#: Whether a value may stand in the address.
Rule = Callable[[str], bool]

_WHOLE = re.compile(r"-?[0-9]{1,10}", re.ASCII)
_REAL = re.compile(r"-?[0-9]{1,10}(\.[0-9]{1,10})?", re.ASCII)


def text(_: str) -> bool:
    """Any text: the page says what is wrong with it, as with one that is typed."""
    return True


def flag(value: str) -> bool:
    """On or off."""
    return value in ("true", "false")


def among(*options: str) -> Rule:
    """One of a few."""
    return lambda value: value in options


def whole(low: float, high: float | None = None) -> Rule:
    """A whole number; without ``high`` the page knows how far it goes."""
    return lambda value: bool(_WHOLE.fullmatch(value)) and _within(int(value), low, high)


def real(low: float, high: float) -> Rule:
    """A number with at most a few places behind the point."""
    return lambda value: bool(_REAL.fullmatch(value)) and _within(float(value), low, high)


def some_of(*options: str) -> Rule:
    """Some of a few, with commas between them."""
    return lambda value: set(value.split(",")) <= set(options)


def _within(value: float, low: float, high: float | None) -> bool:
    return low <= value and (high is None or value <= high)


#: The language, and which models read.
EVERYWHERE: Mapping[str, Rule] = {"lang": among(*LANGUAGES), "m": text}

_TRANSFORMERS, _DEEP = ("gpt", "bert"), CONTEXTUAL
_HALVES = ("elmo-forward", "elmo-backward")
_POLYSEMY: Mapping[str, Rule] = {"pw": text, "ps": text}
_PENALTIES, _WEIGHTS = ("0.0", "0.001", "0.1", "1.0"), ("0.0", "0.25", "0.5", "1.0")

#: By page: names and what they may be.
PAGES: Mapping[str, Mapping[str, Rule]] = {
    "home": {"s": text, "word": whole(1), "measure": flag},
    "lessons": {"l": text, "p": text},
    "polysemy": {
        **_POLYSEMY,
        **{f"p_{family}": whole(0) for family in _DEEP},
        "nc_use": whole(1),
    },
    "attention": {
        "s": text,
        "b": text,
        "a_quantity": among("attention", "norms", "rollout", "influence", "pair"),
        "a_units": among("words", "pieces"),
        "a_look": among("map", "lines"),
        "a_part": text,
        "no_special": flag,
        "no_self": flag,
        "elmo_half": among("both", "forward", "backward"),
        **{f"{family}_layer": whole(1) for family in _TRANSFORMERS},
        **{f"{family}_head": whole(0) for family in _TRANSFORMERS},
    },
    "layers": {
        "s": text,
        "word": whole(1),
        **{f"at-{reader_part}": whole(0) for reader_part in (*_DEEP, *_HALVES)},
        "lens": flag,
        "lc": text,
        "lc_word": whole(1),
        "adjusted": flag,
        **_POLYSEMY,
        **{f"w{number}": real(*scalar_mix.WEIGHTS) for number in range(3)},
        "gamma": real(*scalar_mix.GAMMA),
    },
    "masked_word": {
        "s": text,
        "b": text,
        "w": text,
        "mk": whole(3, 20),
        "mx": flag,
        "mr": flag,
        "mb": whole(1, MAX_BLANKS),
        "p1": text,
        "p2": text,
    },
    "generation": {
        "s": text,
        "gd": among(*get_args(Direction)),
        "gw": whole(0),
        "gn": whole(*RANGES["length"]),
        "gt": real(*RANGES["temperature"]),
        "gp": real(*RANGES["top_p"]),
        "gk": whole(*RANGES["top_k"]),
        "gs": whole(0, 2**31 - 1 - MAX_SAMPLES),
        "gm": whole(1, MAX_SAMPLES),
        "gr": flag,
        "gc": text,
        "gv": whole(1, MAX_SAMPLES),
        "gf": text,
        "gi": whole(1),
        "ga": text,
        "go": whole(1),
        "generation_measure": among("probability", "rank", "entropy"),
    },
    "sentence_score": {
        "s": text,
        "s2": text,
        "su": among("nats", "bits"),
        "sw": flag,
        "phenomenon": lambda value: value in minimal_pairs.load(),
    },
    "finetuning": {
        "ft": among(*BUILT_IN, "upload"),
        "ftk": among(*KINDS),
        "ftik": whole(1, len(KINDS)),
        "ftie": whole(1),
        "ftl": among(*_WEIGHTS),
        "fts": whole(0, 999),
        "ftp": among("mean", "bilstm"),
        "ftn": flag,
        "ftm": among(*_PENALTIES),
        "ftr": flag,
        "ftd": some_of(*_DEEP),
        "ftset": among(*SETS),
        "ftc": among("cosine", "cka"),
        **{key: whole(1) for key in ("fta", "ftal", "ftah", "ftg", "ftb")},
        **{f"ftt{place}": text for place in range(MAX_CHOICES + 1)},
    },
    "history": {"h_axis": among(*AXES), "log": flag},
}


def of(page: str) -> Mapping[str, Rule]:
    """What the address of a page may hold."""
    return {**EVERYWHERE, **PAGES[page]}
