"""What can be said of a reader without asking it anything, and before it is loaded."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from lmcore.runtime.checkpoints import Card, mismatch, verify
from lmcore.runtime.families import FAMILIES, Capability, Context, Direction, Sizes


@dataclass(frozen=True)
class ReaderFacts:
    """A reader as pages need it before it has read a word.

    Attributes:
        family: ``elmo``, ``gpt``, ``bert`` or ``static``.
        card: where its weights come from.
        capabilities: what the reader can do beyond reading (``attention``, ``fill``, …).
        sizes: of its network.
        lacks: what its architecture can do and these very weights cannot, with the code of the
            sentence that says why (``error.CODE`` in the catalogue).
    """

    family: str
    card: Card
    capabilities: frozenset[Capability]
    sizes: Sizes
    lacks: Mapping[Capability, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """As people read it (``ELMo``)."""
        return self.card.name

    @property
    def context(self) -> Context:
        """What a word may see (:attr:`lmcore.runtime.families.Family.context`)."""
        return FAMILIES[self.family].context

    @property
    def writes(self) -> tuple[Direction, ...]:
        """On which sides of a text it can write on, ``()`` where it cannot at all."""
        return FAMILIES[self.family].writes if "generate" in self.capabilities else ()

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return self.card.parameters

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """English names of the languages it was trained on."""
        return self.card.languages

    @property
    def layers(self) -> int:
        """Number of layers above the input, 0 for static vectors."""
        return self.sizes.layers

    @property
    def max_pieces(self) -> int | None:
        """How many pieces it can read at once; ``None`` where there is no limit."""
        return self.sizes.max_pieces


def stated_facts(folder: Path) -> ReaderFacts:
    """What the small files of a checkpoint state, the same as the loaded reader's own facts.

    Raises:
        CheckpointError: a file is missing, cut short or cannot be read, or sizes are missing.
    """
    checkpoint = verify(folder, contents=False)
    family = FAMILIES[checkpoint.card.family]
    try:
        sizes = family.sizes(checkpoint.config)
    except (KeyError, TypeError) as error:
        raise mismatch(checkpoint, f"config.json: {error}") from error
    return ReaderFacts(family.name, checkpoint.card, family.capabilities, sizes)
