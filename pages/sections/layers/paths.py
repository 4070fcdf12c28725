"""The sections of the Layers page about one word: pictures, findings, numbers."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import layers as analysis
from lmcore.analyses.layers import ReaderPart
from lmcore.charts import layers as charts
from lmcore.charts.layer_paths import path
from pages.sections.layers.parts import Picture, key, number, side_by_side, title
from pages.ui.address import state
from pages.ui.figure import show_figure, show_table
from pages.ui.inputs import stranger
from pages.ui.names import layers
from pages.ui.page import fragment
from pages.ui.text import t, tm


def texts() -> charts.Texts:
    """Words of the figures in the interface's language."""
    keys = ("similarity", "chance", "above", "depth", "to_input", "to_previous", "nearest")
    return charts.Texts(**{key: t(f"layers.{key}") for key in keys})


def moves_section(parts: Sequence[ReaderPart], word: int, name: str) -> None:
    """How like its beginnings the vector of a word still is, all parts in one picture."""
    picture = moves_picture(parts, word)
    known = [part for part in parts if not stranger(part.family)]
    finding = moves_picture(known, word).finding if known else ""
    alt = t("layers.moves_alt", finding=finding)
    show_figure(picture.figure, name, alt, texts=[parts[0].sentence.text])
    if finding:
        st.markdown(tm("layers.said", finding=finding))
    show_table(picture.frame, name)


def moves_picture(parts: Sequence[ReaderPart], word: int) -> Picture:
    """Which reader takes the vector farthest, and where the biggest step is."""
    ways = [analysis.moves(part.between[word], part.chance) for part in parts]
    curves = [
        charts.Curve(title(part), part, layers(part), way)
        for part, way in zip(parts, ways, strict=True)
    ]
    big, step = analysis.biggest_step(ways)
    finding = t(
        "layers.moves_said",
        word=parts[0].words[word],
        tops=t("common.comma").join(
            t(
                "layers.top",
                name=title(part),
                value=number(way.to_input[-1]),
                chance=t("layers.chance"),
                number=number(way.chance_to_input[-1]),
            )
            for part, way in zip(parts, ways, strict=True)
        ),
        far=title(parts[analysis.farthest(ways)]),
        big=title(parts[big]),
        before=layers(parts[big])[step - 1],
        after=layers(parts[big])[step],
        similarity=number(ways[big].to_previous[step]),
        chance=number(ways[big].chance_to_previous[step]),
    )
    measures = ("depth", "to_input", "chance_to_input", "to_previous", "chance_to_previous")
    frames = [
        pd.DataFrame(
            {t("common.reader"): title(part), t("common.layer"): layers(part)}
            | {t(f"layers.{measure}"): getattr(way, measure) for measure in measures}
        )
        for part, way in zip(parts, ways, strict=True)
    ]
    frame = pd.concat(frames, ignore_index=True).round(4)
    return Picture(charts.moves(curves, texts()), finding, frame)


def between_section(parts: Sequence[ReaderPart], word: int, name: str) -> None:
    """Similarity of a word's vectors between all pairs of layers, one map a part."""

    def picture(part: ReaderPart) -> Picture:
        similarity, chance, names = part.between[word], part.chance, layers(part)
        values: dict[str, str] = {}
        for which, (row, column) in zip(
            ("high", "low"), analysis.extremes(similarity), strict=True
        ):
            values |= {
                f"{which}_one": names[row],
                f"{which}_other": names[column],
                which: number(similarity[row, column]),
                f"{which}_chance": number(chance[row, column]),
            }
        rows, columns = np.triu_indices(len(similarity), k=1)
        frame = pd.DataFrame(
            {
                t("common.reader"): title(part),
                t("layers.layer_one"): [names[place] for place in rows],
                t("layers.layer_other"): [names[place] for place in columns],
                t("layers.similarity"): similarity[rows, columns].round(4),
                t("layers.chance"): chance[rows, columns].round(4),
            }
        )
        figure = charts.between(part, word, names, texts())
        return Picture(figure, t("layers.between_said", **values), frame)

    side_by_side(parts, name, "layers.between_alt", picture)


