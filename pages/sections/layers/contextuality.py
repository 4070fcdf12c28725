"""Contextuality on the Layers page: the visitor's own sentences beside those of the corpus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import contextuality as analysis
from lmcore.analyses.baseline import SENTENCES
from lmcore.analyses.contextuality import MEASURES, Material, Measured
from lmcore.charts import contextuality as charts
from lmcore.errors import ReadersError
from lmcore.evaluation import stored
from lmcore.text.words import split
from pages.ui import cache, language_notice, names
from pages.ui.address import state
from pages.ui.errors import fragment, problem
from pages.ui.figure import show_figure, show_table
from pages.ui.models import choice
from pages.ui.results import how_to_measure
from pages.ui.text import t, tm

#: Key of the box, also in the address.
BOX = "lc"
#: Which word the measures are of, in the address: 1 for all of them.
WORD = "lc_word"
#: What the box holds before anybody types: words in several senses and forms.
EXAMPLE = """The bank raised its interest rates again this year.
Our bank has lent the town the money for a new bridge.
The river had flooded both of its banks after the rain.
We sat on the bank and watched the water of the river.
The new bridge over the river was closed after the flood.
Rain raised the water so high that the town was flooded."""
#: Shared words that are named; the table has all of them.
NAMED = 10


@st.cache_resource(show_spinner=False, max_entries=16)
def unrelated(key: str) -> np.ndarray:
    """Vectors of unrelated words in all layers of a reader, ``[M, L + 1, D]``."""
    return analysis.unrelated_words(cache.loaded(key).read([split(text) for text in SENTENCES]))


@st.cache_resource(show_spinner=False, max_entries=32, ttl=cache.KEPT)
def measured(key: str, text: str) -> Measured:
    """The measures of one reader on somebody's sentences; words and places follow from the text."""
    own = analysis.material(text)
    return analysis.measure(
        own, cache.readings(key, own.texts), cache.baseline(key), unrelated(key)
    )


@fragment
def section(families: Sequence[str]) -> None:
    """The whole section; what is wrong with the sentences is one message in it.

    Args:
        families: readers with several layers.
    """
    st.header(t("layer_contextuality.title"), anchor="contextuality")
    st.markdown(t("layer_contextuality.how"))
    try:
        text = _box()
        own = analysis.material(text)
        with st.spinner(t("common.computing")):
            found = _measured(families, text)
    except ReadersError as error:
        problem(error)
        return
    if not found:
        return
    language_notice.say(text, found)
    _shared_words(own)
    if own.words:
        show_table(words_frame(own, found), "contextuality-words")
    word, adjusted = _choices(own)
    corpus = corpus_curves(found, adjusted)
    st.info(finding(own, found, corpus, word, adjusted))
    _pictures(own, found, corpus, word, adjusted)
    if not corpus:
        how_to_measure("contextuality", "layer_contextuality.no_corpus")
    show_table(frame(found, word), "contextuality")


def _box() -> str:
    """The visitor's sentences, read only when they are done."""
    if BOX not in st.session_state and BOX not in st.query_params:
        st.session_state[BOX] = st.session_state.get(f"kept_{BOX}", EXAMPLE)
    with st.form("contextuality", border=False):
        text = st.text_area(
            t("layer_contextuality.sentences"),
            key=BOX,
            bind="query-params",
            height=170,
            help=t(
                "layer_contextuality.sentences_help",
                low=analysis.MIN_SENTENCES,
                high=analysis.MAX_SENTENCES,
            ),
        )
        st.form_submit_button(t("layer_contextuality.measure"), type="primary")
    st.session_state[f"kept_{BOX}"] = text
    return text or ""


def _measured(families: Sequence[str], text: str) -> dict[str, Measured]:
    """What every reader makes of the sentences; one that cannot read them says why."""
    found = {}
    for family in families:
        try:
            found[family] = measured(cache.key(family), text)
        except ReadersError as error:
            problem(error)
    return found


def _shared_words(own: Material) -> None:
    """Which words stand in several sentences, and in which forms."""
    if own.dropped:
        st.caption(t("layer_contextuality.dropped", count=own.dropped))
    if not own.words:
        st.warning(t("layer_contextuality.nothing_shared"))
        return
    listed = [
        t(
            "layer_contextuality.word",
            word=word.name,
            count=len(word.places),
            forms=f" ({', '.join(word.forms)})" if len(word.forms) > 1 else "",
        )
        for word in sorted(own.words, key=lambda word: -len(word.places))[:NAMED]
    ]
    more = len(own.words) - len(listed)
    st.caption(
        tm(
            "layer_contextuality.words",
            count=len(own.words),
            words=t("polysemy.comma").join(listed),
        )
        + (t("layer_contextuality.more", count=more) if more else "")
    )


