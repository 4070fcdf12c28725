"""Choosing the next piece from a distribution, with a seed of its own, and writing it down.

Where somebody else chose the first pieces, they are forced (:class:`Guided`). The draws behind them
use the same random numbers as without them: forcing the pieces that a reader wrote by itself gives
its own text again.
"""

from collections.abc import Callable, Sequence

import regex
import torch
from torch import Tensor

from lmcore.errors import InputError
from lmcore.outputs.generation import RANGES, Forced, GenerationSettings
from lmcore.text.prompts import Direction
from lmcore.text.words import well_formed

#: Settings that are whole numbers.
COUNTS = ("length", "top_k")


def check_settings(settings: GenerationSettings) -> None:
    """Refuse settings outside :data:`RANGES`.

    Raises:
        InputError: ``setting_out_of_range``, or ``setting_not_whole`` for a count.
    """
    for name, (low, high) in RANGES.items():
        value = getattr(settings, name)
        if not low <= value <= high:  # nor NaN
            raise InputError("setting_out_of_range", name=name, value=value, low=low, high=high)
        if name in COUNTS and value != int(value):
            raise InputError("setting_not_whole", name=name, value=value)


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


def rank_of(log_probabilities: Tensor, entry: int) -> int:
    """1 for the likeliest entry of ``[V]``."""
    return int((log_probabilities > log_probabilities[entry]).sum()) + 1


#: Characters beside which no blank stands: Han, and full-width signs.
_WIDE = regex.compile(r"[\p{Han}\u3000-\u303f\uff00-\uffef]")
#: Signs that stand close to what precedes them, and those that draw the next word close.
_CLOSE, _OPEN = set(".,;:!?%)]}’'…"), set("([{‘“")
#: What follows an apostrophe inside a word, where a reader cuts there (don ' t).
_SHORT = {"s", "t", "d", "m", "re", "ve", "ll"}


def led(word: str, first: str) -> str:
    """A word as it is put in front of a text whose first word is known: blanks as one writes."""
    return word + joined(word, first)[: -len(first)]


def joined(text: str, word: str) -> str:
    """A word as it is appended to a text: with a blank before it, but not before a comma."""
    if not text or text[-1].isspace() or word[:1] in _CLOSE or text[-1] in _OPEN:
        return word
    if _WIDE.match(text[-1]) or _WIDE.match(word):
        return word
    if text[-1] in "’'" and text[-2:-1].isalnum() and word.lower() in _SHORT:
        return word
    return " " + word


class Guided(Sampler):
    """Takes the forced entries first, then draws by itself; see :func:`guided`."""

    def __init__(
        self, settings: GenerationSettings, entries: Sequence[int], places: Sequence[int]
    ) -> None:
        super().__init__(settings)
        self._entries, self._places, self._step = entries, places, 0

    def choose(self, log_probabilities: Tensor) -> int:
        """The forced entry of this step, or one that is drawn; see :meth:`Sampler.choose`."""
        drawn = super().choose(log_probabilities)  # also where it is not used: same random numbers
        step, self._step = self._step, self._step + 1
        return self._entries[step] if step < len(self._entries) else drawn

    def row(self, covered: Sequence[int], surest: int) -> int:
        """Which covered place is next: the forced one, or the surest (an index into them)."""
        if self._step < len(self._places):
            return list(covered).index(self._places[self._step])
        return surest


def guided(
    settings: GenerationSettings,
    forced: Sequence[Forced],
    entry_of: Callable[[str], int | None],
    writable: Tensor,
    reader: str,
    side: Direction | None = None,
) -> Guided:
    """Check the settings and the forced pieces, and make their sampler.

    Args:
        settings: how to write.
        forced: the first pieces, in the order of writing.
        entry_of: id of an entry of the vocabulary, ``None`` where there is no such entry.
        writable: bool ``[V]``, entries that may be written.
        reader: its name, for messages.
        side: where the reader writes, one place beside the other; ``None`` where it fills places in
            any order.

    Raises:
        InputError: ``setting_out_of_range`` (a setting, more forced pieces than are to be written,
            or a place that is not free) or ``forced_piece_unknown``.
    """
    check_settings(settings)
    length = int(settings.length)
    _within("forced", len(forced), 0, length)
    entries, free = [], set(range(length))
    for step, piece in enumerate(forced):
        place = {"right": step, "left": length - 1 - step, None: piece.position}[side]
        if piece.position not in free or piece.position != place:
            raise InputError(
                "setting_out_of_range",
                name="position",
                value=piece.position,
                low=0,
                high=length - 1,
            )
        free.remove(piece.position)
        entry = entry_of(piece.piece) if well_formed(piece.piece) else None
        if entry is None or not bool(writable[entry]):
            raise InputError("forced_piece_unknown", piece=piece.piece, reader=reader)
        entries.append(entry)
    return Guided(settings, entries, [piece.position for piece in forced])


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InputError("setting_out_of_range", name=name, value=value, low=low, high=high)
