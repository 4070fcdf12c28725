"""Several processes that train one network: on the cores or GPUs of one machine, or of several.

Started by ``torchrun … -m lmcore train …``; without it everything here is the plain single process.
The batches of a step are dealt out, gradients are averaged by DistributedDataParallel, and the
first process alone writes. What all must decide alike (is the budget spent, is it time to report)
is decided together, or one would wait for the others for ever.
"""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel


@contextmanager
def joined(device: torch.device) -> Iterator[torch.device]:
    """Join the group that ``torchrun`` has started, if it has; gives this process's device."""
    if "RANK" not in os.environ:
        yield device
        return
    if device.type == "cuda":
        device = torch.device("cuda", distributed.get_node_local_rank(0))
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if device.type == "cuda" else "gloo")
    try:
        yield device
    finally:
        distributed.destroy_process_group()


def count() -> int:
    """How many processes train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def first() -> bool:
    """Whether this is the process that reports and writes."""
    return not distributed.is_initialized() or distributed.get_rank() == 0


def parts(batches: int) -> list[int]:
    """Which batches of a step this process takes: every n-th, and one more than there are if need
    be, so that all have equally many.
    """
    rank = distributed.get_rank() if distributed.is_initialized() else 0
    each = -(-batches // count())
    return list(range(rank, each * count(), count()))


def shared(module: nn.Module) -> nn.Module:
    """A module whose gradients are averaged over the processes."""
    return DistributedDataParallel(module) if distributed.is_initialized() else module


def together(module: nn.Module, last: bool) -> AbstractContextManager[Any]:
    """Gradients of a step travel with its last batch only."""
    if isinstance(module, DistributedDataParallel) and not last:
        return module.no_sync()
    return nullcontext()


def longest(share: float) -> float:
    """The largest value that any process has."""
    if not distributed.is_initialized():
        return share
    value = torch.tensor(share, dtype=torch.float64, device=_device())
    distributed.all_reduce(value, distributed.ReduceOp.MAX)
    return float(value)


def agreed(wanted: bool) -> bool:
    """Whether any process wants it."""
    return longest(float(wanted)) > 0 if distributed.is_initialized() else wanted


def mean(values: dict[str, float]) -> dict[str, float]:
    """Each value averaged over the processes."""
    if not distributed.is_initialized():
        return values
    row = torch.tensor(list(values.values()), dtype=torch.float64, device=_device())
    distributed.all_reduce(row)
    return dict(zip(values, (row / count()).tolist(), strict=True))


def _device() -> torch.device:
    if distributed.get_backend() == "nccl":
        return torch.device("cuda", torch.cuda.current_device())
    return torch.device("cpu")
