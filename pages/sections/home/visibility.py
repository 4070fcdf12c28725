"""What Home says and draws of each reader's sight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import visibility as analysis
from lmcore.analyses.visibility import View
from lmcore.charts import visibility as charts
from lmcore.outputs.reading import Influence
from lmcore.text.words import Sentence
from pages.ui import cache, names
from pages.ui.figure import show_figure, show_table
from pages.ui.text import language, t, tm

#: A share below this is rounding and no influence.
NOTHING = 1e-6


@dataclass(frozen=True)
class Stream:
    """One strip of the page: a stream of a reader with its permission and its measurement."""

    reader: str
    family: str
    view: View
    influence: Influence | None

    @property
    def name(self) -> str:
        """As the page calls it."""
        return names.stream(self.reader, self.view.stream)

    def strip(self) -> charts.Strip:
        """As the figure needs it."""
        return charts.Strip(self.name, self.family, self.view.allowed, self.strength)

    @property
    def strength(self) -> np.ndarray | None:
        """Measured influence ``[W, W]``, or ``None``."""
        return None if self.influence is None else analysis.strength(self.influence, self.view)


def streams(families: Iterable[str], sentence: Sentence, measured: bool) -> list[Stream]:
    """All streams of some readers, measured where it is wanted and the reader can be measured."""
    found: list[Stream] = []
    for family in families:
        reader = cache.reader(family)
        influence = None
        if measured and reader.can("influence"):
            with st.spinner(t("home.measuring", reader=reader.card.name)):
                influence = cache.influence(family, sentence.text)
        found += [
            Stream(reader.card.name, family, view, influence)
            for view in analysis.views(reader.context, len(sentence))
        ]
    return found


def show(sentence: Sentence, word: int, found: list[Stream]) -> None:
    """Strips, finding, triangles and the numbers."""
    texts = charts.Texts(t("home.seen"), t("home.unseen"), t("home.influence"))
    words = [own.text for own in sentence.words]
    strips = [stream.strip() for stream in found]
    said = permission(words, word, found)
    read = [sentence.text]
    figure = charts.strips(words, strips, word, texts)
    show_figure(figure, "sight", t("home.alt", finding=said), texts=read)
    st.markdown(tm("home.finding", finding=said))
    if any(stream.influence for stream in found):
        st.markdown(tm("home.finding", finding=measurement(words, word, found)))
        st.caption(t("home.influence_is"))
    st.markdown(t("home.triangles"))
    figure = charts.triangles(words, strips, word, texts)
    show_figure(figure, "sight-triangles", t("home.triangles_alt"), texts=read)
    show_table(table(words, word, found), "sight")


def permission(words: list[str], word: int, found: list[Stream]) -> str:
    """How many words each reader may see, in one sentence."""
    parts = [
        t(
            f"home.sees.{stream.view.stream}",
            reader=stream.reader,
            count=int(stream.view.allowed[word].sum()),
        )
        for stream in found
    ]
    return t(
        "home.at_word", word=words[word], place=word + 1, count=len(words), parts=_joined(parts)
    )


def measurement(words: list[str], word: int, found: list[Stream]) -> str:
    """Whether the readers keep to their permission, and which other word counts most."""
    measured = {
        stream.name: analysis.measure(stream.view, stream.strength, word)
        for stream in found
        if stream.strength is not None
    }
    faults = [name for name, one in measured.items() if one.outside > NOTHING]
    first = t("home.fault", readers=_joined(faults)) if faults else t("home.kept")
    parts = [
        t("home.strongest", reader=name, word=words[one.strongest], share=f"{one.share:.0%}")
        for name, one in measured.items()
        if one.strongest is not None
    ]
    return f"{first} {t('home.strongest_in', parts=_joined(parts))}" if parts else first


def _joined(parts: list[str]) -> str:
    return ("；" if language() == "zh" else "; ").join(parts)


def table(words: list[str], word: int, found: list[Stream]) -> pd.DataFrame:
    """One row a word: may it be seen, and how much does it count."""
    frame = pd.DataFrame({"#": range(1, len(words) + 1), t("common.word"): words})
    for stream in found:
        frame[stream.name] = [
            t("home.yes") if seen else t("home.no") for seen in stream.view.allowed[word]
        ]
        if stream.strength is not None:
            column = t("home.influence_of", reader=stream.name)
            frame[column] = stream.strength[word].astype(float).round(6)
    return frame
