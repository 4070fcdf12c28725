"""A softmax over some of the vocabulary: ELMo's on a CPU, where the whole is half of the cost."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from lmcore.training.gpt import rows_at_once


def sampled_softmax(
    softmax: torch.nn.Linear, hidden: Tensor, targets: Tensor, sampled: Tensor, draws: int
) -> Tensor:
    """Cross-entropy against sampled negatives, corrected for how often each is drawn.

    Log-uniform sampling as in Jozefowicz et al. 2016: entry r is drawn with probability
    p = log((r + 2) / (r + 1)) / log(V + 1) and is among the distinct ones of n draws with chance
    1 - (1 - p)^n; subtracting the log of that makes the estimate consistent. A negative that equals
    the target of a row is taken out of that row.

    Args:
        hidden: ``[N, D]``; targets: ids ``[N]``; sampled: distinct ids ``[S]``; draws: n.
    """

    def correction(ids: Tensor) -> Tensor:
        chance = torch.log((ids + 2) / (ids + 1)) / np.log(softmax.out_features + 1)
        return torch.log(-torch.expm1(draws * torch.log1p(-chance)))

    weight, bias = softmax.weight, softmax.bias
    return _AgainstSampled.apply(
        hidden,
        weight[sampled],
        bias[sampled].float() - correction(sampled),
        weight[targets],
        bias[targets].float() - correction(targets),
        _places(targets, sampled),
    )


def _places(targets: Tensor, sampled: Tensor) -> Tensor:
    """Where in ``sampled`` (ascending) each target stands, -1 where it was not drawn."""
    place = torch.searchsorted(sampled, targets).clamp_max(len(sampled) - 1)
    return torch.where(sampled[place] == targets, place, -1)


class _AgainstSampled(torch.autograd.Function):
    """Mean cross-entropy of targets against shared scores, its gradients made on the way.

    A few rows of scores at a time stay in the processor's cache; the target's is the last column.
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        shared: Tensor,
        shared_bias: Tensor,
        target: Tensor,
        target_bias: Tensor,
        places: Tensor,
    ) -> Tensor:
        count, negatives = len(hidden), len(shared)
        total = hidden.new_zeros((), dtype=torch.float32)
        at_shared = hidden.new_empty(count, negatives)
        at_target = hidden.new_empty(count, dtype=torch.float32)
        step = rows_at_once(hidden.device)
        for start in range(0, count, step):
            part = slice(start, start + step)
            rows = hidden[part]
            scores = torch.empty(len(rows), negatives + 1, device=hidden.device)
            torch.add(rows @ shared.T, shared_bias, out=scores[:, :negatives])
            scores[:, negatives] = (rows * target[part]).sum(-1).float() + target_bias[part]
            (drawn,) = torch.nonzero(places[part] >= 0, as_tuple=True)
            scores[drawn, places[part][drawn]] = -1e4
            chances = torch.softmax(scores, dim=-1)
            total -= chances[:, negatives].clamp_min(1e-30).log().sum()
            at_shared[part] = chances[:, :negatives]
            at_target[part] = chances[:, negatives] - 1
        ctx.save_for_backward(hidden, shared, target, at_shared, at_target)
        return total / count

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor | None, ...]:
        hidden, shared, target, at_shared, at_target = ctx.saved_tensors
        factor = gradients[0] / len(hidden)
        column = (at_target * factor)[:, None].to(hidden.dtype)
        small = factor.to(hidden.dtype)
        return (
            at_shared @ shared * small + column * target,
            at_shared.T @ hidden * small,
            at_shared.sum(0, dtype=torch.float32) * factor,
            column * hidden,
            at_target * factor,
            None,
        )
