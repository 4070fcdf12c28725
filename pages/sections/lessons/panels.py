"""Panels of lessons: the figures are made where the command line makes them; here is what they say.

What a figure was drawn from comes with it (:class:`lmcore.lessons.tools.Made`), so that finding
and table are of the same numbers.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd

from lmcore.analyses.layers import ReaderPart, scale
from lmcore.analyses.polysemy import Comparison, judge, layers_frame, similarity_frame
from lmcore.lessons.figures import of_panel
from lmcore.lessons.lesson import Panel
from lmcore.lessons.tools import Made, Tools, words_of
from pages.sections.attention.findings import attention_picture, matrix_table, plain
from pages.sections.home import visibility
from pages.sections.layers.parts import title
from pages.sections.layers.paths import moves_picture, near_picture
from pages.sections.lessons import words
from pages.sections.lessons.shown import Said, Shown
from pages.ui import views
from pages.ui.errors import problem
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import language, t
from pages.ui.views import all_facts, view

#: A separation below this is printed as 0.00 and is none.
LEAST = 0.005


def shown(panel: Panel) -> list[Shown]:
    """The pictures of a panel; none where no reader can do it.

    Raises:
        ReadersError: a text cannot be read by the model that stands for a family.
    """
    tools = Tools(language(), all_facts()[0], view, views.reader, problem)
    says = SAYS[panel.page, panel.view]
    return [
        Shown(f"lesson-{made.name}", made.figure, *says(panel, made))
        for made in of_panel(panel, tools)
    ]


def _sight(panel: Panel, made: Made) -> Said:
    streams = made.data
    texts = words_of(panel)
    finding = visibility.permission(texts, panel.word, streams)
    if any(stream.strength is not None for stream in streams):
        finding += " " + visibility.measurement(texts, panel.word, streams)
    return Said("", finding, visibility.table(texts, panel.word, streams))


def _separation(panel: Panel, made: Made) -> Said:
    frame = layers_frame(made.data)
    frame["reader"] = frame["reader"].map(FAMILY_NAMES)
    titles = {name: t(f"polysemy.column.{name}") for name in frame.columns}
    finding = t("common.semicolon").join(_senses(comparison) for comparison in made.data)
    return Said("", t("lessons.sentence", text=finding), frame.rename(columns=titles))


def _senses(comparison: Comparison) -> str:
    """Where one reader keeps the senses apart most, and whether in every use."""
    verdict, reader = judge(comparison), FAMILY_NAMES[comparison.family]
    if verdict.kind in ("missing", "same", "undefined"):
        return t(f"lessons.senses_{verdict.kind}", reader=reader)
    best = int(np.nanargmax(comparison.score))
    if comparison.score[best] < LEAST:
        return t("lessons.senses_none", reader=reader)
    return t(
        "lessons.senses_all" if verdict.layers else "lessons.senses_not",
        reader=reader,
        layer=best,
        score=f"{comparison.score[best]:.2f}",
        layers=t("common.comma").join(str(layer) for layer in verdict.layers),
    )


def _similarity(panel: Panel, made: Made) -> Said:
    question, comparison, layer = made.data
    reader, kind = FAMILY_NAMES[comparison.family], judge(comparison).kind
    names = ("within", "between", "baseline")
    values = {name: f"{getattr(comparison, name)[layer]:.2f}" for name in names}
    key = f"lessons.senses_{kind}" if kind in ("missing", "same") else "lessons.similarity"
    finding = t("lessons.sentence", text=t(key, reader=reader, layer=layer, **values))
    titles = {name: t(f"polysemy.column.{name}") for name in ("use", "sense", "baseline")}
    frame: pd.DataFrame = similarity_frame(question, comparison, layer).rename(columns=titles)
    heading = t("lessons.at_layer", reader=reader, layer=layer) if layer else reader
    return Said(heading, finding, frame)


def _map(panel: Panel, made: Made) -> Said:
    (family,), (heads, layer, head) = made.families, made.data
    picture = attention_picture(family, heads, "words", layer, head)
    heading = t("lessons.at_layer", reader=FAMILY_NAMES[family], layer=layer)
    # Its catalogue is Markdown; a finding here is plain.
    return Said(heading, plain(picture.findings), matrix_table(picture.weights))


def _moves(panel: Panel, made: Made) -> Said:
    picture = moves_picture(made.data, panel.word)
    return Said("", picture.finding, picture.frame)


def _halves(panel: Panel, made: Made) -> Said:
    picture, count = moves_picture(made.data, panel.word), len(made.data[0].layer_names) - 1
    counted = t("lessons.counted", layers=count, vectors=2 * count + 1)
    return Said("", f"{counted} {picture.finding}", picture.frame)


def _near(panel: Panel, made: Made) -> Said:
    part: ReaderPart = made.data
    picture = near_picture(part, panel.word, scale([part], panel.word))
    return Said(title(part), picture.finding, picture.frame)


SAYS: dict[tuple[str, str], Callable[[Panel, Made], Said]] = {
    ("home", "sight"): _sight,
    ("polysemy", "separation"): _separation,
    ("polysemy", "similarity"): _similarity,
    ("attention", "map"): _map,
    ("layers", "moves"): _moves,
    ("layers", "halves"): _halves,
    ("layers", "near"): _near,
    **words.SAYS,
}
