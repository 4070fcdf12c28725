"""How likely a reader that sees both sides finds each piece of a sentence.

Pseudo-log-likelihood: each piece is masked in turn and predicted from all the others (Salazar et
al. 2020, "Masked Language Model Scoring", ACL, eq. 1). The sum is no probability of the sentence:
what each piece is told includes the pieces that it tells in turn. Within a word this matters most.
Of *flo ##od ##ed*, two thirds are given when the last third is asked for, and a rare word looks
likely. Kauf and Ivanova 2023, "A Better Way to Do Masked Language Model Scoring" (ACL, section 3,
"within-word left-to-right"), also mask the pieces of the same word that stand behind the one that
is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from lmcore.readers.pieces import Cut

#: How many masked copies of a sentence are read at once.
GROUP = 64

#: Rows of ids, (row, position) places and the entries wanted there, to their log-probabilities.
LogOf = Callable[[list[list[int]], list[tuple[int, int]], list[int]], np.ndarray]


def pseudo_likelihood(
    cuts: Sequence[Cut], mask: int, log_of: LogOf, *, hide_rest: bool
) -> list[np.ndarray]:
    """ln p of every piece with that piece masked, float ``[P]`` a sentence; 0 for special ones.

    Args:
        cuts: the sentences as pieces.
        mask: id of the mask.
        log_of: the reader's predictions.
        hide_rest: whether the pieces of the same word behind the asked one are masked as well.
    """
    asked = [
        (number, place)
        for number, own in enumerate(cuts)
        for place, piece in enumerate(own.pieces)
        if not piece.special
    ]
    found = [np.zeros(len(own.ids)) for own in cuts]
    for start in range(0, len(asked), GROUP):
        group = asked[start : start + GROUP]
        rows = [masked(cuts[number], place, mask, hide_rest) for number, place in group]
        wanted = [cuts[number].ids[place] for number, place in group]
        values = log_of(rows, list(enumerate(place for _, place in group)), wanted)
        for (number, place), value in zip(group, values, strict=True):
            found[number][place] = value
    return found


def masked(own: Cut, place: int, mask: int, hide_rest: bool) -> list[int]:
    """The ids of a sentence with one piece masked, and with the rest of its word if so asked."""
    hidden = {place}
    if hide_rest:
        words = own.membership[:, place]
        same = np.flatnonzero(own.membership[words].any(axis=0))
        hidden |= {int(other) for other in same if other > place}
    return [mask if position in hidden else entry for position, entry in enumerate(own.ids)]
