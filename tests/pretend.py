"""Tensors that pretend to be on a GPU: computed on the CPU, but as strict as CUDA about devices.

A tensor of :data:`DEVICE` mixed with a CPU tensor raises, as CUDA would; whatever makes the host
wait for the device (a number, a copy back, a size that depends on values) is counted.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_flatten, tree_map

#: A device type that PyTorch knows and has no code for here: its calls reach our mode untouched.
DEVICE = torch.device("lazy")
aten = torch.ops.aten
#: Operations that hand something to the host, or whose result has a size that depends on values.
WAITS = {
    aten._local_scalar_dense.default,
    aten.nonzero.default,
    aten.masked_select.default,
    aten._unique2.default,
    aten.unique_dim.default,
    aten.unique_consecutive.default,
    aten.is_nonzero.default,
    aten.equal.default,
    aten.repeat_interleave.Tensor,
    aten.bincount.default,
}
#: Operations that may take tensors of two devices, in CUDA too.
MIXED = {
    aten.copy_.default,
    aten._to_copy.default,
    aten.index.Tensor,
    aten.index_put_.default,
    aten.index_put.default,
    aten._index_put_impl_.default,
}


class Pretended(torch.Tensor):
    """A CPU tensor that says it is on a GPU."""

    value: torch.Tensor

    @staticmethod
    def __new__(cls, value: torch.Tensor) -> Pretended:
        made = torch.Tensor._make_wrapper_subclass(
            cls,
            value.size(),
            strides=value.stride(),
            storage_offset=value.storage_offset(),
            dtype=value.dtype,
            device=DEVICE,
        )
        made.value = value
        return made

    @classmethod
    def __torch_dispatch__(cls, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        raise RuntimeError(f"{func} of a pretended tensor outside PretendGpu")


def on_device(tensor: Any) -> bool:
    return isinstance(tensor, Pretended)


class PretendGpu(TorchDispatchMode):
    """While it is active, :data:`DEVICE` is a GPU.

    Attributes:
        waits: how often the host had to wait, by operation.
    """

    def __init__(self) -> None:
        super().__init__()
        self.waits: Counter[str] = Counter()

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = dict(kwargs or {})
        tensors = [part for part in tree_flatten((args, kwargs))[0] if torch.is_tensor(part)]
        there = [tensor for tensor in tensors if on_device(tensor)]
        here = [tensor for tensor in tensors if not on_device(tensor) and tensor.dim()]
        if there and here and func not in MIXED:
            raise RuntimeError(f"{func}: tensors of two devices")
        args, asked = device_of(func, args, kwargs)
        back = bool(there) and asked is not None and asked != DEVICE
        self._count(func, args, there, back)
        out = func(*unwrapped(args), **unwrapped(kwargs))
        if func in WAITS and not torch.is_tensor(out) and not isinstance(out, tuple):
            return out
        if func._schema.is_mutable and there:
            return self._same(out, tensors)
        wrap = (asked == DEVICE or (there and not back)) and func is not aten.equal.default
        return (
            tree_map(lambda part: Pretended(part) if torch.is_tensor(part) else part, out)
            if (wrap)
            else out
        )

    def _count(self, func: Any, args: Any, there: list[Any], back: bool) -> None:
        copied = func is aten.copy_.default and not on_device(args[0]) and on_device(args[1])
        chosen = func in (aten.index.Tensor, aten.index_put_.default, aten.index_put.default)
        by_mask = chosen and any(
            on_device(index) and index.dtype == torch.bool for index in args[1] if index is not None
        )
        if there and (func in WAITS or back or copied or by_mask):
            self.waits[str(func)] += 1

    @staticmethod
    def _same(out: Any, tensors: list[torch.Tensor]) -> Any:
        """What was changed in place is the tensor that was given."""
        by_value = {id(t.value): t for t in tensors if on_device(t)}

        def given(part: Any) -> Any:
            if not torch.is_tensor(part):
                return part
            return by_value.get(id(part)) if id(part) in by_value else Pretended(part)

        return tree_map(given, out)


def device_of(func: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, torch.device | None]:
    """The device that a call asks for, with the CPU in its place; changes ``kwargs``."""
    names = [argument.name for argument in func._schema.arguments]
    asked = kwargs.get("device")
    if asked is not None:
        kwargs["device"] = torch.device("cpu")
    elif "device" in names and names.index("device") < len(args):
        place = names.index("device")
        asked = args[place]
        args = (*args[:place], torch.device("cpu"), *args[place + 1 :])
    return args, torch.device(asked) if asked is not None else None


def unwrapped(parts: Any) -> Any:
    """The CPU tensors inside."""
    return tree_map(lambda part: part.value if on_device(part) else part, parts)
