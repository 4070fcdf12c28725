"""Parts of the Generation page: the form, the writing itself, and what is said about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lmcore.charts import generation as charts
from lmcore.charts.masked_word import percent
from lmcore.charts.theme import FAMILY_NAMES
from lmcore.errors import ReadersError
from lmcore.generation import WINDOW, Statistics, Writing, frame, segments, statistics
from lmcore.readers.sampling import RANGES
from lmcore.reading import GeneratedToken, GenerationSettings
from lmcore.words import Sentence, checked
from pages._shared import cache, tokens
from pages._shared.downloads import numbers, picture
from pages._shared.frame import problem
from pages._shared.text import t, tm

EXAMPLE = "The old man opened the door and"
FIRST = GenerationSettings()
#: Up to this length every reader writes in about a second, so that no button needs pressing.
UNASKED = 20
#: How many finished texts a visitor's session keeps.
KEPT = 24
#: Everything that makes two texts the same: reader, prompt, settings.
Key = tuple[object, ...]


def form() -> tuple[Sentence, GenerationSettings, bool]:
    """The prompt, the settings, and whether the button was pressed just now.

    Raises:
        InputError: the prompt cannot be read.
    """
    with st.form("generation", border=False):
        prompt = st.text_input(
            t("generation.prompt"),
            value=EXAMPLE,
            key="g",
            bind="query-params",
            help=t("generation.prompt_help"),
        )
        settings = _settings()
        pressed = st.form_submit_button(
            t("generation.write"), type="primary", icon=":material/edit_note:"
        )
    return checked(prompt or ""), settings, pressed


def _settings() -> GenerationSettings:
    columns = st.columns(5, vertical_alignment="bottom")
    return GenerationSettings(
        length=_setting(columns[0].slider, "length", "gn", 1),
        temperature=_setting(columns[1].slider, "temperature", "gt", 0.05),
        top_k=_setting(columns[2].number_input, "top_k", "gk", 1),
        top_p=_setting(columns[3].slider, "top_p", "gp", 0.05),
        seed=_setting(columns[4].number_input, "seed", "gs", 1),
    )


def _setting(widget: Any, name: str, key: str, step: float) -> Any:
    """One setting as a slider or number; its ends are those that the readers enforce."""
    low, high = RANGES.get(name, (0, 2**31 - 1))
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


def _kept() -> dict[Key, Writing]:
    """Texts finished in this session, oldest first."""
    return st.session_state.setdefault("generation:finished", {})


def write_all(prompt: Sentence, settings: GenerationSettings, go: bool) -> list[Writing]:
    """Every reader's continuation, side by side; written now where it is not kept from before.

    Args:
        prompt: what to go on from.
        settings: how.
        go: whether to write texts that are not kept, or only to say how to start.
    """
    families = list(cache.readers("generate"))
    if not families:
        st.info(t("common.no_reader"))
        return []
    tokens.legend(st.container())
    columns = st.columns(len(families))
    places: dict[str, DeltaGenerator] = {}
    for column, family in zip(columns, families, strict=True):
        with column.container(border=True):
            st.markdown(f"**{FAMILY_NAMES[family]}**")
            st.caption(t(f"generation.way.{cache.reader(family).sight}"))
            places[family] = st.empty()
    keys = {family: (family, prompt.text, *astuple(settings)) for family in families}
    missing = [family for family in families if keys[family] not in _kept()]
    for family in families:
        if family not in missing:
            tokens.show(places[family], prompt.text, segments(_kept()[keys[family]]))
    running = _started(missing, prompt, settings, places)
    if running and go:
        for writing in _write(running, prompt, settings, places):
            _kept()[keys[writing.family]] = writing
    elif running:
        for family in running:
            tokens.show(places[family], prompt.text, [])
        st.caption(t("generation.hint"))
    found = [_kept()[key] for key in keys.values() if key in _kept()]
    while len(_kept()) > KEPT:
        del _kept()[next(iter(_kept()))]
    return found


def _started(
    families: list[str],
    prompt: Sentence,
    settings: GenerationSettings,
    places: dict[str, DeltaGenerator],
) -> dict[str, Iterator[GeneratedToken]]:
    """Iterators that have not written yet; a reader that cannot write says why in its place."""
    running: dict[str, Iterator[GeneratedToken]] = {}
    for family in families:
        try:
            running[family] = cache.reader(family).generate(prompt, settings)
        except ReadersError as error:
            with places[family].container():
                problem(error)
    return running


def _write(
    running: dict[str, Iterator[GeneratedToken]],
    prompt: Sentence,
    settings: GenerationSettings,
    places: dict[str, DeltaGenerator],
) -> list[Writing]:
    """Write with several readers in turn, one piece each; every piece is drawn at once.

    Drawing is also what ends the work when the visitor has gone: Streamlit stops the script there.
    """
    written: dict[str, list[GeneratedToken]] = {family: [] for family in running}
    total, waiting = settings.length * len(running), list(running)
    bar = st.progress(0.0, text=t("generation.writing"))
    while waiting:
        for family in list(waiting):
            token = next(running[family], None)
            if token is None:
                waiting.remove(family)
                continue
            written[family].append(token)
            so_far = Writing(family, prompt.text, settings, tuple(written[family]))
            last = None if len(written[family]) == settings.length else len(written[family])
            tokens.show(places[family], prompt.text, segments(so_far), last)
        done = sum(len(pieces) for pieces in written.values())
        bar.progress(done / total, text=t("generation.writing"))
    bar.empty()
    return [
        Writing(family, prompt.text, settings, tuple(pieces)) for family, pieces in written.items()
    ]


def finding(writings: list[Writing]) -> None:
    """Who was surest and who repeated most, in one sentence."""
    told = {writing.family: statistics(writing) for writing in writings}
    surest = max(told, key=lambda family: told[family].mean_probability)
    repeats = {f: s.repetition for f, s in told.items() if s.repetition is not None}
    said = t(
        "generation.finding_sure",
        reader=FAMILY_NAMES[surest],
        share=percent(told[surest].mean_probability),
    )
    if repeats:
        most = max(repeats, key=lambda family: repeats[family])
        said += t(
            "generation.finding_repeats" if repeats[most] else "generation.finding_no_repeats",
            reader=FAMILY_NAMES[most],
            share=f"{100 * repeats[most]:.0f} %",
        )
    else:
        said += t("generation.finding_end")
    st.info(said)
    _statistics_table(told)


def _statistics_table(told: dict[str, Statistics]) -> None:
    rows = []
    for family, numbers_of in told.items():
        rows.append(
            {
                t("common.reader"): FAMILY_NAMES[family],
                t("generation.pieces"): numbers_of.pieces,
                t("generation.words"): numbers_of.words,
                t("generation.log_probability"): numbers_of.log_probability,
                t("generation.mean_probability"): 100 * numbers_of.mean_probability,
                t("generation.mean_entropy"): numbers_of.mean_entropy,
                t("generation.distinct_1"): numbers_of.distinct_1,
                t("generation.distinct_2"): numbers_of.distinct_2,
                t("generation.repetition"): numbers_of.repetition,
            }
        )
    two = st.column_config.NumberColumn(format="%.2f")
    names = ("log_probability", "mean_entropy", "distinct_1", "distinct_2", "repetition")
    config = {t(f"generation.{name}"): two for name in names}
    config[t("generation.mean_probability")] = st.column_config.NumberColumn(format="%.3g %%")
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=config, key="generation-sums")
    st.caption(t("generation.sums_note", window=WINDOW))


def curve_part(writings: list[Writing]) -> None:
    """One measure over the places, and every number of every piece."""
    st.markdown(f"#### {t('generation.curves')}")
    measure = st.segmented_control(
        t("generation.measure"),
        ["probability", "rank", "entropy"],
        format_func=lambda name: t(f"generation.{name}"),
        default="probability",
        required=True,
        key="generation_measure",
        persist_state="session",
    )
    writing, token = min(
        ((writing, token) for writing in writings for token in writing.tokens),
        key=lambda pair: pair[1].probability,
    )
    st.info(
        tm(
            "generation.curves_finding",
            reader=FAMILY_NAMES[writing.family],
            piece=token.text.strip(),
            place=token.position + 1,
            share=percent(token.probability),
            rank=token.rank,
        )
    )
    axis = t(f"generation.{measure}_axis")
    figure = charts.curves(writings, measure, places=t("generation.place"), axis=axis)
    names = ", ".join(FAMILY_NAMES[writing.family] for writing in writings)
    picture(figure, "generation", t("generation.curves_alt", measure=axis, readers=names))
    columns = ("step", "place", "piece", "probability", "rank", "entropy", "instead")
    titles = {name: t(f"generation.{name}") for name in columns}
    numbers(frame(writings, FAMILY_NAMES, {"reader": t("common.reader"), **titles}), "generation")


def order_part(writing: Writing) -> None:
    """How a reader that fills places in any order went about it, step by step."""
    reader, count = FAMILY_NAMES[writing.family], len(writing.tokens)
    st.markdown(f"#### {t('generation.order', reader=reader)}")
    st.caption(t("generation.order_how", reader=reader))
    step = count
    if count > 1:
        step = st.slider(t("generation.step"), 1, count, count, key=f"generation_step_{count}")
    tokens.show(st.container(), writing.prompt, segments(writing.until(step)), step)
    first, last = writing.tokens[0], writing.tokens[-1]
    st.info(
        tm(
            "generation.order_finding",
            reader=reader,
            first=first.text.strip(),
            first_place=first.position + 1,
            sure=percent(first.probability),
            last=last.text.strip(),
            last_place=last.position + 1,
            unsure=percent(last.probability),
        )
    )
    figure = charts.order(
        writing,
        places=t("generation.place"),
        steps=t("generation.step"),
    )
    picture(figure, "generation-order", t("generation.order_alt", reader=reader))
