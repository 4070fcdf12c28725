"""Panels of lessons that look into a reader: sight, senses, attention, layers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from lmcore.analyses import attention
from lmcore.analyses.attention_heads import ATTENTION, AttentionQuestion
from lmcore.analyses.layers import LAYERS, LayersQuestion, ReaderPart, scale
from lmcore.analyses.polysemy import (
    POLYSEMY,
    Comparison,
    compare,
    judge,
    layers_frame,
    similarity_frame,
)
from lmcore.charts import attention as attention_charts
from lmcore.charts import polysemy as polysemy_charts
from lmcore.charts import visibility as sight_charts
from lmcore.lessons.lesson import Panel
from lmcore.text.word_uses import ask
from lmcore.text.words import checked
from pages.sections.attention.findings import attention_picture, matrix_table, plain
from pages.sections.home import visibility
from pages.sections.layers.parts import title
from pages.sections.layers.paths import moves_picture, near_picture
from pages.sections.lessons import words as lessons_words
from pages.sections.lessons.shown import Shown
from pages.ui import cache
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t
from pages.ui.views import families, view, views

#: A separation below this is printed as 0.00 and is none.
LEAST = 0.005


def shown(panel: Panel) -> list[Shown]:
    """The pictures of a panel; none where no reader can do it.

    Raises:
        ReadersError: a text cannot be read by the model that stands for a family.
    """
    return VIEWS[panel.page, panel.view](panel)


def _sight(panel: Panel) -> list[Shown]:
    sentence = checked(panel.params["s"])
    words = [word.text for word in sentence.words]
    families = [family for family in cache.readers() if panel.shows(family)]
    measured = panel.params.get("measure") == "true"
    found = visibility.streams(families, sentence, measured)
    if not found:
        return []
    texts = sight_charts.Texts(t("home.seen"), t("home.unseen"), t("home.influence"))
    figure = sight_charts.strips(words, [one.strip() for one in found], panel.word, texts)
    said = visibility.permission(words, panel.word, found)
    if measured and any(stream.strength is not None for stream in found):
        said += " " + visibility.measurement(words, panel.word, found)
    frame = visibility.table(words, panel.word, found)
    return [Shown("lesson-sight", "", figure, said, frame)]


def _comparisons(panel: Panel) -> dict[str, Comparison]:
    question = ask(panel.params["pw"], panel.params["ps"])
    uses = views(POLYSEMY, filter(panel.shows, families()), question.unlabelled)
    return {family: compare(question, view) for family, view in uses.items()}


def _chart_texts() -> dict[str, str]:
    names = ("baseline", "identical", "unlabelled", "score")
    texts = {name: t(f"polysemy.chart.{name}") for name in names}
    return texts | {"layer": t("common.layer")}


def _separation(panel: Panel) -> list[Shown]:
    found = list(_comparisons(panel).values())
    if not found:
        return []
    figure = polysemy_charts.separation(found, _chart_texts(), FAMILY_NAMES)
    said = t("common.semicolon").join(_senses_said(one) for one in found)
    frame = layers_frame(found)
    frame["reader"] = frame["reader"].map(FAMILY_NAMES)
    titles = {name: t(f"polysemy.column.{name}") for name in frame.columns}
    said = t("lessons.sentence", text=said)
    return [Shown("lesson-separation", "", figure, said, frame.rename(columns=titles))]


def _senses_said(one: Comparison) -> str:
    """Where one reader keeps the senses apart most, and whether in every use."""
    verdict, reader = judge(one), FAMILY_NAMES[one.family]
    if verdict.kind in ("missing", "same", "undefined"):
        return t(f"lessons.senses_{verdict.kind}", reader=reader)
    best = int(np.nanargmax(one.score))
    if one.score[best] < LEAST:
        return t("lessons.senses_none", reader=reader)
    return t(
        "lessons.senses_all" if verdict.layers else "lessons.senses_not",
        reader=reader,
        layer=best,
        score=f"{one.score[best]:.2f}",
        layers=t("common.comma").join(str(layer) for layer in verdict.layers),
    )


def _similarity(panel: Panel) -> list[Shown]:
    question, every = ask(panel.params["pw"], panel.params["ps"]), []
    for family, one in _comparisons(panel).items():
        reader = FAMILY_NAMES[family]
        layer = len(one.baseline) - 1
        figure = polysemy_charts.similarity(question, one, layer, _chart_texts())
        names = ("within", "between", "baseline")
        values = {name: f"{getattr(one, name)[layer]:.2f}" for name in names}
        kind = judge(one).kind
        key = f"lessons.senses_{kind}" if kind in ("missing", "same") else "lessons.similarity"
        said = t(key, reader=reader, layer=layer, **values)
        said = t("lessons.sentence", text=said)
        frame = similarity_frame(question, one, layer)
        titles = {n: t(f"polysemy.column.{n}") for n in ("use", "sense", "baseline")}
        title = t("lessons.at_layer", reader=reader, layer=layer) if layer else reader
        every.append(
            Shown(f"lesson-senses-{family}", title, figure, said, frame.rename(columns=titles))
        )
    return every


def _map(panel: Panel) -> list[Shown]:
    every = []
    for family in families("attention"):
        if not panel.shows(family):
            continue
        heads = view(ATTENTION, family, AttentionQuestion((panel.params["s"],)))
        layer = min(panel.number(f"{family}_layer", 1), heads.layers)
        head = min(panel.number(f"{family}_head", 0), heads.columns - 1)
        picture = attention_picture(family, heads, "words", layer, head)
        names, matrix = picture.weights.names, attention.without_self(picture.weights.matrix)
        places = ("rows", "columns", "value")
        titles = attention_charts.Titles(*(t(f"attention.{p}_attention") for p in places))
        figure = attention_charts.heat_map(names, matrix, attention.top_of(matrix), titles)
        # Its catalogue is Markdown; a finding here is plain.
        said = plain(picture.findings)
        title = t("lessons.at_layer", reader=FAMILY_NAMES[family], layer=layer)
        name = f"lesson-attention-{family}-layer{layer}-head{head}"
        every.append(Shown(name, title, figure, said, matrix_table(picture.weights)))
    return every


def _parts(panel: Panel, halves: bool) -> list[ReaderPart]:
    """Readers with several layers, or the halves of those whose directions stay apart."""
    shown = [family for family in families() if panel.shows(family)]
    answers = views(LAYERS, shown, LayersQuestion(panel.params["s"]))
    parts = [part for answer in answers.values() for part in answer.parts]
    return [part for part in parts if bool(part.part) is halves]


def _moves(panel: Panel) -> list[Shown]:
    parts = _parts(panel, halves=False)
    return [Shown("lesson-moves", "", *moves_picture(parts, panel.word)[:3])] if parts else []


def _halves(panel: Panel) -> list[Shown]:
    parts = _parts(panel, halves=True)
    if not parts:
        return []
    picture, count = moves_picture(parts, panel.word), len(parts[0].layer_names) - 1
    said = t("lessons.counted", layers=count, vectors=2 * count + 1) + " " + picture.finding
    return [Shown("lesson-halves", "", picture.figure, said, picture.frame)]


def _near(panel: Panel) -> list[Shown]:
    every = []
    for part in _parts(panel, halves=False):
        picture = near_picture(part, panel.word, scale([part], panel.word))
        every.append(Shown(f"lesson-near-{part.family}", title(part), *picture[:3]))
    return every


VIEWS: dict[tuple[str, str], Callable[[Panel], list[Shown]]] = {
    ("home", "sight"): _sight,
    ("polysemy", "separation"): _separation,
    ("polysemy", "similarity"): _similarity,
    ("attention", "map"): _map,
    ("layers", "moves"): _moves,
    ("layers", "halves"): _halves,
    ("layers", "near"): _near,
    **lessons_words.VIEWS,
}
