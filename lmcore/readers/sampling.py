"""Choosing the next piece from a distribution, with a seed of its own, and writing it down."""

from __future__ import annotations

import torch
from torch import Tensor

from lmcore.errors import InputError
from lmcore.limits import LIMITS
from lmcore.reading import GenerationSettings

#: What a setting may be; beyond these a sentence says so.
RANGES: dict[str, tuple[float, float]] = {
    "length": (1, LIMITS.tokens),
    "temperature": (0.0, 2.0),
    "top_k": (0, 1_000),
    "top_p": (0.05, 1.0),
}

#: Settings that are whole numbers.
COUNTS = ("length", "top_k")


def check_settings(settings: GenerationSettings) -> None:
    """Refuse settings outside :data:`RANGES`.

    Raises:
        InputError: ``setting_out_of_range``; also where a count is no whole number.
    """
    for name, (low, high) in RANGES.items():
        value = getattr(settings, name)
        if not (low <= value <= high and (name not in COUNTS or value == int(value))):  # nor NaN
            raise InputError("setting_out_of_range", name=name, value=value, low=low, high=high)


class Sampler:
    """Draws entries of a vocabulary; holds only its own generator."""

    def __init__(self, settings: GenerationSettings) -> None:
        self.settings = settings
        # On the CPU whatever the device: the same seed then draws the same numbers everywhere.
        self.generator = torch.Generator().manual_seed(settings.seed % 2**63)

    def choose(self, log_probabilities: Tensor) -> int:
        """One entry of ``[V]`` log-probabilities (temperature 1), after temperature and cuts."""
        logits = log_probabilities.detach().double().cpu()
        if self.settings.temperature == 0:
            return int(logits.argmax())
        # The likeliest entry becomes 0 before dividing: a temperature of 1e-300 then gives 0 and
        # minus infinity, never NaN.
        logits = self._cut((logits - logits.max()) / self.settings.temperature)
        return int(torch.multinomial(logits.softmax(-1), 1, generator=self.generator))

    def _cut(self, logits: Tensor) -> Tensor:
        """Top-k, then top-p (nucleus, Holtzman et al. 2020), always keeping the likeliest entry."""
        k, p = self.settings.top_k, self.settings.top_p
        if 0 < k < len(logits):
            kept = torch.zeros(len(logits), dtype=torch.bool)
            kept[logits.topk(k).indices] = True  # exactly k, also where several are equally likely
            logits = logits.masked_fill(~kept, -torch.inf)
        if p < 1.0:
            ordered, order = logits.softmax(-1).sort(descending=True, stable=True)
            beyond = ordered.cumsum(-1) - ordered >= p
            logits = logits.masked_fill(
                torch.zeros_like(beyond).scatter(0, order, beyond), -torch.inf
            )
        return logits


def entropy(log_probabilities: Tensor) -> float:
    """Entropy in nats of ``[V]`` log-probabilities."""
    finite = log_probabilities.double().clamp_min(-1e4)
    return float(-(finite.exp() * finite).sum())


def rank_of(log_probabilities: Tensor, entry: int) -> int:
    """1 for the likeliest entry of ``[V]``."""
    return int((log_probabilities > log_probabilities[entry]).sum()) + 1


#: Signs that stand close to what precedes them, and those that draw the next word close.
_CLOSE, _OPEN = set(".,;:!?%)]}’'…"), set("([{‘“")
#: What follows an apostrophe inside a word, where a reader cuts there (don ' t).
_SHORT = {"s", "t", "d", "m", "re", "ve", "ll"}


def led(word: str, first: str) -> str:
    """A word as it is put in front of a text whose first word is known: blanks as one writes."""
    return word + joined(word, first)[: -len(first)]


def joined(text: str, word: str) -> str:
    """A word as it is appended to a text: with a blank before it, but not before a comma."""
    if not text or word[:1] in _CLOSE or text[-1] in _OPEN:
        return word
    if text[-1] in "’'" and text[-2:-1].isalnum() and word.lower() in _SHORT:
        return word
    return " " + word
