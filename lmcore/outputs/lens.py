"""What each layer of a reader predicts through the output head. Plain data, no torch."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from lmcore.outputs.generation import Alternative

#: ``for``: the vectors from which a word is predicted; ``of``: the vectors that stand at the word.
Aim = Literal["for", "of"]
#: What the vectors predict: the next word, the one before, the word itself, the masked word.
Predicts = Literal["next", "previous", "itself", "masked"]
#: Words of a layer, at most.
MOST_WORDS = 50


@dataclass(frozen=True)
class Lens:
    """The predictions of all layers at one place of a sentence.

    Attributes:
        family: the reader.
        part: ``forward`` or ``backward`` where its directions stay apart, else ``""``.
        predicts: what is predicted from there.
        layer_names: ``[L + 1]``, as in :class:`~lmcore.outputs.reading.Reading`.
        tops: for each layer its likeliest entries with their probabilities, likeliest first. A
            piece that goes on inside a word has ``…`` on that side.
        entropy: float ``[L + 1]``, of the whole distribution, in nats.
        target: what stands there in truth, as the vocabulary has it (the first piece of a word of
            several); ``None`` where the sentence has ended.
        pieces: into how many pieces the reader cuts the true word.
        known: whether the target stands for this very word and not for “unknown”.
        probability: float ``[L + 1]``, of the target; NaN without one, and where it is not known:
            the number of “unknown” is no word's number.
        rank: float ``[L + 1]``, of the target, 1 for the likeliest; NaN as above.
        size: entries of the vocabulary.
    """

    family: str
    part: str
    predicts: Predicts
    layer_names: tuple[str, ...]
    tops: tuple[tuple[Alternative, ...], ...]
    entropy: np.ndarray
    target: str | None
    pieces: int
    known: bool
    probability: np.ndarray
    rank: np.ndarray
    size: int
