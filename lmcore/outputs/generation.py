"""What readers write on: how, and piece by piece. Plain data, no torch."""

from dataclasses import dataclass

from lmcore.runtime.limits import LIMITS


@dataclass(frozen=True)
class Alternative:
    """Another piece that could have been written at a step, with its probability.

    Attributes:
        text: as it is shown; ``…`` where the piece goes on, or goes on from the one before.
        probability: under the same distribution as that of the piece that was written.
        piece: the entry of the vocabulary.
    """

    text: str
    probability: float
    piece: str = ""


@dataclass(frozen=True, slots=True)
class Forced:
    """A piece that a reader is told to write instead of choosing one.

    Attributes:
        position: index among the generated pieces at which it stands.
        piece: the entry of the vocabulary.
    """

    position: int
    piece: str


@dataclass(frozen=True)
class GeneratedToken:
    """One piece that a reader wrote.

    Attributes:
        text: what is to be appended (or put in place), blanks included.
        piece: the entry of the vocabulary.
        position: index among the generated pieces at which it stands (BERT fills in any order).
        probability: under the reader's own distribution at temperature 1, before top-k and top-p.
        rank: 1 for the likeliest entry of the vocabulary.
        entropy: of that distribution, in nats.
        alternatives: the likeliest entries, with probabilities of the same distribution.
        text_so_far: the whole text after this step, prompt included.
    """

    text: str
    piece: str
    position: int
    probability: float
    rank: int
    entropy: float
    alternatives: tuple[Alternative, ...]
    text_so_far: str


@dataclass(frozen=True)
class GenerationSettings:
    """How to write on.

    Attributes:
        length: how many pieces to write.
        temperature: 0 takes the likeliest piece each time; otherwise logits are divided by it.
        top_k: only the k likeliest entries (0: all).
        top_p: only the smallest set of entries with at least this probability (1: all).
        seed: of the sampler; the same seed gives the same text.
    """

    length: int = min(20, LIMITS.tokens)
    temperature: float = 0.8
    top_k: int = 40
    top_p: float = 0.95
    seed: int = 0


#: What a setting may be; beyond these a sentence says so.
RANGES: dict[str, tuple[float, float]] = {
    "length": (1, LIMITS.tokens),
    "temperature": (0.0, 2.0),
    "top_k": (0, 1_000),
    "top_p": (0.05, 1.0),
}
