"""The comparison on the Polysemy page: the finding, one column a reader, and what all share."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from lmcore.analyses.polysemy import (
    Comparison,
    Verdict,
    judge,
    layers_frame,
    similarity_frame,
    uses_frame,
)
from lmcore.charts import polysemy as charts
from lmcore.outputs.reading import unknown_words
from lmcore.runtime.families import FAMILIES
from lmcore.text.word_uses import Question, alike_so_far
from pages.ui.address import state as address
from pages.ui.figure import show_figure, show_table
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import md, t, tm

#: More sentences than this are counted and not listed.
LISTED = 6


def finding(
    question: Question, readers: Mapping[str, Comparison], suggested_by: str | None
) -> None:
    """What the numbers say in one sentence, and what has to be known beside it.

    Args:
        question: the word, its sentences and senses.
        readers: what each reader makes of them.
        suggested_by: the reader whose cosines suggest the senses, where nobody gave any.
    """
    decidable = any(comparison.decidable for comparison in readers.values())
    clauses = [_about(question, f, comparison, decidable) for f, comparison in readers.items()]
    if decidable:
        senses = t("common.comma").join(question.senses)
        key = "polysemy.finding.suggested" if suggested_by else "polysemy.finding.head"
        head = tm(key, word=question.word, count=len(question.senses), senses=senses)
    else:
        head = tm("polysemy.finding.no_senses", word=question.word)
    st.info(head + t("common.semicolon").join(clauses) + t("common.stop"))
    if not decidable:
        st.caption(t("polysemy.no_verdict"))
    if suggested_by:
        st.caption(t("polysemy.suggested", reader=FAMILY_NAMES[suggested_by]))
    _what_left_readers_miss(question, readers)
    if len({use.form for use in question.uses}) > 1:
        st.caption(tm("polysemy.forms", forms=_forms(question)))


def _about(question: Question, family: str, comparison: Comparison, decidable: bool) -> str:
    """What the finding says about one reader; nothing of a word that it does not know."""
    notes = comparison.notes
    unread = all(set(use.places) <= unknown_words(notes[use.sentence]) for use in question.uses)
    if comparison.missing or unread:
        return tm("polysemy.finding.missing", reader=FAMILY_NAMES[family])
    return _clause(question, family, judge(comparison)) if decidable else _alike(family, comparison)


def _clause(question: Question, family: str, verdict: Verdict) -> str:
    """What the finding says about one reader."""
    key: str = verdict.kind
    if FAMILIES[family].context == "none" and key in ("on", "never"):
        key = f"form_{key}"
    elif key == "on" and verdict.layers[0] == 0:
        key = "all"
    elif len(verdict.layers) == 1:
        key = {"on": "top", "only": "only_one"}[key]
    return tm(
        f"polysemy.finding.{key}",
        reader=FAMILY_NAMES[family],
        first=verdict.layers[0] if verdict.layers else 0,
        layers=t("common.comma").join(str(layer) for layer in verdict.layers),
        looked=verdict.looked,
        uses=names(question, verdict.astray),
    )


def _alike(family: str, comparison: Comparison) -> str:
    """How alike all uses are at the top of one reader."""
    mean, chance = f"{comparison.overall[-1]:.2f}", f"{comparison.baseline[-1]:.2f}"
    return tm("polysemy.finding.alike", reader=FAMILY_NAMES[family], mean=mean, baseline=chance)


def _what_left_readers_miss(question: Question, families: Iterable[str]) -> None:
    """Which sentences are one and the same to a reader of the left side, and why."""
    left = [FAMILY_NAMES[family] for family in families if FAMILIES[family].context == "left"]
    for uses in alike_so_far(question):
        for reader in left:
            st.caption(tm("polysemy.alike_so_far", reader=reader, uses=names(question, uses)))


def names(question: Question, uses: Sequence[int]) -> str:
    """Sentences by their numbers, as a phrase."""
    listed = [question.uses[use].name for use in uses]
    if len(listed) == len(question.uses):
        return t("polysemy.uses_all")
    if len(listed) > LISTED:
        return t("polysemy.uses_count", count=len(listed), total=len(question.uses))
    if len(listed) < 2:
        return t("polysemy.uses_one", names="".join(listed))
    front = t("common.comma").join(listed[:-1])
    return t("polysemy.uses_many", names=t("polysemy.and").join([front, listed[-1]]))


def _forms(question: Question) -> str:
    """Which form was found where."""
    by_form: dict[tuple[str, str], list[int]] = {}
    for number, use in enumerate(question.uses):
        by_form.setdefault((use.form, use.kind), []).append(number)
    parts = [
        t(f"polysemy.form.{kind}", form=form, uses=names(question, uses))
        for (form, kind), uses in by_form.items()
    ]
    return t("common.semicolon").join(parts)


def columns(question: Question, readers: Mapping[str, Comparison]) -> dict[str, int]:
    """Readers with layers side by side, static vectors, which have one, below them.

    Returns:
        the layer that is looked at, by reader.
    """
    deep = [family for family, reader in readers.items() if len(reader.baseline) > 1]
    flat = [family for family in readers if family not in deep]
    places = [*st.columns(max(1, len(deep)), gap="medium")][: len(deep)]
    places += [st.container() for _ in flat]
    layers = {}
    for place, family in zip(places, deep + flat, strict=True):
        with place:
            layers[family] = _column(question, readers[family])
    return layers


def _column(question: Question, reader: Comparison) -> int:
    """One reader: layer, matrix, numbers. Returns the layer that is looked at.

    Args:
        question: the word, its sentences and senses.
        reader: what one reader makes of them.
    """
    st.subheader(FAMILY_NAMES[reader.family])
    if reader.missing:
        st.markdown(tm("polysemy.finding.missing", reader=FAMILY_NAMES[reader.family]))
        return 0
    layer, top = 0, len(reader.baseline) - 1
    if top:
        key = f"p_{reader.family}"
        address.within(key, 0, top)
        layer = st.slider(t("polysemy.layer"), 0, top, top, key=key, bind="query-params")
        _matrix(question, reader, layer)
    else:
        places = st.columns(3, gap="medium")
        with places[0]:
            _matrix(question, reader, layer)
        places[1].markdown(t("polysemy.static"))
    name, frame = f"polysemy-{reader.family}", similarity_frame(question, reader, layer)
    show_table(_titled(frame), f"{name}-layer-{layer}", key=name)
    _notes_on_word(question, reader)
    return layer


def read(question: Question) -> list[str]:
    """The word and its sentences, for the caption of a picture."""
    return [question.word, *question.texts]


def _matrix(question: Question, reader: Comparison, layer: int) -> None:
    kinds = ("within", "between", "overall", "baseline")
    means = {kind: f"{getattr(reader, kind)[layer]:.2f}" for kind in kinds}
    key = "similarity_overall" if np.isnan(reader.score[layer]) else "similarity"
    st.caption(t(f"polysemy.{key}", layer=layer, **means))
    figure = charts.similarity(question, reader, layer, texts())
    picture("similarity", figure, question, reader, layer)


def picture(
    kind: str, figure: go.Figure, question: Question, reader: Comparison, layer: int
) -> None:
    """One of the pictures of a reader's column."""
    alt = t(f"polysemy.{kind}_alt", layer=layer, reader=FAMILY_NAMES[reader.family])
    show_figure(figure, f"polysemy-{kind}-{reader.family}", alt, texts=read(question))


