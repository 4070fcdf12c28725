"""Dropout and first weights from a generator of one's own.

PyTorch's dropout draws from one generator for the whole process: two people who train at once would
change each other's numbers, and a resumed run would not repeat them.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class OwnDropout(nn.Module):
    """Dropout with its own random numbers.

    Attributes:
        rate: chance of a number to be set to 0.
        p: what code that calls ``functional.dropout`` with this module's ``p`` finds: nothing.
    """

    p = 0.0

    def __init__(self, rate: float, random: torch.Generator) -> None:
        super().__init__()
        self.rate, self.random = rate, random

    def forward(self, x: Tensor) -> Tensor:
        """``[…]`` to ``[…]``; while evaluating nothing happens."""
        if not self.training or self.rate == 0.0:
            return x
        kept = torch.rand(x.shape, generator=self.random).to(x.device) >= self.rate
        return x * kept / (1 - self.rate)


def replace_dropout(network: nn.Module, rate: float, random: torch.Generator) -> None:
    """Put :class:`OwnDropout` in the place of every dropout of a network."""
    for module in network.modules():
        for name, child in module.named_children():
            if isinstance(child, nn.Dropout):
                setattr(module, name, OwnDropout(rate, random))


@torch.no_grad()
def fill_linear(module: nn.Linear, random: torch.Generator, spread: float = 0.02) -> nn.Linear:
    """Weights N(0, spread²) and no bias, as GPT and BERT begin."""
    module.weight.copy_(torch.randn(module.weight.shape, generator=random) * spread)
    if module.bias is not None:
        module.bias.zero_()
    return module


@torch.no_grad()
def fill_uniform(module: nn.Module, random: torch.Generator, bound: float) -> None:
    """All parameters uniform between −bound and bound, as LSTMs begin."""
    for parameter in module.parameters():
        drawn = torch.rand(parameter.shape, generator=random)
        parameter.copy_((2 * drawn - 1) * bound)
