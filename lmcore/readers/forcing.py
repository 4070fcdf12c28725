"""Writing on behind pieces that somebody chose: a sampler that is told its first choices.

The draws behind the told pieces use the same random numbers as without them: forcing the pieces
that a reader wrote by itself gives its own text again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor

from lmcore.errors import InputError
from lmcore.readers.base import Direction
from lmcore.readers.sampling import Sampler, check_settings
from lmcore.reading import Forced, GenerationSettings
from lmcore.words import well_formed


class Guided(Sampler):
    """Takes the told entries first, then draws by itself; see :func:`guided`."""

    def __init__(
        self, settings: GenerationSettings, entries: Sequence[int], places: Sequence[int]
    ) -> None:
        super().__init__(settings)
        self._entries, self._places, self._step = entries, places, 0

    def choose(self, log_probabilities: Tensor) -> int:
        """The told entry of this step, or one that is drawn; see :meth:`Sampler.choose`."""
        drawn = super().choose(log_probabilities)  # also where it is not used: same random numbers
        step, self._step = self._step, self._step + 1
        return self._entries[step] if step < len(self._entries) else drawn

    def row(self, covered: Sequence[int], surest: int) -> int:
        """Which of the covered places is next: the told one, or the surest (an index into them)."""
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
    """Check the settings and the told pieces, and make their sampler.

    Args:
        settings: how to write.
        forced: the first pieces, in the order of writing.
        entry_of: id of an entry of the vocabulary, ``None`` where there is no such entry.
        writable: bool ``[V]``, entries that may be written.
        reader: its name, for messages.
        side: where the reader writes, one place beside the other; ``None`` where it fills places in
            any order.

    Raises:
        InputError: ``setting_out_of_range`` (a setting, more told pieces than are to be written, or
            a place that is not free) or ``forced_piece_unknown``.
    """
    check_settings(settings)
    length = int(settings.length)
    _within("forced", len(forced), 0, length)
    entries, free = [], set(range(length))
    for step, one in enumerate(forced):
        place = {"right": step, "left": length - 1 - step, None: one.position}[side]
        if one.position not in free or one.position != place:
            raise InputError(
                "setting_out_of_range", name="position", value=one.position, low=0, high=length - 1
            )
        free.remove(one.position)
        entry = entry_of(one.piece) if well_formed(one.piece) else None
        if entry is None or not bool(writable[entry]):
            raise InputError("forced_piece_unknown", piece=one.piece, reader=reader)
        entries.append(entry)
    return Guided(settings, entries, [one.position for one in forced])


def _within(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise InputError("setting_out_of_range", name=name, value=value, low=low, high=high)
