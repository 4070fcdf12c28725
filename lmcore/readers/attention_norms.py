"""Norm-weighted attention: how much a head really carries, not only where it looks.

A head sums vectors, y_i = Σ_j α_ij f(x_j) with f(x) = (x W_V + b_V) W_O. Attention is α alone; a
head that looks at a short vector carries little. Kobayashi et al. 2020 (equation 4) measure
‖α_ij f(x_j)‖, and for all heads of a layer together ‖Σ_h α^h_ij f^h(x_j)‖.

No network runs: the inputs x and the weights α of every layer stand in the reading.

Letters in shapes: L layers, H heads, P pieces, N units (pieces, or groups of them), D dimensions,
d dimensions of a head.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from lmcore.outputs.reading import Reading


@dataclass(frozen=True)
class ValueMap:
    """How one layer's attention turns what it looks at into a vector.

    Attributes:
        value: ``[D, H d]`` W_V of all heads side by side.
        value_bias: ``[H d]`` b_V.
        output: ``[H d, D]`` W_O of all heads one below the other. Its bias belongs to no source
            and is added once, after the sum.
        before: what the layer does to its input first (GPT-2 normalises it); ``None``: nothing.
    """

    value: Tensor
    value_bias: Tensor
    output: Tensor
    before: Callable[[Tensor], Tensor] | None = None


@dataclass(frozen=True)
class Norms:
    """Lengths of weighted vectors. Not attention: rows do not sum to 1.

    Attributes:
        heads: float32 ``[L, H, N, N]``, ‖α f(x)‖ of each head; row = unit that looks, column = unit
            looked at.
        together: float32 ``[L, N, N]``, the length of the sum over the heads of a layer.
    """

    heads: np.ndarray
    together: np.ndarray


def transformed(inputs: Tensor, parts: ValueMap, heads: int) -> Tensor:
    """f(x) of every head.

    Args:
        inputs: ``[P, D]`` of the layer.
        parts: of the layer.
        heads: H.

    Returns:
        ``[H, P, D]``.
    """
    if parts.before is not None:
        inputs = parts.before(inputs)
    values = inputs @ parts.value + parts.value_bias
    split = values.unflatten(-1, (heads, -1)).transpose(0, 1)  # [H, P, d]
    return split @ parts.output.unflatten(0, (heads, -1))


def measured(
    reading: Reading, value_map: Callable[[int], ValueMap], units: np.ndarray | None = None
) -> Norms:
    """The lengths of a whole reading.

    Args:
        reading: with attention.
        value_map: of each layer.
        units: bool ``[N, P]``, pieces that are taken together (every piece by itself if not given).
            Vectors are summed over the pieces looked at and averaged over the pieces that look,
            before their length is taken, as attention is between words.

    Raises:
        ValueError: the reading has no attention.
    """
    if reading.attention is None:
        raise ValueError(f"a reading of {reading.family} has no attention")
    groups = np.eye(len(reading.pieces)) if units is None else np.asarray(units, dtype=float)
    heads, together = [], []
    for layer, weights in enumerate(reading.attention):
        parts = value_map(layer)
        inputs = torch.from_numpy(reading.piece_layers[layer]).to(parts.value)
        vectors = transformed(inputs, parts, len(weights))
        single, summed = lengths(torch.from_numpy(weights).to(parts.value), vectors, groups)
        heads.append(single.float())
        together.append(summed.float())
    return Norms(torch.stack(heads).cpu().numpy(), torch.stack(together).cpu().numpy())


def lengths(weights: Tensor, vectors: Tensor, groups: np.ndarray) -> tuple[Tensor, Tensor]:
    """Lengths in one layer, of each head ``[H, N, N]`` and of their sum ``[N, N]``.

    Args:
        weights: ``[H, P, P]`` attention.
        vectors: ``[H, P, D]`` of :func:`transformed`.
        groups: ``[N, P]``, 1 where a piece belongs to a unit.
    """
    rows = torch.from_numpy(groups / groups.sum(axis=1, keepdims=True)).to(weights)
    # A piece of two words gives half to each.
    shares = torch.from_numpy(groups / np.maximum(groups.sum(axis=0), 1)).to(weights)
    looking = rows @ weights  # [H, N, P]
    single, together = [], []
    for share, members in zip(shares, groups > 0, strict=True):  # of each unit looked at
        inside = torch.from_numpy(np.flatnonzero(members)).to(weights.device)
        carried = (looking[..., inside] * share[inside]) @ vectors[:, inside]  # [H, N, D]
        single.append(carried.norm(dim=-1))
        together.append(carried.sum(dim=0).norm(dim=-1))
    return torch.stack(single, dim=-1), torch.stack(together, dim=-1)
