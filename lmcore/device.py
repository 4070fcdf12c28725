"""Where the readers compute: chosen once, here."""

from __future__ import annotations

import os

import torch

from lmcore.errors import TrainingError


def best_device() -> torch.device:
    """CUDA where there is one, then Apple's MPS, then the CPU (``LMCORE_DEVICE`` overrules)."""
    wanted = os.environ.get("LMCORE_DEVICE")
    if wanted:
        return named_device(wanted)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def named_device(name: str) -> torch.device:
    """A device by name.

    Raises:
        TrainingError: ``device_missing`` where this machine has none such.
    """
    present = {
        "cpu": True,
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
    }
    if not present.get(name.split(":")[0], False):
        raise TrainingError("device_missing", device=name)
    return torch.device(name)
