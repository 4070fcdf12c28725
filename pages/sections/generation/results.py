"""What is said about the written texts: sums, curves, and the order in which places were filled."""

import time
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from lmcore.analyses.generation import GenerationView
from lmcore.analyses.generation_statistics import WINDOW, Statistics, compare, frame, least_likely
from lmcore.charts import generation as charts
from lmcore.charts.masked_word import percent
from pages.sections.generation.jobs import grow
from pages.ui.address import state
from pages.ui.components import text_pieces
from pages.ui.figure import show_figure, show_table
from pages.ui.inputs import stranger
from pages.ui.names import FAMILY_NAMES
from pages.ui.page import fragment
from pages.ui.text import t, tm

#: Seconds between two steps when the steps of filling are played.
PACE = 0.35
#: After which step the filling of places is shown, in the address.
STEPS = "go"


def finding(texts: Sequence[GenerationView]) -> None:
    """How sure each was of its own text, who repeated most, and the sums of every text."""
    compared = compare(texts)
    known = [view for view in texts if not stranger(view.family)]
    if known:
        st.info(_who(known))
    _sums(texts, compared.numbers)


def _who(texts: Sequence[GenerationView]) -> str:
    compared = compare(texts)
    shares: dict[str, list[float]] = {}
    for view, numbers in zip(texts, compared.numbers, strict=True):
        shares.setdefault(FAMILY_NAMES[view.family], []).append(numbers.mean_probability)
    # Pieces and orders differ: no reader is set above another.
    parts = (
        t("generation.sure_of", reader=reader, share="–".join(dict.fromkeys(map(percent, ends))))
        for reader, values in shares.items()
        for ends in [(min(values), max(values))]
    )
    sentence = t("generation.finding_sure", parts=t("common.comma").join(parts))
    if compared.repeating is None:
        sentence += t("common.stop")
    else:
        most = compared.numbers[compared.repeating]
        sentence += tm(
            "generation.finding_repeats" if most.repetition else "generation.finding_no_repeats",
            reader=FAMILY_NAMES[texts[compared.repeating].family],
            share=f"{100 * (most.repetition or 0):.0f} %",
            window=WINDOW,
            run=" ".join(most.longest_repeat),
        )
    return sentence


def _sums(texts: Sequence[GenerationView], numbers: Sequence[Statistics]) -> None:
    rows = [
        {
            t("common.reader"): FAMILY_NAMES[view.family],
            t("generation.seed"): view.question.settings.seed,
            t("generation.text"): view.continuation.strip(),
            t("generation.pieces"): row.pieces,
            t("generation.words"): row.words,
            t("generation.log_probability"): row.log_probability,
            t("generation.mean_probability"): 100 * row.mean_probability,
            t("generation.mean_entropy"): row.mean_entropy,
            t("generation.distinct_1"): row.distinct_1,
            t("generation.distinct_2"): row.distinct_2,
            t("generation.repetition"): row.repetition,
            t("generation.longest_repeat"): " ".join(row.longest_repeat),
        }
        for view, row in zip(texts, numbers, strict=True)
    ]
    two = st.column_config.NumberColumn(format="%.2f")
    names = ("log_probability", "mean_entropy", "distinct_1", "distinct_2", "repetition")
    config: dict = {t(f"generation.{name}"): two for name in names}
    config[t("generation.mean_probability")] = st.column_config.NumberColumn(format="%.3g %%")
    config[t("generation.text")] = st.column_config.TextColumn(width="medium")
    st.dataframe(pd.DataFrame(rows), hide_index=True, column_config=config, key="generation-sums")
    st.caption(t("generation.sums_note", window=WINDOW))


def curve_part(texts: Sequence[GenerationView]) -> None:
    """One measure over the places, and every number of every piece."""
    measures: list[charts.Measure] = ["probability", "rank", "entropy"]
    measure = state.one_of(
        "generation_measure",
        measures,
        t("generation.measure"),
        named=lambda name: t(f"generation.{name}"),
    )
    view, token = least_likely(texts)
    st.info(
        tm(
            "generation.curves_finding",
            reader=FAMILY_NAMES[view.family],
            piece=token.text.strip(),
            place=token.position + 1,
            share=percent(token.probability),
            rank=token.rank,
        )
    )
    axis = t(f"generation.{measure}_axis")
    figure = charts.curves(
        texts, measure, places=t("generation.place"), axis=axis, names=FAMILY_NAMES
    )
    names = ", ".join(FAMILY_NAMES[view.family] for view in texts)
    alt = t("generation.curves_alt", measure=axis, readers=names)
    show_figure(figure, "generation", alt, texts=[view.prompt])
    show_table(table(texts), "generation")


def table(texts: Sequence[GenerationView]) -> pd.DataFrame:
    """Every number of every piece of some texts."""
    columns = ("step", "place", "piece", "probability", "rank", "entropy", "instead")
    titles = {name: t(f"generation.{name}") for name in columns}
    return frame(texts, FAMILY_NAMES, {"reader": t("common.reader"), **titles})


@fragment
def order_part(view: GenerationView) -> None:
    """How a reader that fills places in any order went about it, step by step or played."""
    reader, count = FAMILY_NAMES[view.family], len(view.tokens)
    st.caption(t("generation.order_how", reader=reader))
    step, play = count, False
    if count > 1:
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            play = st.button(
                t("generation.play"), icon=":material/play_arrow:", key="generation_play"
            )
            widget = f"{STEPS}:{count}"
            state.place(STEPS, widget, count, count - 1, base=1)
            step = st.slider(t("generation.step"), 1, count, key=widget)
            state.keep_place(STEPS, widget, step, count, base=1)
    place = st.empty()
    if play:
        for now in range(1, step):
            grow(place, view.until(now))
            time.sleep(PACE)
    with place.container():
        text_pieces.show(
            view.until(step),
            t("generation.text_of", reader=reader),
            "generation-order-text",
            newest=step,
        )
    first, last = view.tokens[0], view.tokens[-1]
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
    figure = charts.order(view, places=t("generation.place"), steps=t("generation.step"))
    alt = t("generation.order_alt", reader=reader)
    name = f"generation-order-{view.family}"
    show_figure(figure, name, alt, "generation-order", texts=[view.text])
