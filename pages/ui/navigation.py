"""The pages: one table of all that is known of each, and the menu made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from lmcore.analyses import minimal_pairs, scalar_mix
from lmcore.analyses.generation import MAX_SAMPLES
from lmcore.analyses.training_history import AXES
from lmcore.finetuning.benchmarks import NAMES as SETS
from lmcore.finetuning.task import BUILT_IN, KINDS
from lmcore.finetuning.upload import MAX_CHOICES
from lmcore.outputs.generation import RANGES
from lmcore.runtime.families import CONTEXTUAL, FAMILIES, Capability
from lmcore.text import glossary
from lmcore.text.cloze import MAX_BLANKS
from lmcore.text.language import languages
from lmcore.text.prompts import Direction
from pages.ui.address import rules
from pages.ui.address.rules import Rule
from pages.ui.text import t

FOLDER = Path(__file__).resolve().parents[1]
#: The first icon of the tab, a sign: the browser would fetch those of the pages from afar.
SIGN = "📚"


@dataclass(frozen=True)
class Page:
    """What is known of a page.

    Its texts are ``NAME.title``, ``NAME.question`` and ``NAME.how``.

    Attributes:
        icon: in the menu.
        address: names that its address may hold, with what each value may be. A test runs every
            page and fails where one reads or writes a name that does not stand here.
        needs: of a reader beyond reading, in the order in which it is said.
        reads: whether readers are asked anything on it.
    """

    icon: str
    address: Mapping[str, Rule]
    needs: tuple[Capability, ...] = ()
    reads: bool = True


#: In the address of every page: the language, how deep it goes, and who reads.
EVERYWHERE: Mapping[str, Rule] = {
    "depth": rules.among("simple", "more", "experts"),
    "lang": rules.language,
    "m": rules.text,
    "reads": rules.among("follow", *languages()),
}

#: On every page with the sentence box.
_SHARED: Mapping[str, Rule] = {"s": rules.text, "word": rules.whole(1)}
_ATTENDING = tuple(name for name, family in FAMILIES.items() if "attention" in family.capabilities)
_HALVES = ("elmo-forward", "elmo-backward")
_POLYSEMY: Mapping[str, Rule] = {"pw": rules.text, "ps": rules.text}
_PENALTIES, _WEIGHTS = ("0.0", "0.001", "0.1", "1.0"), ("0.0", "0.25", "0.5", "1.0")

#: By name, in the order of the menu; the first is where ``/`` leads.
PAGES: Mapping[str, Page] = {
    "home": Page(
        ":material/home:",
        {**_SHARED, "measure": rules.flag, "c1": rules.text, "c2": rules.text},
    ),
    "lessons": Page(":material/cast_for_education:", {"l": rules.text, "p": rules.text}),
    "polysemy": Page(
        ":material/scatter_plot:",
        {
            **_POLYSEMY,
            **{f"p_{family}": rules.whole(0) for family in CONTEXTUAL},
            "nc_use": rules.whole(1),
        },
    ),
    "attention": Page(
        ":material/grid_on:",
        {
            **_SHARED,
            "b": rules.text,
            "a_quantity": rules.among("attention", "norms", "rollout", "influence", "pair"),
            "a_units": rules.among("words", "pieces"),
            "a_look": rules.among("map", "lines"),
            "a_part": rules.text,
            "no_special": rules.flag,
            "no_self": rules.flag,
            "elmo_half": rules.among("both", "forward", "backward"),
            **{f"{family}_layer": rules.whole(1) for family in _ATTENDING},
            **{f"{family}_head": rules.whole(0) for family in _ATTENDING},
        },
    ),
    "layers": Page(
        ":material/layers:",
        {
            **_SHARED,
            **{f"at-{reader_part}": rules.whole(0) for reader_part in (*CONTEXTUAL, *_HALVES)},
            "lens": rules.flag,
            "lc": rules.text,
            "lc_word": rules.whole(1),
            "adjusted": rules.flag,
            **_POLYSEMY,
            **{f"w{number}": rules.real(*scalar_mix.WEIGHTS) for number in range(3)},
            "gamma": rules.real(*scalar_mix.GAMMA),
        },
    ),
    "masked_word": Page(
        ":material/password:",
        {
            **_SHARED,
            "b": rules.text,
            "w": rules.text,
            "mk": rules.whole(3, 20),
            "mx": rules.flag,
            "mr": rules.flag,
            "mb": rules.whole(1, MAX_BLANKS),
            "p1": rules.text,
            "p2": rules.text,
        },
        needs=("fill", "pairs"),
    ),
    "generation": Page(
        ":material/edit_note:",
        {
            **_SHARED,
            "gd": rules.among(*get_args(Direction)),
            "gw": rules.whole(0),
            "gn": rules.whole(*RANGES["length"]),
            "gt": rules.real(*RANGES["temperature"]),
            "gp": rules.real(*RANGES["top_p"]),
            "gk": rules.whole(*RANGES["top_k"]),
            "gs": rules.whole(0, 2**31 - 1 - MAX_SAMPLES),
            "gm": rules.whole(1, MAX_SAMPLES),
            "gr": rules.flag,
            "gc": rules.text,
            "gv": rules.whole(1, MAX_SAMPLES),
            "gf": rules.text,
            "gi": rules.whole(1),
            "ga": rules.text,
            "go": rules.whole(1),
            "generation_measure": rules.among("probability", "rank", "entropy"),
        },
        needs=("generate",),
    ),
    "sentence_score": Page(
        ":material/balance:",
        {
            **_SHARED,
            "s2": rules.text,
            "su": rules.among("nats", "bits"),
            "sw": rules.flag,
            "phenomenon": lambda value: value in minimal_pairs.phenomena(),
        },
        needs=("score",),
    ),
    "finetuning": Page(
        ":material/model_training:",
        {
            "ft": rules.among(*BUILT_IN, "upload"),
            "ftk": rules.among(*KINDS),
            "ftik": rules.whole(1, len(KINDS)),
            "ftie": rules.whole(1),
            "ftl": rules.among(*_WEIGHTS),
            "fts": rules.whole(0, 999),
            "ftp": rules.among("mean", "bilstm"),
            "ftn": rules.flag,
            "ftm": rules.among(*_PENALTIES),
            "ftr": rules.flag,
            "ftd": rules.some_of(*CONTEXTUAL),
            "ftset": rules.among(*SETS),
            "ftc": rules.among("cosine", "cka"),
            **{key: rules.whole(1) for key in ("fta", "ftal", "ftah", "ftg", "ftb")},
            **{f"ftt{place}": rules.text for place in range(MAX_CHOICES + 1)},
        },
    ),
    "history": Page(":material/school:", {"h_axis": rules.among(*AXES), "log": rules.flag}),
    "glossary": Page(
        ":material/dictionary:",
        {
            "term": rules.among(*glossary.load()),
            "q": rules.text,
            "terms": rules.among(*glossary.THEMES, "letters"),
        },
        reads=False,
    ),
}


#: What the address of each page may hold.
ADDRESS = {name: {**EVERYWHERE, **page.address} for name, page in PAGES.items()}


def menu() -> StreamlitPage:
    """Declare the pages; the one to run comes back."""
    first = next(iter(PAGES))
    return st.navigation(
        [
            st.Page(
                file_of(name),
                title=t(f"{name}.title"),
                url_path=None if name == first else name,
                icon=page.icon,
                default=name == first,
            )
            for name, page in PAGES.items()
        ]
    )


def file_of(page: str) -> Path:
    """The script of a page."""
    return FOLDER / f"{page}.py"
