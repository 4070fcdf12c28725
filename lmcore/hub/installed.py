"""Which published models are here already: in the Hugging Face cache or in an operator's folder.

Nothing here asks a network or loads a weight.
"""

import os
from dataclasses import replace
from pathlib import Path

from lmcore.hub import catalogue, memory, policy
from lmcore.hub.catalogue import PublishedModel
from lmcore.readers.base import Reader


def hub_cache() -> Path:
    """The usual cache of the hub: ``HF_HUB_CACHE``, ``HF_HOME`` or ``XDG_CACHE_HOME`` move it."""
    folder = os.environ.get("HF_HUB_CACHE") or os.environ.get("HUGGINGFACE_HUB_CACHE")
    if folder:
        return Path(folder).expanduser()
    root = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("HF_HOME") or Path(root) / "huggingface"
    return Path(home).expanduser() / "hub"


def repository(model: PublishedModel) -> Path:
    """The folder of a repository in the cache, with ``blobs``, ``refs`` and ``snapshots``."""
    return hub_cache() / ("models--" + model.id.replace("/", "--"))


def place(model: PublishedModel) -> Path | None:
    """The folder with all files that a model needs, ``None`` where any is missing."""
    if model.is_folder:
        folder = policy.folder_of(model)
        return folder if folder is not None and folder.is_dir() else None
    old = hub_cache() / f"models--{model.old_name}"
    for home in (repository(model), old) if model.old_name else (repository(model),):
        for folder in _snapshots(home):
            if complete(folder, model):
                return folder
    return None


def begun(model: PublishedModel) -> bool:
    """Whether a part of a model has arrived, from which a download would go on."""
    return not model.is_folder and any((repository(model) / "blobs").glob("*"))


def _snapshots(folder: Path) -> list[Path]:
    """The states of a repository that are here, the one of its main branch first."""
    try:
        main = (folder / "refs" / "main").read_text(encoding="utf8").strip()
    except OSError:
        main = ""
    folders = sorted((folder / "snapshots").glob("*"), key=lambda state: state.name != main)
    return [state for state in folders if state.is_dir()]


def complete(folder: Path, model: PublishedModel) -> bool:
    """Whether of every group of files one is here; weights in several parts count as well."""
    return all(any((folder / name).is_file() for name in _as_kept(group)) for group in model.files)


def _as_kept(group: tuple[str, ...]) -> tuple[str, ...]:
    if not set(group) & set(catalogue.WEIGHTS):
        return group
    return (*group, "model.safetensors.index.json")


def on_gpu() -> bool:
    """Whether readers compute on a CUDA device, in half precision and in its own memory."""
    from lmcore.runtime.device import best_device

    return best_device().type == "cuda"


def room() -> int | None:
    """Bytes of memory that can be had where readers compute, ``None`` where nobody knows."""
    if not on_gpu():
        return memory.available()
    import torch

    return int(torch.cuda.mem_get_info()[0])


def named(reader: Reader, model: PublishedModel) -> Reader:
    """A loaded reader with what the catalogue knows of its model on its card."""
    facts = {
        "published": model.id,
        "corpus": list(model.corpus),
        "licence": model.licence,
        "languages": list(model.languages),
        "cased": model.cased,
        "paper": model.paper,
    }
    known = {key: value for key, value in facts.items() if value not in ("", [], None)}
    known.setdefault("languages", reader.card.values.get("languages", []))
    reader.card = replace(
        reader.card, name=model.name, values={**reader.card.values, **known, "set": "published"}
    )
    return reader
