"""The logit lens on the Layers page: what each layer of each reader would predict at a word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import logit_lens as analysis
from lmcore.charts import layers as layer_charts
from lmcore.charts import logit_lens as charts
from lmcore.charts.logit_lens import percent
from lmcore.errors import ReadersError
from lmcore.outputs.lens import Aim, Lens
from lmcore.text.words import Sentence, split
from pages.ui import cache, names
from pages.ui.errors import fragment, problem
from pages.ui.figure import show_figure, show_table
from pages.ui.text import t, tm

#: Entries of each layer in a picture and in the table.
SHOWN = 5
#: Marks and dashes of the two directions of one reader, which share its colour.
PART_STYLES = {"forward": ("triangle-right", "solid"), "backward": ("triangle-left", "dot")}


@dataclass(frozen=True)
class Named:
    """A lens with its name on the screen."""

    name: str
    lens: Lens

    @property
    def key(self) -> str:
        """Short and unique, for widgets and file names."""
        return self.lens.family + (f"-{self.lens.part}" if self.lens.part else "")

    @property
    def layers(self) -> list[str]:
        """Names of the layers on the screen."""
        return [names.layer(technical) for technical in self.lens.layer_names]


@st.cache_resource(show_spinner=False, max_entries=64, ttl=cache.KEPT)
def lenses(key: str, text: str, word: int, aim: Aim) -> list[Lens]:
    """What a reader's layers would predict at a word of a text; see :meth:`Reader.lens`."""
    return cache.loaded(key).lens(split(text), word, SHOWN, aim)


@fragment
def section(families: Sequence[str], sentence: Sentence, word: int) -> None:
    """The whole section.

    Args:
        families: readers with several layers that could read the sentence.
        sentence: what was read.
        word: the one looked at.
    """
    st.subheader(t("layer_lens.title"), anchor="lens")
    st.markdown(t("layer_lens.how"))
    hidden = st.toggle(
        t("layer_lens.hide"),
        value=True,
        key="lens",
        help=t("layer_lens.hide_help"),
        bind="query-params",
    )
    aim: Aim = "for" if hidden else "of"
    found = _found(families, sentence, word, aim)
    every = [named for own in found.values() for named in own]
    if not every:
        return
    said = finding(every, sentence.words[word].text, aim)
    st.info(said)
    for column, own in zip(st.columns(len(found)), found.values(), strict=True):
        with column:
            for named in own:
                _one(named, sentence, word, aim)
    _truth(every, said, sentence)
    show_table(frame(every), "lens")


def _found(
    families: Sequence[str], sentence: Sentence, word: int, aim: Aim
) -> Mapping[str, list[Named]]:
    """The lenses of all readers that have an output head; the others say why not."""
    found: dict[str, list[Named]] = {}
    for family in families:
        reader = cache.reader(family)
        name = reader.card.name
        if not reader.can("fill"):
            st.caption(tm("layer_lens.headless", reader=name))
            continue
        try:
            with st.spinner(t("common.computing")):
                own = lenses(cache.key(family), sentence.text, word, aim)
        except ReadersError as error:
            problem(error)
            continue
        if own:
            found[family] = [Named(names.stream(name, lens.part), lens) for lens in own]
        else:
            st.caption(tm("layer_lens.nothing_before", reader=name))
    return found


def finding(every: Sequence[Named], word: str, aim: Aim) -> str:
    """Who comes closest to the word at the top; or what each top layer makes of its vector."""
    tops = [(named.name, float(named.lens.probability[-1])) for named in every]
    if aim == "of":
        parts = [
            t(
                f"layer_lens.of.{named.lens.predicts}",
                name=named.name,
                guess=named.lens.tops[-1][0].text,
                probability=percent(named.lens.tops[-1][0].probability),
            )
            for named in every
        ]
        return tm("layer_lens.of_said", word=word, parts=t("layer_lens.semicolon").join(parts))
    best = every[int(np.nanargmax([value for _, value in tops]))]
    ranks = [
        (float(named.lens.rank[layer]), named, layer)
        for named in every
        if (layer := analysis.story(named.lens).best) is not None
    ]
    rank, nearest, layer = min(ranks, key=lambda one: one[0])
    return tm(
        "layer_lens.for_said",
        word=word,
        tops=t("polysemy.comma").join(f"{name} {percent(value)}" for name, value in tops),
        best=best.name,
        nearest=nearest.name,
        layer=nearest.layers[layer],
        rank=f"{rank:,.0f}",
        size=f"{nearest.lens.size:,}",
    )


