"""The published models that the project knows: facts only, and "not known" where none was found.

Sources: the papers' own repositories (google-research/bert, openai/finetune-transformer-lm,
openai/gpt-2, allenai/bilm-tf) and the model pages of the hub. Sizes marked as approximate are
computed (four bytes a parameter), not read from a server; the download shows the exact one.
"""

from dataclasses import dataclass
from functools import cache

MB = 1_000_000
#: A repository of the hub, before the files' own names.
HUB = "https://huggingface.co"

WIKIPEDIA_AND_BOOKS = ("English Wikipedia", "BookCorpus")
#: Files of each family: of every group one is needed, the first that the repository has.
BERT_FILES = (
    ("config.json",),
    ("tokenizer.json", "vocab.txt"),
    ("model.safetensors", "pytorch_model.bin"),
)
GPT_FILES = (
    ("config.json",),
    ("tokenizer.json", "vocab.json"),
    ("model.safetensors", "pytorch_model.bin"),
)
ELMO_FILES = (("options.json",), ("weights.hdf5",))
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
        files: groups of files, of each of which one is needed.
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
    files: tuple[tuple[str, ...], ...] = BERT_FILES
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
    def extras(self) -> tuple[str, ...]:
        """Files that are taken where the repository has them."""
        return EXTRAS.get(self.family, ())


def _bert_parameters(layers: int, width: int, vocabulary: int, heads: bool = True) -> int:
    """Parameters of a BERT with 512 positions and feed-forward layers four times as wide."""
    embeddings = (vocabulary + 512 + 2) * width + 2 * width
    inner = 4 * width
    layer = 4 * (width * width + width) + 2 * width * inner + inner + width + 4 * width
    total = embeddings + layers * layer + width * width + width  # the pooler
    return total + (width * width + width + 2 * width + vocabulary + 2 * width + 2 if heads else 0)


def gpt2_parameters(layers: int, width: int) -> int:
    """Parameters of a GPT-2 with 50,257 pieces and 1,024 positions; the output matrix is tied."""
    layer = 12 * width * width + 13 * width
    return (50_257 + 1_024) * width + layers * layer + 2 * width


def _bert(
    id: str, name: str, layers: int, width: int, vocabulary: int = 30_522, **facts: object
) -> PublishedModel:
    parameters = _bert_parameters(layers, width, vocabulary)
    values: dict[str, object] = {
        "parameters": parameters,
        "size": 4 * parameters,
        "licence": "Apache-2.0",
        "corpus": WIKIPEDIA_AND_BOOKS,
        "cased": False,
        "paper": "Devlin et al. 2018",
    }
    return PublishedModel(id, "bert", name, files=BERT_FILES, **values | facts)  # type: ignore[arg-type]


def _gpt2(id: str, name: str, layers: int, width: int, smaller: str) -> PublishedModel:
    parameters = gpt2_parameters(layers, width)
    return PublishedModel(
        id,
        "gpt",
        name,
        parameters=parameters,
        size=4 * parameters,
        licence="MIT (modified)",
        corpus=("WebText",),
        cased=True,
        smaller=smaller,
        files=GPT_FILES,
        paper="Radford et al. 2019",
    )


def _small(layers: int, width: int, nickname: str) -> PublishedModel:
    return _bert(
        f"google/bert_uncased_L-{layers}_H-{width}_A-{width // 64}",
        f"BERT-{nickname}",
        layers,
        width,
        smaller="" if nickname == "Tiny" else "google/bert_uncased_L-2_H-128_A-2",
        paper="Turc et al. 2019",
    )


_TINY, _SMALL = "google/bert_uncased_L-2_H-128_A-2", "google/bert_uncased_L-4_H-512_A-8"
_BASE, _CHINESE = "google-bert/bert-base-uncased", "google-bert/bert-base-chinese"

MODELS: tuple[PublishedModel, ...] = (
    PublishedModel(
        "lysandre/elmo-2x4096_512_2048cnn_2xhighway",
        "elmo",
        "ELMo original",
        parameters=93_600_864,
        size=374 * MB,
        exact=True,
        licence="",  # stated nowhere, neither for the weights nor on the page of the mirror
        corpus=("1 Billion Word Benchmark",),
        cased=True,
        files=ELMO_FILES,
        paper="Peters et al. 2018",
    ),
    PublishedModel(
        "openai-community/openai-gpt",
        "gpt",
        "GPT-1",
        parameters=116_534_784,
        size=479 * MB + 1_270_000,
        exact=True,
        licence="MIT",
        corpus=("BooksCorpus",),
        cased=False,
        files=GPT_FILES,
        paper="Radford et al. 2018",
    ),
    _gpt2("openai-community/gpt2", "GPT-2 small", 12, 768, ""),
    _gpt2("openai-community/gpt2-medium", "GPT-2 medium", 24, 1024, "openai-community/gpt2"),
    _gpt2("openai-community/gpt2-large", "GPT-2 large", 36, 1280, "openai-community/gpt2"),
    _bert(_BASE, "BERT-base", 12, 768, size=440 * MB, exact=True, smaller=_SMALL),
    _bert(
        "google-bert/bert-base-cased",
        "BERT-base cased",
        12,
        768,
        vocabulary=28_996,
        size=436 * MB,
        exact=True,
        cased=True,
        smaller=_SMALL,
    ),
    _bert("google-bert/bert-large-uncased", "BERT-large", 24, 1024, smaller=_BASE),
    _bert(
        _CHINESE,
        "BERT Chinese",
        12,
        768,
        vocabulary=21_128,
        corpus=("Chinese Wikipedia",),
        languages=("Chinese",),
        cased=None,
    ),
    _bert(
        "google-bert/bert-base-multilingual-cased",
        "BERT multilingual",
        12,
        768,
        vocabulary=119_547,
        corpus=("Wikipedia in 104 languages",),
        languages=("104 languages",),
        cased=True,
        smaller=_CHINESE,
    ),
    _small(2, 128, "Tiny"),
    _small(4, 256, "Mini"),
    _small(4, 512, "Small"),
    _small(8, 512, "Medium"),
)

#: The trio as it was published, for the switch from one set to the other.
TRIO = {
    "elmo": "lysandre/elmo-2x4096_512_2048cnn_2xhighway",
    "gpt": "openai-community/openai-gpt",
    "bert": _BASE,
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
