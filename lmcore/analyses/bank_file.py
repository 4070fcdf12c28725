"""Vectors of the sense bank, computed once for a checkpoint and kept in a file beside it.

``python -m lmcore bank`` writes ``checkpoints/FAMILY/bank.safetensors``: for each word of the bank
its vectors ``[L + 1, N, D]`` in half precision. The file says for which checkpoint and for which
sentences it was made; where either has changed since it counts as absent, and the vectors are
computed anew. It does not belong to the files that the card of a checkpoint lists: a checkpoint is
complete without it, and writing a checkpoint (:func:`lmcore.runtime.checkpoints.write`) removes it.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from lmcore.runtime.checkpoints import Card, digest
from lmcore.runtime.disk import write_atomically

FILE = "bank.safetensors"
#: Raised when vectors are computed in another way, so that older files count as stale.
FORMAT = "1"

_LOG = logging.getLogger(__name__)


def checkpoint_digest(card: Card) -> str | None:
    """One SHA-256 for all files of a checkpoint: weights, tokenizer and configuration.

    Returns:
        ``None`` where the card lists no files (weights from elsewhere).
    """
    files = card.values.get("files")
    if not isinstance(files, Mapping) or not files:
        return None
    lines = [f"{name} {facts['sha256']}\n" for name, facts in sorted(files.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def sentences_digest(files: Sequence[Path]) -> str:
    """One SHA-256 for the files that hold the sentences."""
    return hashlib.sha256("".join(map(digest, files)).encode()).hexdigest()


def _marks(card: Card, sentences: str) -> dict[str, str]:
    """What a file says about itself."""
    return {
        "format": FORMAT,
        "checkpoint": checkpoint_digest(card) or "",
        "sentences": sentences,
    }


def write(folder: Path, card: Card, sentences: str, vectors: Mapping[str, np.ndarray]) -> Path:
    """Write the file of a checkpoint beside its place, then move it there in one step.

    Args:
        folder: of the checkpoint.
        card: of the reader that made the vectors.
        sentences: :func:`sentences_digest` of the bank.
        vectors: ``[L + 1, N, D]`` by word, stored in half precision.
    """
    from safetensors.numpy import save_file

    half = {word: np.ascontiguousarray(own, dtype=np.float16) for word, own in vectors.items()}

    def save(part: Path) -> None:
        save_file(half, part, metadata=_marks(card, sentences))
        part.chmod(0o644)  # safetensors writes for the owner only

    write_atomically(folder / FILE, save)
    return folder / FILE


def read(folder: Path, card: Card, sentences: str, word: str) -> np.ndarray | None:
    """The stored vectors of a word.

    Returns:
        float32 ``[L + 1, N, D]``; ``None`` where there is no file, where it was made for another
        checkpoint or other sentences, or where it is damaged (the log says so).
    """
    from safetensors import SafetensorError, safe_open

    path = folder / FILE
    if not path.is_file() or checkpoint_digest(card) is None:
        return None
    try:
        with safe_open(path, framework="np") as file:
            if file.metadata() != _marks(card, sentences) or word not in file.keys():  # noqa: SIM118
                return None
            return np.asarray(file.get_tensor(word), dtype=np.float32)
    except (SafetensorError, OSError) as error:
        _LOG.warning("%s cannot be read (%s): computing its vectors anew", path.name, error)
        return None