def _one(named: Named, sentence: Sentence, word: int, aim: Aim) -> None:
    """The picture of one direction with its finding and what has to be known about the word."""
    st.markdown(tm("layers.heading", name=named.name))
    said = story(named)
    show_figure(
        charts.guesses(named.lens, named.layers, texts()),
        f"lens-{named.key}",
        t("layer_lens.alt", name=named.name, finding=said),
        texts=[sentence.text],
    )
    st.caption(tm("layers.said", finding=said))
    lens = named.lens
    if lens.pieces > 1:
        key = "layer_lens.pieces"
        st.caption(tm(key, reader=named.name, count=lens.pieces, piece=lens.target))
    if not lens.known:
        st.caption(tm("layer_lens.unknown", reader=named.name, entry=lens.target))


def story(named: Named) -> str:
    """From which layer on the top layer's guess stands, and where the true word ranks."""
    lens, told = named.lens, analysis.story(named.lens)
    said = t(
        "layer_lens.settled",
        guess=told.guess.text,
        probability=percent(told.guess.probability),
        layer=named.layers[told.settled],
    )
    if told.best is None:
        return said + t("layer_lens.no_truth")
    return said + t(
        "layer_lens.truth_ranks",
        target=lens.target,
        rank=f"{lens.rank[-1]:,.0f}",
        size=f"{lens.size:,}",
        best=named.layers[told.best],
        best_rank=f"{lens.rank[told.best]:,.0f}",
    )


def _truth(every: Sequence[Named], said: str, sentence: Sentence) -> None:
    """Probability and rank of the true word, layer by layer, all readers in one picture."""
    if all(np.isnan(named.lens.rank).all() for named in every):
        return
    curves = [_curve(named) for named in every]
    st.markdown(t("layer_lens.truth_how"))
    for column, measure in zip(st.columns(2), ("probability", "rank"), strict=True):
        with column:
            show_figure(
                charts.truth(curves, measure, texts()),
                f"lens-{measure}",
                t(f"layer_lens.{measure}_alt", finding=said),
                texts=[sentence.text],
            )


def _curve(named: Named) -> charts.Curve:
    style = PART_STYLES.get(named.lens.part, layer_charts.style(named.lens.family))
    return charts.Curve(named.name, *style, named.layers, named.lens)


def texts() -> charts.Texts:
    """Words of the figures in the interface's language."""
    keys = ("probability", "rank", "entropy", "truth")
    return charts.Texts(**{k: t(f"layer_lens.{k}") for k in keys}, depth=t("layers.depth"))


def frame(every: Sequence[Named]) -> pd.DataFrame:
    """One row a layer of a direction: the true word, the entropy, the likeliest entries."""
    rows = []
    for named in every:
        lens = named.lens
        for layer, top in enumerate(lens.tops):
            row: dict[str, object] = {
                t("common.reader"): named.name,
                t("common.layer"): named.layers[layer],
                t("layer_lens.truth"): lens.target,
                t("layer_lens.probability"): float(f"{lens.probability[layer]:.4g}"),
                t("layer_lens.rank"): lens.rank[layer],
                t("layer_lens.size"): lens.size,
                t("layer_lens.entropy"): round(float(lens.entropy[layer]), 3),
                t("layer_lens.even"): round(float(np.log(lens.size)), 3),
            }
            for place, entry in enumerate(top, start=1):
                row[f"{place}"] = entry.text
                row[f"p {place}"] = float(f"{entry.probability:.4g}")
            rows.append(row)
    return pd.DataFrame(rows)
