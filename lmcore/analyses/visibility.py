"""What each reader may see of a sentence when it forms the top vector of a word.

Permission comes from the architecture (:attr:`lmcore.readers.base.Reader.context`); whether a
trained reader keeps to it is measured with gradient × input influence, which is exactly 0 where
nothing can flow.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lmcore.analyses.attention import InfluenceView
from lmcore.runtime.families import Context

#: One stream of a reader. ELMo has two (``forward``, ``backward``); the others have one.
Stream = Literal["forward", "backward", "left", "both", "none"]

#: Streams of each kind of context.
STREAMS: dict[Context, tuple[Stream, ...]] = {
    "both_apart": ("forward", "backward"),
    "left": ("left",),
    "both": ("both",),
    "none": ("none",),
}


@dataclass(frozen=True)
class Mask:
    """What one stream of a reader may see.

    Attributes:
        stream: which.
        allowed: bool ``[W, W]``; row = the word whose top vector is formed, column = the word that
            may take part in it. A word always sees itself.
    """

    stream: Stream
    allowed: np.ndarray


def masks(context: Context, words: int) -> tuple[Mask, ...]:
    """What a reader may see in a sentence of so many words, one mask a stream.

    ELMo's two directions are two masks and not one that sees everything: the forward half of a top
    vector is formed before the backward half is known, and the other way round (Peters et al. 2018,
    section 3.1). GPT's mask leaves the word and what stands before it (Radford et al. 2018,
    section 3.1); BERT's attention has no mask (Devlin et al. 2019, section 3).
    """
    return tuple(Mask(stream, _allowed(stream, words)) for stream in STREAMS[context])


def _allowed(stream: Stream, words: int) -> np.ndarray:
    everything = np.ones((words, words), dtype=bool)
    if stream in ("forward", "left"):
        return np.tril(everything)
    if stream == "backward":
        return np.triu(everything)
    return everything if stream == "both" else np.eye(words, dtype=bool)


def strength(influence: InfluenceView, mask: Mask) -> np.ndarray:
    """Measured influence in a stream: float32 ``[W, W]``, each row sums to 1."""
    return np.nan_to_num(influence.towards(mask.stream).matrix, nan=0.0)


@dataclass(frozen=True)
class Measurement:
    """What a measurement says of one stream at one word.

    Attributes:
        outside: the largest share of influence that any word of the sentence gets from a word that
            it may not see; 0 where the reader keeps to its architecture.
        itself: share of influence of the word on its own vector, 0 to 1.
        strongest: the other word that counts most, an index into the words; ``None`` where there is
            no other word to be seen.
        share: its share of influence.
    """

    outside: float
    itself: float
    strongest: int | None
    share: float


def measure(mask: Mask, matrix: np.ndarray, word: int) -> Measurement:
    """Compare the influence of a reader with what it may see.

    Args:
        mask: the permission.
        matrix: influence, float ``[W, W]``; see :func:`strength`.
        word: the word that is looked at.
    """
    others = np.where(mask.allowed[word], matrix[word], -1.0)
    others[word] = -1.0
    best = int(others.argmax())
    seen = others[best] >= 0
    return Measurement(
        outside=float(np.where(mask.allowed, 0.0, matrix).max()),
        itself=float(matrix[word, word]),
        strongest=best if seen else None,
        share=float(others[best]) if seen else 0.0,
    )
