"""Where the readers compute: chosen once, here."""

import os

import torch

from lmcore.errors import TrainingError

# Readers compute in full float32: the 10 bits of TF32 would move what the pages show.
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False


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


def learning_precision(device: torch.device) -> torch.dtype:
    """The precision in which weights learn fastest on a device.

    bfloat16 where the processor multiplies in it. Where it has no such instructions PyTorch falls
    back to a loop that was seen to be seventy times slower than float32 (0.8 against 58 GFLOP/s
    on a core with AVX2 alone).
    """
    if device.type == "cuda":
        able = torch.cuda.is_bf16_supported(including_emulation=False)
    elif device.type == "cpu":
        abilities = torch.cpu.get_capabilities()
        able = any(value for name, value in abilities.items() if "bf16" in name)
    else:
        able = False
    return torch.bfloat16 if able else torch.float32
