"""Which model reads in each family's place, for one visitor: in the session and in the address.

The address says ``?m=gpt:openai-community/openai-gpt,bert:google-bert/bert-base-cased``; a family
that is not named there is the classroom's. Only models that the operator allows are ever taken
(:mod:`lmcore.hub.policy`): an address can name no other repository and no folder.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

import streamlit as st

from lmcore.hub import policy
from lmcore.hub.catalogue import PublishedModel
from lmcore.runtime import checkpoints
from lmcore.runtime.checkpoints import LANGUAGE, ROOT
from lmcore.runtime.families import FAMILIES, TITLES
from pages.ui.address.state import came_back
from pages.ui.models import classroom

#: The family whose place word2vec, GloVe or fastText takes.
STATIC = FAMILIES["static"]
PARAMETER = "m"
#: Between a family and the model in its place, in the keys of caches.
MARK = "@"


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
    wanted, reads = picks().get(family, ""), classroom.reads(text)
    if wanted and family != STATIC.name:
        return f"{family}{MARK}{wanted}"
    folder = wanted if wanted in static_vectors(reads) else family
    return folder if reads == LANGUAGE else f"{reads}/{folder}"


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
    return {folder: name for folder, name in STATIC.folders.items() if (root / folder).is_dir()}
