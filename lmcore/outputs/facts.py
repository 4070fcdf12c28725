"""What can be said of a reader without asking it anything."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ReaderFacts:
    """A reader as pages need it before it has read a word.

    Attributes:
        family: ``elmo``, ``gpt``, ``bert`` or ``static``.
        name: as people read it (``ELMo``).
        context: what a word may see: ``left``, ``both``, ``both_apart`` or ``none``.
        capabilities: what the reader can do (``attention``, ``fill``, …), sorted.
        layers: number of layers above the input, 0 for static vectors.
        max_pieces: how many pieces it can read at once; ``None`` where there is no limit.
        languages: English names of the languages it was trained on.
        parameters: numbers that were learned.
        writes: on which sides of a text it can write on, ``()`` where it cannot at all.
    """

    family: str
    name: str
    context: str
    capabilities: tuple[str, ...]
    layers: int
    max_pieces: int | None
    languages: tuple[str, ...]
    parameters: int = 0
    writes: tuple[str, ...] = ()
