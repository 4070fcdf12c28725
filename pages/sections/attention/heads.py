"""The columns of the Attention page: one head of one reader, and all its heads at a glance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import attention
from lmcore.analyses.attention import Level, Weights
from lmcore.charts import attention as charts
from lmcore.charts import attention_saved as saved
from lmcore.charts.theme import FAMILY_COLOURS
from lmcore.errors import ReadersError
from pages.sections.attention import data
from pages.sections.attention.findings import (
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
    percent,
    plain,
)
from pages.ui import cache
from pages.ui.address import state
from pages.ui.components.attention_grid import thumbnails
from pages.ui.components.attention_lines import lines, links_of
from pages.ui.errors import problem
from pages.ui.figure import csv, show_figure, show_table
from pages.ui.names import FAMILY_NAMES
from pages.ui.save_menu import save
from pages.ui.text import t, tm

Quantity = Literal["attention", "norms", "rollout", "influence", "pair"]


@dataclass(frozen=True)
class PageOptions:
    """What the controls above the columns say, and the texts that are read with them."""

    quantity: Quantity
    level: Level
    hide_special: bool
    hide_self: bool
    as_lines: bool
    texts: tuple[str, ...] = ()


@contextmanager
def own_errors() -> Iterator[None]:
    """Errors of one column stay in that column."""
    try:
        yield
    except ReadersError as error:
        problem(error)


def attention_column(family: str, text: str, asked: PageOptions) -> None:
    """Layer and head of one reader, the picture, and all its heads at a glance."""
    st.caption(t(f"attention.sight_{cache.reader(family).context}"))
    key = cache.key(family)
    left, right = st.columns(2)
    with left:
        layer = layer_slider(family, text)
    if asked.quantity == "rollout":
        shown = data.rolled(key, text, asked.level, asked.hide_special).at(layer - 1)
        said = [flow("attention.says_rollout", shown, layer=layer)]
        said += [*link(shown, False, "rollout_link"), *hidden(shown, "rollout")]
        draw(family, shown, asked, f"rollout_{family}_layer{layer}", said, asked.hide_self)
        return
    with right:
        head = head_slider(family, text, asked.quantity)
    shown = data.OF_HEADS[asked.quantity](key, text, asked.level, asked.hide_special)
    shown = shown.at(layer - 1, head)
    says = norms_say if asked.quantity == "norms" else attention_says
    said = says(family, text, asked, layer, head, shown)
    draw(family, shown, asked, f"{asked.quantity}_{family}_layer{layer}_head{head}", said, False)
    glance(family, text, asked, (layer - 1, head))


def layer_slider(family: str, text: data.Text) -> int:
    """Which layer of a reader, from 1."""
    layers = len(data.heads(cache.key(family), text, "words", True).matrix)
    return slider(
        t("common.layer"), 1, layers, data.first_place(cache.key(family))[0], f"{family}_layer"
    )


def head_slider(family: str, text: data.Text, quantity: Quantity) -> int:
    """Which head of a reader, or 0 for all of them."""
    count = data.heads(cache.key(family), text, "words", True).matrix.shape[1] - 1
    label = t("attention.head_or_all" if quantity == "norms" else "attention.head_or_mean")
    return slider(label, 0, count, data.first_place(cache.key(family))[1], f"{family}_head")


def slider(label: str, low: int, high: int, first: int, key: str) -> int:
    """A slider that also stands in the link; nothing where there is nothing to choose."""
    state.within(key, low, high)
    if low == high:
        return low
    return int(st.slider(label, low, high, min(first, high), key=key, bind="query-params"))


def attention_says(
    family: str, text: data.Text, asked: PageOptions, layer: int, head: int, shown: Weights
) -> list[Said]:
    """What a head, or with 0 the mean of a layer's heads, looks at."""
    key = cache.key(family)
    own = data.heads(key, text, asked.level, True).at(layer - 1, head)
    line = data.profile(key, text, asked.level)[layer - 1, head]
    said = [pattern_of(own, line, asked.level), *link(shown)]
    return said + hidden(shown, "head" if head else "mean")


