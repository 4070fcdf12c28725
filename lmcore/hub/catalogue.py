"""The published models that the project knows: facts only, and "not known" where none was found.

Sources: the papers' own repositories (google-research/bert, openai/finetune-transformer-lm,
openai/gpt-2, allenai/bilm-tf) and the model pages of the hub. They stand in
``lmcore/data/published_models.json``; a size that does not is computed (four bytes a parameter) and
the download shows the exact one. For ELMo a licence is stated nowhere.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_LIST = Path(__file__).resolve().parents[1] / "data" / "published_models.json"
#: A repository of the hub, before the files' own names.
HUB = "https://huggingface.co"

#: Files of each family: of every group one is needed, the first that the repository has.
FILES = {
    "elmo": (("options.json",), ("weights.hdf5",)),
    "gpt": (
        ("config.json",),
        ("tokenizer.json", "vocab.json"),
        ("model.safetensors", "pytorch_model.bin"),
    ),
    "bert": (
        ("config.json",),
        ("tokenizer.json", "vocab.txt"),
        ("model.safetensors", "pytorch_model.bin"),
    ),
}
#: Files that say more about a tokenizer (whether it keeps case); taken where there are any.
EXTRAS = {
    "bert": ("tokenizer_config.json", "vocab.txt"),
    "gpt": ("tokenizer_config.json", "vocab.json", "merges.txt"),
    "elmo": (),
}
#: The weights among the files, in whatever format and however many parts.
WEIGHTS = (
    "model.safetensors",
    "model.safetensors.index.json",
    "pytorch_model.bin",
    "weights.hdf5",
)


@dataclass(frozen=True)
class PublishedModel:
    """One published model, as far as it is known before any file of it is here.

    Attributes:
        id: repository on the hub (``org/name``), or ``folder:NAME`` for an operator's own folder.
        family: whose place it may take: ``elmo``, ``gpt`` or ``bert``.
        name: short, as people read it on every page.
        parameters: number of trained numbers; ``None`` where unknown.
        size: bytes to download; ``None`` where unknown.
        exact: whether ``size`` was read somewhere, not computed from the parameters.
        licence: as stated; ``""`` where nobody states one.
        corpus: names of what it was trained on; empty where unknown.
        languages: English names of the languages; empty where unknown.
        cased: whether it tells capital letters; ``None`` where unknown.
        smaller: identifier of a smaller model for the same place, ``""`` where there is none.
        paper: who published it where.
    """

    id: str
    family: str
    name: str
    parameters: int | None = None
    size: int | None = None
    exact: bool = False
    licence: str = ""
    corpus: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("English",)
    cased: bool | None = None
    smaller: str = ""
    paper: str = ""

    @property
    def old_name(self) -> str:
        """What the hub called it before it had an organisation, ``""`` where it always had one."""
        organisation, _, name = self.id.partition("/")
        return name if organisation in ("google-bert", "openai-community") else ""

    @property
    def is_folder(self) -> bool:
        """Whether it is a folder that the operator names, and no repository."""
        return self.id.startswith("folder:")

    @property
    def page(self) -> str:
        """The address of its page on the hub, ``""`` for a folder."""
        return "" if self.is_folder else f"{HUB}/{self.id}"

    @property
    def files(self) -> tuple[tuple[str, ...], ...]:
        """Groups of files, of each of which one is needed; none of an operator's own folder."""
        return () if self.is_folder else FILES[self.family]

    @property
    def extras(self) -> tuple[str, ...]:
        """Files that are taken where the repository has them."""
        return EXTRAS.get(self.family, ())


def _read() -> tuple[PublishedModel, ...]:
    models = []
    for row in json.loads(_LIST.read_text(encoding="utf8")):
        row |= {name: tuple(row[name]) for name in ("corpus", "languages") if name in row}
        models.append(PublishedModel(**{"size": 4 * row["parameters"], **row}))
    return tuple(models)


MODELS = _read()

#: The trio as it was published, for the switch from one set to the other.
TRIO = {
    "elmo": "lysandre/elmo-2x4096_512_2048cnn_2xhighway",
    "gpt": "openai-community/openai-gpt",
    "bert": "google-bert/bert-base-uncased",
}


def find(identifier: str) -> PublishedModel | None:
    """The model of an identifier, which may be the name from before it had an organisation.

    ``bert-base-uncased``, ``gpt2`` and others were moved on the hub; caches and settings of earlier
    years still have their old names.
    """
    return by_id().get(identifier) or next(
        (model for model in MODELS if identifier and identifier == model.old_name), None
    )


@cache
def by_id() -> dict[str, PublishedModel]:
    """Every model of the catalogue by its identifier."""
    return {model.id: model for model in MODELS}
