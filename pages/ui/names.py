"""Names of readers, and technical names of layers and streams, as the screen shows them."""

from typing import Protocol

from lmcore.text.catalogue import catalogue
from pages.ui.models.choice import FAMILY_NAMES as FAMILY_NAMES
from pages.ui.text import t


def layer(technical: str) -> str:
    """The name of a layer for the screen: ``layer 3`` becomes “layer 3” or “第 3 层”."""
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
