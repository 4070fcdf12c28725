"""The columns of the Attention page: one map of one reader, and all its heads at a glance."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

import streamlit as st

from lmcore.analyses.attention import INFLUENCE, LEAVE_ONE_OUT, InfluenceQuestion, Level, top_of
from lmcore.analyses.attention_flow import NORMS, ROLLOUT
from lmcore.analyses.attention_heads import ATTENTION, AttentionQuestion, AttentionView
from lmcore.charts import attention as charts
from lmcore.charts.theme import FAMILY_COLOURS
from lmcore.errors import ReadersError
from lmcore.outputs.reading import WordNotes
from lmcore.runtime.families import FAMILIES
from lmcore.text.examples import EXAMPLE
from pages.sections.attention import findings
from pages.sections.attention.findings import Picture
from pages.ui.address import state
from pages.ui.components.attention_grid import Grid, grid
from pages.ui.components.attention_lines import lines
from pages.ui.errors import problem
from pages.ui.figure import save, show_figure, show_table
from pages.ui.inputs import knows_no_word
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import part
from pages.ui.save_menu import SavedPicture
from pages.ui.text import t, tm
from pages.ui.views import view

Quantity = Literal["attention", "norms", "rollout", "influence", "pair"]


@dataclass(frozen=True)
class PageOptions:
    """What the controls above the columns say, and the texts that are read with them."""

    quantity: Quantity
    level: Level
    hide_special: bool
    hide_self: bool
    as_lines: bool
    texts: tuple[str, ...]

    @property
    def question(self) -> AttentionQuestion:
        """The question about heads."""
        return AttentionQuestion(self.texts, self.level, self.hide_special)


@contextmanager
def column_errors() -> Iterator[None]:
    """Errors of one column stay in that column."""
    try:
        yield
    except ReadersError as error:
        problem(error)


def attention_column(family: str, options: PageOptions) -> WordNotes:
    """Layer and head of one reader, the picture, and all its heads at a glance."""
    st.caption(t(f"attention.sight_{FAMILIES[family].context}"))
    if options.quantity == "rollout":
        return _rollout_column(family, options)
    heads = attention = view(ATTENTION, family, options.question)
    if options.quantity == "norms":
        heads = view(NORMS, family, options.question)
    layer, head = sliders(family, heads, options.quantity)
    if options.quantity == "norms":
        picture = findings.norms_picture(family, heads, attention, layer, head)
    else:
        picture = findings.attention_picture(family, heads, options.level, layer, head)
    draw(findings.withheld(picture, heads.notes), options)
    part(
        "attention.glance",
        "more",
        lambda: glance(family, heads, options, (layer, head)),
        of=family,
        alone=False,
    )
    return heads.notes


def _rollout_column(family: str, options: PageOptions) -> WordNotes:
    rollout = view(ROLLOUT, family, options.question)
    left, _ = st.columns(2)
    with left:
        layer = layer_slider(family, len(rollout.weights.matrix))
    picture = findings.rollout_picture(family, rollout.weights, layer, options.hide_self)
    draw(findings.withheld(picture, rollout.notes), options)
    return rollout.notes


def sliders(family: str, heads: AttentionView, quantity: Quantity) -> tuple[int, int]:
    """Which layer of a reader, from 1, and which head, or 0 for all of them."""
    left, right = st.columns(2)
    with left:
        layer = layer_slider(family, heads.layers)
    label = t("attention.head_or_all" if quantity == "norms" else "attention.head_or_mean")
    with right:
        head = slider(label, 0, heads.columns - 1, first_head(family)[1], f"{family}_head")
    return layer, head


def layer_slider(family: str, layers: int) -> int:
    """Which layer of a reader, from 1."""
    return slider(t("common.layer"), 1, layers, first_head(family)[0], f"{family}_layer")


def first_head(family: str) -> tuple[int, int]:
    """Layer and head to begin with, the same for every text: what the example shows best."""
    return view(ATTENTION, family, AttentionQuestion((EXAMPLE,))).first


def slider(label: str, low: int, high: int, first: int, key: str) -> int:
    """A slider that also stands in the link; nothing where there is nothing to choose.

    Args:
        label: above it.
        low, high: its ends.
        first: where nobody has chosen.
        key: of the widget, and the name in the address.
    """
    state.within(key, low, high)
    if low == high:
        return low
    return int(st.slider(label, low, high, min(first, high), key=key, bind="query-params"))


def measure(family: str, options: PageOptions) -> tuple[list[Picture], WordNotes]:
    """The influence maps of one reader: by gradients, and where it is the quantity also by leaving
    words out.
    """
    attends = "attention" in FAMILIES[family].capabilities
    st.caption(t("attention.influence_too" if attends else "attention.why_influence"))
    direction = "both"
    if FAMILIES[family].context == "both_apart":
        direction = state.one_of(
            f"{family}_half",
            ["both", "forward", "backward"],
            t("attention.half"),
            named=lambda option: t(f"attention.half_{option}"),
        )
    else:
        st.space("large")  # level with the column that has a choice of direction
    question = InfluenceQuestion(options.texts[0])
    with st.spinner(t("attention.measuring")):
        views = {"influence": view(INFLUENCE, family, question)}
        if options.quantity == "influence":
            views["leaving"] = view(LEAVE_ONE_OUT, family, question)
    notes, error = views["influence"].notes, views["influence"].error
    if error:
        st.caption(t("attention.influence_error", share=findings.percent(error)))
    pictures = [
        findings.influence_picture(
            family, quantity, influence.towards(direction), options.hide_self
        )
        for quantity, influence in views.items()
    ]
    return [findings.withheld(picture, notes) for picture in pictures], notes


def influence_column(pictures: Sequence[Picture], options: PageOptions, top: float) -> None:
    """The influence map of one reader, and below it the one with words left out.

    Args:
        pictures: of :func:`measure`.
        options: how to draw them.
        top: weight that gets the last colour, the same for all readers.
    """
    names = ("gradient", "leaving") if len(pictures) > 1 else ()
    for number, picture in enumerate(pictures):
        if names:
            name = names[number]
            st.markdown(f"**{t(f'attention.by_{name}')}**", help=t(f"attention.by_{name}_help"))
        draw(replace(picture, top=top), options)
    if names and pictures[0].findings:
        first, second = pictures
        reader = FAMILY_NAMES[first.family]
        st.markdown(findings.marked([findings.agreeing(reader, first.weights, second.weights)]))


def draw(picture: Picture, options: PageOptions) -> None:
    """The picture as a heat map or as lines, the finding, and the table."""
    name = f"{picture.quantity}_{picture.family}{picture.detail}"
    quantity = t(f"attention.{picture.quantity}")
    alt = t("attention.alt", reader=FAMILY_NAMES[picture.family], quantity=quantity)
    alt += " " + findings.plain(picture.findings)
    names, cells = picture.weights.names, picture.cells
    top = picture.top or top_of(cells)
    table = findings.matrix_table(picture.weights)
    if options.as_lines:
        key = f"lines:{picture.place}"
        lines(names, cells, top, alt, key)
        save(SavedPicture(name, key, alt, options.texts, numbers=table))
    else:
        titles = charts.Titles(
            *(t(f"attention.{axis}_{picture.quantity}") for axis in ("rows", "columns", "value"))
        )
        figure = charts.heat_map(names, cells, top, titles)
        show_figure(figure, name, alt, picture.place, texts=options.texts)
    st.markdown(findings.marked(picture.findings))
    show_table(table, name, picture.place)


def glance(
    family: str, heads: AttentionView, options: PageOptions, chosen: tuple[int, int]
) -> None:
    """All heads of a reader, small; a click enlarges one.

    Args:
        family: the reader.
        heads: its attention or its norms.
        options: which of both it is, and what was read.
        chosen: layer from 1, and head or 0, of the one that is enlarged.
    """
    quantity = "norms" if options.quantity == "norms" else "attention"
    st.caption(t("attention.glance_help"))
    widget = f"glance:{family}"
    everything = t("attention.all" if quantity == "norms" else "attention.mean")
    columns = [everything, *(str(head) for head in range(1, heads.columns))]
    patterns, table = findings.counted(heads), findings.heads_table(heads)
    alt = t("attention.glance_alt", reader=FAMILY_NAMES[family], patterns=patterns)
    mark = (chosen[0] - 1, chosen[1])
    small = Grid(heads.pictures, columns, findings.hovers(heads), mark, FAMILY_COLOURS[family], alt)
    grid(small, widget, partial(pick, family, widget, heads.columns))
    name = f"{quantity}_all_heads_{family}"
    save(SavedPicture(name, widget, alt, options.texts, numbers=table))
    if not knows_no_word(heads.notes):
        st.caption(tm("attention.says_patterns", patterns=patterns))
    show_table(table, f"{quantity}_heads_{family}", widget)


def pick(family: str, widget: str, columns: int) -> None:
    """Enlarge the head that was pressed; the first column holds no head but the mean."""
    picked = st.session_state[widget].picked
    if picked is not None:
        layer, head = divmod(int(picked), columns)
        st.session_state[f"{family}_layer"] = layer + 1
        st.session_state[f"{family}_head"] = head
