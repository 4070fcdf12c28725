"""Parts of the Polysemy page: what is asked, one reader's column, and what all readers share."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses.polysemy import (
    Comparison,
    compare,
    layers_frame,
    similarity_frame,
    suggest,
    uses_frame,
    vectors_of,
)
from lmcore.charts import polysemy as charts
from lmcore.errors import ReadersError
from lmcore.outputs.reading import Reading
from lmcore.text.examples import SENSES
from lmcore.text.word_uses import MAX_SENTENCES, MIN_SENTENCES, Question, ask
from pages.sections.polysemy.finding import names
from pages.ui import cache, language_notice
from pages.ui.address import state as address
from pages.ui.errors import problem
from pages.ui.figure import show_figure, show_table
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import md, t, tm

WORD, SENTENCES, EXAMPLE = "pw", "ps", "polysemy_example"


def asked() -> Question:
    """The controls: an example to start from, the word, the sentences.

    Raises:
        InputError: see :func:`lmcore.text.word_uses.ask`.
    """
    _remember(WORD, SENSES[0].word)
    _remember(SENTENCES, SENSES[0].text)
    typed = tuple(st.session_state.get(key, st.query_params.get(key)) for key in (WORD, SENTENCES))
    known = [(example.word, example.text) for example in SENSES]
    st.session_state[EXAMPLE] = known.index(typed) if typed in known else None
    labels = [f"{example.word} · {t(f'polysemy.clue.{example.clue}')}" for example in SENSES]
    st.selectbox(
        t("polysemy.example"),
        range(len(SENSES)),
        format_func=labels.__getitem__,
        placeholder=t("polysemy.example_own"),
        key=EXAMPLE,
        on_change=_load_example,
    )
    with st.form("polysemy", border=False):
        left, right = st.columns([1, 4])
        word = left.text_input(t("polysemy.word"), key=WORD, bind="query-params")
        text = right.text_area(
            t("polysemy.sentences"),
            key=SENTENCES,
            bind="query-params",
            height=180,
            help=t("polysemy.sentences_help", low=MIN_SENTENCES, high=MAX_SENTENCES),
        )
        left.form_submit_button(t("polysemy.compare"), type="primary", width="stretch")
    st.session_state[f"kept_{WORD}"], st.session_state[f"kept_{SENTENCES}"] = word, text
    return ask(word or "", text or "")


def remembered() -> tuple[str, str]:
    """The word and the sentences as they were last looked at, or the first example.

    For another page, whose results depend on them: they stand in its address too.
    """
    state, first = st.session_state, SENSES[0]
    found = []
    for key, usual in ((WORD, first.word), (SENTENCES, first.text)):
        text = state.get(f"kept_{key}", st.query_params.get(key, usual)) or ""
        state[f"kept_{key}"] = text
        if text != st.query_params.get(key, usual):
            if text == usual:
                address.drop(key)
            else:
                st.query_params[key] = text
        found.append(text)
    return found[0], found[1]


def _remember(key: str, first: str) -> None:
    """Give a box its text where neither a visitor nor the address has: the last one, or the first.

    A ``value=`` would do for the first, but not together with examples that are put in later.
    """
    if key not in st.session_state and key not in st.query_params:
        st.session_state[key] = st.session_state.get(f"kept_{key}", first)


def _load_example() -> None:
    chosen = st.session_state[EXAMPLE]
    if chosen in range(len(SENSES)):  # a label of the other language arrives as it is
        st.session_state[WORD] = SENSES[chosen].word
        st.session_state[SENTENCES] = SENSES[chosen].text


def read_by_all(question: Question) -> dict[str, list[Reading]]:
    """The sentences as every reader sees them; a reader that cannot read them says why."""
    found = {}
    for family in cache.readers():
        try:
            found[family] = cache.readings(family, question.texts)
        except ReadersError as error:
            problem(error)
    return found


def with_senses(
    question: Question, readings: dict[str, list[Reading]]
) -> tuple[Question, str | None]:
    """The question, with groups suggested by a reader of both sides where nobody gave labels."""
    for family in readings:
        if cache.reader(family).context == "both":
            grouped = suggest(question, vectors_of(question, readings[family])[-1])
            return grouped, family if grouped.suggested else None
    return question, None


def comparisons(question: Question, readings: dict[str, list[Reading]]) -> dict[str, Comparison]:
    """What every reader makes of the word."""
    return {f: compare(question, own, cache.baseline(f)) for f, own in readings.items()}


def layer_choice(family: str, count: int) -> int:
    """Which layer of a reader is looked at, from 0 (input); the top one at first."""
    if count == 1:
        return 0
    key = f"p_{family}"
    address.within(key, 0, count - 1)
    return st.slider(t("polysemy.layer"), 0, count - 1, count - 1, key=key, bind="query-params")


def column(
    question: Question, found: Comparison, own: Sequence[Reading], extent: float, narrow: bool
) -> int:
    """One reader: layer, matrix, map, numbers, levels. Returns the layer that is looked at.

    Args:
        extent: how far the axes of every map reach.
        narrow: whether the pictures stand one below the other.
    """
    st.subheader(FAMILY_NAMES[found.family])
    if found.missing:
        st.markdown(tm("polysemy.finding.missing", reader=FAMILY_NAMES[found.family]))
        return 0
    layer = layer_choice(found.family, len(found.baseline))
    if narrow:
        _matrix(question, found, layer)
        _map(question, found, layer, extent)
    else:
        places = st.columns(3, gap="medium")
        with places[0]:
            _matrix(question, found, layer)
        with places[1]:
            _map(question, found, layer, extent)
        places[2].markdown(t("polysemy.static"))
    show_table(
        _titled(similarity_frame(question, found, layer)),
        f"polysemy-{found.family}-layer-{layer}",
        key=f"polysemy-{found.family}",
    )
    _own_notes(question, own)
    if len(found.baseline) > 1:
        _levels(question, found, layer)
    return layer


def read(question: Question) -> list[str]:
    """The word and its sentences, for the caption of a picture."""
    return [question.word, *question.texts]


def _matrix(question: Question, found: Comparison, layer: int) -> None:
    columns = ("within", "between", "overall", "baseline")
    means = {name: f"{getattr(found, name)[layer]:.2f}" for name in columns}
    key = "similarity_overall" if np.isnan(found.score[layer]) else "similarity"
    st.caption(t(f"polysemy.{key}", layer=layer, **means))
    show_figure(
        charts.similarity(question, found, layer, _texts()),
        f"polysemy-similarity-{found.family}",
        t("polysemy.similarity_alt", layer=layer, reader=FAMILY_NAMES[found.family]),
        texts=read(question),
    )


def _map(question: Question, found: Comparison, layer: int, extent: float) -> None:
    kept = found.kept[layer]
    if np.isnan(kept):
        st.caption(t("polysemy.map_one_point"))
    else:
        st.caption(t("polysemy.map", kept=f"{100 * kept:.0f}"))
    show_figure(
        charts.plane(question, found, layer, extent, _texts()),
        f"polysemy-map-{found.family}",
        t("polysemy.map_alt", layer=layer, reader=FAMILY_NAMES[found.family]),
        texts=read(question),
    )


def _levels(question: Question, found: Comparison, layer: int) -> None:
    if np.isnan(found.score).all():
        least = int(np.nanargmin(found.overall))
        st.caption(t("polysemy.levels_overall", least=least, overall=f"{found.overall[least]:.2f}"))
    else:
        best = int(np.nanargmax(found.score))
        st.caption(t("polysemy.levels", best=best, score=f"{found.score[best]:.3f}"))
    show_figure(
        charts.levels(found, layer, _texts()),
        f"polysemy-levels-{found.family}",
        t("polysemy.levels_alt", reader=FAMILY_NAMES[found.family]),
        texts=read(question),
    )


def _own_notes(question: Question, own: Sequence[Reading]) -> None:
    """What the reader did to the word itself, by sentence."""
    said: dict[str, list[int]] = {}
    for number, use in enumerate(question.uses):
        for note in own[use.sentence].notes_on(use.position):
            line = tm(f"note.{note.kind}", word=use.form, detail=note.detail)
            said.setdefault(line, []).append(number)
    for line, uses in said.items():
        st.caption(f"{line} ({md(names(question, uses))})")


def all_notes(question: Question, readings: dict[str, list[Reading]]) -> None:
    """What every reader did to every word before reading it."""
    rows = [
        {
            "reader": FAMILY_NAMES[family],
            "sentence": number,
            "note": t(
                f"note.{note.kind}",
                word=reading.sentence.words[note.word].text,
                detail=note.detail,
            ),
        }
        for family, own in readings.items()
        for number, reading in enumerate(own, start=1)
        for note in reading.notes
    ]
    language_notice.say("\n".join(question.texts), readings)
    hidden = sum(len(sentence.ignored) for sentence in question.sentences)
    if hidden:
        st.caption(t("note.ignored", count=hidden))
    if rows:
        with st.expander(t("polysemy.notes", count=len(rows)), icon=":material/info:"):
            st.dataframe(_titled(pd.DataFrame(rows)), width="stretch", hide_index=True)


def by_layer(question: Question, found: dict[str, Comparison]) -> None:
    """The separation of all readers in one chart, with its numbers."""
    st.subheader(t("polysemy.separation"))
    readers = list(found.values())
    if all(np.isnan(comparison.score).all() for comparison in readers):
        st.markdown(t("polysemy.no_score"))
    else:
        show_figure(
            charts.separation(readers, _texts(), FAMILY_NAMES),
            "polysemy-separation",
            t("polysemy.separation_alt"),
            texts=read(question),
        )
        st.caption(t("polysemy.separation_how"))
    frame = layers_frame(readers)
    frame["reader"] = frame["reader"].map(FAMILY_NAMES)
    show_table(_titled(frame), "polysemy-separation")


def sentences(question: Question, found: dict[str, Comparison], layers: dict[str, int]) -> None:
    """The sentences with what was found in them, and how near each use lies to its own sense."""
    st.subheader(t("polysemy.by_sentence"))
    st.caption(t("polysemy.by_sentence_how"))
    margins = {
        f"{FAMILY_NAMES[family]} ({t('polysemy.column.layer')} {layers[family]})": own.margins[
            layers[family]
        ]
        for family, own in found.items()
    }
    st.dataframe(
        _titled(uses_frame(question, margins)),
        width="stretch",
        hide_index=True,
        column_config={t("polysemy.column.sentence"): st.column_config.TextColumn(width="large")},
    )


def _titled(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with its headings in the language of the interface."""
    own = ("use", "sense", "form", "sentence", "reader", "layer", "layer_name", "within", "between")
    own += ("overall", "baseline", "separation", "all_placed", "note")
    return frame.rename(columns={name: t(f"polysemy.column.{name}") for name in own})


def _texts() -> dict[str, str]:
    """What the figures say, in the language of the interface."""
    keys = ("baseline", "identical", "unlabelled", "within", "between", "overall", "cosine")
    texts = {key: t(f"polysemy.chart.{key}") for key in keys}
    return texts | {"layer": t("common.layer"), "score": t("polysemy.chart.score")}
