"""Figures of panels that look into a reader: sight, senses, attention, layers."""

from __future__ import annotations

from collections.abc import Iterator

from lmcore.analyses import attention, layers, visibility
from lmcore.analyses.attention_heads import ATTENTION, AttentionQuestion
from lmcore.analyses.polysemy import POLYSEMY, Comparison, compare
from lmcore.charts import attention as attention_charts
from lmcore.charts import layers as layer_charts
from lmcore.charts import polysemy as polysemy_charts
from lmcore.charts import visibility as sight_charts
from lmcore.charts.theme import FAMILY_NAMES
from lmcore.lessons.figures import Made, Maker, Tools, words_of
from lmcore.lessons.lesson import Panel
from lmcore.text.word_uses import ask
from lmcore.text.words import checked


def _sight(panel: Panel, tools: Tools) -> Iterator[Made]:
    sentence = checked(panel.params["s"])
    strips = []
    for family, reader in tools.able(panel).items():
        question = attention.InfluenceQuestion(sentence.text)
        measured = panel.params.get("measure") == "true" and reader.can("influence")
        influence = attention.INFLUENCE.compute(reader, question) if measured else None
        for mask in visibility.masks(reader.context, len(sentence)):
            strength = None if influence is None else visibility.strength(influence, mask)
            name = tools.stream(reader.card.name, mask.stream)
            strips.append(sight_charts.Strip(name, family, mask.allowed, strength))
    texts = sight_charts.Texts(*(tools.t(f"home.{key}") for key in ("seen", "unseen", "influence")))
    words = words_of(panel)
    figure = sight_charts.strips(words, strips, panel.word, texts)
    about = tools.t("figures.sight", word=words[panel.word])
    yield Made("sight", about, figure, tuple(tools.able(panel)))


def _comparisons(panel: Panel, tools: Tools) -> dict[str, Comparison]:
    question, found = ask(panel.params["pw"], panel.params["ps"]), {}
    for family, reader in tools.able(panel).items():
        found[family] = compare(question, POLYSEMY.compute(reader, question.unlabelled))
    return found


def _chart_texts(tools: Tools) -> dict[str, str]:
    names = ("baseline", "identical", "unlabelled", "score")
    texts = {name: tools.t(f"polysemy.chart.{name}") for name in names}
    return texts | {"layer": tools.t("common.layer")}


def _separation(panel: Panel, tools: Tools) -> Iterator[Made]:
    found = _comparisons(panel, tools)
    figure = polysemy_charts.separation(list(found.values()), _chart_texts(tools))
    yield Made("separation", tools.t("polysemy.separation"), figure, tuple(found))


def _similarity(panel: Panel, tools: Tools) -> Iterator[Made]:
    question = ask(panel.params["pw"], panel.params["ps"])
    for family, one in _comparisons(panel, tools).items():
        layer = len(one.baseline) - 1
        figure = polysemy_charts.similarity(question, one, layer, _chart_texts(tools))
        about = tools.t("figures.similarity", reader=FAMILY_NAMES[family], layer=layer)
        yield Made(f"similarity-{family}", about, figure, (family,))


def _map(panel: Panel, tools: Tools) -> Iterator[Made]:
    titles = attention_charts.Titles(
        *(tools.t(f"attention.{place}_attention") for place in ("rows", "columns", "value"))
    )
    for family, reader in tools.able(panel, "attention").items():
        heads = ATTENTION.compute(reader, AttentionQuestion((panel.params["s"],)))
        layer = min(panel.number(f"{family}_layer", 1), heads.layers)
        head = min(panel.number(f"{family}_head", 0), heads.columns - 1)
        weights = heads.weights.at(layer - 1, head)
        matrix = attention.without_self(weights.matrix)
        figure = attention_charts.heat_map(weights.names, matrix, attention.top_of(matrix), titles)
        place = tools.t("figures.mean") if head == 0 else f"{tools.t('common.head')} {head}"
        about = tools.t("figures.attention", reader=FAMILY_NAMES[family], layer=layer, head=place)
        yield Made(f"attention-{family}-layer{layer}-head{head}", about, figure, (family,))


def _parts(panel: Panel, tools: Tools, halves: bool) -> list[layers.ReaderPart]:
    """Readers with several layers, or the halves of those whose directions stay apart."""
    question = layers.LayersQuestion(checked(panel.params["s"]).text)
    answers = [layers.follow(reader, question) for reader in tools.able(panel).values()]
    return [part for answer in answers for part in answer.parts if bool(part.part) is halves]


def _layer_texts(tools: Tools) -> layer_charts.Texts:
    keys = ("similarity", "chance", "above", "depth", "to_input", "to_previous", "nearest")
    return layer_charts.Texts(**{key: tools.t(f"layers.{key}") for key in keys})


def _ways(panel: Panel, tools: Tools, halves: bool) -> Iterator[Made]:
    curves, families = [], []
    for part in _parts(panel, tools, halves):
        way = layers.moves(part.between[panel.word], part.chance)
        name = tools.stream(FAMILY_NAMES[part.family], part.part)
        curves.append(layer_charts.Curve(name, part, tools.layers(part), way))
        families.append(part.family)
    if curves:
        about = tools.t("figures.moves", word=words_of(panel)[panel.word])
        figure = layer_charts.moves(curves, _layer_texts(tools))
        yield Made("halves" if halves else "moves", about, figure, tuple(dict.fromkeys(families)))


def _moves(panel: Panel, tools: Tools) -> Iterator[Made]:
    yield from _ways(panel, tools, halves=False)


def _halves(panel: Panel, tools: Tools) -> Iterator[Made]:
    yield from _ways(panel, tools, halves=True)


def _near(panel: Panel, tools: Tools) -> Iterator[Made]:
    word = panel.word
    for part in _parts(panel, tools, halves=False):
        rows, most = layers.closest(part.near[:, word]), layers.scale([part], word)
        names, texts = tools.layers(part), _layer_texts(tools)
        figure = layer_charts.neighbours(part, word, rows, names, most, texts)
        about = tools.t("figures.near", reader=FAMILY_NAMES[part.family], word=part.words[word])
        yield Made(f"near-{part.family}", about, figure, (part.family,))


MAKERS: dict[tuple[str, str], Maker] = {
    ("home", "sight"): _sight,
    ("polysemy", "separation"): _separation,
    ("polysemy", "similarity"): _similarity,
    ("attention", "map"): _map,
    ("layers", "moves"): _moves,
    ("layers", "halves"): _halves,
    ("layers", "near"): _near,
}
