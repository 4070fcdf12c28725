"""Gradient × input influence: one measure for all readers, whether they attend or not.

Hidden Token Attribution (Brunner et al. 2020) from the input to the top layer, with the input
factor of GlobEnc (Modarressi et al. 2022): c[i, j] = ‖ ∂e_i / ∂x_j ⊙ x_j ‖_F, each row divided by
its sum.
The Frobenius norm of the Jacobian is estimated with random ±1 projections of e_i (Hutchinson), from
a fixed seed, so that a sentence always gives the same map.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

#: Reads ``[B, P, D]`` input vectors (B copies of one sentence) into ``[B, W, E]`` word vectors.
Forward = Callable[[Tensor], Tensor]


def projections_for(words: int) -> int:
    """How many random projections a sentence of this length gets (time grows with both)."""
    return 8 if words <= 12 else 4 if words <= 30 else 2 if words <= 60 else 1


def gradient_times_input(
    forward: Forward, inputs: Tensor, words: int, chunk: int = 32
) -> np.ndarray:
    """Unnormalised influence of each input position on each word's vector.

    Args:
        forward: from input vectors to word vectors.
        inputs: ``[P, D]`` input vectors of one sentence.
        words: W.
        chunk: copies of the sentence computed at once.

    Returns:
        float64 ``[W, P]``, non-negative.
    """
    repeats = projections_for(words)
    targets = torch.arange(words).repeat_interleave(repeats)
    generator = torch.Generator().manual_seed(0)
    total = torch.zeros(words, len(inputs), dtype=torch.float64)
    for group in targets.split(chunk):
        copies = inputs.detach()[None].repeat(len(group), 1, 1).requires_grad_(True)
        vectors = forward(copies)[torch.arange(len(group)), group]  # [B, E]
        signs = torch.randint(0, 2, tuple(vectors.shape), generator=generator) * 2.0 - 1.0
        (gradient,) = torch.autograd.grad((vectors * signs.to(vectors)).sum(), copies)
        squared = (gradient * copies.detach()).square().sum(-1)  # [B, P]
        total.index_add_(0, group, squared.cpu().double())
    return (total / repeats).sqrt().numpy()


def to_words(raw: np.ndarray, membership: np.ndarray) -> np.ndarray:
    """Influence of pieces ``[W, P]`` to influence of words ``[W, W]`` (root of summed squares)."""
    shares = membership / np.maximum(membership.sum(axis=0), 1)  # a piece of two words: half each
    return np.sqrt(raw**2 @ shares.T)


def normalised(raw: np.ndarray) -> np.ndarray:
    """Each row divided by its sum, float32."""
    return (raw / np.maximum(raw.sum(axis=-1, keepdims=True), 1e-30)).astype(np.float32)