def _notes_on_word(question: Question, reader: Comparison) -> None:
    """What the reader did to the word itself, by sentence."""
    lines: dict[str, list[int]] = {}
    for number, use in enumerate(question.uses):
        for note in reader.notes[use.sentence]:
            if note.word in use.places:
                form = question.sentences[use.sentence].words[note.word].text
                line = tm(f"note.{note.kind}", word=form, detail=note.detail)
                lines.setdefault(line, []).append(number)
    for line, uses in lines.items():
        st.caption(f"{line} ({md(names(question, uses))})")


def all_notes(question: Question, readers: Mapping[str, Comparison]) -> None:
    """What every reader did to every word before reading it."""
    rows = [
        {
            "reader": FAMILY_NAMES[family],
            "sentence": number,
            "note": t(f"note.{note.kind}", word=sentence.words[note.word].text, detail=note.detail),
        }
        for family, reader in readers.items()
        for number, (sentence, notes) in enumerate(
            zip(question.sentences, reader.notes, strict=True), start=1
        )
        for note in notes
    ]
    if rows:
        with st.expander(t("polysemy.notes", count=len(rows)), icon=":material/info:"):
            st.dataframe(_titled(pd.DataFrame(rows)), width="stretch", hide_index=True)


def by_layer(question: Question, readers: Mapping[str, Comparison]) -> None:
    """The separation of all readers in one chart, with its numbers."""
    comparisons = list(readers.values())
    if all(comparison.best is None for comparison in comparisons):
        st.markdown(t("polysemy.no_score"))
    else:
        figure = charts.separation(comparisons, texts(), FAMILY_NAMES)
        alt = t("polysemy.separation_alt")
        show_figure(figure, "polysemy-separation", alt, texts=read(question))
        st.caption(t("polysemy.separation_how"))
    frame = layers_frame(comparisons)
    frame["reader"] = frame["reader"].map(FAMILY_NAMES)
    show_table(_titled(frame), "polysemy-separation")


def sentences(
    question: Question, readers: Mapping[str, Comparison], layers: Mapping[str, int]
) -> None:
    """The sentences with what was found in them, and how near each use lies to its own sense.

    Args:
        question: the word, its sentences and senses.
        readers: what each reader makes of them.
        layers: the layer that is looked at, by reader.
    """
    st.caption(t("polysemy.by_sentence_how"))
    column = t("polysemy.column.layer")
    margins = {
        f"{FAMILY_NAMES[family]} ({column} {layers[family]})": reader.margins[layers[family]]
        for family, reader in readers.items()
    }
    frame = _titled(uses_frame(question, margins))
    wide = {t("polysemy.column.sentence"): st.column_config.TextColumn(width="large")}
    st.dataframe(frame, width="stretch", hide_index=True, column_config=wide)


def _titled(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame with its headings in the language of the interface."""
    titled = "use sense form sentence reader layer layer_name within between overall baseline"
    titled += " separation all_placed note"
    return frame.rename(columns={name: t(f"polysemy.column.{name}") for name in titled.split()})


def texts() -> dict[str, str]:
    """What the figures say, in the language of the interface."""
    keys = "baseline identical unlabelled within between overall cosine score"
    return {key: t(f"polysemy.chart.{key}") for key in keys.split()} | {"layer": t("common.layer")}
