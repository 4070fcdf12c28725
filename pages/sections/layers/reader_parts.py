"""What the Layers page compares: readers, and the halves of those whose directions stay apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from lmcore.analyses import layers as analysis
from lmcore.outputs.reading import Reading
from pages.ui import cache, names
from pages.ui.text import t


@dataclass(frozen=True)
class ReaderPart:
    """A reader, or one half of a reader whose directions stay apart, with its reading.

    Attributes:
        name: on the screen.
        part: ``""`` for the whole, else the half.
        reading: of the sentence.
        chance: ``[L + 1, L + 1]``, mean similarity of unrelated words between layers.
    """

    name: str
    part: str
    reading: Reading
    chance: np.ndarray

    @property
    def key(self) -> str:
        """Short and unique, for widgets and file names."""
        return self.reading.family + (f"-{self.part}" if self.part else "")

    @property
    def words(self) -> list[str]:
        """The words of the sentence."""
        return [word.text for word in self.reading.sentence.words]

    @property
    def layers(self) -> list[str]:
        """Names of the layers on the screen."""
        return names.layers(self.reading)


@st.cache_resource(show_spinner=False, max_entries=16)
def _chances(key: str) -> dict[str, np.ndarray]:
    return analysis.chances(cache.loaded(key))


def chances(family: str) -> dict[str, np.ndarray]:
    """Similarity of unrelated words between the layers of a reader and of its halves."""
    return _chances(cache.key(family))


def reader_parts(readings: Mapping[str, Reading]) -> tuple[list[ReaderPart], list[ReaderPart]]:
    """The readers that have layers, and the halves of those whose directions stay apart."""
    whole: list[ReaderPart] = []
    halves: list[ReaderPart] = []
    with st.spinner(t("common.computing")):
        for family, reading in readings.items():
            if reading.n_layers < 2:
                continue
            name, chance = cache.reader(family).card.name, chances(cache.key(family))
            whole.append(ReaderPart(name, "", reading, chance[""]))
            halves += [
                ReaderPart(
                    names.stream(name, part), part, analysis.half(reading, part), chance[part]
                )
                for part in analysis.HALVES
                if part in chance
            ]
    return whole, halves
