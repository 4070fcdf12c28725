"""The uses of a word on a map, one map a reader, and how alike they are layer by layer."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from lmcore.analyses.polysemy import Comparison
from lmcore.charts import polysemy as charts
from lmcore.text.word_uses import Question
from pages.sections.polysemy.comparison import picture, texts
from pages.ui.names import FAMILY_NAMES
from pages.ui.text import t


def maps(question: Question, readers: Mapping[str, Comparison], layers: Mapping[str, int]) -> None:
    """The uses on a map, one a reader, all on one scale; below it how alike they are by layer.

    Args:
        question: the word, its sentences and senses.
        readers: what each reader makes of them.
        layers: the layer that is looked at, by reader.
    """
    known = {family: reader for family, reader in readers.items() if not reader.missing}
    reach = charts.extent(list(readers.values()))
    for place, (family, reader) in zip(st.columns(max(1, len(known))), known.items(), strict=False):
        with place:
            st.markdown(f"**{FAMILY_NAMES[family]}**")
            _map(question, reader, layers[family], reach)
            if len(reader.baseline) > 1:
                _levels(question, reader, layers[family])


def _map(question: Question, reader: Comparison, layer: int, reach: float) -> None:
    kept = reader.kept[layer]
    known = t("polysemy.map", kept=f"{100 * kept:.0f}")
    st.caption(t("polysemy.map_one_point") if np.isnan(kept) else known)
    figure = charts.plane(question, reader, layer, reach, texts())
    picture("map", figure, question, reader, layer)


def _levels(question: Question, reader: Comparison, layer: int) -> None:
    best, least = reader.best, reader.least_alike
    if best is None:
        overall = f"{reader.overall[least]:.2f}"
        st.caption(t("polysemy.levels_overall", least=least, overall=overall))
    else:
        st.caption(t("polysemy.levels", best=best, score=f"{reader.score[best]:.3f}"))
    picture("levels", charts.levels(reader, layer, texts()), question, reader, layer)
