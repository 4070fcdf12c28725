"""What stands in each blank for itself, where a reader goes from blank to blank.

The first blank has its distribution at once. A later one depends on what stands in those before it:
its distribution is the mixture of those under all their fillings, each weighted by the probability
of all that was read under it. There are too many to read them all. :data:`HYPOTHESES` are read:
those that are likely enough keep their probability, and of the others some are drawn at even
distances along their summed probability, each of which stands for an equal part of it (Fearnhead
and Clifford 2003, "On-line inference for hidden Markov models via particle filters", section 3;
no random numbers are needed). The likeliest alone would never hear of the thousands of rare words
that together often hold a third of the probability.

Letters in shapes: H hypotheses, V entries of a vocabulary, N entries that may be filled in.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from lmcore.outputs.answers import Lexicon
from lmcore.readers.infilling.beam import Decoder, Entries
from lmcore.runtime.limits import HYPOTHESES

#: Columns that are mixed at once: bounds the memory for large vocabularies.
_COLUMNS = 8_192


def marginals(decoder: Decoder, count: int, lexicon: Lexicon) -> list[Tensor]:
    """ln p ``[V]`` of each blank for itself, in the order in which a decoder meets them.

    Args:
        decoder: stands at the first blank.
        count: how many blanks there are.
        lexicon: what may be filled in.
    """
    return [mixture(log, evidence) for log, evidence in walk(decoder, count, lexicon)]


def walk(decoder: Decoder, count: int, lexicon: Lexicon) -> Iterator[tuple[Tensor, np.ndarray]]:
    """Go from blank to blank, and at each give ln p ``[H, V]`` and ln of the weights ``[H]``.

    Args:
        decoder: stands at the first blank, and afterwards at the one that was given.
        count: how many blanks are visited.
        lexicon: what may be filled in.
    """
    evidence = np.zeros(1)
    for blank in range(count):
        log = decoder.log()
        yield log, evidence
        if blank + 1 < count:
            parents, entries, weights = drawn(log, evidence, lexicon.ids)
            evidence = weights + decoder.advance(parents, entries)


def mixture(log: Tensor, evidence: np.ndarray) -> Tensor:
    """ln p ``[V]`` of a blank when the hypotheses ``[H, V]`` are weighted by their evidence."""
    weights = torch.from_numpy(evidence).log_softmax(0)[:, None]
    return torch.cat([(p.double() + weights).logsumexp(0) for p in log.split(_COLUMNS, dim=1)])


def drawn(
    log: Tensor, evidence: np.ndarray, ids: np.ndarray
) -> tuple[list[int], list[int], np.ndarray]:
    """Continuations of hypotheses that stand for all of them.

    Args:
        log: ``[H, V]``.
        evidence: ``[H]``, ln of the weight of each hypothesis.
        ids: int ``[N]``, entries that may be taken.

    Returns:
        parents and entries, at most :data:`HYPOTHESES`, and ln of the weight of each.
    """
    largest = float(evidence.max())
    weights = torch.from_numpy(evidence - largest).float()[:, None]
    score = (log[:, torch.from_numpy(ids)] + weights).flatten()
    share = score.exp().numpy()  # [H * N]
    first = score.topk(min(HYPOTHESES, len(share))).indices.numpy()
    # With the k likeliest kept, each of the others drawn stands for this much.
    part = (share.sum() - share[first].cumsum() + share[first]) / np.arange(HYPOTHESES, 0, -1)[
        : len(first)
    ]
    kept = first[: int((share[first] >= part).cumprod().sum())]
    weight, wanted = share[kept], HYPOTHESES - len(kept)
    share[kept] = 0.0
    running = share.cumsum(dtype=np.float64)
    if wanted and running[-1] > 0:
        steps = (np.arange(wanted) + 0.5) / wanted
        others, times = np.unique(np.searchsorted(running, steps * running[-1]), return_counts=True)
        kept = np.concatenate([kept, others])
        weight = np.concatenate([weight, times * running[-1] / wanted])
    parents, places = np.divmod(kept, len(ids))
    return parents.tolist(), ids[places].tolist(), np.log(weight.astype(np.float64)) + largest


def likeliest(mixed: Sequence[Tensor], lexicon: Lexicon) -> Entries:
    """The entry that spells the likeliest word of each blank."""
    return tuple(lexicon.likeliest(log.exp().numpy()[lexicon.ids]) for log in mixed)
