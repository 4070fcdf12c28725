"""Checkpoints: find, verify, describe and load what stands in ``checkpoints/LANGUAGE/``.

A checkpoint is a folder with ``config.json`` (family and sizes), ``model.safetensors`` (half
precision), the tokenizer or vocabulary, and ``card.json`` (where it comes from, with the SHA-256
and size of every other file). A damaged checkpoint takes down its own reader only.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lmcore.errors import CheckpointError
from lmcore.runtime.families import FAMILIES, TITLES

if TYPE_CHECKING:
    from torch import Tensor, nn

PROJECT = Path(__file__).resolve().parents[2]
#: The language whose classroom reads where nothing else is said.
LANGUAGE = "en"


def classroom(language: str = LANGUAGE) -> Path:
    """The folder with the checkpoints of a language."""
    return PROJECT / "checkpoints" / language


#: The checkpoints of the first classroom.
ROOT = classroom()
WEIGHTS = "model.safetensors"
CARD = "card.json"
#: Reports of the training, one a line.
HISTORY = "history.jsonl"

#: Loading is serial in the whole process: two models loaded at once by two threads corrupt both.
LOAD_LOCK = threading.Lock()


@dataclass(frozen=True)
class Card:
    """What ``card.json`` says of a checkpoint.

    Attributes:
        family: ``elmo``, ``gpt``, ``bert`` or ``static``.
        name: as people read it (``ELMo``).
        parameters: number of trained numbers.
        values: the whole card: sizes, corpus, licence, ``minutes``, ``device``, ``tokens_seen``,
            ``validation_loss`` with its ``unit``, ``seed``, ``date``, ``sha256``, ``files``.
    """

    family: str
    name: str
    parameters: int
    values: Mapping[str, Any]

    @property
    def languages(self) -> tuple[str, ...]:
        """English names of the languages it was trained on; empty where that is not known.

        A card that says nothing of it is one of the classroom's, which read English.
        """
        return tuple(self.values.get("languages", ("English",)))


@dataclass(frozen=True)
class Checkpoint:
    """A verified folder: its card and its configuration."""

    folder: Path
    card: Card
    config: Mapping[str, Any]


def folders(root: Path | None = None) -> list[Path]:
    """The folders of a checkpoint root, in the order in which the families are told."""
    order = list(TITLES)
    paths = [folder for folder in (root or ROOT).glob("*") if folder.is_dir()]
    return sorted(
        paths,
        key=lambda f: (order.index(f.name) if f.name in order else len(order), f.name),
    )


def digest(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def shown(path: Path) -> str:
    """A path as a message names it: from the project's folder where it lies inside."""
    try:
        return str(path.relative_to(PROJECT))
    except ValueError:
        return str(path)


def verify(folder: Path, contents: bool = True) -> Checkpoint:
    """Check that a checkpoint is complete and unaltered.

    Args:
        folder: of the checkpoint.
        contents: whether checksums are compared, which takes some tenths of a second; without,
            files have to be there in their sizes.

    Raises:
        CheckpointError: ``checkpoint_missing``, ``checkpoint_incomplete``,
            ``checkpoint_truncated``, ``checkpoint_unreadable``, ``checkpoint_altered`` or
            ``checkpoint_unknown_family``;
            the message names the file and the cure.
    """
    reader = TITLES.get(folder.name, folder.name)
    try:
        return _verified(folder, reader, contents)
    except (KeyError, TypeError, ValueError, AttributeError, OSError) as error:
        raise _unreadable(folder / CARD, reader) from error


def _verified(folder: Path, reader: str, contents: bool) -> Checkpoint:
    card = _json(folder / CARD, reader, folder.name)
    config = _json(folder / "config.json", reader, folder.name)
    family = str(config.get("family"))
    if family not in FAMILIES:
        raise CheckpointError("checkpoint_unknown_family", folder=shown(folder), family=family)
    files = card.get("files")
    if not isinstance(files, dict) or WEIGHTS not in files:
        raise _unreadable(folder / CARD, reader)
    for name, facts in files.items():
        _verify_file(folder / name, facts, reader, folder.name, contents)
    return Checkpoint(folder, Card(family, card["name"], int(card["parameters"]), card), config)


