"""Log-probabilities of chosen entries of a large vocabulary, in little memory."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def log_of(
    head: Callable[[Tensor], Tensor], vectors: Tensor, wanted: Tensor, chunk: int = 512
) -> Tensor:
    """ln p of one entry for each vector, under the softmax over the whole vocabulary.

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
        own = logits.gather(1, entries.to(logits.device)[:, None])[:, 0]
        parts.append((own - logits.logsumexp(dim=-1)).cpu())
    return torch.cat(parts) if parts else torch.empty(0)
