"""The readers: one file per family, found by looking into this folder.

A file that defines ``READER`` reads for a family of :data:`lmcore.runtime.families.FAMILIES`;
nothing else has to be told of it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from lmcore.errors import CheckpointError, ReadersError, lacks_memory
from lmcore.runtime.checkpoints import ROOT, shown
from lmcore.runtime.families import FAMILIES, TITLES, family_of

if TYPE_CHECKING:
    import torch

    from lmcore.readers.base import Reader


@cache
def families() -> dict[str, type[Reader]]:
    """All families by name, in the order in which they are told."""
    readers: dict[str, type[Reader]] = {}
    for module in pkgutil.iter_modules(__path__):
        reader = getattr(importlib.import_module(f"{__name__}.{module.name}"), "READER", None)
        if reader is not None:
            readers[reader.about.name] = reader
    return {family: readers[family] for family in FAMILIES if family in readers}


def load(family: str, root: Path | None = None, device: torch.device | None = None) -> Reader:
    """Load the checkpoint of a family.

    Args:
        family: or the folder of another method for static vectors
            (:attr:`lmcore.runtime.families.Family.methods`).
        root: folder of the checkpoints.
        device: where it computes.

    Raises:
        CheckpointError: it is missing, damaged or does not fit together, there is not enough memory
            for it, or loading failed for a reason that nobody foresaw.
    """
    from lmcore.runtime.device import best_device

    folder = (root or ROOT) / family
    try:
        return families()[family_of(family).name].load(folder, device or best_device())
    except ReadersError:
        raise
    except Exception as error:  # a reader that fails must not take the others with it
        name = TITLES.get(family, family)
        if lacks_memory(error):
            raise CheckpointError("checkpoint_no_memory", reader=name) from error
        detail = type(error).__name__
        raise CheckpointError(
            "checkpoint_failed", reader=name, detail=detail, folder=shown(folder)
        ) from error


def shipped(root: Path | None = None) -> list[str]:
    """Names for :func:`load`: all families, and the other static vectors that there are."""
    others = [name for name in TITLES if name not in FAMILIES]
    return [*families(), *(name for name in others if ((root or ROOT) / name).is_dir())]


def load_all(
    root: Path | None = None, names: Sequence[str] | None = None
) -> tuple[dict[str, Reader], dict[str, ReadersError]]:
    """Every reader that loads, and the error of each that does not; ``names``: :func:`shipped`."""
    readers: dict[str, Reader] = {}
    errors: dict[str, ReadersError] = {}
    for family in families() if names is None else names:
        try:
            readers[family] = load(family, root)
        except CheckpointError as error:
            errors[family] = error
    return readers, errors


__all__ = ["families", "load", "load_all", "shipped"]
