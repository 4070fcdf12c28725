"""Gradient × input influence: one measure for all readers, whether they attend or not.

Hidden Token Attribution (Brunner et al. 2020) from the input to the top layer, with the input
factor of GlobEnc (Modarressi et al. 2022): c[i, j] = ‖ ∂e_i / ∂x_j ⊙ x_j ‖_F, each row divided by
its sum.
The Frobenius norm of the Jacobian is estimated with random ±1 projections of e_i (Hutchinson), from
a fixed seed, so that a sentence always gives the same map.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from lmcore.readers.routes import Route, joined, to_words
from lmcore.reading import Influence

#: Gradients computed at once: more save little time and take memory.
CHUNK = 32


def influence(family: str, routes: Sequence[Route]) -> Influence:
    """The map of a reader; call it with gradients switched on."""
    raw = [to_words(gradient_times_input(route), route.membership) for route in routes]
    return joined(family, routes, raw)


def projections_for(words: int) -> int:
    """How many random projections a sentence of this length gets (time grows with both)."""
    return 8 if words <= 12 else 4 if words <= 30 else 2 if words <= 60 else 1


def gradient_times_input(route: Route) -> np.ndarray:
    """Unnormalised influence of each input position on each word's vector.

    The sentence is read once for each group of words, only as far as the last of them depends on
    it, and the gradients of the whole group flow back at once (a batched vector-Jacobian product).

    Returns:
        float64 ``[W, P]`` in reading order, non-negative.
    """
    words = len(route.reach)
    repeats = projections_for(words)
    generator = torch.Generator().manual_seed(0)
    total = torch.zeros(words, len(route.inputs), dtype=torch.float64)
    for targets in torch.arange(words).repeat_interleave(repeats).split(CHUNK):
        seen = route.inputs.detach()[: route.reach[int(targets[-1])]].requires_grad_(True)
        vectors = route.read(seen[None])[0]  # [w, E]
        signs = torch.randint(0, 2, (len(targets), vectors.shape[-1]), generator=generator)
        wanted = vectors.new_zeros(len(targets), *vectors.shape)
        wanted[torch.arange(len(targets)), targets] = (signs * 2 - 1).to(vectors)
        (gradients,) = torch.autograd.grad(vectors, seen, wanted, is_grads_batched=True)
        squared = (gradients * seen.detach()).square().sum(-1)  # [targets, p]
        total[:, : len(seen)].index_add_(0, targets, squared.cpu().double())
    return (total / repeats).sqrt().numpy()
