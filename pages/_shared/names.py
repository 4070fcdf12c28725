"""Technical names of layers and streams in the language of the interface."""

from __future__ import annotations

from lmcore.reading import Reading
from pages._shared.text import catalogue, t


def layer(technical: str) -> str:
    """The name of a layer for the screen: ``layer 3`` becomes “layer 3” or “第 3 层”.

    Args:
        technical: one of ``Reading.layer_names``; an unknown one is shown as it is.
    """
    kind, _, number = technical.partition(" ")
    key = f"names.layer.{kind.lower()}"
    return t(key, number=number) if key in catalogue() else technical


def layers(reading: Reading) -> list[str]:
    """The names of all layers of a reading, the input layer first."""
    return [layer(technical) for technical in reading.layer_names]


def stream(reader: str, name: str) -> str:
    """The name of one stream of a reader (see :mod:`lmcore.sight`): “ELMo → forward”.

    A reader with one stream keeps its own name.
    """
    key = f"names.stream.{name}"
    return t(key, reader=reader) if key in catalogue() else reader
