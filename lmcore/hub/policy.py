"""What an operator allows: the only models and folders that any visitor can choose.

Environment variables, read anew at every question:

``THREE_READERS_DOWNLOADS``
    ``off`` forbids downloads: only what is here already can be chosen. Default ``on``.
``THREE_READERS_MODELS``
    Comma-separated list of what may be chosen: identifiers of the catalogue, or
    ``family:org/name`` for other repositories of the hub (``bert:org/my-bert``). Default: the whole
    catalogue. Empty (``none``): no published model at all.
``THREE_READERS_MODEL_DIRS``
    Folders with models, separated as ``PATH`` is (``:``, on Windows ``;``). Each is written as
    ``family=FOLDER``, or is a folder whose sub-folders are named after the families they hold
    (``elmo``, ``gpt``, ``bert``, also ``bert-mine``). Default: none.

A visitor chooses identifiers, never names or paths: what is not in :func:`allowed` does not exist.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from lmcore.hub import catalogue
from lmcore.hub.catalogue import PublishedModel
from lmcore.runtime.families import CONTEXTUAL

DOWNLOADS = "THREE_READERS_DOWNLOADS"
MODELS = "THREE_READERS_MODELS"
MODEL_DIRS = "THREE_READERS_MODEL_DIRS"
#: Stands for an empty list of models.
NONE = "none"
_OFF = {"off", "0", "no", "false"}
_REPOSITORY = re.compile(r"[\w][\w.-]*/[\w][\w.-]*")


def downloads_allowed() -> bool:
    """Whether a visitor may start a download."""
    return os.environ.get(DOWNLOADS, "on").strip().lower() not in _OFF


def allowed() -> dict[str, PublishedModel]:
    """Every model that may be chosen here, by identifier, in the order of the lists."""
    known = catalogue.by_id()
    wanted = os.environ.get(MODELS)
    if wanted is None:
        models = dict(known)
    else:
        models = {}
        for entry in (part.strip() for part in wanted.split(",")):
            model = catalogue.find(entry) or _other(entry)
            if model is not None:
                models[model.id] = model
    return models | {model.id: model for model in _folders()}


def unknown_models(environment: Mapping[str, str]) -> list[str]:
    """What an operator's list names and nobody knows: such an entry would be passed over."""
    entries = [part.strip() for part in environment.get(MODELS, "").split(",")]
    return [
        entry
        for entry in entries
        if entry and entry != NONE and catalogue.find(entry) is None and _other(entry) is None
    ]


def missing_folders(environment: Mapping[str, str]) -> list[str]:
    """Folders of an operator that are not there."""
    missing = []
    for entry in filter(None, environment.get(MODEL_DIRS, "").split(os.pathsep)):
        family, equals, place = entry.partition("=")
        path = place if equals and family.strip() in CONTEXTUAL else entry
        if not Path(path.strip()).expanduser().is_dir():
            missing.append(path.strip())
    return missing


def find(identifier: str) -> PublishedModel | None:
    """An allowed model by its identifier."""
    model = catalogue.find(identifier)
    return allowed().get(identifier if model is None else model.id)


def folder_of(model: PublishedModel) -> Path | None:
    """Where an operator's own folder stands, ``None`` for a model of the hub."""
    return dict(_listed()).get(model.id)


def _other(entry: str) -> PublishedModel | None:
    """A repository that the operator names with its family, ``family:org/name``."""
    family, _, repository = entry.partition(":")
    if family not in CONTEXTUAL or not _REPOSITORY.fullmatch(repository) or ".." in repository:
        return None
    return PublishedModel(repository, family, repository.split("/")[1], languages=())


def _listed() -> list[tuple[str, Path]]:
    """Identifiers and places of the operator's folders."""
    folders: list[tuple[str, Path]] = []
    for entry in filter(None, os.environ.get(MODEL_DIRS, "").split(os.pathsep)):
        family, equals, place = entry.partition("=")
        if equals and family.strip() in CONTEXTUAL:
            folder = Path(place.strip()).expanduser()
            folders.append((f"folder:{family.strip()}-{_slug(folder.name)}", folder))
            continue
        root = Path(entry.strip()).expanduser()
        for folder in sorted(root.iterdir()) if root.is_dir() else ():
            family = folder.name.split("-")[0].lower()
            if folder.is_dir() and family in CONTEXTUAL:
                folders.append((f"folder:{_slug(folder.name)}", folder))
    return folders


def _slug(name: str) -> str:
    """A folder's name with nothing in it that an address or a list could take for a mark."""
    return re.sub(r"[^\w.-]+", "_", name)


def _folders() -> list[PublishedModel]:
    models = []
    for identifier, folder in _listed():
        family = identifier.removeprefix("folder:").split("-")[0].lower()
        models.append(PublishedModel(identifier, family, folder.name, languages=()))
    return models
