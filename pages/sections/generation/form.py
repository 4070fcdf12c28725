"""Parts of the Generation page: the form, and the texts side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.analyses.generation import MAX_SAMPLES, Writing, samples
from lmcore.outputs.reading import RANGES, GenerationSettings
from lmcore.text.prompts import Prompt
from pages.sections.generation import link
from pages.sections.generation.jobs import Job, choose, job, write
from pages.ui import cache
from pages.ui.address import state
from pages.ui.components import coloured_text, text_pieces
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import md, t

FIRST = GenerationSettings()
#: Up to so many pieces every reader writes in about a second, so that no button needs pressing.
UNASKED = 20
#: Which sample is looked at closely, in the address: from 1.
SAMPLE = "gv"


def form() -> tuple[list[GenerationSettings], bool]:
    """The settings of each sample, and whether the button was pressed just now.

    Raises:
        InputError: a setting is out of its range.
    """
    with st.form("generation", border=False):
        upper, lower = st.columns(3), st.columns(3, vertical_alignment="bottom")
        settings = GenerationSettings(
            length=_setting(upper[0].slider, "length", "gn", 1),
            temperature=_setting(upper[1].slider, "temperature", "gt", 0.05),
            top_p=_setting(upper[2].slider, "top_p", "gp", 0.05),
            top_k=_setting(lower[0].number_input, "top_k", "gk", 1),
            seed=_setting(lower[1].number_input, "seed", "gs", 1),
        )
        count = lower[2].slider(
            t("generation.samples"),
            1,
            MAX_SAMPLES,
            1,
            key="gm",
            bind="query-params",
            help=t("generation.samples_help"),
        )
        pressed = st.form_submit_button(
            t("generation.write"), type="primary", icon=":material/edit_note:"
        )
    every = samples(settings, count)
    if settings.temperature == 0 and count > 1:
        st.caption(t("generation.one_sample", count=count))
        return every[:1], pressed
    return every, pressed


def _setting(widget: Any, name: str, key: str, step: float) -> Any:
    """One setting as a slider or number; its ends are those that the readers enforce."""
    low, high = RANGES.get(name, (0, 2**31 - 1 - MAX_SAMPLES))
    kind = type(step)
    return widget(
        t(f"generation.{name}"),
        kind(low),
        kind(high),
        getattr(FIRST, name),
        step,
        key=key,
        bind="query-params",
        help=t(f"generation.{name}_help"),
    )


def write_all(
    prompt: Prompt, settings: Sequence[GenerationSettings], pressed: bool
) -> dict[Job, Writing]:
    """Every reader's continuations, side by side; written now where they are not kept.

    Args:
        prompt: what to go on from.
        settings: of each sample.
        pressed: whether the button was pressed just now.

    Returns:
        texts of at least one piece, reader by reader.
    """
    families = cache.readers("generate")
    if not families:
        st.info(t("common.no_reader"))
        return {}
    coloured_text.legend(st.container())
    st.caption(t("generation.hover"))
    bar = st.empty()
    places: dict[Job, DeltaGenerator] = {}
    numbers: dict[Job, int] = {}
    able = {family: reader for family, reader in families.items() if prompt.side in reader.writes}
    link.restore(prompt, settings, able)
    for column, (family, reader) in zip(st.columns(len(families)), families.items(), strict=True):
        with column.container(border=True):
            st.markdown(f"**{md(FAMILY_NAMES[family])}**")
            if family not in able:
                st.info(t(f"generation.no_{prompt.side}.{reader.context}"))
                continue
            st.caption(t(f"generation.way_{prompt.side}.{reader.context}"))
            for number, own in enumerate(settings, start=1):
                if len(settings) > 1:
                    st.caption(t("generation.sample", number=number, seed=own.seed))
                one = job(family, prompt, own)
                places[one], numbers[one] = st.empty(), number
    unasked = len(settings) * settings[0].length <= UNASKED
    found = write(list(places), places, bar, unasked or link.asked_for(places), pressed)
    link.keep(numbers, found, unasked)
    _draw(places, found, prompt)
    return found


def _draw(
    places: Mapping[Job, DeltaGenerator], found: Mapping[Job, Writing], prompt: Prompt
) -> None:
    """Texts that can be pointed at, in place of those that grew; hints where there is none."""
    for number, (one, place) in enumerate(places.items()):
        if one not in found:
            continue
        with place.container():
            title = t("generation.text_of", reader=FAMILY_NAMES[one.family])
            key = f"generation-text-{one.family}-{number}"
            text_pieces.show(found[one], title, key, partial(choose, one))
            if not found[one].finished:
                count = len(found[one].tokens)
                st.caption(t("generation.stopped", count=count, wanted=one.settings.length))
    if not found and places:
        st.caption(t("generation.hint"))


def closer_look(found: Mapping[Job, Writing], settings: Sequence[GenerationSettings]) -> dict:
    """One text of each reader: of the sample that the visitor chooses, where there are several."""
    seeds = [own.seed for own in settings]
    first = seeds.index(next(iter(found)).settings.seed)
    if len(settings) == 1:
        state.number(SAMPLE, 1)  # says so where a link asks for another
        return dict(found)
    widget = f"{SAMPLE}:{seeds[0]}:{len(settings)}"
    state.place(SAMPLE, widget, len(settings), first)
    chosen = st.segmented_control(
        t("generation.closer"),
        range(len(settings)),
        format_func=lambda number: str(seeds[number]),
        required=True,
        key=widget,
        help=t("generation.closer_help"),
    )
    state.keep_place(SAMPLE, widget, first if chosen is None else chosen, first)
    seed = seeds[first if chosen is None else chosen]
    return {one: writing for one, writing in found.items() if one.settings.seed == seed}
