"""The files of published weights: safetensors, in one or several parts, and PyTorch's own files.

Shapes are read from the heads of the files, without the numbers. Of PyTorch's own files only those
are read that hold nothing but tensors: whatever else stands in a pickle is never executed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lmcore.errors import CheckpointError
from lmcore.runtime.checkpoints import digest

if TYPE_CHECKING:
    from torch import Tensor, nn

#: Names of weights, the ones read first at the beginning.
ONE, PARTS = "model.safetensors", "model.safetensors.index.json"
TORCH_ONE, TORCH_PARTS = "pytorch_model.bin", "pytorch_model.bin.index.json"
#: No head of a safetensors file is longer (the format's own limit).
_LONGEST_HEAD = 100_000_000

Shape = tuple[int, ...]


@dataclass(frozen=True)
class Weights:
    """The weights of one model.

    Attributes:
        name: of the model, for messages.
        files: where the tensors stand, in the order of their names.
    """

    name: str
    files: tuple[Path, ...]

    @property
    def safe(self) -> bool:
        """Whether they stand in safetensors files."""
        return self.files[0].suffix == ".safetensors"

    def shapes(self) -> dict[str, Shape]:
        """Shape of each tensor, without reading the numbers where the format allows it.

        Raises:
            CheckpointError: ``published_cut_short``, ``published_unsafe``.
        """
        shapes: dict[str, Shape] = {}
        for file in self.files:
            if self.safe:
                shapes |= {key: tuple(tensor["shape"]) for key, tensor in self._head(file).items()}
            else:
                shapes |= {key: tuple(value.shape) for key, value in self._torch(file).items()}
        return shapes

    def load(self, rename: Callable[[str], str | None]) -> dict[str, Tensor]:
        """The tensors as float32, under the names that ``rename`` gives them (``None``: left out).

        Raises:
            CheckpointError: ``published_cut_short``, ``published_unsafe``.
        """
        import torch

        weights: dict[str, Tensor] = {}
        for file in self.files:
            tensors = self._tensors(file) if self.safe else self._torch(file).items()
            for key, value in tensors:
                wanted = rename(key)
                if wanted is not None:
                    # A copy: what is mapped from a file would change with the file.
                    weights[wanted] = value.to(torch.float32, copy=True)
        return weights

    def _head(self, file: Path) -> dict[str, Any]:
        """The head of a safetensors file; its size must be the one that the head promises."""
        size = file.stat().st_size
        with file.open("rb") as stream:
            length = int.from_bytes(stream.read(8), "little")
            if size < 8 or length > min(size - 8, _LONGEST_HEAD):
                raise cut_short(
                    self.name, file, f"its head of {length:,} bytes does not fit into {size:,}"
                )
            try:
                head = json.loads(stream.read(length))
                tensors = {key: tensor for key, tensor in head.items() if key != "__metadata__"}
                due = (
                    8
                    + length
                    + max((tensor["data_offsets"][1] for tensor in tensors.values()), default=0)
                )
            except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
                raise cut_short(self.name, file, "it is no safetensors file") from error
        if size != due:
            raise cut_short(self.name, file, f"{size:,} bytes where {due:,} are due")
        return tensors

    def _tensors(self, file: Path) -> Iterable[tuple[str, Tensor]]:
        from safetensors import SafetensorError, safe_open

        self._head(file)
        try:
            with safe_open(file, framework="pt") as stream:
                for key in stream.keys():  # noqa: SIM118 - the stream is no dictionary
                    yield key, stream.get_tensor(key)
        except (SafetensorError, OSError) as error:
            raise cut_short(self.name, file, str(error)) from error

    def _torch(self, file: Path) -> dict[str, Tensor]:
        """A file of PyTorch's own, tensors only, mapped into memory where its format allows it."""
        import zipfile

        import torch

        try:
            loaded = torch.load(
                file, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(file) or None
            )
        except Exception as error:  # pickle's, zipfile's and PyTorch's own, which share no parent
            if isinstance(error, MemoryError) or "allocate memory" in str(error):
                raise
            if "Unsupported" in str(error) or "GLOBAL" in str(error):
                raise CheckpointError(
                    "published_unsafe", reader=self.name, file=file.name
                ) from error
            first = (str(error).splitlines() or [""])[0]
            raise cut_short(self.name, file, f"{type(error).__name__}: {first[:120]}") from error
        if not isinstance(loaded, Mapping):
            raise cut_short(self.name, file, "it holds no named tensors")
        return {key: value for key, value in loaded.items() if isinstance(value, torch.Tensor)}


def cut_short(name: str, file: Path, detail: str) -> CheckpointError:
    """The error for a file of the model ``name`` that is cut short or not what it should be."""
    return CheckpointError("published_cut_short", reader=name, file=file.name, detail=detail)


def read_json(path: Path, name: str) -> dict[str, Any]:
    """A file with one JSON object.

    Raises:
        CheckpointError: ``published_cut_short``.
    """
    try:
        values = json.loads(path.read_text(encoding="utf8"))
    except (ValueError, OSError) as error:
        raise cut_short(name, path, "no valid JSON") from error
    if not isinstance(values, dict):
        raise cut_short(name, path, "no JSON object")
    return values