def norms_say(
    family: str, text: data.Text, asked: PageOptions, layer: int, head: int, shown: Weights
) -> list[Said]:
    """From where the vectors come that a head carries, and how that differs from attention."""
    place = (cache.key(family), text, asked.level, True)
    special = [
        of(*place).at(layer - 1, head).hidden.sum(axis=-1).mean() for of in (data.heads, data.norms)
    ]
    said = [flow("attention.says_norms", shown), *link(shown, True, "norms_link")]
    if special[0] > 0:
        values = {"attention": percent(float(special[0])), "norms": percent(float(special[1]))}
        said.append((f"attention.norms_special_{'head' if head else 'all'}", values))
    return said


def seen(shown: Weights, hide_self: bool) -> np.ndarray:
    """The cells of a map that are drawn."""
    return attention.without_self(shown.matrix) if hide_self else shown.matrix


def draw(
    family: str,
    shown: Weights,
    asked: PageOptions,
    name: str,
    said: list[Said],
    hide_self: bool,
    top: float | None = None,
    place: str = "map",
) -> None:
    """The picture as a heat map or as lines, the finding, and the table.

    Args:
        family: the reader.
        shown: ``[N, N]``.
        asked: how to draw it.
        name: of the files; its first part is the quantity.
        said: the finding.
        hide_self: whether the diagonal stays blank.
        top: weight that gets the last colour, if it is not this map's own largest.
        place: tells several maps of a reader apart.
    """
    quantity = name.split("_")[0]
    matrix = seen(shown, hide_self)
    alt = t("attention.alt", reader=FAMILY_NAMES[family], quantity=t(f"attention.{quantity}"))
    alt += " " + plain(said)
    top = top or attention.top_of(matrix)
    if asked.as_lines:
        lines(shown.names, matrix, top, alt, f"lines:{place}:{family}")
        figure = saved.lines(shown.names, links_of(matrix), top, FAMILY_COLOURS[family])
        cells = partial(csv_of, matrix_table(shown))
        save(figure, name, alt, f"lines:{place}:{family}", cells, texts=asked.texts)
    else:
        titles = charts.Titles(
            *(t(f"attention.{place}_{quantity}") for place in ("rows", "columns", "value"))
        )
        figure = charts.heat_map(shown.names, matrix, top, titles)
        show_figure(figure, name, alt, f"{place}:{family}", texts=asked.texts)
    st.markdown(marked(said))
    show_table(matrix_table(shown), name, f"{place}:{family}")


def glance(family: str, text: data.Text, asked: PageOptions, chosen: tuple[int, int]) -> None:
    """All heads of a reader, small; a click enlarges one."""
    quantity = asked.quantity if asked.quantity in data.OF_HEADS else "attention"
    key = cache.key(family)
    small = data.small(key, text, asked.level, asked.hide_special, quantity)
    told, found = (of(key, text, asked.level, quantity) for of in (data.profile, data.profiles))
    st.markdown(f"**{t('attention.glance')}**", help=t("attention.glance_help"))
    widget = f"glance:{family}"
    everything = t("attention.all" if quantity == "norms" else "attention.mean")
    columns = [everything, *(str(head) for head in range(1, small.shape[1]))]
    alt = t("attention.glance_alt", reader=FAMILY_NAMES[family], patterns=counted(found))
    thumbnails(
        small,
        columns,
        [hover(line) for line in told.values()],
        chosen,
        (FAMILY_COLOURS[family], charts.palette()),
        alt,
        widget,
        partial(pick, family, widget, small.shape[1]),
    )
    figure = saved.glance(small, columns, t("common.layer"), t("common.head"))
    rows = partial(csv_of, heads_table(found))
    save(figure, f"{quantity}_all_heads_{family}", alt, widget, rows, texts=asked.texts)
    st.caption(tm("attention.says_patterns", patterns=counted(found)))
    show_table(heads_table(found), f"{quantity}_heads_{family}", widget)


def csv_of(numbers_of: pd.DataFrame, _: pd.DataFrame) -> bytes:
    """The numbers of a picture instead of the places of its marks."""
    return csv(numbers_of)


def pick(family: str, widget: str, columns: int) -> None:
    """Enlarge the head that was pressed; the first column holds no head but the mean."""
    picked = st.session_state[widget].picked
    if picked is not None:
        layer, head = divmod(int(picked), columns)
        st.session_state[f"{family}_layer"] = layer + 1
        st.session_state[f"{family}_head"] = head
