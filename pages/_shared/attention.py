"""The columns of the Attention page: what is computed once, and the pictures of one reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from lmcore import attention, attention_heads
from lmcore.attention import Level, Weights
from lmcore.charts import attention as charts
from lmcore.charts.theme import FAMILY_COLOURS, FAMILY_NAMES
from lmcore.errors import ReadersError
from lmcore.words import Sentence
from pages._shared import cache
from pages._shared.attention_says import (
    Said,
    counted,
    flow,
    heads_table,
    hidden,
    hover,
    link,
    marked,
    matrix_table,
    pattern_of,
    plain,
)
from pages._shared.downloads import numbers, picture
from pages._shared.frame import problem
from pages._shared.inputs import EXAMPLE
from pages._shared.lines import lines
from pages._shared.text import t, tm

Quantity = Literal["attention", "rollout", "influence"]


@dataclass(frozen=True)
class Asked:
    """What the controls above the columns say."""

    quantity: Quantity
    level: Level
    hide_special: bool
    hide_self: bool
    as_lines: bool


@st.cache_resource(show_spinner=False, max_entries=16)
def heads(family: str, text: str, level: Level, hide: bool) -> Weights:
    """Attention of every head, ``[L, H, N, N]``."""
    reading = cache.reading(family, text)
    return attention.TO[level](reading, reading.attention, hide)


@st.cache_resource(show_spinner=False, max_entries=64)
def means(family: str, text: str, level: Level, hide: bool) -> Weights:
    """The mean of each layer's heads, ``[L, 1, N, N]``."""
    reading = cache.reading(family, text)
    return attention.TO[level](reading, reading.attention.mean(axis=1, keepdims=True), hide)


@st.cache_resource(show_spinner=False, max_entries=64)
def rolled(family: str, text: str, level: Level, hide: bool) -> Weights:
    """Rollout up to each layer, ``[L, N, N]``."""
    reading = cache.reading(family, text)
    return attention.TO[level](reading, attention.rollout(reading), hide)


@st.cache_resource(show_spinner=False, max_entries=64)
def profile(family: str, text: str, level: Level) -> pd.DataFrame:
    """What every head does, one line each."""
    return attention_heads.profile(heads(family, text, level, True))


@contextmanager
def own_errors() -> Iterator[None]:
    """Errors of one column stay in that column."""
    try:
        yield
    except ReadersError as error:
        problem(error)


def attention_column(family: str, text: str, asked: Asked) -> None:
    """Layer and head of one reader, the picture, and all its heads at a glance."""
    layers, count = cache.reading(family, text).attention.shape[:2]
    first = attention_heads.most_telling(profile(family, EXAMPLE, "words"))
    st.caption(t(f"attention.sight_{cache.reader(family).sight}"))
    left, right = st.columns(2)
    with left:
        layer = slider(t("common.layer"), 1, layers, first[0], f"{family}_layer")
    if asked.quantity == "rollout":
        shown = rolled(family, text, asked.level, asked.hide_special).at(layer - 1)
        said = [flow("attention.says_rollout", shown, layer=layer)]
        said += [*link(shown, False, "rollout_link"), *hidden(shown, "rollout")]
        name = f"rollout_{family}_layer{layer}"
        draw(family, shown, asked, name, said, asked.hide_self)
        return
    with right:
        head = slider(t("attention.head_or_mean"), 0, count, first[1], f"{family}_head")
    shown = shown_head(family, text, asked, layer, head)
    said = [pattern(family, text, asked.level, layer, head), *link(shown)]
    said += hidden(shown, "head" if head else "mean")
    draw(family, shown, asked, f"attention_{family}_layer{layer}_head{head}", said, False)
    glance(family, text, asked, (layer - 1, head - 1) if head else None)


def slider(label: str, low: int, high: int, first: int, key: str) -> int:
    """A slider that also stands in the link; nothing where there is nothing to choose."""
    if low == high:
        return low
    return int(st.slider(label, low, high, min(first, high), key=key, bind="query-params"))


def shown_head(family: str, text: str, asked: Asked, layer: int, head: int) -> Weights:
    """One head, or with 0 the mean of the layer's heads, ``[N, N]``."""
    arguments = (family, text, asked.level, asked.hide_special)
    return heads(*arguments).at(layer - 1, head - 1) if head else means(*arguments).at(layer - 1, 0)


