"""Figures of panels that look into a reader: sight, senses, attention, layers."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from lmcore.analyses import attention, layers, visibility
from lmcore.analyses.attention_heads import ATTENTION, AttentionQuestion
from lmcore.analyses.polysemy import POLYSEMY, Comparison, compare
from lmcore.charts import attention as attention_charts
from lmcore.charts import layers as layer_charts
from lmcore.charts import polysemy as polysemy_charts
from lmcore.charts import visibility as sight_charts
from lmcore.lessons.lesson import Panel
from lmcore.lessons.tools import Made, Maker, Tools, words_of
from lmcore.text.word_uses import ask
from lmcore.text.words import checked


@dataclass(frozen=True)
class Stream:
    """One strip of what a reader may see: its name, its family, its mask, and what was measured.

    ``strength`` is influence ``[words, words]``, or ``None`` where it was not measured.
    """

    reader: str
    name: str
    family: str
    mask: visibility.Mask
    strength: np.ndarray | None


def _sight(panel: Panel, tools: Tools) -> Iterator[Made]:
    sentence, families = checked(panel.params["s"]), tools.able(panel)
    measuring = [f for f in tools.able(panel, "influence") if panel.params.get("measure") == "true"]
    question = attention.InfluenceQuestion(sentence.text)
    measured = tools.views(attention.INFLUENCE, measuring, question)
    streams = [
        Stream(
            tools.name(family),
            tools.stream(tools.name(family), mask.stream),
            family,
            mask,
            visibility.strength(measured[family], mask) if family in measured else None,
        )
        for family in families
        for mask in visibility.masks(tools.facts[family].context, len(sentence))
    ]
    if not streams:
        return
    texts = sight_charts.Texts(*(tools.t(f"home.{key}") for key in ("seen", "unseen", "influence")))
    strips = [
        sight_charts.Strip(stream.name, stream.family, stream.mask.allowed, stream.strength)
        for stream in streams
    ]
    words = words_of(panel)
    figure = sight_charts.strips(words, strips, panel.word, texts)
    about = tools.t("figures.sight", word=words[panel.word])
    yield Made("sight", about, figure, tuple(families), streams)


def _comparisons(panel: Panel, tools: Tools) -> dict[str, Comparison]:
    """What the readers make of the word; the senses are those that the lesson's author gave."""
    question = ask(panel.params["pw"], panel.params["ps"])
    views = tools.views(POLYSEMY, tools.able(panel), question.unlabelled)
    return {family: compare(question, view) for family, view in views.items()}


def _chart_texts(tools: Tools) -> dict[str, str]:
    names = ("baseline", "identical", "unlabelled", "score")
    texts = {name: tools.t(f"polysemy.chart.{name}") for name in names}
    return texts | {"layer": tools.t("common.layer")}


def _separation(panel: Panel, tools: Tools) -> Iterator[Made]:
    readers = _comparisons(panel, tools)
    if readers:
        figure = polysemy_charts.separation(
            list(readers.values()), _chart_texts(tools), tools.names
        )
        about = tools.t("polysemy.separation")
        yield Made("separation", about, figure, tuple(readers), list(readers.values()))


def _similarity(panel: Panel, tools: Tools) -> Iterator[Made]:
    question = ask(panel.params["pw"], panel.params["ps"])
    for family, comparison in _comparisons(panel, tools).items():
        layer = len(comparison.baseline) - 1
        figure = polysemy_charts.similarity(question, comparison, layer, _chart_texts(tools))
        about = tools.t("figures.similarity", reader=tools.name(family), layer=layer)
        yield Made(f"similarity-{family}", about, figure, (family,), (question, comparison, layer))


def _map(panel: Panel, tools: Tools) -> Iterator[Made]:
    titles = attention_charts.Titles(
        *(tools.t(f"attention.{place}_attention") for place in ("rows", "columns", "value"))
    )
    question = AttentionQuestion((panel.params["s"],))
    for family, heads in tools.views(ATTENTION, tools.able(panel, "attention"), question).items():
        layer = min(panel.number(f"{family}_layer", 1), heads.layers)
        head = min(panel.number(f"{family}_head", 0), heads.columns - 1)
        weights = heads.weights.at(layer - 1, head)
        matrix = attention.without_self(weights.matrix)
        figure = attention_charts.heat_map(weights.names, matrix, attention.top_of(matrix), titles)
        place = tools.t("figures.mean") if head == 0 else f"{tools.t('common.head')} {head}"
        about = tools.t("figures.attention", reader=tools.name(family), layer=layer, head=place)
        name = f"attention-{family}-layer{layer}-head{head}"
        yield Made(name, about, figure, (family,), (heads, layer, head))


def _parts(panel: Panel, tools: Tools, halves: bool) -> list[layers.ReaderPart]:
    """Readers with several layers, or the halves of those whose directions stay apart."""
    question = layers.LayersQuestion(checked(panel.params["s"]).text)
    answers = tools.views(layers.LAYERS, tools.able(panel), question).values()
    return [part for answer in answers for part in answer.parts if bool(part.part) is halves]


def _layer_texts(tools: Tools) -> layer_charts.Texts:
    keys = ("similarity", "chance", "above", "depth", "to_input", "to_previous", "nearest")
    return layer_charts.Texts(**{key: tools.t(f"layers.{key}") for key in keys})


def _ways(panel: Panel, tools: Tools, halves: bool) -> Iterator[Made]:
    parts = _parts(panel, tools, halves)
    curves = [
        layer_charts.Curve(
            tools.stream(tools.name(part.family), part.part),
            part,
            tools.layers(part),
            layers.moves(part.between[panel.word], part.chance),
        )
        for part in parts
    ]
    if curves:
        about = tools.t("figures.moves", word=words_of(panel)[panel.word])
        figure = layer_charts.moves(curves, _layer_texts(tools))
        families = tuple(dict.fromkeys(part.family for part in parts))
        yield Made("halves" if halves else "moves", about, figure, families, parts)


def _near(panel: Panel, tools: Tools) -> Iterator[Made]:
    word = panel.word
    for part in _parts(panel, tools, halves=False):
        rows, most = layers.closest(part.near[:, word]), layers.scale([part], word)
        names, texts = tools.layers(part), _layer_texts(tools)
        figure = layer_charts.neighbours(part, word, rows, names, most, texts)
        about = tools.t("figures.near", reader=tools.name(part.family), word=part.words[word])
        yield Made(f"near-{part.family}", about, figure, (part.family,), part)


MAKERS: dict[tuple[str, str], Maker] = {
    ("home", "sight"): _sight,
    ("polysemy", "separation"): _separation,
    ("polysemy", "similarity"): _similarity,
    ("attention", "map"): _map,
    ("layers", "moves"): partial(_ways, halves=False),
    ("layers", "halves"): partial(_ways, halves=True),
    ("layers", "near"): _near,
}
