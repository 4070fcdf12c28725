"""Leave-one-out influence: what happens to every word's vector when one word is taken away.

The check of gradient × input (:mod:`lmcore.readers.gradient`), which follows the slope at the
sentence as it stands: here the change is made. Word j is taken away by setting its input vectors to
zero: the very change whose first-order effect gradient × input measures, and the same for all
readers. Its place stays, so that no other word moves to another position, which alone would change
every vector of GPT and BERT. What is measured is how far each word's top vector moves:
‖ h_i(s) − h_i(s without j) ‖, each row divided by its sum.

A reader has never met such an input, which is why replacing a word by an unknown or masked one is
seen as often (representation erasure, Li et al. 2016; perturbed masking, Wu et al. 2020); but ELMo
and GPT have no such entry that would mean the same in all three.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from lmcore.readers.routes import Route, joined
from lmcore.reading import Influence

#: Positions read at once: bounds the memory of long sentences.
POSITIONS = 4_096


def influence(family: str, routes: Sequence[Route]) -> Influence:
    """The map of a reader."""
    return joined(family, routes, [moved(route) for route in routes])


def moved(route: Route) -> np.ndarray:
    """How far each word's top vector moves when a word is taken away.

    Returns:
        float64 ``[W, W]`` in reading order: row = the word that moves, column = the one left out;
        exactly 0 where the route cannot see.
    """
    words = len(route.reach)
    members = torch.from_numpy(route.membership).to(route.inputs.device)
    whole = route.read(route.inputs[None])[0, :words]
    columns = []
    for group in torch.arange(words).split(max(1, POSITIONS // len(route.inputs))):
        kept = ~members[group.to(members.device)]
        changed = route.read(route.inputs * kept[..., None])[:, :words]  # [B, W, E]
        columns.append((changed - whole).norm(dim=-1).cpu().double())
    # Computed in batches of another size, a vector that cannot change differs in its last bits.
    return torch.cat(columns).T.numpy() * route.in_sight()