def influence_of(family: str, sentence: Sentence) -> Weights:
    """The influence map of one reader; for two blind directions also each of them."""
    reader = cache.reader(family)
    st.caption(
        t("attention.why_influence" if not reader.can("attention") else "attention.influence_too")
    )
    half = "both"
    if reader.sight == "both_apart":
        half = st.segmented_control(
            t("attention.half"),
            ["both", "forward", "backward"],
            default="both",
            format_func=lambda option: t(f"attention.half_{option}"),
            key=f"{family}_half",
            required=True,
            persist_state="session",
        )
    else:
        st.space("large")  # level with the column that has a choice of direction
    with st.spinner(t("attention.measuring")):
        found = cache.influence(family, sentence.text)
    matrix = found.halves.get(half, found.matrix)
    return attention.influence_weights(tuple(word.text for word in sentence.words), matrix)


def common_top(maps: Iterable[Weights], asked: Asked) -> float:
    """One colour scale for all influence maps on the page."""
    return attention.top_of(*(seen(weights, asked.hide_self) for weights in maps))


def influence_column(family: str, shown: Weights, asked: Asked, top: float) -> None:
    """The influence map of one reader."""
    said = [flow("attention.says_influence", shown), *link(shown, False, "influence_link")]
    draw(family, shown, asked, f"influence_{family}", said, asked.hide_self, top)


def seen(shown: Weights, hide_self: bool) -> np.ndarray:
    """The cells of a map that are drawn."""
    return attention.without_self(shown.matrix) if hide_self else shown.matrix


def draw(
    family: str,
    shown: Weights,
    asked: Asked,
    name: str,
    said: list[Said],
    hide_self: bool,
    top: float | None = None,
) -> None:
    """The picture as a heat map or as lines, the finding, and the table."""
    quantity = name.split("_")[0]
    matrix = seen(shown, hide_self)
    alt = t("attention.alt", reader=FAMILY_NAMES[family], quantity=t(f"attention.{quantity}"))
    alt += " " + plain(said)
    top = top or attention.top_of(matrix)
    if asked.as_lines:
        lines(shown.names, matrix, top, alt, f"lines:{family}")
    else:
        titles = charts.Titles(
            *(t(f"attention.{place}_{quantity}") for place in ("rows", "columns", "value"))
        )
        picture(charts.heat_map(shown.names, matrix, top, titles), name, alt, f"map:{family}")
    st.markdown(marked(said))
    numbers(matrix_table(shown), name, f"map:{family}")


def glance(family: str, text: str, asked: Asked, chosen: tuple[int, int] | None) -> None:
    """All heads of a reader, small; a click enlarges one."""
    every = heads(family, text, asked.level, asked.hide_special)
    found = profile(family, text, asked.level)
    st.markdown(f"**{t('attention.glance')}**", help=t("attention.glance_help"))
    top = attention.top_of(*every.matrix.reshape(-1, *every.matrix.shape[2:]))
    figure = charts.overview(
        charts.thumbnails(every.matrix, top),
        [hover(line) for line in found.to_dict("records")],
        (t("common.layer"), t("common.head")),
        chosen,
        FAMILY_COLOURS[family],
    )
    key = f"glance:{family}"
    alt = t("attention.glance_alt", reader=FAMILY_NAMES[family], patterns=counted(found))
    on_click = partial(pick, family, key, every.matrix.shape[1])
    picture(figure, f"heads_{family}", alt, key, on_click)
    st.caption(tm("attention.says_patterns", patterns=counted(found)))
    numbers(heads_table(found), f"heads_{family}", key)


def pick(family: str, key: str, count: int) -> None:
    """Enlarge the head that was clicked."""
    points = st.session_state[key].selection.points
    if points:
        layer, head = divmod(int(points[0]["point_index"]), count)
        st.session_state[f"{family}_layer"] = layer + 1
        st.session_state[f"{family}_head"] = head + 1


def pattern(family: str, text: str, level: Level, layer: int, head: int) -> Said:
    """What a head, or with 0 the mean of a layer's heads, looks at."""
    if head:
        own = heads(family, text, level, True)
        line = profile(family, text, level).query("layer == @layer and head == @head")
    else:
        own = means(family, text, level, True)
        line = attention_heads.profile(own).query("layer == @layer")
    return pattern_of(own, line.to_dict("records")[0], level)
