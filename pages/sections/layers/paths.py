"""The sections of the Layers page: a picture for each reader or half, a finding, the numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import layers as analysis
from lmcore.analyses.layers import Moves
from lmcore.charts import layers as charts
from lmcore.charts.layer_paths import Path, path
from pages.sections.layers.strands import Strand
from pages.ui.address import state
from pages.ui.figure import numbers, picture
from pages.ui.page import fragment
from pages.ui.text import t, tm

#: Other words in one picture of neighbours; the table has all of them.
MOST_WORDS = 24
#: The colour scale of neighbours reaches at least so far above and below chance.
LEAST_SCALE = 0.1
#: Marks and dashes of the two halves of one reader, which share its colour.
HALF_STYLES = {"forward": ("triangle-right", "solid"), "backward": ("triangle-left", "dot")}


def texts() -> charts.Texts:
    """Words of the figures in the interface's language."""
    keys = ("similarity", "chance", "above", "depth", "to_input", "to_previous", "nearest")
    return charts.Texts(**{key: t(f"layers.{key}") for key in keys})


def number(value: float) -> str:
    """A similarity as it stands in a sentence."""
    return f"{value:.2f}" if np.isfinite(value) else "–"


def moves_section(found: Sequence[Strand], word: int, name: str) -> None:
    """How like its beginnings the vector of a word still is, all strands in one picture."""
    moved = [
        analysis.moves(analysis.between_layers(strand.reading, word), strand.chance)
        for strand in found
    ]
    said = moves_finding(found, moved, word)
    curves = [_curve(strand, one) for strand, one in zip(found, moved, strict=True)]
    alt = t("layers.moves_alt", finding=said)
    picture(charts.moves(curves, texts()), name, alt, texts=[found[0].reading.sentence.text])
    st.markdown(tm("layers.said", finding=said))
    numbers(moves_table(found, moved), name)


def _curve(strand: Strand, moved: Moves) -> charts.Curve:
    mark, dash = HALF_STYLES.get(strand.part, charts.style(strand.reading.family))
    return charts.Curve(
        strand.name, strand.reading.family, mark, dash, strand.layers, **vars(moved)
    )


def moves_finding(found: Sequence[Strand], moved: Sequence[Moves], word: int) -> str:
    """Which reader takes the vector farthest, and where the biggest step is."""
    tops = np.array([one.to_input[-1] for one in moved])
    steps = [np.nan_to_num(one.to_previous, nan=2.0) for one in moved]
    far, big = int(np.nan_to_num(tops, nan=2.0).argmin()), int(np.argmin([s.min() for s in steps]))
    step = int(steps[big].argmin())
    return t(
        "layers.moves_said",
        word=found[far].words[word],
        tops=", ".join(
            f"{strand.name} {number(one.to_input[-1])}"
            f" ({t('layers.chance')} {number(one.chance_to_input[-1])})"
            for strand, one in zip(found, moved, strict=True)
        ),
        far=found[far].name,
        big=found[big].name,
        before=found[big].layers[step - 1],
        after=found[big].layers[step],
        similarity=number(moved[big].to_previous[step]),
        chance=number(moved[big].chance_to_previous[step]),
    )


def moves_table(found: Sequence[Strand], moved: Sequence[Moves]) -> pd.DataFrame:
    """One row a layer of a strand."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    t("common.reader"): strand.name,
                    t("common.layer"): strand.layers,
                    t("layers.depth"): one.depth,
                    t("layers.to_input"): one.to_input,
                    t("layers.chance_to_input"): one.chance_to_input,
                    t("layers.to_previous"): one.to_previous,
                    t("layers.chance_to_previous"): one.chance_to_previous,
                }
            )
            for strand, one in zip(found, moved, strict=True)
        ],
        ignore_index=True,
    ).round(4)


def between_section(found: Sequence[Strand], word: int, name: str) -> None:
    """Similarity of a word's vectors between all pairs of layers, one map a strand."""
    tables = []
    for column, strand in zip(st.columns(len(found)), found, strict=True):
        similarity = analysis.between_layers(strand.reading, word)
        said = between_finding(strand, similarity)
        with column:
            st.markdown(tm("layers.heading", name=strand.name))
            figure = charts.between(similarity, strand.chance, strand.layers, texts())
            alt = t("layers.between_alt", name=strand.name, finding=said)
            picture(figure, f"{name}-{strand.key}", alt, texts=[strand.reading.sentence.text])
            st.caption(tm("layers.said", finding=said))
        tables.append(between_table(strand, similarity))
    numbers(pd.concat(tables, ignore_index=True), name)


def between_finding(strand: Strand, similarity: np.ndarray) -> str:
    """The two most and the two least like layers."""
    one, other = np.triu_indices(len(similarity), k=1)
    values = similarity[one, other]
    low = int(np.nan_to_num(values, nan=2.0).argmin())
    high = int(np.nan_to_num(values, nan=-2.0).argmax())
    layers = strand.layers
    return t(
        "layers.between_said",
        high_one=layers[one[high]],
        high_other=layers[other[high]],
        high=number(values[high]),
        high_chance=number(strand.chance[one[high], other[high]]),
        low_one=layers[one[low]],
        low_other=layers[other[low]],
        low=number(values[low]),
        low_chance=number(strand.chance[one[low], other[low]]),
    )


