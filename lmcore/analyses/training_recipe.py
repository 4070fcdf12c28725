"""What a checkpoint's card and configuration say of its training, and what follows from them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lmcore.runtime.json_files import number

#: Where the configurations of the families say how many entries their vocabulary has.
_VOCABULARY = ("vocab_size", "vocabulary_size", "words")
#: What a recipe takes from the card as it is.
_NUMBERS = (
    "parameters",
    "corpus_pieces",
    "tokens_seen",
    "steps",
    "minutes",
    "cpu_minutes",
    "validation_loss",
)
_TEXTS = ("device", "seed", "date", "licence")
#: What follows from the tokens seen, and by what they are divided.
_TOKENS_SEEN_OVER = {
    "passes": "corpus_pieces",
    "per_parameter": "parameters",
    "per_step": "steps",
}


@dataclass(frozen=True)
class Recipe:
    """What a card and a configuration say of a training; ``None`` where they do not.

    Attributes:
        parameters: numbers that were learned.
        vocabulary: entries.
        corpus: names of its files.
        corpus_pieces: tokens of the corpus.
        tokens_seen: tokens that were read.
        passes: tokens seen over tokens of the corpus.
        per_parameter: tokens seen for each parameter.
        steps: of the optimiser.
        per_step: tokens of a step.
        minutes, cpu_minutes: by the clock, and of processor time.
        blind: loss of an even guess among the vocabulary, nats; ``None`` where the unit of the
            loss is none.
        validation_loss: on held-out text at the end, nats.
        unit: of the loss, empty where it is not known.
        device, seed, date, licence: as the card writes them.
    """

    parameters: float | None
    vocabulary: float | None
    corpus: tuple[str, ...]
    corpus_pieces: float | None
    tokens_seen: float | None
    passes: float | None
    per_parameter: float | None
    steps: float | None
    per_step: float | None
    minutes: float | None
    cpu_minutes: float | None
    blind: float | None
    validation_loss: float | None
    unit: str
    device: str | None
    seed: str | None
    date: str | None
    licence: str | None

    @property
    def choices(self) -> float | None:
        """Among how many equally likely tokens the held-out text left the reader undecided."""
        loss = self.validation_loss
        return None if loss is None else math.exp(min(loss, 100.0))


def recipe(card: Mapping[str, Any], config: Mapping[str, Any]) -> Recipe:
    """A card and a configuration as numbers, and what follows from them."""
    unit = str(card.get("unit", ""))
    vocabulary = next((size for key in _VOCABULARY if (size := number(config.get(key)))), None)
    measured = unit != "" and not unit.startswith("none")
    values: dict[str, Any] = {name: number(card.get(name)) for name in _NUMBERS}
    values |= {name: None if name not in card else str(card[name]) for name in _TEXTS}
    seen = values["tokens_seen"]
    for name, divisor in _TOKENS_SEEN_OVER.items():
        values[name] = seen / values[divisor] if seen and values[divisor] else None
    return Recipe(
        **values,
        unit=unit,
        vocabulary=vocabulary,
        corpus=tuple(str(name) for name in card.get("corpus") or ()),
        blind=math.log(vocabulary) if vocabulary and measured else None,
    )
