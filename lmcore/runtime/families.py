"""What is known of each family of readers before any of its weights is read.

One record a family, in the order in which pages and tables name them. A family that reads needs
this record and a file in :mod:`lmcore.readers`; everything else takes names, colours and abilities
from here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

#: What a reader may be able to do; pages ask for these and never for a family's name.
Capability = Literal["attention", "fill", "generate", "score", "influence", "pairs"]
#: What a reader sees of a sentence when it forms the top vector of one word.
Context = Literal["both", "left", "both_apart", "none"]
#: On which side of a text a reader writes on.
Direction = Literal["right", "left"]


class Sizes(NamedTuple):
    """Sizes of a network.

    Attributes:
        layers: layers of vectors above the input, 0 for static vectors.
        width: numbers in a word's vector.
        max_pieces: pieces that a text may have; ``None`` where there is no limit.
    """

    layers: int
    width: int
    max_pieces: int | None


@dataclass(frozen=True)
class Family:
    """One family of readers.

    Attributes:
        name: of the family and of its checkpoint's folder.
        title: what it is called on the screen and in messages.
        colour: of its marks in every figure (see :mod:`lmcore.charts.theme`).
        mark: Plotly's name of its symbol.
        dash: Plotly's name of its line.
        context: ``left`` (GPT), ``both`` (BERT), ``both_apart`` (ELMo: two directions that do not
            see each other) or ``none`` (static vectors: only the word itself).
        capabilities: what its architecture can do beyond reading.
        sizes: from the ``config.json`` of its checkpoint.
        vocabulary: the file of its checkpoint that fixes what its ids mean.
        writes: on which sides of a text it can write on, where it can at all.
        methods: titles by folder of other checkpoints that may stand in its place.
    """

    name: str
    title: str
    colour: str
    mark: str
    dash: str
    context: Context
    capabilities: frozenset[Capability]
    sizes: Callable[[Mapping[str, Any]], Sizes]
    vocabulary: str
    writes: tuple[Direction, ...] = ("right",)
    methods: Mapping[str, str] = field(default_factory=dict)

    @property
    def folders(self) -> dict[str, str]:
        """Titles by name of the checkpoint folders that may stand in its place, its own first."""
        return {self.name: self.title, **self.methods}


#: All families by name, in order. The colours are Okabe and Ito's colour-blind safe set with a
#: darker orange: each has a contrast of 3 on a light and on a dark page (WCAG 2.2, 1.4.11), and
#: mark and dash tell the families apart without them.
FAMILIES: Mapping[str, Family] = {
    family.name: family
    for family in (
        Family(
            name="elmo",
            title="ELMo",
            colour="#C78500",
            mark="square",
            dash="dash",
            context="both_apart",
            capabilities=frozenset({"fill", "generate", "score", "influence"}),
            sizes=lambda config: Sizes(config["n_layers"], 2 * config["projection_dim"], None),
            vocabulary="vocabulary.txt",
            writes=("right", "left"),
        ),
        Family(
            name="gpt",
            title="GPT",
            colour="#0072B2",
            mark="triangle-left",
            dash="dot",
            context="left",
            capabilities=frozenset({"attention", "fill", "generate", "score", "influence"}),
            # one position is taken by <s>
            sizes=lambda config: Sizes(
                config["n_layer"], config["n_embd"], config["n_positions"] - 1
            ),
            vocabulary="tokenizer.json",
        ),
        Family(
            name="bert",
            title="BERT",
            colour="#009E73",
            mark="circle",
            dash="solid",
            context="both",
            capabilities=frozenset(
                {"attention", "fill", "generate", "score", "influence", "pairs"}
            ),
            # two positions are taken by [CLS] and [SEP]
            sizes=lambda config: Sizes(
                config["num_hidden_layers"],
                config["hidden_size"],
                config["max_position_embeddings"] - 2,
            ),
            vocabulary="tokenizer.json",
            writes=("right", "left"),
        ),
        Family(
            name="static",
            title="word2vec",
            colour="#7F7F7F",
            mark="x",
            dash="longdashdot",
            context="none",
            capabilities=frozenset(),
            sizes=lambda config: Sizes(0, config["dimension"], None),
            vocabulary="vocabulary.txt",
            methods={"glove": "GloVe", "fasttext": "fastText"},
        ),
    )
}

#: Families whose vectors depend on context, in order.
CONTEXTUAL: tuple[str, ...] = tuple(
    name for name, family in FAMILIES.items() if family.context != "none"
)
#: What each checkpoint folder that may be shipped is called.
TITLES: Mapping[str, str] = {
    folder: title for family in FAMILIES.values() for folder, title in family.folders.items()
}


def family_of(folder: str) -> Family:
    """The family in whose place the checkpoint of a folder stands.

    Raises:
        KeyError: no family knows the folder.
    """
    for family in FAMILIES.values():
        if folder in family.folders:
            return family
    raise KeyError(folder)
