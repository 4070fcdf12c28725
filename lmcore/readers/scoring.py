"""Log-probabilities of pieces, and how likely a reader of both sides finds each piece of a text.

Pseudo-log-likelihood: each piece is masked in turn and predicted from all the others (Salazar et
al. 2020, "Masked Language Model Scoring", ACL, eq. 1). The sum is no probability of the sentence:
what each piece is told includes the pieces that it tells in turn. Within a word this matters most.
Of *flo ##od ##ed*, two thirds are given when the last third is asked for, and a rare word looks
likely. Kauf and Ivanova 2023, "A Better Way to Do Masked Language Model Scoring" (ACL, section 3,
"within-word left-to-right"), also mask the pieces of the same word that stand behind the one that
is asked for.

Letters in shapes: N vectors, D dimensions, V entries of the vocabulary, P pieces.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor

from lmcore.outputs.reading import Side, TokenScore
from lmcore.readers.tokens import Encoding

#: How many masked copies of a sentence are read at once.
GROUP = 64

#: Rows of ids, (row, position) places and the entries wanted there, to their log-probabilities.
LogOf = Callable[[list[list[int]], list[tuple[int, int]], list[int]], np.ndarray]


def pseudo_likelihood(
    encodings: Sequence[Encoding], mask: int, log_of: LogOf, *, hide_rest: bool
) -> list[np.ndarray]:
    """ln p of every piece with that piece masked, float ``[P]`` a sentence; 0 for special ones.

    Args:
        encodings: the sentences as pieces.
        mask: id of the mask.
        log_of: the reader's predictions.
        hide_rest: whether the pieces of the same word behind the asked one are masked as well.
    """
    places = [
        (number, place)
        for number, encoding in enumerate(encodings)
        for place, piece in enumerate(encoding.pieces)
        if not piece.special
    ]
    by_piece = [np.zeros(len(encoding.ids)) for encoding in encodings]
    for start in range(0, len(places), GROUP):
        group = places[start : start + GROUP]
        rows = [masked(encodings[number], place, mask, hide_rest) for number, place in group]
        wanted = [encodings[number].ids[place] for number, place in group]
        values = log_of(rows, list(enumerate(place for _, place in group)), wanted)
        for (number, place), value in zip(group, values, strict=True):
            by_piece[number][place] = value
    return by_piece


def by_word(encoding: Encoding, by_piece: np.ndarray, side: Side) -> list[TokenScore]:
    """Log-probabilities of pieces summed by word; NaN for a word with a piece that has none.

    Args:
        encoding: the sentence as pieces.
        by_piece: ``[P]`` or longer, in nats.
        side: from where the reader predicts.
    """
    # A piece that runs over two words counts half for each.
    shares = encoding.word_pieces / np.maximum(encoding.word_pieces.sum(axis=0), 1)
    values = by_piece[: len(encoding.ids)]
    totals = shares @ np.nan_to_num(values)
    totals[encoding.word_pieces[:, np.isnan(values)].any(axis=1)] = np.nan
    return [TokenScore(word, float(total), side) for word, total in enumerate(totals)]


def masked(encoding: Encoding, place: int, mask: int, hide_rest: bool) -> list[int]:
    """The ids of a sentence with one piece masked.

    Args:
        encoding: the sentence as pieces.
        place: which piece.
        mask: id of the mask.
        hide_rest: whether the pieces of the same word behind it are masked as well.
    """
    hidden = {place}
    if hide_rest:
        words = encoding.word_pieces[:, place]
        same = np.flatnonzero(encoding.word_pieces[words].any(axis=0))
        hidden |= {int(other) for other in same if other > place}
    return [mask if position in hidden else entry for position, entry in enumerate(encoding.ids)]


def log_of(
    head: Callable[[Tensor], Tensor], vectors: Tensor, wanted: Tensor, chunk: int = 512
) -> Tensor:
    """ln p of one entry for each vector under the softmax over the whole vocabulary; saves memory.

    Args:
        head: vectors ``[N, D]`` to logits ``[N, V]``.
        vectors: ``[N, D]``.
        wanted: ids ``[N]``, on any device.
        chunk: rows for which all V logits stand in memory at once.

    Returns:
        float32 ``[N]`` on the CPU, in nats.
    """
    parts = []
    for rows, entries in zip(vectors.split(chunk), wanted.split(chunk), strict=True):
        logits = head(rows).float()
        chosen = logits.gather(1, entries.to(logits.device)[:, None])[:, 0]
        parts.append((chosen - logits.logsumexp(dim=-1)).cpu())
    return torch.cat(parts) if parts else torch.empty(0)


def entropy(log_probabilities: Tensor) -> float:
    """Entropy in nats of ``[V]`` log-probabilities."""
    finite = log_probabilities.double().clamp_min(-1e4)
    return float(-(finite.exp() * finite).sum())


#: What is asked in a text on which a loss is measured.
MASKED_SHARE = 0.15


def mask(
    ids: np.ndarray,
    random: np.random.Generator,
    share: float,
    mask_entry: int,
    ordinary: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Choose pieces to predict: 80 % become ``[MASK]``, 10 % a random piece, 10 % stay.

    Source: Devlin et al. 2018, section 3.1.

    Args:
        ids: entries of the vocabulary, any shape.
        random: makes all choices.
        share: chance of each piece to be chosen.
        mask_entry: the entry of ``[MASK]``.
        ordinary: bool ``[V]``, entries that may be asked for and put in (none of the special ones).

    Returns:
        ids with masks, and targets (-1 where nothing is asked), both of the shape of ``ids``.
    """
    chosen = (random.random(ids.shape) < share) & ordinary[ids]
    kind = random.random(ids.shape)
    masked = ids.copy()
    masked[chosen & (kind < 0.8)] = mask_entry
    swapped = chosen & (kind >= 0.8) & (kind < 0.9)
    entries = np.flatnonzero(ordinary)
    masked[swapped] = entries[random.integers(0, len(entries), int(swapped.sum()))]
    return masked, np.where(chosen, ids, -1)
