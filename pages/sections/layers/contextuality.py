"""Contextuality on the Layers page: the visitor's own sentences beside those of the corpus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import contextuality as analysis
from lmcore.analyses.contextuality import CONTEXTUALITY, MEASURES, ContextualityView, Material
from lmcore.charts import contextuality as charts
from lmcore.errors import ReadersError
from lmcore.evaluation import stored
from pages.sections.layers.parts import number
from pages.ui.address import state
from pages.ui.errors import problem
from pages.ui.figure import show_figure, show_table
from pages.ui.inputs import foreign_notice
from pages.ui.models import choice
from pages.ui.names import FAMILY_NAMES, layers
from pages.ui.page import fragment
from pages.ui.results import how_to_measure
from pages.ui.text import t, tm
from pages.ui.views import views

#: Key of the box, also in the address.
BOX = "lc"
#: Which word the measures are of, in the address: 1 for all of them.
WORD = "lc_word"
#: Shared words that are named; the table has all of them.
NAMED = 10
#: Whether a curve is less what unrelated words reach, and what such a curve is called.
KINDS = {False: "raw", True: "adjusted"}

Corpus = Mapping[tuple[str, str, bool], np.ndarray]


@dataclass(frozen=True)
class Compared:
    """What the section draws.

    Attributes:
        material: the sentences and the words that they share.
        answers: what every reader makes of them.
        corpus: stored curves of the corpus by family, measure and whether they are adjusted.
        word: one of the shared words; ``None`` for all.
        adjusted: whether the anisotropy is taken away.
    """

    material: Material
    answers: Mapping[str, ContextualityView]
    corpus: Corpus
    word: int | None
    adjusted: bool

    def tops(self, measure: str) -> dict[str, float]:
        """A measure at the top layer of every reader."""
        return {
            family: float(answer.curve(measure, self.adjusted, self.word)[-1])
            for family, answer in self.answers.items()
        }

    def stored(self, measure: str) -> dict[str, np.ndarray]:
        """The corpus' curves of a measure by family."""
        return {
            family: values
            for (family, name, adjusted), values in self.corpus.items()
            if (name, adjusted) == (measure, self.adjusted)
        }


@fragment
def section(families: Sequence[str], rows: stored.Rows) -> None:
    """The whole section; what is wrong with the sentences is one message in it."""
    st.markdown(t("layer_contextuality.how"))
    try:
        text = _box()
        material = analysis.material(text)
    except ReadersError as error:
        problem(error)
        return
    answers = views(CONTEXTUALITY, families, material)
    if not answers:
        return
    foreign_notice(text, answers)
    _shared_words(material)
    if material.words:
        show_table(words_frame(material, answers), "contextuality-words")
    word, adjusted = _choices(material)
    compared = Compared(material, answers, corpus_curves(rows, answers), word, adjusted)
    st.info(finding(compared))
    for column, measure in zip(st.columns(3, gap="medium"), MEASURES, strict=True):
        with column:
            _picture(compared, measure)
    if not any(compared.stored(measure) for measure in MEASURES):
        how_to_measure("contextuality", "layer_contextuality.no_corpus")
    show_table(frame(compared), "contextuality")


def _box() -> str:
    """The visitor's sentences, read only when they are done."""
    sharing = choice.examples().sharing
    state.text(BOX, BOX, sharing)
    with st.form("contextuality", border=False):
        text = st.text_area(
            t("layer_contextuality.sentences"),
            key=BOX,
            height=170,
            help=t(
                "layer_contextuality.sentences_help",
                low=analysis.MIN_SENTENCES,
                high=analysis.MAX_SENTENCES,
            ),
        )
        st.form_submit_button(t("layer_contextuality.measure"), type="primary")
    state.keep_text(BOX, BOX, sharing, text or "")
    return text or ""


def _shared_words(material: Material) -> None:
    """Which words stand in several sentences, and in which forms."""
    if material.dropped:
        st.caption(t("layer_contextuality.dropped", count=material.dropped))
    if not material.words:
        st.warning(t("layer_contextuality.nothing_shared"))
        return
    often = sorted(material.words, key=lambda word: -len(word.places))[:NAMED]
    listed = [
        t(
            "layer_contextuality.word",
            word=word.name,
            count=len(word.places),
            forms=f" ({', '.join(word.forms)})" if len(word.forms) > 1 else "",
        )
        for word in often
    ]
    count, words = len(material.words), t("common.comma").join(listed)
    more = t("layer_contextuality.more", count=count - NAMED) if count > NAMED else ""
    st.caption(tm("layer_contextuality.words", count=count, words=words) + more)


