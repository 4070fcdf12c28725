"""Who reads for a visitor: which classroom, and which model in each family's place.

Whose classroom reads is chosen (``?reads=zh``), or the script of a text decides. One whose weights
are not there reads nothing: the first one reads in its place, and the page says so. The address
says ``?m=gpt:openai-community/openai-gpt,bert:google-bert/bert-base-cased``; a family that is not
named there is the classroom's. Only models that the operator allows are ever taken
(:mod:`lmcore.hub.policy`): an address can name no other repository and no folder.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from lmcore.analyses import sense_bank
from lmcore.analyses.sense_bank import SenseBank
from lmcore.hub import policy
from lmcore.hub.catalogue import PublishedModel
from lmcore.runtime import checkpoints
from lmcore.runtime.checkpoints import LANGUAGE, ROOT
from lmcore.runtime.families import CONTEXTUAL, FAMILIES, TITLES
from lmcore.text.examples import Examples
from lmcore.text.examples import of as of_language
from lmcore.text.language import Language, language, languages
from lmcore.text.languages import classroom_of
from pages.ui.address.state import came_back
from pages.ui.text import language as spoken
from pages.ui.text import t, tm

#: The family whose place word2vec, GloVe or fastText takes.
STATIC = FAMILIES["static"]
_STATIC_FOLDERS = STATIC.folders
PARAMETER = "m"
#: Between a family and the model in its place, in the keys of caches.
MARK = "@"


#: In the address and the session: a language, or that the text decides.
READS, FOLLOW = "reads", "follow"
#: The classroom of the text that was read last.
_LAST = "kept:classroom"
#: Names of the fields of a question that hold what is read.
_TEXTS = ("text", "texts", "prompt", "first", "second")


def picks() -> dict[str, str]:
    """Published models by family; the address is read where a link has changed it.

    Who goes back finds the text again, in the language and with the readers of now.
    """
    state, address = st.session_state, st.query_params.get(PARAMETER)
    if address not in (None, state.get("models:address")) and not came_back():
        known, unknown = parse(address)
        state["models"], state["models:unknown"] = known, unknown
        state["models:address"] = address
    return dict(state.get("models", {}))


def unknown() -> list[str]:
    """What the address asked for and is not allowed here; said once, then forgotten."""
    picks()
    return list(st.session_state.pop("models:unknown", []))


def parse(address: str) -> tuple[dict[str, str], list[str]]:
    """The allowed models that an address names, by family, and all the rest as it stands there."""
    known: dict[str, str] = {}
    rest: list[str] = []
    for part in filter(None, (part.strip() for part in address[:2_000].split(","))):
        family, _, wanted = part.partition(":")
        model = policy.find(wanted)
        if family == STATIC.name and wanted in static_vectors():
            known[family] = wanted
        elif model is None or model.family != family:
            rest.append(part)
        else:
            known[family] = wanted
    return known, rest


def address(wanted: Mapping[str, str]) -> str:
    """Some picks as they stand in the address; the reverse of :func:`parse`."""
    return ",".join(f"{family}:{model}" for family, model in wanted.items() if model)


def choose(wanted: Mapping[str, str]) -> None:
    """Let these models, by family, read from the next run on; an empty one is the classroom's."""
    kept = {family: model for family, model in wanted.items() if model}
    st.session_state["models"] = kept
    keep_address()


def keep_address() -> None:
    """Write the choice into the address: turning a page has emptied it."""
    wanted = address(picks())
    if wanted != st.query_params.get(PARAMETER, ""):
        if wanted:
            st.query_params[PARAMETER] = wanted
        else:
            del st.query_params[PARAMETER]
    st.session_state["models:address"] = wanted


def model(family: str) -> PublishedModel | None:
    """The published model in a family's place, or ``None`` where it is the classroom's."""
    wanted = picks().get(family)
    return policy.find(wanted) if wanted else None


def key(family: str, text: str = "") -> str:
    """The model in a family's place as a key of caches: ``gpt`` or ``gpt@openai-community/…``.

    Other static vectors have the name of their folder (``glove``); what another classroom than the
    first has is led by its language (``zh/gpt``).

    A key stands for itself.

    Args:
        family: whose place.
        text: that is to be read; without one, the classroom that read last.
    """
    if MARK in family or "/" in family:
        return family
    wanted, language_read = picks().get(family, ""), reads(text)
    if wanted and family != STATIC.name:
        return f"{family}{MARK}{wanted}"
    folder = wanted if wanted in static_vectors(language_read) else family
    return folder if language_read == LANGUAGE else f"{language_read}/{folder}"


def checkpoint(key: str) -> Path:
    """The folder of a classroom's reader."""
    language, _, folder = key.rpartition("/")
    return (checkpoints.classroom(language) if language else ROOT) / folder


