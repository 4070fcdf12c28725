"""What a link holds of written texts: the pieces that somebody chose, and that they were written.

A text follows from its settings and its seed. Where a piece was chosen anew, it follows from all
pieces up to that one: they stand in the address as a list of
``[reader, sample, pieces, positions]``, positions only where pieces were not written one beside
the other from the left.
"""

import json
from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from lmcore.analyses.generation import GenerationView
from lmcore.errors import InputError
from lmcore.outputs.generation import Forced, GenerationSettings
from lmcore.text.prompts import Prompt
from pages.sections.generation.jobs import Job, take_over, unforced_job
from pages.ui.address import state as address

#: Names in the address: chosen pieces, and whether texts are there that a button had to ask for.
CHOICES, WRITTEN = "gc", "gr"
#: In the session: the texts that a link asks for.
_LINKED = "generation:linked"

#: A reader, the number of its sample, and the pieces that somebody chose.
Row = tuple[str, int, tuple[Forced, ...]]


def encoded(rows: Iterable[Row]) -> str:
    """Chosen pieces as they stand in the address; the reverse of :func:`decoded`."""
    lists: list[list[object]] = []
    for family, number, forced in rows:
        row: list[object] = [family, number, [piece.piece for piece in forced]]
        positions = [piece.position for piece in forced]
        lists.append(row if positions == list(range(len(forced))) else [*row, positions])
    return json.dumps(lists, ensure_ascii=False, separators=(",", ":"))


def decoded(value: str) -> list[Row]:
    """The rows of an address.

    Raises:
        ValueError: it is not of that form.
    """
    lists = json.loads(value) if len(value) < 100_000 else None
    if not isinstance(lists, list):
        raise ValueError("no list")
    return [_row(row) for row in lists]


def _row(row: object) -> Row:
    if not (isinstance(row, list) and len(row) in (3, 4)):
        raise ValueError("no row")
    family, number, pieces = row[:3]
    positions = row[3] if len(row) == 4 else list(range(len(pieces)))
    good = isinstance(family, str) and type(number) is int and isinstance(pieces, list)
    if not (good and isinstance(positions, list) and 0 < len(pieces) == len(positions)):
        raise ValueError("no row")
    if not all(isinstance(piece, str) for piece in pieces):
        raise ValueError("a piece is no text")
    if not all(type(position) is int for position in positions):
        raise ValueError("a position is no number")
    return family, number, tuple(map(Forced, positions, pieces))


def restore(
    prompt: Prompt, settings: Sequence[GenerationSettings], families: Sequence[str]
) -> None:
    """Take over what the address asks for; once in a session.

    Args:
        prompt: what to go on from.
        settings: of each sample.
        families: readers that can write there.
    """
    state = st.session_state
    if _LINKED in state:
        return
    jobs = {
        (family, number): unforced_job(family, prompt, sample)
        for family in families
        for number, sample in enumerate(settings, start=1)
    }
    state[_LINKED] = set(jobs.values()) if st.query_params.get(WRITTEN) == "true" else set()
    value = st.query_params.get(CHOICES)
    if value is None:
        return
    try:
        for family, number, forced in decoded(value):
            job = jobs[family, number]
            job.with_forced(forced).begin()  # every piece and place is checked before the first
            take_over(job, forced)
    except (ValueError, TypeError, KeyError, RecursionError, InputError):
        address.wrong(CHOICES, value)


def asked_for(jobs: Iterable[Job]) -> bool:
    """Whether a link asks for all these texts, so that no button needs pressing."""
    return {job.unforced for job in jobs} <= st.session_state.get(_LINKED, set())


def keep(jobs: Mapping[Job, int], texts: Mapping[Job, GenerationView], unasked: bool) -> None:
    """Write chosen pieces into the address, and that the texts are written.

    Args:
        jobs: what is wanted, with the number of the sample.
        texts: what is written.
        unasked: whether the page writes such texts by itself.
    """
    rows = [(job.family, n, job.question.forced) for job, n in jobs.items() if job.question.forced]
    address.keep(CHOICES, "[]", encoded(rows))
    whole = bool(jobs) and all(job in texts and texts[job].finished for job in jobs)
    address.keep(WRITTEN, "false", "true" if whole and not unasked else "false")
