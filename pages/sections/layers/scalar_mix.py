"""ELMo's scalar mix on the Layers page: weights that act at once on the polysemy score."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.errors import StreamlitPageNotFoundError

from lmcore.analyses import scalar_mix as analysis
from lmcore.analyses.polysemy import POLYSEMY, Comparison, compare_all
from lmcore.analyses.scalar_mix import GAMMA, SCALAR_MIX, STEP, WEIGHTS, Mixed, MixQuestion
from lmcore.charts import scalar_mix as charts
from lmcore.errors import ReadersError
from lmcore.evaluation.stored import Rows
from lmcore.text.word_uses import Question, ask
from pages.ui.errors import problem
from pages.ui.figure import show_figure, show_table
from pages.ui.inputs import foreign_notice
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES, layers
from pages.ui.navigation import file_of
from pages.ui.page import fragment
from pages.ui.text import t, tm
from pages.ui.views import families, view, views
from pages.ui.word_uses import last_word_and_sentences

#: Benchmarks whose probes learned weights of their own.
LEARNED = ("pos", "senses")


@fragment
def section(family: str, results: Mapping[str, Rows]) -> None:
    """The whole section, for the reader whose layers are mixed."""
    st.markdown(t("scalar_mix.how"))
    try:
        question = ask(*last_word_and_sentences())
        uses = views(POLYSEMY, families(), question.unlabelled)
        question, _, comparisons = compare_all(question, uses)
    except ReadersError as error:
        problem(error)
        _to_polysemy()
        return
    st.markdown(tm("scalar_mix.asked", word=question.word, count=len(question.sentences)))
    _to_polysemy()
    foreign_notice("\n".join(question.texts), [family])
    if family not in comparisons or comparisons[family].best is None:
        st.warning(t("scalar_mix.undefined"))
        return
    mixed, top = _mix(family, question, comparisons[family], results)
    picture(question, comparisons, mixed, top, family)


def _to_polysemy() -> None:
    """The way to the page where the word and its sentences are typed."""
    try:
        st.page_link(file_of("polysemy"), label=t("scalar_mix.change"), icon=":material/edit:")
    except StreamlitPageNotFoundError:
        st.caption(t("scalar_mix.change"))  # the page runs without app.py: nowhere to go


def _mix(
    family: str, question: Question, single: Comparison, results: Mapping[str, Rows]
) -> tuple[Mixed, Mixed]:
    """The sliders and what they give, and the best mix on a grid; no reader is asked again."""
    names = layers(single)
    _learned(family, len(names), results)
    columns = st.columns(len(names) + 1)
    weights = [
        column.slider(
            t("scalar_mix.weight", number=number, layer=layer),
            *WEIGHTS,
            0.0,
            STEP,
            key=f"w{number}",
            bind="query-params",
        )
        for number, (column, layer) in enumerate(zip(columns, names, strict=False))
    ]
    gamma = columns[-1].slider("γ", *GAMMA, 1.0, 0.1, key="gamma", bind="query-params")
    mixes = view(SCALAR_MIX, family, MixQuestion(tuple(weights)))
    mixed, top = analysis.score_mixes(question, single, mixes, gamma)
    for number, (column, share) in enumerate(zip(columns, mixed.share, strict=False)):
        column.markdown(f"**s{number} = {share:.2f}**")
    columns[-1].markdown(f"**{t('scalar_mix.length', length=f'{mixed.length:.1f}')}**")
    return mixed, top


def _learned(family: str, count: int, results: Mapping[str, Rows]) -> None:
    """Buttons that set the weights which the probes of the benchmarks learned for this reader."""
    if choice.model(family) is not None:
        return
    rows = {name: results.get(name, {}).get(family, {}).get("mix_weights") for name in LEARNED}
    buttons = {"equal": [1 / count] * count} | {
        name: given
        for name, given in rows.items()
        if isinstance(given, list) and len(given) == count
    }
    with st.container(horizontal=True):
        for name, given in buttons.items():
            label = "equal" if name == "equal" else f"learned.{name}"
            st.button(
                t(f"scalar_mix.{label}", shares=_shares(given)),
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


def picture(
    question: Question, comparisons: Mapping[str, Comparison], mixed: Mixed, top: Mixed, family: str
) -> None:
    """Finding, picture and numbers.

    Args:
        question: the word and its sentences.
        comparisons: what every reader makes of it.
        mixed: what the sliders give.
        top: the best mix on the grid.
        family: whose layers are mixed.
    """
    name, single = FAMILY_NAMES[family], comparisons[family]
    singles = [
        charts.Bar(f"{name} · {layer}", family, float(score))
        for layer, score in zip(layers(single), single.score, strict=True)
    ]
    others = [
        _best_layer(other, comparison)
        for other, comparison in comparisons.items()
        if other != family and comparison.best is not None
    ]
    bars = [
        charts.Bar(t("scalar_mix.yours", name=name), family, mixed.score, strong=True),
        *singles,
        charts.Bar(t("scalar_mix.grid", name=name), family, top.score),
        *others,
    ]
    best = single.best or 0
    finding = t(
        "scalar_mix.said",
        name=name,
        word=question.word,
        shares=_shares(mixed.share),
        score=f"{mixed.score:.3f}",
        layer=layers(single)[best],
        best=f"{single.score[best]:.3f}",
        top=f"{top.score:.3f}",
        top_shares=_shares(top.share),
        others=t("common.comma").join(f"{bar.name} {bar.score:.3f}" for bar in others) or "–",
    )
    st.info(tm("layers.said", finding=finding))
    show_figure(
        charts.scores(bars, t("polysemy.chart.score")),
        "scalar-mix",
        t("scalar_mix.alt", finding=finding),
        texts=[question.word, *question.texts],
    )
    show_table(_frame(bars, mixed, top), "scalar-mix")


def _best_layer(family: str, comparison: Comparison) -> charts.Bar:
    """The best score of another reader; its layer is left out where there is only one."""
    name, best = FAMILY_NAMES[family], comparison.best or 0
    several = len(comparison.layer_names) > 1
    title = f"{name} · {layers(comparison)[best]}" if several else name
    return charts.Bar(title, family, float(comparison.score[best]))


def _frame(bars: Sequence[charts.Bar], mixed: Mixed, top: Mixed) -> pd.DataFrame:
    """One row a bar; what only a mix has stands in the rows of the two mixes."""
    rows = [{t("scalar_mix.what"): bar.name, t("polysemy.chart.score"): bar.score} for bar in bars]
    for number, mix in {0: mixed, len(mixed.share) + 1: top}.items():
        rows[number] |= {f"s{n}": float(value) for n, value in enumerate(mix.share)}
        rows[number] |= {
            t(f"polysemy.column.{column}"): getattr(mix, column)
            for column in ("within", "between", "baseline")
        }
    return pd.DataFrame(rows).round(4)