def _verify_file(
    path: Path, facts: Mapping[str, Any], reader: str, family: str, contents: bool
) -> None:
    if not path.is_file() and path.name == WEIGHTS:
        raise _missing(path, reader, family)
    if not path.is_file():
        raise CheckpointError("checkpoint_incomplete", reader=reader, file=shown(path))
    if path.stat().st_size != facts["bytes"]:
        raise CheckpointError(
            "checkpoint_truncated",
            reader=reader,
            file=shown(path),
            size=f"{path.stat().st_size:,}",
            due=f"{facts['bytes']:,}",
        )
    if contents and digest(path) != facts["sha256"]:
        raise CheckpointError("checkpoint_altered", reader=reader, file=shown(path))


def _json(path: Path, reader: str, family: str) -> dict[str, Any]:
    if not path.is_file():
        raise _missing(path, reader, family)
    try:
        values = json.loads(path.read_text(encoding="utf8"))
    except ValueError as error:
        raise _unreadable(path, reader) from error
    if not isinstance(values, dict):
        raise _unreadable(path, reader)
    return values


def _missing(path: Path, reader: str, family: str) -> CheckpointError:
    """The error for a file that is not there; a command trains what another language lacks."""
    language = path.parent.parent
    if language != ROOT and language == classroom(language.name):
        family += f" --language {language.name}"
    return CheckpointError("checkpoint_missing", reader=reader, file=shown(path), family=family)


def _unreadable(path: Path, reader: str) -> CheckpointError:
    return CheckpointError("checkpoint_unreadable", reader=reader, file=shown(path))


def load_weights(checkpoint: Checkpoint) -> dict[str, Tensor]:
    """The weights of a checkpoint as float32 tensors by name.

    Raises:
        CheckpointError: ``checkpoint_unreadable`` where the file is no safetensors file.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    path = checkpoint.folder / WEIGHTS
    try:
        return {name: value.float() for name, value in load_file(path).items()}
    except (SafetensorError, OSError) as error:
        raise _unreadable(path, checkpoint.card.name) from error


def fill(network: nn.Module, checkpoint: Checkpoint, tied: Mapping[str, str] | None = None) -> None:
    """Give a network the weights of its checkpoint.

    Args:
        network: of the checkpoint's configuration.
        checkpoint: see :func:`load_weights`.
        tied: names of weights that the file leaves out, and of those that they are.

    Raises:
        CheckpointError: ``checkpoint_mismatch`` where they do not fit, or as :func:`load_weights`.
    """
    weights = load_weights(checkpoint)
    pairs = [(name, weights.get(stored)) for name, stored in (tied or {}).items()]
    weights |= {name: weight for name, weight in pairs if weight is not None}
    try:
        network.load_state_dict(weights, strict=True)
    except RuntimeError as error:
        detail = "tensor names or shapes differ from config.json"
        raise mismatch(checkpoint, detail) from error


def mismatch(checkpoint: Checkpoint, detail: str) -> CheckpointError:
    """The error for files of one checkpoint that do not fit together."""
    return CheckpointError(
        "checkpoint_mismatch",
        reader=checkpoint.card.name,
        folder=shown(checkpoint.folder),
        detail=detail,
    )


def write(
    folder: Path,
    family: str,
    weights: Mapping[str, Tensor],
    card: Mapping[str, Any],
    save_files: Callable[[Path], Mapping[str, Any]],
) -> None:
    """Write a checkpoint beside its place, then move it there in one step.

    Args:
        folder: where it shall stand; an older checkpoint there is replaced.
        family: the family it belongs to.
        weights: stored in half precision.
        card: without ``sha256`` and ``files``, which are added here.
        save_files: writes vocabulary or tokenizer into a folder, returns the configuration.
    """
    import torch
    from safetensors.torch import save_file

    part = folder.with_name(folder.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    config = {"family": family, **save_files(part)}
    (part / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf8")
    half = {name: value.to(torch.float16).contiguous().cpu() for name, value in weights.items()}
    save_file(half, part / WEIGHTS)
    (part / WEIGHTS).chmod(0o644)  # safetensors writes for the owner only
    files = {
        path.name: {"bytes": path.stat().st_size, "sha256": digest(path)}
        for path in sorted(part.iterdir())
    }
    full = {**card, "sha256": files[WEIGHTS]["sha256"], "files": files}
    (part / CARD).write_text(json.dumps(full, indent=2, ensure_ascii=False) + "\n", encoding="utf8")
    old = folder.with_name(folder.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        os.replace(folder, old)
    os.replace(part, folder)
    shutil.rmtree(old, ignore_errors=True)
