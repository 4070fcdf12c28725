"""What a folder of published files holds, told before the weights are loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lmcore.published.memory import WORKING
from lmcore.readers.base import Capability


@dataclass(frozen=True)
class PublishedFacts:
    """A published model in a folder.

    Attributes:
        family: whose place it takes: ``elmo``, ``gpt`` or ``bert``.
        architecture: ``elmo``, ``openai-gpt``, ``gpt2`` or ``bert``.
        name: as people read it.
        sizes: ``layers``, ``width``, ``vocabulary`` (0 where it predicts no words), and for those
            that have them ``heads`` and ``positions``.
        parameters: number of trained numbers; tied tensors count once.
        masked_head: whether it predicts masked words (BERT).
        next_sentence_head: whether it judges pairs of sentences (BERT).
        softmax: whether it predicts words from one side (ELMo, GPT).
        cased: whether it tells capital letters.
        lacks: capabilities of the architecture that these files cannot serve, with the code of the
            sentence that says why.
    """

    family: str
    architecture: str
    name: str
    sizes: Mapping[str, int]
    parameters: int
    cased: bool
    masked_head: bool = False
    next_sentence_head: bool = False
    softmax: bool = False
    lacks: Mapping[Capability, str] = field(default_factory=dict)

    def needs(self, half: bool = False) -> int:
        """Bytes of memory that it takes while it reads.

        Args:
            half: in half precision, as on a GPU.
        """
        return self.parameters * (2 if half else 4) + WORKING

    @property
    def memory(self) -> int:
        """:meth:`needs` on the CPU."""
        return self.needs()