def between_table(strand: Strand, similarity: np.ndarray) -> pd.DataFrame:
    """One row a pair of layers."""
    one, other = np.triu_indices(len(similarity), k=1)
    return pd.DataFrame(
        {
            t("common.reader"): strand.name,
            t("layers.layer_one"): [strand.layers[place] for place in one],
            t("layers.layer_other"): [strand.layers[place] for place in other],
            t("layers.similarity"): similarity[one, other].round(4),
            t("layers.chance"): strand.chance[one, other].round(4),
        }
    )


@fragment
def path_section(found: Sequence[Strand], word: int, name: str) -> None:
    """The way of a word through a plane among the other words of its sentence."""
    tables = []
    for column, strand in zip(st.columns(len(found)), found, strict=True):
        with column:
            st.markdown(tm("layers.heading", name=strand.name))
            top = strand.reading.n_layers - 1
            key = f"at-{strand.key}"
            state.within(key, 0, top)
            layer = st.slider(t("layers.others_at"), 0, top, top, key=key, bind="query-params")
            tables.append(_path_picture(strand, word, layer, name))
    numbers(pd.concat(tables, ignore_index=True), name)


def _path_picture(strand: Strand, word: int, layer: int, name: str) -> pd.DataFrame:
    """One plane; its numbers come back."""
    plane = analysis.paths(strand.reading)
    words = strand.words
    steps = np.linalg.norm(np.diff(plane.points[:, word], axis=0), axis=1)
    step = int(np.nan_to_num(steps, nan=-1.0).argmax())
    said = t(
        "layers.path_said",
        word=words[word],
        layer=strand.layers[layer],
        kept=f"{plane.kept[layer]:.0%}" if np.isfinite(plane.kept[layer]) else "–",
        before=strand.layers[step],
        after=strand.layers[step + 1],
    )
    data = Path(strand.reading.family, plane.points, plane.kept, words, strand.layers)
    figure = path(data, word, layer, t("layers.kept"))
    alt = t("layers.path_alt", name=strand.name, finding=said)
    picture(figure, f"{name}-{strand.key}", alt, texts=[strand.reading.sentence.text])
    st.caption(tm("layers.said", finding=said))
    count = len(words)
    return pd.DataFrame(
        {
            t("common.reader"): strand.name,
            t("common.layer"): np.repeat(strand.layers, count),
            "#": np.tile(np.arange(1, count + 1), len(plane.points)),
            t("common.word"): words * len(plane.points),
            "x": plane.points[..., 0].ravel().round(4),
            "y": plane.points[..., 1].ravel().round(4),
            t("layers.kept"): np.repeat(plane.kept, count).round(4),
        }
    )


def near_section(found: Sequence[Strand], word: int, name: str) -> None:
    """Which other words of the sentence a word is nearest to, layer by layer."""
    near = [analysis.neighbours(strand.reading, word) for strand in found]
    baselines = [np.diagonal(strand.chance) for strand in found]
    # The scale ends at the likest word: what is far below chance need not be told apart.
    most = max(
        float(np.nanmax(one - base[:, None])) for one, base in zip(near, baselines, strict=True)
    )
    tables = []
    for column, strand, one, base in zip(
        st.columns(len(found)), found, near, baselines, strict=True
    ):
        words = strand.words
        rows = analysis.closest(one, MOST_WORDS)
        said = near_finding(strand, one, base, word)
        with column:
            st.markdown(tm("layers.heading", name=strand.name))
            figure = charts.neighbours(
                one, base, words, rows, strand.layers, max(most, LEAST_SCALE), texts()
            )
            alt = t("layers.near_alt", name=strand.name, finding=said)
            picture(figure, f"{name}-{strand.key}", alt, texts=[strand.reading.sentence.text])
            st.caption(tm("layers.said", finding=said))
            if len(rows) < len(words) - 1:
                st.caption(t("layers.fewer", shown=len(rows), count=len(words) - 1))
        tables.append(near_table(strand, one, base, word))
    numbers(pd.concat(tables, ignore_index=True), name)


def near_finding(strand: Strand, similarity: np.ndarray, base: np.ndarray, word: int) -> str:
    """The nearest word at the bottom and at the top, beside chance."""
    best = analysis.nearest(similarity)
    bottom, top = best[0], best[-1]
    if bottom is None or top is None:
        return t("layers.no_vector", word=strand.words[word])
    return t(
        "layers.near_said",
        word=strand.words[word],
        bottom=strand.words[bottom],
        bottom_layer=strand.layers[0],
        bottom_value=number(similarity[0, bottom]),
        bottom_chance=number(base[0]),
        top=strand.words[top],
        top_layer=strand.layers[-1],
        top_value=number(similarity[-1, top]),
        top_chance=number(base[-1]),
    )


def near_table(strand: Strand, similarity: np.ndarray, base: np.ndarray, word: int) -> pd.DataFrame:
    """One row a layer and other word."""
    others = [other for other in range(similarity.shape[1]) if other != word]
    layers, count = strand.layers, len(others)
    values = similarity[:, others]
    chance = np.repeat(base, count)
    return pd.DataFrame(
        {
            t("common.reader"): strand.name,
            t("common.layer"): np.repeat(layers, count),
            "#": np.tile(np.array(others) + 1, len(layers)),
            t("common.word"): [strand.words[other] for other in others] * len(layers),
            t("layers.similarity"): values.ravel().round(4),
            t("layers.chance"): chance.round(4),
            t("layers.above"): (values.ravel() - chance).round(4),
        }
    )
