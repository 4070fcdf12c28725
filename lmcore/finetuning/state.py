"""Whether a saved state belongs to a training."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lmcore.finetuning.task import Split, Task
from lmcore.readers.base import Reader


def identity(reader: Reader, task: Task, parts: Split) -> dict[str, str]:
    """What a training is of: a state of another one must not be taken up."""
    card = reader.card
    return {
        "family": reader.family,
        "weights": str(card.values.get("sha256") or f"{card.name}, {card.parameters}"),
        "kind": task.kind,
        "split": parts.fingerprint(),
    }


def mismatch(
    state: Mapping[str, Any],
    of: Mapping[str, str],
    settings: Mapping[str, Any],
    shapes: Mapping[str, Any],
) -> str | None:
    """The first thing in a state that does not belong to a training, or ``None``.

    Args:
        state: see :meth:`lmcore.finetuning.run.Run.state`.
        of: the training's own :func:`identity`.
        settings: its own.
        shapes: of the weights that learn, by name.
    """
    for own, theirs in ((of, state.get("of", {})), (settings, state.get("settings", {}))):
        for name in sorted({*own, *theirs}):
            if name not in own or name not in theirs or own[name] != theirs[name]:
                return name
    for weights in (state.get("learned", {}), state.get("best") or shapes):
        for name in sorted({*shapes, *weights}):
            there = weights.get(name)
            if name not in shapes or getattr(there, "shape", there) != shapes[name]:
                return name
    return None
