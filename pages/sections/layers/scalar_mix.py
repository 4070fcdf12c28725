"""ELMo's scalar mix on the Layers page: weights that act at once on the polysemy score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from lmcore.analyses import scalar_mix as analysis
from lmcore.analyses.baseline import baseline_readings
from lmcore.analyses.polysemy import Comparison
from lmcore.analyses.scalar_mix import GAMMA, STEP, WEIGHTS, Mixed, Yardstick
from lmcore.charts import scalar_mix as charts
from lmcore.errors import ReadersError
from lmcore.evaluation.stored import Rows
from lmcore.outputs.reading import Reading
from lmcore.text.word_uses import Question, ask
from pages.ui import cache, language_notice, names
from pages.ui.errors import fragment, problem
from pages.ui.figure import show_figure, show_table
from pages.ui.models import choice
from pages.ui.navigation import file_of
from pages.ui.text import t, tm
from pages.ui.word_uses import compared, remembered

#: Benchmarks whose probes learned weights of their own.
LEARNED = ("pos", "senses")


@st.cache_resource(show_spinner=False, max_entries=4)
def yardstick(key: str) -> Yardstick:
    """What the baseline of any mix of a reader's layers follows from."""
    return analysis.yardstick(baseline_readings(cache.loaded(key)))


@st.cache_resource(show_spinner=False, max_entries=32, ttl=cache.KEPT)
def best(key: str, question: Question) -> Mixed | None:
    """The best mix on a grid; ``None`` where no score is defined.

    Args:
        key: of the reader whose layers are mixed.
        question: of the Polysemy page, with its senses.
    """
    return analysis.best(question, cache.readings(key, question.texts), yardstick(key))


@fragment
def section(family: str, results: Mapping[str, Rows]) -> None:
    """The whole section.

    Args:
        family: of the reader whose layers are mixed.
        results: of the benchmarks that have a file.
    """
    st.header(t("scalar_mix.title"), anchor="mix")
    st.markdown(t("scalar_mix.how"))
    try:
        word, text = remembered()
        with st.spinner(t("common.computing")):
            question, _, found = compared(ask(word, text))
            usable = family in found and not found[family].missing
            top = best(cache.key(family), question) if usable else None
    except ReadersError as error:
        problem(error)
        _to_polysemy()
        return
    st.markdown(tm("scalar_mix.asked", word=question.word, count=len(question.sentences)))
    _to_polysemy()
    language_notice.say("\n".join(question.texts), [family])
    if top is None:
        st.warning(t("scalar_mix.undefined"))
        return
    mixed = _mix(family, question, cache.readings(family, question.texts), found[family], results)
    _result(question, family, mixed, top, found)


def _to_polysemy() -> None:
    """The way to the page where the word and its sentences are typed."""
    try:
        st.page_link(file_of("polysemy"), label=t("scalar_mix.change"), icon=":material/edit:")
    except StreamlitPageNotFoundError:
        st.caption(t("scalar_mix.change"))  # the page runs without a menu: nowhere to go


def _mix(
    family: str,
    question: Question,
    readings: Sequence[Reading],
    single: Comparison,
    results: Mapping[str, Rows],
) -> Mixed:
    """The sliders and what they give; no reader is asked again."""
    _learned(family, len(single.baseline), results)
    layers = [names.layer(technical) for technical in single.layer_names]
    columns = st.columns(len(layers) + 1)
    weights = [
        column.slider(
            t("scalar_mix.weight", number=number, layer=layer),
            *WEIGHTS,
            0.0,
            STEP,
            key=f"w{number}",
            bind="query-params",
        )
        for number, (column, layer) in enumerate(zip(columns, layers, strict=False))
    ]
    gamma = columns[-1].slider("γ", *GAMMA, 1.0, 0.1, key="gamma", bind="query-params")
    share = analysis.shares(weights)
    for number, column in enumerate(columns[:-1]):
        column.markdown(f"**s{number} = {share[number]:.2f}**")
    own = analysis.mix(question, readings, yardstick(cache.key(family)), share, gamma)
    columns[-1].markdown(f"**{t('scalar_mix.length', length=f'{own.length:.1f}')}**")
    return own


