"""Names of readers, and technical names of layers and streams, as the screen shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from lmcore.runtime.families import FAMILIES, TITLES
from lmcore.text.catalogue import catalogue
from pages.ui.models import choice
from pages.ui.text import t


class ReaderNames(Mapping[str, str]):
    """Names by family of the models that read for this visitor: “GPT”, or “GPT-2 small”.

    Colours and marks belong to a family, names to the model that stands in its place.
    """

    def __getitem__(self, family: str) -> str:
        if family == choice.STATIC.name:
            return TITLES[choice.key(family)]
        model = choice.model(family)
        return FAMILIES[family].title if model is None else model.name

    def __iter__(self) -> Iterator[str]:
        return iter(FAMILIES)

    def __len__(self) -> int:
        return len(FAMILIES)


#: Pages take names from here and never from the theme, which knows the families only.
FAMILY_NAMES = ReaderNames()


def layer(technical: str) -> str:
    """The name of a layer for the screen: ``layer 3`` becomes “layer 3” or “第 3 层”.

    Args:
        technical: one of ``Reading.layer_names``; an unknown one is shown as it is.
    """
    kind, _, number = technical.partition(" ")
    key = f"names.layer.{kind.lower()}"
    return t(key, number=number) if key in catalogue() else technical


class Layered(Protocol):
    """Whatever has numbers by layer: a reading, or a view of one."""

    @property
    def layer_names(self) -> tuple[str, ...]:
        """``[L + 1]`` technical names."""


def layers(layered: Layered) -> list[str]:
    """The names of all layers on the screen, the input layer first."""
    return [layer(technical) for technical in layered.layer_names]


def stream(reader: str, name: str) -> str:
    """The name of one stream of a reader (see :mod:`lmcore.analyses.visibility`): “ELMo → forward”.

    A reader with one stream keeps its own name.
    """
    key = f"names.stream.{name}"
    return t(key, reader=reader) if key in catalogue() else reader
