"""The logit lens on the Layers page: what each layer of each reader would predict at a word."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import logit_lens as analysis
from lmcore.analyses.logit_lens import LENS, LensQuestion
from lmcore.charts import logit_lens as charts
from lmcore.charts.logit_lens import percent
from lmcore.errors import ReadersError
from lmcore.outputs.lens import Lens
from lmcore.text.words import Sentence
from pages.sections.layers.parts import Picture, draw, heading, title
from pages.ui.errors import problem
from pages.ui.figure import show_figure, show_table
from pages.ui.names import FAMILY_NAMES, layers
from pages.ui.page import fragment
from pages.ui.text import plain, t, tm
from pages.ui.views import facts, view


@fragment
def section(families: Sequence[str], sentence: Sentence, word: int) -> None:
    """The whole section.

    Args:
        families: readers with several layers that could read the sentence.
        sentence: what was read.
        word: the one looked at.
    """
    st.markdown(t("layer_lens.how"))
    hidden = st.toggle(
        t("layer_lens.hide"),
        value=True,
        key="lens",
        help=t("layer_lens.hide_help"),
        bind="query-params",
    )
    question = LensQuestion(sentence.text, word, "for" if hidden else "of")
    by_reader = [lenses for family in families if (lenses := _lenses(family, question))]
    if not by_reader:
        return
    every = [lens for lenses in by_reader for lens in lenses]
    make_finding = guessed if hidden else predicted
    finding = make_finding(every, sentence.words[word].text)
    st.info(finding)
    frames = []
    places = [place for _ in every[::2] for place in st.columns(2)]  # narrower, words touch
    for place, lens in zip(places, every, strict=False):
        with place:
            heading(lens)
            picture = lens_picture(lens)
            draw(lens, "lens", "layer_lens.alt", sentence.text, picture)
            frames.append(picture.frame)
    _truth(every, finding, sentence.text)
    show_table(pd.concat(frames, ignore_index=True), "lens")


def _lenses(family: str, question: LensQuestion) -> tuple[Lens, ...]:
    """The lenses of a reader with an output head; where there is none, the page says why."""
    reader = FAMILY_NAMES[family]
    if "fill" not in facts(family).capabilities:
        st.caption(tm("layer_lens.headless", reader=reader))
        return ()
    try:
        with st.spinner(t("common.computing")):
            lenses = view(LENS, family, question).lenses
    except ReadersError as error:
        problem(error)
        return ()
    if not lenses:
        st.caption(tm("layer_lens.nothing_before", reader=reader))
    return lenses


def guessed(every: Sequence[Lens], word: str) -> str:
    """Who comes closest to the hidden word at the top, and in which layer it ranks highest."""
    able = [lens for lens in every if np.isfinite(lens.rank).any()]
    if not able:
        return tm("layer_lens.none_knows", word=word)
    best, (nearest, layer) = analysis.likeliest(able), analysis.highest(able)
    tops = (f"{title(lens)} {percent(lens.probability[-1])}" for lens in able)
    return tm(
        "layer_lens.for_said",
        word=word,
        tops=t("common.comma").join(tops),
        best=title(best),
        nearest=title(nearest),
        layer=layers(nearest)[layer],
        rank=f"{nearest.rank[layer]:,.0f}",
        size=f"{nearest.size:,}",
    )


def predicted(every: Sequence[Lens], word: str) -> str:
    """What each top layer makes of the vector that stands at the word."""
    guesses = ((lens, lens.tops[-1][0]) for lens in every)
    parts = (
        t(
            f"layer_lens.of.{lens.predicts}",
            name=title(lens),
            guess=guess.text,
            probability=percent(guess.probability),
        )
        for lens, guess in guesses
    )
    return tm("layer_lens.of_said", word=word, parts=t("common.semicolon").join(parts))


def lens_picture(lens: Lens) -> Picture:
    """The likeliest entries of each layer, and what has to be known about the true word."""
    notes = []
    if lens.pieces > 1:
        piece = {"count": lens.pieces, "piece": lens.target}
        notes.append(tm("layer_lens.pieces", reader=title(lens), **piece))
    if not lens.known:
        notes.append(tm("layer_lens.unknown", reader=title(lens), entry=lens.target))
    figure = charts.guesses(lens, layers(lens), texts())
    return Picture(figure, story(lens), frame(lens), notes)


def story(lens: Lens) -> str:
    """From which layer on the top layer's guess stands, and where the true word ranks."""
    telling = analysis.story(lens)
    finding = t(
        "layer_lens.settled",
        guess=telling.guess.text,
        probability=percent(telling.guess.probability),
        layer=layers(lens)[telling.settled],
    )
    if telling.best is None:
        return finding if lens.target is not None else finding + t("layer_lens.no_truth")
    return finding + t(
        "layer_lens.truth_ranks",
        target=lens.target,
        rank=f"{lens.rank[-1]:,.0f}",
        size=f"{lens.size:,}",
        best=layers(lens)[telling.best],
        best_rank=f"{lens.rank[telling.best]:,.0f}",
    )


def _truth(every: Sequence[Lens], finding: str, text: str) -> None:
    """Probability and rank of the true word, layer by layer, all readers in one picture."""
    if all(np.isnan(lens.rank).all() for lens in every):
        return
    able = [lens for lens in every if np.isfinite(lens.rank).any()]
    curves = [charts.Curve(title(lens), layers(lens), lens) for lens in able]
    st.markdown(t("layer_lens.truth_how"))
    for column, measure in zip(st.columns(2), ("probability", "rank"), strict=True):
        with column:
            alt = t(f"layer_lens.{measure}_alt", finding=plain(finding))
            figure = charts.truth(curves, measure, texts())
            show_figure(figure, f"lens-{measure}", alt, texts=[text])


def texts() -> charts.Texts:
    """Words of the figures in the interface's language."""
    keys = ("probability", "rank", "entropy", "truth")
    return charts.Texts(**{k: t(f"layer_lens.{k}") for k in keys}, depth=t("layers.depth"))


def frame(lens: Lens) -> pd.DataFrame:
    """One row a layer: the true word, the entropy, the likeliest entries."""
    rows = []
    for layer, top in enumerate(lens.tops):
        row: dict[str, object] = {
            t("common.reader"): title(lens),
            t("common.layer"): layers(lens)[layer],
            t("layer_lens.truth"): lens.target,
            t("layer_lens.probability"): float(f"{lens.probability[layer]:.4g}"),
            t("layer_lens.rank"): lens.rank[layer],
            t("layer_lens.size"): lens.size,
            t("layer_lens.entropy"): round(float(lens.entropy[layer]), 3),
            t("layer_lens.even"): round(float(np.log(lens.size)), 3),
        }
        for place, entry in enumerate(top, start=1):
            row |= {f"{place}": entry.text, f"p {place}": float(f"{entry.probability:.4g}")}
        rows.append(row)
    return pd.DataFrame(rows)
