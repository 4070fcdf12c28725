"""What a link holds of written texts: the pieces that somebody chose, and that they were written.

A text follows from its settings and its seed. Where a piece was chosen anew, it follows from all
pieces up to that one: they stand in the address as a list of
``[reader, sample, pieces, positions]``, positions only where pieces were not written one beside
the other from the left.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from lmcore.analyses.generation import Writing
from lmcore.errors import InputError
from lmcore.outputs.reading import Forced, GenerationSettings
from lmcore.readers.base import Reader
from lmcore.text.prompts import Prompt
from lmcore.text.words import split
from pages.sections.generation.jobs import Job, take_over
from pages.ui import cache
from pages.ui.address import state as address

#: Names in the address: chosen pieces, and whether texts are there that a button had to ask for.
CHOICES, WRITTEN = "gc", "gr"
#: In the session: the texts that a link asks for.
_LINKED = "generation:linked"

#: A reader, the number of its sample, and the pieces it was told.
Row = tuple[str, int, tuple[Forced, ...]]


def encoded(rows: Iterable[Row]) -> str:
    """Told pieces as they stand in the address; the reverse of :func:`decoded`."""
    said: list[list[object]] = []
    for family, number, forced in rows:
        row: list[object] = [family, number, [one.piece for one in forced]]
        positions = [one.position for one in forced]
        said.append(row if positions == list(range(len(forced))) else [*row, positions])
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"))


def decoded(value: str) -> list[Row]:
    """The rows of an address.

    Raises:
        ValueError: it is not of that form.
    """
    said = json.loads(value) if len(value) < 100_000 else None
    if not isinstance(said, list):
        raise ValueError("no list")
    return [_row(one) for one in said]


def _row(said: object) -> Row:
    if not (isinstance(said, list) and len(said) in (3, 4)):
        raise ValueError("no row")
    family, number, pieces = said[:3]
    positions = said[3] if len(said) == 4 else list(range(len(pieces)))
    good = isinstance(family, str) and type(number) is int and isinstance(pieces, list)
    if not (good and isinstance(positions, list) and 0 < len(pieces) == len(positions)):
        raise ValueError("no row")
    if not all(isinstance(one, str) for one in pieces):
        raise ValueError("a piece is no text")
    if not all(type(one) is int for one in positions):
        raise ValueError("a position is no number")
    return family, number, tuple(map(Forced, positions, pieces))


def restore(
    prompt: Prompt, settings: Sequence[GenerationSettings], writers: Mapping[str, Reader]
) -> None:
    """Take over what the address asks for; once in a session.

    Args:
        prompt: what to go on from.
        settings: of each sample.
        writers: readers that can write there.
    """
    state = st.session_state
    if _LINKED in state:
        return
    jobs = {
        (family, number): Job(family, cache.key(family), prompt.text, prompt.side, own)
        for family in writers
        for number, own in enumerate(settings, start=1)
    }
    state[_LINKED] = set(jobs.values()) if st.query_params.get(WRITTEN) == "true" else set()
    value = st.query_params.get(CHOICES)
    if value is None:
        return
    try:
        for family, number, forced in decoded(value):
            one = jobs[family, number]
            # The reader checks every piece and place before it writes the first.
            writers[family].generate(split(one.prompt), one.settings, forced, one.side)
            take_over(one, forced)
    except (ValueError, TypeError, KeyError, RecursionError, InputError):
        address.wrong(CHOICES, value)


def asked_for(jobs: Iterable[Job]) -> bool:
    """Whether a link asks for all these texts, so that no button needs pressing."""
    return {one.own for one in jobs} <= st.session_state.get(_LINKED, set())


def keep(jobs: Mapping[Job, int], found: Mapping[Job, Writing], unasked: bool) -> None:
    """Write chosen pieces into the address, and that the texts are written.

    Args:
        jobs: what is wanted, with the number of the sample.
        found: what is written.
        unasked: whether the page writes such texts by itself.
    """
    rows = [(one.family, number, one.forced) for one, number in jobs.items() if one.forced]
    address.keep(CHOICES, "[]", encoded(rows))
    whole = bool(jobs) and all(one in found and found[one].finished for one in jobs)
    address.keep(WRITTEN, "false", "true" if whole and not unasked else "false")
