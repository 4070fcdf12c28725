"""From a folder of published files to a reader."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lmcore.errors import CheckpointError
from lmcore.hub import bert, catalogue, elmo, gpt, memory, weights
from lmcore.hub.facts import PublishedFacts, own_card
from lmcore.runtime.checkpoints import LOAD_LOCK, Card

if TYPE_CHECKING:
    import torch

    from lmcore.readers.base import Reader

CONFIG = "config.json"
#: A folder of the Hugging Face cache: ``models--org--name/snapshots/REVISION``.
_CACHED = re.compile(r"models--(?P<id>.+)")
#: Classes of transformers in old files that do not name their architecture.
_CLASSES = {"Bert": "bert", "OpenAIGPT": "openai-gpt", "GPT2": "gpt2"}
_GENERIC = ("model", "models", "snapshots", "main", "")


def describe(folder: Path, name: str | None = None) -> PublishedFacts:
    """What a folder of published files holds; no weights are loaded.

    Args:
        folder: ``options.json`` and ``weights.hdf5``, or ``config.json``, weights and tokenizer.
        name: what to call the model; found in the folder where nobody says.

    Raises:
        CheckpointError: ``published_unknown``, ``published_no_weights``,
            ``published_no_tokenizer``, ``published_cut_short``, ``published_unsafe``,
            ``published_sizes``, ``published_entry_missing`` or ``published_tensor_missing``.
    """
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
    _check_room(facts, half, device)
    card = _card(folder, facts, half)
    try:
        with LOAD_LOCK:
            reader = _loaded(folder, facts, card, device, half)
    except MemoryError as error:
        raise _too_big(facts, half, device) from error
    except RuntimeError as error:
        if "memory" not in str(error).lower():  # PyTorch has no class of its own for the CPU's
            raise
        raise _too_big(facts, half, device) from error
    return _named(reader, folder, name)


def _loaded(
    folder: Path, facts: PublishedFacts, card: Card, device: torch.device, half: bool
) -> Reader:
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
    told = config.get("model_type")
    if told:
        return str(told)
    classes = config.get("architectures") or [""]
    found = re.match("|".join(_CLASSES), str(classes[0]))
    if found:
        return _CLASSES[found[0]]
    if {"hidden_size", "intermediate_size", "type_vocab_size"} <= config.keys():
        return "bert"  # google-research/bert's own files name nothing
    if {"n_embd", "n_layer", "n_head"} <= config.keys():
        return "openai-gpt" if "afn" in config else "gpt2"
    return ""


def identifier(folder: Path) -> str | None:
    """The repository on the hub that a folder of the Hugging Face cache belongs to."""
    for part in reversed(folder.absolute().parts):
        found = _CACHED.fullmatch(part)
        if found:
            return found["id"].replace("--", "/", 1)
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
    own = own_card(folder)
    values = {
        "set": "published",
        "published": identifier(folder),
        "architecture": facts.architecture,
        "sizes": dict(facts.sizes),
        "precision": "float16" if half else "float32",
        "cased": facts.cased,
        "corpus": own.get("datasets", []),
        "licence": own.get("licence", ""),
        "source": identifier(folder) or "a folder; where the weights come from is not known",
        "known": False,
    }
    return Card(facts.family, facts.name, facts.parameters, values)


def _named(reader: Reader, folder: Path, name: str | None) -> Reader:
    """The reader with what the catalogue knows of its model on its card."""
    from lmcore.hub import installed

    model = catalogue.by_id().get(identifier(folder) or "")
    if model is not None and model.family == reader.family:
        reader = installed.named(reader, model)
        values = {**reader.card.values, "known": True, "source": model.page}
        reader.card = replace(reader.card, name=name or model.name, values=values)
    return reader


def _free(device: torch.device) -> int | None:
    import torch

    if device.type == "cuda":
        return int(torch.cuda.mem_get_info(device)[0])
    return memory.available()


def _check_room(facts: PublishedFacts, half: bool, device: torch.device) -> None:
    free = _free(device)
    if free is not None and facts.needs(half) + memory.RESERVE > free:
        raise _too_big(facts, half, device)


def _too_big(facts: PublishedFacts, half: bool, device: torch.device) -> CheckpointError:
    """The error that a model does not fit, naming the largest one of its family that would."""
    free = _free(device)
    values = {"name": facts.name, "need": _told(facts.needs(half)), "free": _told(free)}
    fitting = [
        (needed, model.name)
        for model in catalogue.MODELS
        if model.family == facts.family
        and (needed := memory.needed(model, half)) is not None
        and needed < facts.needs(half)
        and (free is None or needed + memory.RESERVE <= free)
    ]
    if not fitting:
        return CheckpointError("published_too_big_alone", **values)
    needed, smaller = max(fitting)
    return CheckpointError(
        "published_too_big", **values, smaller=smaller, smaller_need=_told(needed)
    )


def _told(count: int | None) -> str:
    return "?" if count is None else f"{count / 1e9:.2g} GB"
