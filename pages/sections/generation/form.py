"""Parts of the Generation page: the form, and the texts side by side."""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.analyses.generation import MAX_SAMPLES, GenerationView, samples
from lmcore.outputs.generation import RANGES, GenerationSettings
from lmcore.text.prompts import Prompt
from pages.sections.generation import link
from pages.sections.generation.jobs import Job, choose, job_of, write
from pages.sections.generation.results import table
from pages.ui import views
from pages.ui.address import state
from pages.ui.components import coloured_text, text_pieces
from pages.ui.figure import save
from pages.ui.names import FAMILY_NAMES
from pages.ui.save_menu import SavedPicture
from pages.ui.text import md, t

FIRST = GenerationSettings()
#: Up to so many pieces every reader writes in about a second, so that no button needs pressing.
UNASKED = 20
#: Which sample is looked at closely, in the address: from 1.
SAMPLE = "gv"
#: Key of what says what the colours mean.
LEGEND = "generation-legend"


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
        state.numeral("gm", 1)
        count = lower[2].slider(
            t("generation.samples"),
            1,
            MAX_SAMPLES,
            key="gm",
            help=t("generation.samples_help"),
        )
        pressed = st.form_submit_button(
            t("generation.write"), type="primary", icon=":material/edit_note:"
        )
    state.keep("gm", "1", count)
    every = samples(settings, count)
    if settings.temperature == 0 and count > 1:
        st.caption(t("generation.one_sample", count=count))
        return every[:1], pressed
    return every, pressed


def _setting(widget: Any, name: str, key: str, step: float) -> Any:
    """A setting as a slider or number; its ends are those that the readers enforce."""
    low, high = RANGES.get(name, (0, 2**31 - 1 - MAX_SAMPLES))
    kind, usual = type(step), getattr(FIRST, name)
    state.numeral(key, usual)
    chosen = widget(
        t(f"generation.{name}"),
        kind(low),
        kind(high),
        step=step,
        key=key,
        help=t(f"generation.{name}_help"),
    )
    state.keep(key, f"{usual:.10g}", f"{chosen:.10g}")
    return chosen


def write_all(
    prompt: Prompt, settings: Sequence[GenerationSettings], pressed: bool
) -> dict[Job, GenerationView]:
    """Every reader's continuations, side by side; written now where they are not kept.

    Args:
        prompt: what to go on from.
        settings: of each sample.
        pressed: whether the button was pressed just now.

    Returns:
        texts of at least one piece, reader by reader.
    """
    families = views.families("generate")
    if not families:
        st.info(t("common.no_reader"))
        return {}
    coloured_text.legend(st.container(key=LEGEND))
    st.caption(t("generation.hover"))
    bar = st.empty()
    places: dict[Job, DeltaGenerator] = {}
    numbers: dict[Job, int] = {}
    able = [family for family in families if prompt.side in views.facts(family).writes]
    link.restore(prompt, settings, able)
    for column, family in zip(st.columns(len(families)), families, strict=True):
        way = f"{prompt.side}.{views.facts(family).context}"
        with column.container(border=True):
            st.markdown(f"**{md(FAMILY_NAMES[family])}**")
            if family not in able:
                st.info(t(f"generation.no_{way}"))
                continue
            st.caption(t(f"generation.way_{way}"))
            for number, sample in enumerate(settings, start=1):
                if len(settings) > 1:
                    st.caption(t("generation.sample", number=number, seed=sample.seed))
                job = job_of(family, prompt, sample)
                places[job], numbers[job] = st.empty(), number
    unasked = len(settings) * settings[0].length <= UNASKED
    texts = write(list(places), places, bar, unasked or link.asked_for(places), pressed)
    link.keep(numbers, texts, unasked)
    _draw(places, texts, numbers)
    return texts


def _draw(
    places: Mapping[Job, DeltaGenerator],
    texts: Mapping[Job, GenerationView],
    numbers: Mapping[Job, int],
) -> None:
    """Texts that can be pointed at, in place of those that grew; a hint where there is none."""
    for number, (job, place) in enumerate(places.items()):
        if job not in texts:
            continue
        with place.container():
            title = t("generation.text_of", reader=FAMILY_NAMES[job.family])
            key = f"generation-text-{job.family}-{number}"
            text_pieces.show(texts[job], title, key, partial(choose, job))
            save(
                SavedPicture(
                    f"generation-text-{job.family}",
                    key,
                    t("generation.saved_text", reader=FAMILY_NAMES[job.family]),
                    (job.question.prompt,),
                    numbers=table([texts[job]]),
                    row=f"generation-text-*-{numbers[job]}",
                    legend=LEGEND,
                )
            )
            if not texts[job].finished:
                count, wanted = len(texts[job].tokens), job.question.settings.length
                st.caption(t("generation.stopped", count=count, wanted=wanted))
    if not texts and places:
        st.caption(t("generation.hint"))


def closer_look(
    texts: Mapping[Job, GenerationView], settings: Sequence[GenerationSettings]
) -> dict[Job, GenerationView]:
    """A text of each reader: of the sample that the visitor chooses, where there are several."""
    seeds = [sample.seed for sample in settings]
    first = seeds.index(next(iter(texts)).question.settings.seed)
    if len(settings) == 1:
        state.number(SAMPLE, 1)  # says so where a link asks for another
        return dict(texts)
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
    number = first if chosen is None else chosen
    state.keep_place(SAMPLE, widget, number, first)
    return {j: view for j, view in texts.items() if j.question.settings.seed == seeds[number]}
