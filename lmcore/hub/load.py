"""From a folder of published files to a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lmcore.errors import CheckpointError, lacks_memory
from lmcore.hub import catalogue, installed, memory, weights
from lmcore.hub.catalogue import PublishedModel
from lmcore.hub.facts import PublishedFacts, own_card
from lmcore.hub.files import size
from lmcore.readers.base import Reader
from lmcore.runtime.checkpoints import LOAD_LOCK, Card

if TYPE_CHECKING:
    import torch


CONFIG = "config.json"
#: A folder of the Hugging Face cache: ``models--org--name/snapshots/REVISION``.
_CACHED = re.compile(r"models--(?P<id>.+)")
#: Classes of transformers in old files that do not name their architecture.
_CLASSES = {"Bert": "bert", "OpenAIGPT": "openai-gpt", "GPT2": "gpt2"}
_GENERIC = ("model", "models", "snapshots", "main", "")


def describe(folder: Path, name: str | None = None) -> PublishedFacts:
    """What a folder of published files holds; no weights are loaded.

    The files are ``options.json`` and ``weights.hdf5``, or ``config.json``, weights and tokenizer;
    the model's name is found among them where nobody says it.

    Raises:
        CheckpointError: ``published_unknown``, ``published_no_weights``,
            ``published_no_tokenizer``, ``published_cut_short``, ``published_unsafe``,
            ``published_sizes``, ``published_entry_missing`` or ``published_tensor_missing``.
    """
    from lmcore.hub import bert, elmo, gpt

    name = name or name_of(folder)
    if not folder.is_dir():
        raise _unknown(folder, "there is no such folder")
    if elmo.options_of(folder) is not None:
        return elmo.describe(folder, name)
    config = _config(folder, name)
    architecture = architecture_of(config)
    if architecture == "bert":
        return bert.describe(folder, config, name)
    if architecture in gpt.DEFAULTS:
        return gpt.describe(folder, config, name, architecture)
    raise _unknown(folder, architecture or "config.json names no architecture")


def load_published(
    folder: Path,
    device: torch.device | None = None,
    name: str | None = None,
    *,
    sha256: Mapping[str, str] | None = None,
    half: bool | None = None,
) -> Reader:
    """A reader of published weights.

    Args:
        folder: see :func:`describe`.
        device: where to compute; the best there is where nobody says.
        name: see :func:`describe`.
        sha256: hexadecimal SHA-256 by file name, of files that are to be checked first.
        half: in half precision; on a GPU where nobody says.

    Raises:
        CheckpointError: as :func:`describe`, and ``published_checksum``,
            ``published_tensor_shape``, ``published_too_big`` or ``published_too_big_alone``.
    """
    from lmcore.runtime.device import best_device

    device = device or best_device()
    half = device.type == "cuda" if half is None else half
    weights.check_sums(folder, sha256 or {}, name or name_of(folder))
    facts = describe(folder, name)
    free = _free(device)
    if free is not None and facts.needs(half) + memory.RESERVE > free:
        raise _too_big(facts, half, device)
    card = _card(folder, facts, half)
    try:
        with LOAD_LOCK:
            reader = _loaded(folder, facts, card, device, half)
    except (MemoryError, RuntimeError) as error:
        if not lacks_memory(error):
            raise
        raise _too_big(facts, half, device) from error
    return _named(reader, folder, name)


def _loaded(
    folder: Path, facts: PublishedFacts, card: Card, device: torch.device, half: bool
) -> Reader:
    from lmcore.hub import bert, elmo, gpt

    reader: Any
    if facts.family == "elmo":
        reader = elmo.load(folder, facts, card, device)
        network = reader.network
    else:
        module = bert if facts.family == "bert" else gpt
        reader = module.load(folder, _config(folder, facts.name), facts, card, device)
        network = reader.model
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    if half:
        network.half()
    return reader


def architecture_of(config: Mapping[str, Any]) -> str:
    """The architecture that a ``config.json`` names or, in old files, shows."""
    stated = config.get("model_type")
    if stated:
        return str(stated)
    classes = config.get("architectures") or [""]
    match = re.match("|".join(_CLASSES), str(classes[0]))
    if match:
        return _CLASSES[match[0]]
    if {"hidden_size", "intermediate_size", "type_vocab_size"} <= config.keys():
        return "bert"  # google-research/bert's own files name nothing
    if {"n_embd", "n_layer", "n_head"} <= config.keys():
        return "openai-gpt" if "afn" in config else "gpt2"
    return ""


def identifier(folder: Path) -> str | None:
    """The repository on the hub that a folder of the Hugging Face cache belongs to."""
    for part in reversed(folder.absolute().parts):
        match = _CACHED.fullmatch(part)
        if match:
            name = match["id"].replace("--", "/", 1)
            model = catalogue.find(name)
            return name if model is None else model.id
    return None


def name_of(folder: Path) -> str:
    """What to call the model in a folder: its repository, its own heading, or the folder."""
    known = identifier(folder)
    if known:
        return known.split("/")[-1]
    if folder.name in _GENERIC:
        return own_card(folder).get("title") or folder.absolute().parent.name or "model"
    return folder.name


def _config(folder: Path, name: str) -> dict[str, Any]:
    path = folder / CONFIG
    if not path.is_file():
        raise _unknown(folder, "there is neither config.json nor options.json")
    return weights.read_json(path, name)


def _unknown(folder: Path, architecture: str) -> CheckpointError:
    return CheckpointError("published_unknown", folder=folder.name, architecture=architecture)


def _card(folder: Path, facts: PublishedFacts, half: bool) -> Card:
    """What can be said of weights whose origin is known only from their own folder."""
    stated = own_card(folder)
    values = {
        "set": "published",
        "published": identifier(folder),
        "architecture": facts.architecture,
        "sizes": dict(facts.sizes),
        "precision": "float16" if half else "float32",
        "cased": facts.cased,
        "corpus": stated.get("datasets", []),
        "licence": stated.get("licence", ""),
        "languages": stated.get("languages", []),
        "source": identifier(folder) or "a folder; where the weights come from is not known",
        "known": False,
    }
    return Card(facts.family, facts.name, facts.parameters, values)


def _named(reader: Reader, folder: Path, name: str | None) -> Reader:
    """The reader with what the catalogue knows of its model on its card."""
    model = catalogue.by_id().get(identifier(folder) or "")
    if model is not None and model.family == reader.family:
        reader = installed.named(reader, model)
        values = {**reader.card.values, "known": True, "source": model.page}
        reader.card = replace(reader.card, name=name or model.name, values=values)
    return reader


def needed(model: PublishedModel) -> int | None:
    """Bytes of memory that a model takes here; where the catalogue does not know, its files do."""
    half = installed.on_gpu()
    known, folder = memory.needed(model, half), installed.place(model)
    if known is not None or folder is None:
        return known
    try:
        return describe(folder, model.name).needs(half)
    except CheckpointError:
        return None  # loading says what is wrong with it


def too_big(
    name: str, need: int | None, free: int | None, smaller: tuple[int | None, str] | None
) -> CheckpointError:
    """The error that a model does not fit.

    Args:
        name: of the model.
        need: bytes that it takes.
        free: bytes that there are.
        smaller: bytes and name of one in its place that would fit, if there is one.
    """
    values = {"name": name, "need": size(need), "free": size(free)}
    if smaller is None:
        return CheckpointError("published_too_big_alone", **values)
    smaller_need, other = smaller
    return CheckpointError(
        "published_too_big", **values, smaller=other, smaller_need=size(smaller_need)
    )


def _free(device: torch.device) -> int | None:
    import torch

    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return memory.available()


def _too_big(facts: PublishedFacts, half: bool, device: torch.device) -> CheckpointError:
    """:func:`too_big` with the largest model of the same family that would fit."""
    free, need = _free(device), facts.needs(half)
    family = [model for model in catalogue.MODELS if model.family == facts.family]
    needs = [(memory.needed(model, half), model.name) for model in family]
    fitting = [
        (count, name)
        for count, name in needs
        if count is not None and count < need and (free is None or count + memory.RESERVE <= free)
    ]
    return too_big(facts.name, need, free, max(fitting, default=None))