def _choices(material: Material) -> tuple[int | None, bool]:
    """Which word, or all of them, and whether anisotropy is taken away."""
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    labels = [t("layer_contextuality.all"), *(word.name for word in material.words)]
    widget = f"{WORD}:{len(material.words)}"
    state.place(WORD, widget, len(labels))
    place = left.selectbox(
        t("layer_contextuality.which"),
        range(len(labels)),
        format_func=labels.__getitem__,
        key=widget,
        disabled=not material.words,
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


def corpus_curves(rows: stored.Rows, answers: Mapping[str, ContextualityView]) -> Corpus:
    """Stored curves of the corpus, only for the classroom readers."""
    return {
        (family, measure, adjusted): values
        for measure in MEASURES
        for adjusted, kind in KINDS.items()
        for family, values in stored.by_layer(rows, f"{measure}_{kind}").items()
        if family in answers
        and choice.model(family) is None
        and len(values) == len(answers[family].layer_names)
    }


def finding(compared: Compared) -> str:
    """In which reader the top vectors of the shared words depend most on their sentence."""
    kind, words = t(f"layer_contextuality.{KINDS[compared.adjusted]}"), compared.material.words
    if not words:
        tops = _list(compared.tops(MEASURES[1]))
        return tm("layer_contextuality.said_intra", kind=kind, tops=tops)
    tops = compared.tops(MEASURES[0])
    least = analysis.least(tops)
    sentence = tm(
        "layer_contextuality.said_all" if compared.word is None else "layer_contextuality.said",
        kind=kind,
        count=len(words),
        word=words[compared.word or 0].name,
        tops=_list(tops),
        least=FAMILY_NAMES[least] if least else "–",
    )
    corpus = {family: values[-1] for family, values in compared.stored(MEASURES[0]).items()}
    return sentence + (tm("layer_contextuality.said_corpus", tops=_list(corpus)) if corpus else "")


def _list(values: Mapping[str, float]) -> str:
    return t("common.comma").join(f"{FAMILY_NAMES[f]} {number(v)}" for f, v in values.items())


def _picture(compared: Compared, measure: str) -> None:
    """One measure, all readers in it."""
    st.markdown(f"**{t(f'layer_contextuality.{measure}')}**")
    st.caption(t(f"layer_contextuality.{measure}_how"))
    corpus = compared.stored(measure)
    curves = [
        charts.Curve(
            FAMILY_NAMES[family],
            family,
            layers(answer),
            answer.curve(measure, compared.adjusted, compared.word),
            corpus.get(family),
        )
        for family, answer in compared.answers.items()
    ]
    if all(np.isnan(curve.values).all() for curve in curves):
        st.caption(t("layer_contextuality.not_defined"))
        return
    texts = charts.Texts(
        depth=t("layers.depth"),
        value=t(f"layer_contextuality.{KINDS[compared.adjusted]}"),
        sentences=t("layer_contextuality.own"),
        corpus=t("layer_contextuality.corpus"),
    )
    material, word = compared.material, compared.word
    show_figure(
        charts.by_depth(curves, texts),
        f"contextuality-{measure}",
        t(f"layer_contextuality.{measure}_alt", finding=_list(compared.tops(measure))),
        texts=[*([] if word is None else [material.words[word].name]), *material.texts],
    )


def frame(compared: Compared) -> pd.DataFrame:
    """One row a layer of a reader: each measure raw and adjusted, one's own and the corpus'."""
    parts = []
    for family, answer in compared.answers.items():
        columns: dict[str, object] = {
            t("common.reader"): FAMILY_NAMES[family],
            t("common.layer"): layers(answer),
        }
        for measure in MEASURES:
            for adjusted, kind in KINDS.items():
                title = f"{t(f'layer_contextuality.{measure}')} ({t(f'layer_contextuality.{kind}')}"
                columns[f"{title})"] = answer.curve(measure, adjusted, compared.word)
                values = compared.corpus.get((family, measure, adjusted))
                if values is not None:
                    columns[f"{title}; {t('layer_contextuality.corpus')})"] = values
        columns[t("layers.chance")] = answer.baseline
        parts.append(pd.DataFrame(columns))
    return pd.concat(parts, ignore_index=True).round(4)


def words_frame(material: Material, answers: Mapping[str, ContextualityView]) -> pd.DataFrame:
    """One row a shared word: its forms, its sentences, its similarity to itself at every top."""
    table = pd.DataFrame(
        {
            t("common.word"): [word.name for word in material.words],
            t("layer_contextuality.forms"): [", ".join(word.forms) for word in material.words],
            t("layer_contextuality.in_sentences"): [
                ", ".join(str(sentence + 1) for sentence, _ in word.places)
                for word in material.words
            ],
        }
    )
    for family, answer in answers.items():
        table[FAMILY_NAMES[family]] = answer.words[:, -1].round(4)
        chance = round(float(answer.baseline[-1]), 4)
        table[f"{FAMILY_NAMES[family]}: {t('layers.chance')}"] = chance
    return table
