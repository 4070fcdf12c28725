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
from pages.sections.layers.reader_parts import ReaderPart
from pages.ui.address import state
from pages.ui.errors import fragment
from pages.ui.figure import show_figure, show_table
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


def moves_section(found: Sequence[ReaderPart], word: int, name: str) -> None:
    """How like its beginnings the vector of a word still is, all reader_parts in one picture."""
    moved = [
        analysis.moves(analysis.between_layers(reader_part.reading, word), reader_part.chance)
        for reader_part in found
    ]
    said = moves_finding(found, moved, word)
    curves = [_curve(reader_part, one) for reader_part, one in zip(found, moved, strict=True)]
    alt = t("layers.moves_alt", finding=said)
    show_figure(charts.moves(curves, texts()), name, alt, texts=[found[0].reading.sentence.text])
    st.markdown(tm("layers.said", finding=said))
    show_table(moves_table(found, moved), name)


def _curve(reader_part: ReaderPart, moved: Moves) -> charts.Curve:
    mark, dash = HALF_STYLES.get(reader_part.part, charts.style(reader_part.reading.family))
    return charts.Curve(
        reader_part.name, reader_part.reading.family, mark, dash, reader_part.layers, **vars(moved)
    )


def moves_finding(found: Sequence[ReaderPart], moved: Sequence[Moves], word: int) -> str:
    """Which reader takes the vector farthest, and where the biggest step is."""
    tops = np.array([one.to_input[-1] for one in moved])
    steps = [np.nan_to_num(one.to_previous, nan=2.0) for one in moved]
    far, big = int(np.nan_to_num(tops, nan=2.0).argmin()), int(np.argmin([s.min() for s in steps]))
    step = int(steps[big].argmin())
    return t(
        "layers.moves_said",
        word=found[far].words[word],
        tops=", ".join(
            f"{reader_part.name} {number(one.to_input[-1])}"
            f" ({t('layers.chance')} {number(one.chance_to_input[-1])})"
            for reader_part, one in zip(found, moved, strict=True)
        ),
        far=found[far].name,
        big=found[big].name,
        before=found[big].layers[step - 1],
        after=found[big].layers[step],
        similarity=number(moved[big].to_previous[step]),
        chance=number(moved[big].chance_to_previous[step]),
    )


def moves_table(found: Sequence[ReaderPart], moved: Sequence[Moves]) -> pd.DataFrame:
    """One row a layer of a reader_part."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    t("common.reader"): reader_part.name,
                    t("common.layer"): reader_part.layers,
                    t("layers.depth"): one.depth,
                    t("layers.to_input"): one.to_input,
                    t("layers.chance_to_input"): one.chance_to_input,
                    t("layers.to_previous"): one.to_previous,
                    t("layers.chance_to_previous"): one.chance_to_previous,
                }
            )
            for reader_part, one in zip(found, moved, strict=True)
        ],
        ignore_index=True,
    ).round(4)


def between_section(found: Sequence[ReaderPart], word: int, name: str) -> None:
    """Similarity of a word's vectors between all pairs of layers, one map a reader_part."""
    tables = []
    for column, reader_part in zip(st.columns(len(found)), found, strict=True):
        similarity = analysis.between_layers(reader_part.reading, word)
        said = between_finding(reader_part, similarity)
        with column:
            st.markdown(tm("layers.heading", name=reader_part.name))
            figure = charts.between(similarity, reader_part.chance, reader_part.layers, texts())
            alt = t("layers.between_alt", name=reader_part.name, finding=said)
            show_figure(
                figure, f"{name}-{reader_part.key}", alt, texts=[reader_part.reading.sentence.text]
            )
            st.caption(tm("layers.said", finding=said))
        tables.append(between_table(reader_part, similarity))
    show_table(pd.concat(tables, ignore_index=True), name)


def between_finding(reader_part: ReaderPart, similarity: np.ndarray) -> str:
    """The two most and the two least like layers."""
    one, other = np.triu_indices(len(similarity), k=1)
    values = similarity[one, other]
    low = int(np.nan_to_num(values, nan=2.0).argmin())
    high = int(np.nan_to_num(values, nan=-2.0).argmax())
    layers = reader_part.layers
    return t(
        "layers.between_said",
        high_one=layers[one[high]],
        high_other=layers[other[high]],
        high=number(values[high]),
        high_chance=number(reader_part.chance[one[high], other[high]]),
        low_one=layers[one[low]],
        low_other=layers[other[low]],
        low=number(values[low]),
        low_chance=number(reader_part.chance[one[low], other[low]]),
    )


def between_table(reader_part: ReaderPart, similarity: np.ndarray) -> pd.DataFrame:
    """One row a pair of layers."""
    one, other = np.triu_indices(len(similarity), k=1)
    return pd.DataFrame(
        {
            t("common.reader"): reader_part.name,
            t("layers.layer_one"): [reader_part.layers[place] for place in one],
            t("layers.layer_other"): [reader_part.layers[place] for place in other],
            t("layers.similarity"): similarity[one, other].round(4),
            t("layers.chance"): reader_part.chance[one, other].round(4),
        }
    )


