"""Dropout and first weights from a generator of one's own.

PyTorch's dropout draws from one generator for the whole process: two people who train at once would
change each other's numbers, and a resumed run would not repeat them.

A reader's twin: the same network with random instead of pre-trained weights.
"""

import copy
from typing import Any

import torch
from torch import Tensor, nn

from lmcore.errors import UnsupportedError
from lmcore.readers.base import Reader
from lmcore.readers.elmo_network import ElmoNetwork, Highway


class SeededDropout(nn.Module):
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
    """Put :class:`SeededDropout` in the place of every dropout of a network.

    Args:
        network: is changed.
        rate: chance of a number to be set to 0.
        random: what is drawn from.
    """
    for module in network.modules():
        for name, child in module.named_children():
            if isinstance(child, nn.Dropout):
                setattr(module, name, SeededDropout(rate, random))


@torch.no_grad()
def fill_linear(module: nn.Linear, random: torch.Generator, spread: float = 0.02) -> nn.Linear:
    """Weights N(0, spread²) and no bias, as GPT and BERT begin.

    Args:
        module: is changed, and given back.
        random: what is drawn from.
        spread: standard deviation.
    """
    module.weight.copy_(torch.randn(module.weight.shape, generator=random) * spread)
    if module.bias is not None:
        module.bias.zero_()
    return module


@torch.no_grad()
def fill_uniform(module: nn.Module, random: torch.Generator, bound: float) -> None:
    """All parameters uniform between −bound and bound, as LSTMs begin.

    Args:
        module: is changed.
        random: what is drawn from.
        bound: the largest size of a number.
    """
    for parameter in module.parameters():
        drawn = torch.rand(parameter.shape, generator=random)
        parameter.copy_((2 * drawn - 1) * bound)


def network_of(reader: Reader) -> nn.Module:
    """The network of a reader.

    Raises:
        UnsupportedError: it has none.
    """
    network = getattr(reader, "model", None) or getattr(reader, "network", None)
    if not isinstance(network, nn.Module):
        raise UnsupportedError(
            "unsupported", reader=reader.card.name, reason="it has no network to bring to a task"
        )
    return network


def with_network(reader: Reader, network: nn.Module) -> Any:
    """The same reader on another network; the given one is left alone."""
    twin = copy.copy(reader)
    setattr(twin, "model" if hasattr(reader, "model") else "network", network)
    return twin


def random_twin(reader: Reader, seed: int) -> Any:
    """A reader that knows nothing: same sizes, same pieces, random weights.

    Transformers begin as GPT and BERT began: N(0, 0.02²), normalisations at 1, biases at 0. LSTMs
    and convolutions begin between ±1/√(inputs), highways close to passing their input on.
    """
    network = copy.deepcopy(network_of(reader))
    random = torch.Generator().manual_seed(seed)
    spread = None if isinstance(network, ElmoNetwork) else 0.02
    for module in network.modules():
        _begin(module, random, spread)
    return with_network(reader, network)


@torch.no_grad()
def _begin(module: nn.Module, random: torch.Generator, spread: float | None) -> None:
    for name, parameter in module.named_parameters(recurse=False):
        if parameter.dim() > 1:
            drawn = torch.randn(parameter.shape, generator=random)
            if spread is not None or isinstance(module, nn.Embedding):
                parameter.copy_(drawn * (spread or 1.0))
            else:  # as wide as a uniform draw between ±1/√(inputs)
                parameter.copy_(drawn * (3 * parameter[0].numel()) ** -0.5)
        elif isinstance(module, nn.LayerNorm) and name == "weight":
            parameter.fill_(1.0)
        else:
            parameter.zero_()
    if isinstance(module, Highway):
        module.both.bias[len(module.both.bias) // 2 :].fill_(1.0)