def renamed_shapes(
    folder: Path, name: str, rename: Callable[[str], str | None]
) -> dict[str, Shape]:
    """Shapes of the tensors in a folder under the names that a network has for them."""
    stored = find(folder, name).shapes()
    return {new: shape for key, shape in stored.items() if (new := rename(key)) is not None}


def find(folder: Path, name: str) -> Weights:
    """The weights in a folder: safetensors before PyTorch's own, one file before several.

    Raises:
        CheckpointError: ``published_no_weights`` where there are none or a part is missing.
    """
    for single, parts in ((ONE, PARTS), (TORCH_ONE, TORCH_PARTS)):
        if (folder / single).is_file():
            return Weights(name, (folder / single,))
        if (folder / parts).is_file():
            return Weights(name, _parts(folder, folder / parts, name))
    raise CheckpointError("published_no_weights", reader=name, file=f"{ONE} / {TORCH_ONE}")


def _parts(folder: Path, index: Path, name: str) -> tuple[Path, ...]:
    """The files that an index names; they lie beside it and nowhere else."""
    mapped = read_json(index, name).get("weight_map")
    if not isinstance(mapped, dict) or not mapped:
        raise cut_short(name, index, "it names no parts")
    files = sorted({str(file) for file in mapped.values()})
    suffix = ".safetensors" if index.name == PARTS else ".bin"
    for file in files:
        if Path(file).name != file or not file.endswith(suffix):
            raise cut_short(name, index, "it names files outside its folder")
        if not (folder / file).is_file():
            raise CheckpointError("published_no_weights", reader=name, file=file)
    return tuple(folder / file for file in files)


def check_sums(folder: Path, expected: Mapping[str, str], name: str) -> None:
    """Compare files with the SHA-256 that they should have.

    Args:
        folder: where they lie.
        expected: hexadecimal SHA-256 by file name.
        name: of the model.

    Raises:
        CheckpointError: ``published_checksum``, or ``published_no_weights`` for a missing file.
    """
    for file, wanted in expected.items():
        path = folder / file
        if Path(file).name != file or not path.is_file():
            raise CheckpointError("published_no_weights", reader=name, file=file)
        if digest(path) != wanted.lower():
            raise CheckpointError("published_checksum", reader=name, file=file)


def count(shapes: Mapping[str, Shape]) -> int:
    """How many numbers some tensors hold."""
    return sum(math.prod(shape) for shape in shapes.values())


def fitting(
    name: str, weights: Mapping[str, Tensor], network: nn.Module, tables: Iterable[str]
) -> dict[str, Tensor]:
    """The tensors that a network has, of those of a file under the network's names.

    Args:
        name: of the model.
        weights: of the file.
        network: with the shapes that are wanted.
        tables: tensors with a row for each entry of the vocabulary.

    Raises:
        CheckpointError: ``published_tensor_missing``, ``published_sizes`` where a table has another
            number of rows than the configuration says, ``published_tensor_shape`` for any other.
    """
    wanted = {key: tuple(value.shape) for key, value in network.state_dict().items()}
    for key, shape in wanted.items():
        if key not in weights:
            raise CheckpointError("published_tensor_missing", reader=name, tensor=key)
        got = tuple(weights[key].shape)
        if got == shape:
            continue
        if key in set(tables) and got[1:] == shape[1:]:
            raise sizes(name, shape[0], got[0])
        both = {"got": "×".join(map(str, got)), "wanted": "×".join(map(str, shape))}
        raise CheckpointError("published_tensor_shape", reader=name, tensor=key, **both)
    return {key: weights[key] for key in wanted}


def without_surplus(weights: dict[str, Tensor], tables: Iterable[str], entries: int) -> None:
    """Leave away rows that no entry of the vocabulary has: the softmax is over entries only.

    Args:
        weights: of a network, changed in place; tensors that are one stay one.
        tables: names of tensors with a row for each entry.
        entries: how many there are.
    """
    cut: dict[int, Tensor] = {}
    for name in tables:
        if name in weights and len(weights[name]) > entries:
            whole = weights[name]
            weights[name] = cut.setdefault(id(whole), whole[:entries].clone())


def tied(weights: dict[str, Tensor], output: str, table: str) -> bool:
    """Whether an output matrix is the table of pieces; if so, both are kept as one.

    Args:
        weights: of a network; a missing output matrix is the table.
        output: name of the output matrix.
        table: name of the table.
    """
    import torch

    if table in weights and torch.equal(weights.setdefault(output, weights[table]), weights[table]):
        weights[output] = weights[table]
    return table not in weights or weights[output] is weights[table]


def sizes(name: str, entries: int, rows: int) -> CheckpointError:
    """The error that the vocabulary and the matrix of the model ``name`` differ in size."""
    return CheckpointError("published_sizes", reader=name, entries=entries, rows=rows)