@fragment
def path_section(parts: Sequence[ReaderPart], word: int, name: str) -> None:
    """The way of a word through a plane among the other words of its sentence."""

    def picture(part: ReaderPart) -> Picture:
        top, widget = len(part.layer_names) - 1, f"at-{key(part)}"
        state.within(widget, 0, top)
        layer = st.slider(t("layers.others_at"), 0, top, top, key=widget, bind="query-params")
        return path_picture(part, word, layer)

    side_by_side(parts, name, "layers.path_alt", picture)


def path_picture(part: ReaderPart, word: int, layer: int) -> Picture:
    """The way of a word, and where the other words stand at one layer."""
    plane, words, names = part.plane, part.words, layers(part)
    step = analysis.longest_step(plane, word)
    kept = plane.kept[layer]
    finding = t(
        "layers.path_said",
        word=words[word],
        layer=names[layer],
        kept="–" if np.isnan(kept) else f"{kept:.0%}",
        before=names[step],
        after=names[step + 1],
    )
    count = len(words)
    frame = pd.DataFrame(
        {
            t("common.reader"): title(part),
            t("common.layer"): np.repeat(names, count),
            "#": np.tile(np.arange(1, count + 1), len(names)),
            t("common.word"): words * len(names),
            "x": plane.points[..., 0].ravel().round(4),
            "y": plane.points[..., 1].ravel().round(4),
            t("layers.kept"): np.repeat(plane.kept, count).round(4),
        }
    )
    return Picture(path(part, word, layer, names, t("layers.kept")), finding, frame)


def near_section(parts: Sequence[ReaderPart], word: int, name: str) -> None:
    """Which other words of the sentence a word is nearest to, layer by layer."""
    most = analysis.scale(parts, word)
    side_by_side(parts, name, "layers.near_alt", lambda part: near_picture(part, word, most))


def near_picture(part: ReaderPart, word: int, most: float) -> Picture:
    """The nearest word at the bottom and at the top, beside chance.

    Args:
        part: of a sentence with other words.
        word: whose neighbours are shown.
        most: end of the colour scale.
    """
    similarity, base = part.near[:, word], np.diagonal(part.chance)
    names, words = layers(part), part.words
    rows = analysis.closest(similarity)
    others = [other for other in range(len(words)) if other != word]
    chance = np.repeat(base, len(others))
    values = similarity[:, others].ravel()
    frame = pd.DataFrame(
        {
            t("common.reader"): title(part),
            t("common.layer"): np.repeat(names, len(others)),
            "#": np.tile(np.array(others) + 1, len(names)),
            t("common.word"): [words[other] for other in others] * len(names),
            t("layers.similarity"): values.round(4),
            t("layers.chance"): chance.round(4),
            t("layers.above"): (values - chance).round(4),
        }
    )
    fewer = t("layers.fewer", shown=len(rows), count=len(others))
    return Picture(
        charts.neighbours(part, word, rows, names, most, texts()),
        _near_finding(part, word),
        frame,
        [fewer] if len(rows) < len(others) else [],
    )


def _near_finding(part: ReaderPart, word: int) -> str:
    similarity, names, words = part.near[:, word], layers(part), part.words
    best = analysis.nearest(similarity)
    values: dict[str, str] = {}
    for which, layer in (("bottom", 0), ("top", -1)):
        other = best[layer]
        if other is None:
            return t("layers.no_vector", word=words[word])
        values |= {
            which: words[other],
            f"{which}_layer": names[layer],
            f"{which}_value": number(similarity[layer, other]),
            f"{which}_chance": number(part.chance[layer, layer]),
        }
    return t("layers.near_said", word=words[word], **values)