@fragment
def path_section(found: Sequence[ReaderPart], word: int, name: str) -> None:
    """The way of a word through a plane among the other words of its sentence."""
    tables = []
    for column, reader_part in zip(st.columns(len(found)), found, strict=True):
        with column:
            st.markdown(tm("layers.heading", name=reader_part.name))
            top = reader_part.reading.n_layers - 1
            key = f"at-{reader_part.key}"
            state.within(key, 0, top)
            layer = st.slider(t("layers.others_at"), 0, top, top, key=key, bind="query-params")
            tables.append(_path_picture(reader_part, word, layer, name))
    show_table(pd.concat(tables, ignore_index=True), name)


def _path_picture(reader_part: ReaderPart, word: int, layer: int, name: str) -> pd.DataFrame:
    """One plane; its numbers come back."""
    plane = analysis.paths(reader_part.reading)
    words = reader_part.words
    steps = np.linalg.norm(np.diff(plane.points[:, word], axis=0), axis=1)
    step = int(np.nan_to_num(steps, nan=-1.0).argmax())
    said = t(
        "layers.path_said",
        word=words[word],
        layer=reader_part.layers[layer],
        kept=f"{plane.kept[layer]:.0%}" if np.isfinite(plane.kept[layer]) else "–",
        before=reader_part.layers[step],
        after=reader_part.layers[step + 1],
    )
    data = Path(reader_part.reading.family, plane.points, plane.kept, words, reader_part.layers)
    figure = path(data, word, layer, t("layers.kept"))
    alt = t("layers.path_alt", name=reader_part.name, finding=said)
    show_figure(figure, f"{name}-{reader_part.key}", alt, texts=[reader_part.reading.sentence.text])
    st.caption(tm("layers.said", finding=said))
    count = len(words)
    return pd.DataFrame(
        {
            t("common.reader"): reader_part.name,
            t("common.layer"): np.repeat(reader_part.layers, count),
            "#": np.tile(np.arange(1, count + 1), len(plane.points)),
            t("common.word"): words * len(plane.points),
            "x": plane.points[..., 0].ravel().round(4),
            "y": plane.points[..., 1].ravel().round(4),
            t("layers.kept"): np.repeat(plane.kept, count).round(4),
        }
    )


def near_section(found: Sequence[ReaderPart], word: int, name: str) -> None:
    """Which other words of the sentence a word is nearest to, layer by layer."""
    near = [analysis.neighbours(reader_part.reading, word) for reader_part in found]
    baselines = [np.diagonal(reader_part.chance) for reader_part in found]
    # The scale ends at the likest word: what is far below chance need not be told apart.
    most = max(
        float(np.nanmax(one - base[:, None])) for one, base in zip(near, baselines, strict=True)
    )
    tables = []
    for column, reader_part, one, base in zip(
        st.columns(len(found)), found, near, baselines, strict=True
    ):
        words = reader_part.words
        rows = analysis.closest(one, MOST_WORDS)
        said = near_finding(reader_part, one, base, word)
        with column:
            st.markdown(tm("layers.heading", name=reader_part.name))
            figure = charts.neighbours(
                one, base, words, rows, reader_part.layers, max(most, LEAST_SCALE), texts()
            )
            alt = t("layers.near_alt", name=reader_part.name, finding=said)
            show_figure(
                figure, f"{name}-{reader_part.key}", alt, texts=[reader_part.reading.sentence.text]
            )
            st.caption(tm("layers.said", finding=said))
            if len(rows) < len(words) - 1:
                st.caption(t("layers.fewer", shown=len(rows), count=len(words) - 1))
        tables.append(near_table(reader_part, one, base, word))
    show_table(pd.concat(tables, ignore_index=True), name)


def near_finding(
    reader_part: ReaderPart, similarity: np.ndarray, base: np.ndarray, word: int
) -> str:
    """The nearest word at the bottom and at the top, beside chance."""
    best = analysis.nearest(similarity)
    bottom, top = best[0], best[-1]
    if bottom is None or top is None:
        return t("layers.no_vector", word=reader_part.words[word])
    return t(
        "layers.near_said",
        word=reader_part.words[word],
        bottom=reader_part.words[bottom],
        bottom_layer=reader_part.layers[0],
        bottom_value=number(similarity[0, bottom]),
        bottom_chance=number(base[0]),
        top=reader_part.words[top],
        top_layer=reader_part.layers[-1],
        top_value=number(similarity[-1, top]),
        top_chance=number(base[-1]),
    )


def near_table(
    reader_part: ReaderPart, similarity: np.ndarray, base: np.ndarray, word: int
) -> pd.DataFrame:
    """One row a layer and other word."""
    others = [other for other in range(similarity.shape[1]) if other != word]
    layers, count = reader_part.layers, len(others)
    values = similarity[:, others]
    chance = np.repeat(base, count)
    return pd.DataFrame(
        {
            t("common.reader"): reader_part.name,
            t("common.layer"): np.repeat(layers, count),
            "#": np.tile(np.array(others) + 1, len(layers)),
            t("common.word"): [reader_part.words[other] for other in others] * len(layers),
            t("layers.similarity"): values.ravel().round(4),
            t("layers.chance"): chance.round(4),
            t("layers.above"): (values.ravel() - chance).round(4),
        }
    )
