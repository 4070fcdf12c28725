"""A slot on the device, and what it means when its memory is not enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from lmcore.errors import ReadersError, lacks_memory
from lmcore.runtime.scheduler import slot


@contextmanager
def computing() -> Iterator[None]:
    """Take a slot on the device, without gradients.

    Raises:
        ReadersError: ``out_of_memory``; the reader stays as it is and can be asked again.
    """
    with slot(), torch.inference_mode(), _memory():
        yield


@contextmanager
def differentiating() -> Iterator[None]:
    """Take a slot on the device, with gradients; errors as with :func:`computing`."""
    with slot(), torch.enable_grad(), _memory():
        yield


@contextmanager
def _memory() -> Iterator[None]:
    """Say in a sentence that the memory was not enough: for this reader, not for the others."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not lacks_memory(error):
            raise
        raise ReadersError("out_of_memory") from error