class ReaderNames(Mapping[str, str]):
    """Names by family of the models that read for this visitor: “GPT”, or “GPT-2 small”.

    Colours and marks belong to a family, names to the model that stands in its place.
    """

    def __getitem__(self, family: str) -> str:
        if family == STATIC.name:
            return TITLES[key(family).rpartition("/")[2]]
        published = model(family)
        return FAMILIES[family].title if published is None else published.name

    def __iter__(self) -> Iterator[str]:
        return iter(FAMILIES)

    def __len__(self) -> int:
        return len(FAMILIES)


#: Pages take names from here and never from the theme, which knows the families only.
FAMILY_NAMES = ReaderNames()


def static_vectors(language: str = LANGUAGE) -> dict[str, str]:
    """The static vectors of a language that are shipped, by folder: their names, word2vec first."""
    root = ROOT if language == LANGUAGE else checkpoints.classroom(language)
    return {folder: name for folder, name in _STATIC_FOLDERS.items() if (root / folder).is_dir()}


@cache
def _complete(project: Path) -> dict[str, bool]:
    """Languages with weights of a reader, and whether all have them; looked for once."""
    cards = (project / "checkpoints").glob(f"*/*/{checkpoints.CARD}")
    counts = Counter(card.parents[1].name for card in cards if card.parent.name in CONTEXTUAL)
    there = [key for key in languages() if counts[key] or key == LANGUAGE]
    return {key: counts[key] == len(CONTEXTUAL) for key in there}


def present(key: str) -> bool:
    """Whether a language has weights of at least one reader."""
    return key in _complete(checkpoints.PROJECT)


def options() -> tuple[str, ...]:
    """What can be chosen; a single classroom leaves nothing to choose."""
    there = _complete(checkpoints.PROJECT)
    return (FOLLOW, *there) if len(there) > 1 else ()


def chosen() -> str:
    """A language, or :data:`FOLLOW`."""
    wanted = st.session_state.get(READS, st.query_params.get(READS, FOLLOW))
    return str(wanted) if wanted in options() else FOLLOW


def usual() -> str:
    """The classroom of somebody who has read nothing yet: the interface's, where it is complete."""
    return spoken() if _complete(checkpoints.PROJECT).get(spoken()) else LANGUAGE


def reads(text: str = "") -> str:
    """The language of the classroom that reads a text; without one, of that which read last."""
    if chosen() != FOLLOW:
        return chosen()
    wanted = classroom_of(text).language if text else None
    if wanted is None:
        wanted = str(st.session_state.get(_LAST, usual()))
    return wanted if present(wanted) else LANGUAGE


def here() -> Language:
    """The language of the classroom that read last."""
    return language(reads())


def with_file(name: str) -> Language:
    """The language of the classroom that read last; the first one's where its folder lacks a file.

    Args:
        name: of the file.
    """
    record = here()
    return record if (record.folder / name).is_file() else language()


def examples() -> Examples:
    """The examples of the classroom that read last."""
    return of_language(with_file("examples.json"))


def opening() -> Language:
    """Whose examples stand in the boxes before anybody types: the classroom's that is chosen, or
    the usual one's.
    """
    record = language(usual() if chosen() == FOLLOW else chosen())
    return record if (record.folder / "examples.json").is_file() else language()


def say(key: str) -> str:
    """What is said of the examples and phenomena of the classroom that read last."""
    return _said(reads(), spoken(), key)


@cache
def _said(of: str, interface: str, key: str) -> str:
    return language(of).say(interface, key)


def follow(text: str) -> None:
    """Remember whose classroom a text asks for, and say what is to be said of that at its box."""
    wanted = classroom_of(text)
    if wanted.language is None:
        return
    st.session_state[_LAST] = wanted.language
    reading = language(reads(text))
    name = reading.title[spoken()]
    if not present(wanted.language):
        other = language(wanted.language).title[spoken()]
        st.caption(tm("models.reads_missing", language=other, reading=name))
    elif wanted.others and chosen() == FOLLOW:
        others = [language(key).title[spoken()] for key in wanted.others]
        st.caption(tm("models.reads_mixed", others=t("common.comma").join(others), reading=name))


def bank(text: str) -> SenseBank:
    """The sense bank of the classroom that reads a text; the first one's where it has none."""
    folder = language(reads(text)).folder
    there = (folder / sense_bank.SENTENCES_FILE).is_file()
    return sense_bank.load(folder if there else language().folder)


def text_of(question: Any) -> str:
    """What is read in a question, in one string; empty where it holds no text."""
    parts: list[str] = []
    for field in fields(question):
        value = getattr(question, field.name)
        if is_dataclass(value):
            parts.append(text_of(value))
        elif field.name in _TEXTS:
            parts += [value] if isinstance(value, str) else value
    return "\n".join(parts)
