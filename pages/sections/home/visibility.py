"""What Home says and draws of the context of each reader."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import streamlit as st

from lmcore.analyses import visibility as analysis
from lmcore.analyses.attention import INFLUENCE, InfluenceQuestion
from lmcore.analyses.visibility import Mask
from lmcore.charts import visibility as charts
from lmcore.text.words import Sentence
from pages.ui import names
from pages.ui.figure import show_figure, show_table
from pages.ui.text import t, tm
from pages.ui.views import facts, view

#: A share below this is rounding and no influence.
NOTHING = 1e-6


@dataclass(frozen=True)
class Stream:
    """One strip of the page.

    Attributes:
        reader: its name.
        family: its family.
        mask: what the stream may see.
        strength: measured influence ``[W, W]``; ``None``: not measured.
    """

    reader: str
    family: str
    mask: Mask
    strength: np.ndarray | None

    @property
    def name(self) -> str:
        """As the page calls it."""
        return names.stream(self.reader, self.mask.stream)

    def strip(self) -> charts.Strip:
        """As the figure needs it."""
        return charts.Strip(self.name, self.family, self.mask.allowed, self.strength)


def streams(families: Iterable[str], sentence: Sentence, measured: bool) -> list[Stream]:
    """All streams of some readers, measured where it is wanted and the reader can be measured."""
    strips: list[Stream] = []
    for family in families:
        reader, influence = facts(family), None
        if measured and "influence" in reader.capabilities:
            with st.spinner(t("home.measuring", reader=reader.name)):
                influence = view(INFLUENCE, family, InfluenceQuestion(sentence.text))
        for mask in analysis.masks(reader.context, len(sentence)):
            strength = None if influence is None else analysis.strength(influence, mask)
            strips.append(Stream(reader.name, family, mask, strength))
    return strips


def show(sentence: Sentence, word: int, rows: Sequence[Stream]) -> None:
    """Strips, finding, triangles and the numbers."""
    texts = charts.Texts(t("home.seen"), t("home.unseen"), t("home.influence"))
    words = [item.text for item in sentence.words]
    strips = [stream.strip() for stream in rows]
    finding = permission(words, word, rows)
    read = [sentence.text]
    figure = charts.strips(words, strips, word, texts)
    show_figure(figure, "sight", t("home.alt", finding=finding), texts=read)
    st.markdown(tm("home.finding", finding=finding))
    if any(stream.strength is not None for stream in rows):
        st.markdown(tm("home.finding", finding=measurement(words, word, rows)))
        st.caption(t("home.influence_is"))
    st.markdown(t("home.triangles"))
    figure = charts.triangles(words, strips, word, texts)
    show_figure(figure, "sight-triangles", t("home.triangles_alt"), texts=read)
    show_table(table(words, word, rows), "sight")


def permission(words: Sequence[str], word: int, rows: Iterable[Stream]) -> str:
    """How many words each reader may see, in one sentence."""
    parts = [
        t(
            f"home.sees.{stream.mask.stream}",
            reader=stream.reader,
            count=int(stream.mask.allowed[word].sum()),
        )
        for stream in rows
    ]
    return t(
        "home.at_word", word=words[word], place=word + 1, count=len(words), parts=_joined(parts)
    )


def measurement(words: Sequence[str], word: int, rows: Iterable[Stream]) -> str:
    """Whether the readers keep to their permission, and which other word counts most."""
    measured = {
        stream.name: analysis.measure(stream.mask, stream.strength, word)
        for stream in rows
        if stream.strength is not None
    }
    faults = [name for name, result in measured.items() if result.outside > NOTHING]
    first = t("home.fault", readers=_joined(faults)) if faults else t("home.kept")
    parts = [
        t("home.strongest", reader=name, word=words[result.strongest], share=f"{result.share:.0%}")
        for name, result in measured.items()
        if result.strongest is not None
    ]
    return f"{first} {t('home.strongest_in', parts=_joined(parts))}" if parts else first


def _joined(parts: Iterable[str]) -> str:
    return t("common.semicolon").join(parts)


def table(words: Sequence[str], word: int, rows: Iterable[Stream]) -> pd.DataFrame:
    """One row a word: may it be seen, and how much does it count."""
    frame = pd.DataFrame({"#": range(1, len(words) + 1), t("common.word"): words})
    for stream in rows:
        frame[stream.name] = [
            t("home.yes") if seen else t("home.no") for seen in stream.mask.allowed[word]
        ]
        if stream.strength is not None:
            column = t("home.influence_of", reader=stream.name)
            frame[column] = stream.strength[word].astype(float).round(6)
    return frame