def _choices(own: Material) -> tuple[int | None, bool]:
    """Which word, or all of them, and whether anisotropy is taken away."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    labels = [t("layer_contextuality.all"), *(word.name for word in own.words)]
    widget = f"{WORD}:{len(own.words)}"
    state.place(WORD, widget, len(labels))
    place = left.selectbox(
        t("layer_contextuality.which"),
        range(len(labels)),
        format_func=labels.__getitem__,
        key=widget,
        disabled=not own.words,
    )
    state.keep_place(WORD, widget, place)
    adjusted = right.toggle(
        t("layer_contextuality.adjust"),
        value=True,
        key="adjusted",
        bind="query-params",
        help=t("layer_contextuality.adjust_help"),
    )
    return (place - 1 if place else None), adjusted


def corpus_curves(
    found: Mapping[str, Measured], adjusted: bool
) -> dict[str, dict[str, np.ndarray]]:
    """Stored curves of the corpus by reader and measure, only for the classroom readers."""
    rows = stored.results().get("contextuality", {})
    curves: dict[str, dict[str, np.ndarray]] = {}
    for measure in MEASURES:
        kind = "adjusted" if adjusted else "raw"
        for family, values in stored.by_layer(rows, f"{measure}_{kind}").items():
            own = found.get(family)
            shipped = own is not None and choice.model(family) is None
            if own is not None and shipped and len(values) == len(own.layer_names):
                curves.setdefault(family, {})[measure] = values
    return curves


def finding(
    own: Material,
    found: Mapping[str, Measured],
    corpus: Mapping[str, Mapping[str, np.ndarray]],
    word: int | None,
    adjusted: bool,
) -> str:
    """In which reader the top vectors of the shared words depend most on their sentence."""
    kind = t(f"layer_contextuality.{'adjusted' if adjusted else 'raw'}")
    if not own.words:
        values = {f: m.curve(MEASURES[1], adjusted)[-1] for f, m in found.items()}
        return tm("layer_contextuality.said_intra", kind=kind, tops=_list(values))
    values = {f: m.curve(MEASURES[0], adjusted, word)[-1] for f, m in found.items()}
    known = {family: value for family, value in values.items() if np.isfinite(value)}
    key = "layer_contextuality.said_all" if word is None else "layer_contextuality.said"
    said = tm(
        key,
        kind=kind,
        count=len(own.words),
        word=own.words[word or 0].name,
        tops=_list(values),
        least=_name(min(known, key=lambda f: known[f])) if known else "–",
    )
    stored = {f: own[MEASURES[0]][-1] for f, own in corpus.items() if MEASURES[0] in own}
    return said + (tm("layer_contextuality.said_corpus", tops=_list(stored)) if stored else "")


def _name(family: str) -> str:
    return cache.reader(family).card.name


def _list(values: Mapping[str, float]) -> str:
    return t("polysemy.comma").join(
        f"{_name(family)} {value:.2f}" if np.isfinite(value) else f"{_name(family)} –"
        for family, value in values.items()
    )


def _pictures(
    material: Material,
    found: Mapping[str, Measured],
    corpus: Mapping[str, Mapping[str, np.ndarray]],
    word: int | None,
    adjusted: bool,
) -> None:
    """One picture a measure, all readers in it."""
    read = [*([] if word is None else [material.words[word].name]), *material.texts]
    for column, measure in zip(st.columns(3, gap="medium"), MEASURES, strict=True):
        curves = [
            charts.Curve(
                _name(family),
                family,
                [names.layer(technical) for technical in own.layer_names],
                own.curve(measure, adjusted, word),
                corpus.get(family, {}).get(measure),
            )
            for family, own in found.items()
        ]
        with column:
            st.markdown(f"**{t(f'layer_contextuality.{measure}')}**")
            st.caption(t(f"layer_contextuality.{measure}_how"))
            if all(np.isnan(curve.own).all() for curve in curves):
                st.caption(t("layer_contextuality.not_defined"))
                continue
            said = _list({curve.family: float(curve.own[-1]) for curve in curves})
            alt = t(f"layer_contextuality.{measure}_alt", finding=said)
            figure = charts.by_depth(curves, _texts(adjusted))
            show_figure(figure, f"contextuality-{measure}", alt, texts=read)


def _texts(adjusted: bool) -> charts.Texts:
    return charts.Texts(
        depth=t("layers.depth"),
        value=t(f"layer_contextuality.{'adjusted' if adjusted else 'raw'}"),
        own=t("layer_contextuality.own"),
        corpus=t("layer_contextuality.corpus"),
    )


def frame(found: Mapping[str, Measured], word: int | None) -> pd.DataFrame:
    """One row a layer of a reader: each measure raw and adjusted, one's own and the corpus'."""
    stored = {adjusted: corpus_curves(found, adjusted) for adjusted in (False, True)}
    parts = []
    for family, own in found.items():
        columns: dict[str, object] = {
            t("common.reader"): _name(family),
            t("common.layer"): [names.layer(technical) for technical in own.layer_names],
        }
        for measure in MEASURES:
            for adjusted, kind in ((False, "raw"), (True, "adjusted")):
                title = f"{t(f'layer_contextuality.{measure}')} ({t(f'layer_contextuality.{kind}')}"
                columns[f"{title})"] = own.curve(measure, adjusted, word)
                values = stored[adjusted].get(family, {}).get(measure)
                if values is not None:
                    columns[f"{title}; {t('layer_contextuality.corpus')})"] = values
        columns[t("layers.chance")] = own.baseline
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True).round(4)


def words_frame(own: Material, found: Mapping[str, Measured]) -> pd.DataFrame:
    """One row a shared word: its forms, its sentences, its similarity to itself at every top."""
    table = pd.DataFrame(
        {
            t("common.word"): [word.name for word in own.words],
            t("layer_contextuality.forms"): [", ".join(word.forms) for word in own.words],
            t("layer_contextuality.in_sentences"): [
                ", ".join(str(sentence + 1) for sentence, _ in word.places) for word in own.words
            ],
        }
    )
    for family, values in found.items():
        table[_name(family)] = values.words[:, -1].round(4)
        table[f"{_name(family)}: {t('layers.chance')}"] = round(float(values.baseline[-1]), 4)
    return table
