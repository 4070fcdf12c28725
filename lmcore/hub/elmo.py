"""ELMo as AllenNLP published it: ``options.json`` and ``weights.hdf5`` (Peters et al. 2018).

The output layer was published apart, for the largest models only: ``softmax_weights.hdf5`` (with
``softmax/W [V, D]`` and ``softmax/b [V]``) and the vocabulary of its rows, a word a line.
Names may have more in front (``elmo_2x4096_512_2048cnn_2xhighway_weights.hdf5``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from lmcore.errors import CheckpointError
from lmcore.hub import weights as formats
from lmcore.hub.facts import PublishedFacts
from lmcore.hub.weights import Shape
from lmcore.readers.elmo import SPECIALS, ElmoReader
from lmcore.readers.elmo_network import ElmoConfig, ElmoNetwork
from lmcore.runtime.checkpoints import Card

if TYPE_CHECKING:
    from torch import Tensor

ARCHITECTURE = "elmo"
#: Ends of file names; each model has one of each kind in its folder.
OPTIONS, WEIGHTS = "options.json", "weights.hdf5"
SOFTMAX = (
    "softmax_weights.hdf5",
    "softmax.hdf5",
    "softmax_weights.safetensors",
    "softmax.safetensors",
)
#: A line of the published vocabularies that is no entry (bilm-tf skips it as well).
_NO_ENTRY = "!!!MAXTERMID"


@dataclass(frozen=True)
class Files:
    """What lies in a folder; ``None`` for what may be missing and is."""

    options: Path
    weights: Path
    softmax: Path | None
    vocabulary: Path | None


def options_of(folder: Path) -> Path | None:
    """The options of an ELMo in a folder, ``None`` where there is none."""
    return _ending(folder, (OPTIONS,))


def _ending(folder: Path, ends: tuple[str, ...], but: tuple[str, ...] = ()) -> Path | None:
    """The file whose name ends so: the one of just that name, else the first."""
    paths = [
        path
        for path in sorted(folder.iterdir(), key=lambda path: (path.name not in ends, path.name))
        if path.is_file() and path.name.endswith(ends) and not (but and path.name.endswith(but))
    ]
    return paths[0] if paths else None


def find(folder: Path, name: str) -> Files:
    """The files of an ELMo.

    Raises:
        CheckpointError: ``published_no_weights``.
    """
    options, weights = options_of(folder), _ending(folder, (WEIGHTS,), but=SOFTMAX)
    if options is None or weights is None:
        missing = OPTIONS if options is None else WEIGHTS
        raise CheckpointError("published_no_weights", reader=name, file=missing)
    texts = sorted(folder.glob("vocab*.txt"))
    return Files(options, weights, _ending(folder, SOFTMAX), texts[0] if texts else None)


def _config(files: Files, name: str) -> ElmoConfig:
    options = formats.read_json(files.options, name)
    try:
        return ElmoConfig.from_options(options)
    except (KeyError, TypeError, ValueError) as error:
        detail = f"{type(error).__name__}: {error}"
        raise formats.cut_short(name, files.options, detail) from error


def expected(config: ElmoConfig) -> list[str]:
    """Names of the data sets that a weights file must have."""
    names = ["char_embed", "CNN_proj/W_proj", "CNN_proj/b_proj"]
    for place in range(len(config.filters)):
        names += [f"CNN/W_cnn_{place}", f"CNN/b_cnn_{place}"]
    for place in range(config.n_highway):
        parts = ("W_carry", "b_carry", "W_transform", "b_transform")
        names += [f"CNN_high_{place}/{part}" for part in parts]
    for direction in range(2):
        for layer in range(config.n_layers):
            cell = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"
            names += [f"{cell}/{part}" for part in ("W_0", "B", "W_P_0")]
    return names


def _shapes(path: Path, name: str) -> dict[str, Shape]:
    """Shapes of the data sets of an HDF5 file."""
    import h5py

    shapes: dict[str, Shape] = {}

    def note(key: str, value: Any) -> None:
        if isinstance(value, h5py.Dataset):
            shapes[key] = tuple(value.shape)

    try:
        with h5py.File(path, "r") as file:
            file.visititems(note)
    except (OSError, RuntimeError) as error:
        raise formats.cut_short(name, path, str(error)) from error
    return shapes


def _softmax_shapes(files: Files, name: str) -> dict[str, Shape]:
    if files.softmax is None:
        return {}
    if files.softmax.suffix == ".hdf5":
        return _shapes(files.softmax, name)
    return formats.Weights(name, (files.softmax,)).shapes()


def words(path: Path, name: str) -> list[str]:
    """The vocabulary of a softmax, one word for each row."""
    try:
        lines = path.read_text(encoding="utf8").removesuffix("\n").split("\n")
    except UnicodeDecodeError as error:
        raise formats.cut_short(name, path, "no text in UTF-8") from error
    return [line.strip() for line in lines if line.strip() != _NO_ENTRY]


def describe(folder: Path, name: str) -> PublishedFacts:
    """See :func:`lmcore.hub.load.describe`."""
    files = find(folder, name)
    config = _config(files, name)
    shapes = _shapes(files.weights, name)
    for tensor in expected(config):
        if tensor not in shapes:
            raise CheckpointError("published_tensor_missing", reader=name, tensor=tensor)
    output = _softmax_shapes(files, name)
    predicts = "softmax/W" in output and files.vocabulary is not None
    lacks = (
        {}
        if predicts
        else dict.fromkeys(ElmoReader.about.capabilities - {"influence"}, "no_softmax")
    )
    counted = {key: shapes[key] for key in expected(config)} | (output if predicts else {})
    return PublishedFacts(
        family="elmo",
        architecture=ARCHITECTURE,
        name=name,
        sizes={
            "layers": config.n_layers,
            "width": 2 * config.projection_dim,
            "vocabulary": output["softmax/W"][0] if predicts else 0,
        },
        parameters=formats.count(counted),
        cased=True,
        softmax=predicts,
        lacks=lacks,
    )


def load(folder: Path, facts: PublishedFacts, card: Card, device: torch.device) -> ElmoReader:
    """See :func:`lmcore.hub.load.load_published`."""
    name, files = facts.name, find(folder, facts.name)
    vocabulary: list[str] = []
    if facts.softmax and files.vocabulary is not None:
        vocabulary = words(files.vocabulary, name)
        if len(vocabulary) != facts.sizes["vocabulary"]:
            raise formats.sizes(name, len(vocabulary), facts.sizes["vocabulary"])
        for entry in SPECIALS:
            if entry not in vocabulary:
                raise CheckpointError("published_entry_missing", reader=name, entry=entry)
    config = replace(_config(files, name), vocabulary_size=len(vocabulary))
    weights = _weights(files, config, name)
    with torch.device("meta"):
        network = ElmoNetwork(config)
    fitting = formats.fitting(name, weights, network, ("softmax.weight", "softmax.bias"))
    network.load_state_dict(fitting, strict=True, assign=True)
    return ElmoReader(card, device, network, vocabulary, lacks=facts.lacks)


def _weights(files: Files, config: ElmoConfig, name: str) -> dict[str, Tensor]:
    try:
        weights = _network_weights(files.weights, config)
    except (OSError, RuntimeError, ValueError) as error:
        raise formats.cut_short(name, files.weights, str(error)) from error
    if config.vocabulary_size and files.softmax is not None:
        weights |= _softmax(files.softmax, name)
    return weights


def _softmax(path: Path, name: str) -> dict[str, Tensor]:
    if path.suffix == ".safetensors":
        loaded = formats.Weights(name, (path,)).load(str)
    else:
        import h5py

        try:
            with h5py.File(path, "r") as file:
                loaded = {
                    key: torch.from_numpy(file[key].astype("float32")[...])
                    for key in ("softmax/W", "softmax/b")
                    if key in file
                }
        except (OSError, RuntimeError) as error:
            raise formats.cut_short(name, path, str(error)) from error
    for key in ("softmax/W", "softmax/b"):
        if key not in loaded:
            raise CheckpointError("published_tensor_missing", reader=name, tensor=key)
    return {"softmax.weight": loaded["softmax/W"], "softmax.bias": loaded["softmax/b"]}


def _network_weights(path: Path, config: ElmoConfig) -> dict[str, Tensor]:
    """``weights.hdf5`` (AllenNLP's format) as a state dictionary of :class:`ElmoNetwork`.

    Raises:
        KeyError, OSError: the file lacks a data set, or is no HDF5 file.
    """
    import h5py

    weights: dict[str, Tensor] = {}
    with h5py.File(path, "r") as file:

        def read(name: str) -> Tensor:
            return torch.from_numpy(np.asarray(file[name], dtype=np.float32))

        characters = read("char_embed")
        weights["encoder.characters.weight"] = torch.cat(
            [torch.zeros(1, characters.shape[1]), characters]
        )
        for i in range(len(config.filters)):
            weights[f"encoder.convolutions.{i}.weight"] = (
                read(f"CNN/W_cnn_{i}").squeeze(0).permute(2, 1, 0).contiguous()
            )
            weights[f"encoder.convolutions.{i}.bias"] = read(f"CNN/b_cnn_{i}")
        for i in range(config.n_highway):
            # The published carry gate is of the opposite sign: it gates the new part.
            weights[f"encoder.highways.{i}.both.weight"] = torch.cat(
                [read(f"CNN_high_{i}/W_transform").T, -read(f"CNN_high_{i}/W_carry").T]
            )
            weights[f"encoder.highways.{i}.both.bias"] = torch.cat(
                [read(f"CNN_high_{i}/b_transform"), -read(f"CNN_high_{i}/b_carry")]
            )
        weights["encoder.projection.weight"] = read("CNN_proj/W_proj").T.contiguous()
        weights["encoder.projection.bias"] = read("CNN_proj/b_proj")
        for direction in range(2):
            for layer in range(config.n_layers):
                cell = f"RNN_{direction}/RNN/MultiRNNCell/Cell{layer}/LSTMCell"
                weights.update(
                    {
                        f"directions.{direction}.{layer}.lstm.{name}": value
                        for name, value in _published_cell(
                            read(f"{cell}/W_0"), read(f"{cell}/B"), read(f"{cell}/W_P_0"), config
                        ).items()
                    }
                )
    return weights


def _published_cell(
    kernel: Tensor, bias: Tensor, projection: Tensor, config: ElmoConfig
) -> dict[str, Tensor]:
    """Gates i, j, f, o to PyTorch's i, f, g, o; TensorFlow adds 1 to the forget bias itself."""
    i, j, f, o = kernel.T.chunk(4)
    bias_i, bias_j, bias_f, bias_o = bias.chunk(4)
    both = torch.cat([i, f, j, o])
    biases = torch.cat([bias_i, bias_f + 1, bias_j, bias_o])
    return {
        "weight_ih_l0": both[:, : config.projection_dim].contiguous(),
        "weight_hh_l0": both[:, config.projection_dim :].contiguous(),
        "bias_ih_l0": biases,
        "bias_hh_l0": torch.zeros_like(biases),
        "weight_hr_l0": projection.T.contiguous(),
    }