def _learned(family: str, layers: int, results: Mapping[str, Rows]) -> None:
    """Buttons that set the weights which the probes of the benchmarks learned for this reader."""
    if choice.model(family) is not None:
        return
    rows = {name: results.get(name, {}).get(family, {}).get("mix_weights") for name in LEARNED}
    usable = {
        name: given
        for name, given in rows.items()
        if isinstance(given, list) and len(given) == layers
    }
    with st.container(horizontal=True):
        st.button(
            t("scalar_mix.equal"),
            on_click=_set,
            args=([1 / layers] * layers,),
            key="mix-equal",
        )
        for name, given in usable.items():
            st.button(
                t(f"scalar_mix.learned.{name}", shares=_shares(given)),
                on_click=_set,
                args=(given,),
                key=f"mix-{name}",
            )


def _set(given: Sequence[float]) -> None:
    """Put the sliders where some shares are."""
    for number, weight in enumerate(analysis.weights_of(given)):
        st.session_state[f"w{number}"] = weight


def _shares(given: Sequence[float] | np.ndarray) -> str:
    return " / ".join(f"{value:.2f}" for value in given)


def _result(
    question: Question,
    family: str,
    own: Mixed,
    top: Mixed,
    found: Mapping[str, Comparison],
) -> None:
    """Finding, picture and numbers."""
    name = cache.reader(family).card.name
    singles = found[family].score
    best = int(np.nanargmax(singles))
    others = {
        other: int(np.nanargmax(c.score))
        for other, c in found.items()
        if other != family and np.isfinite(c.score).any()
    }
    said = t(
        "scalar_mix.said",
        name=name,
        word=question.word,
        shares=_shares(own.share),
        score=f"{own.score:.3f}",
        layer=names.layer(found[family].layer_names[best]),
        best=f"{singles[best]:.3f}",
        top=f"{top.score:.3f}",
        top_shares=_shares(top.share),
        others=t("common.comma").join(
            f"{_named(other, found[other], layer)} {found[other].score[layer]:.3f}"
            for other, layer in others.items()
        )
        or "–",
    )
    st.info(tm("layers.said", finding=said))
    bars = [
        charts.Bar(t("scalar_mix.yours", name=name), family, own.score, strong=True),
        *(
            charts.Bar(f"{name} · {names.layer(technical)}", family, float(score))
            for technical, score in zip(found[family].layer_names, singles, strict=True)
        ),
        charts.Bar(t("scalar_mix.grid", name=name), family, top.score),
        *(
            charts.Bar(_named(o, found[o], layer), o, float(found[o].score[layer]))
            for o, layer in others.items()
        ),
    ]
    figure = charts.scores(bars, t("polysemy.chart.score"))
    alt = t("scalar_mix.alt", finding=said)
    show_figure(figure, "scalar-mix", alt, texts=[question.word, *question.texts])
    show_table(_frame(bars, own, top), "scalar-mix")


def _named(family: str, found: Comparison, layer: int) -> str:
    """A reader with one of its layers; the layer is left out where there is only one."""
    name = cache.reader(family).card.name
    if len(found.baseline) == 1:
        return name
    return f"{name} · {names.layer(found.layer_names[layer])}"


def _frame(bars: Sequence[charts.Bar], own: Mixed, top: Mixed) -> pd.DataFrame:
    """One row a bar; what only a mix has stands in the rows of the two mixes."""
    rows = [{t("scalar_mix.what"): bar.name, t("polysemy.chart.score"): bar.score} for bar in bars]
    place = {0: own, len(own.share) + 1: top}
    for number, mixed in place.items():
        rows[number] |= {f"s{n}": float(value) for n, value in enumerate(mixed.share)}
        rows[number] |= {
            t("polysemy.column.within"): mixed.within,
            t("polysemy.column.between"): mixed.between,
            t("polysemy.column.baseline"): mixed.baseline,
        }
    return pd.DataFrame(rows).round(4)
