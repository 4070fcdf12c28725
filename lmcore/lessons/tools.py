"""What the makers of figures get, and what they give."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import plotly.graph_objects as go

from lmcore.analyses.analysis import Analysis
from lmcore.analyses.layers import ReaderPart
from lmcore.errors import ReadersError
from lmcore.lessons.lesson import Panel
from lmcore.outputs.facts import ReaderFacts
from lmcore.readers.base import Reader
from lmcore.text import catalogue
from lmcore.text.words import checked

Q = TypeVar("Q", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True)
class Made:
    """One figure of a panel.

    Attributes:
        name: for its file.
        about: what it shows, for its caption.
        figure: the picture.
        families: whose numbers it shows.
        data: what it was drawn from, for a finding and a table beside it.
    """

    name: str
    about: str
    figure: go.Figure
    families: tuple[str, ...]
    data: Any = None


def _raise(error: ReadersError) -> None:
    raise error


@dataclass(frozen=True)
class Tools:
    """What the functions below need, wherever the readers are.

    Attributes:
        lang: of the texts.
        facts: of the readers that work, by family in order.
        ask: the view of an analysis, from a family and a question.
        reader: the reader of a family, to cut a text.
        failed: told when a reader cannot answer; the others go on.
    """

    lang: str
    facts: Mapping[str, ReaderFacts]
    ask: Callable[[Analysis[Any, Any], str, Any], Any]
    reader: Callable[[str], Reader]
    failed: Callable[[ReadersError], None] = _raise

    @classmethod
    def of(cls, readers: Mapping[str, Reader], lang: str) -> "Tools":
        """With readers that are loaded here."""
        facts = {family: reader.facts for family, reader in readers.items()}

        def ask(analysis: Analysis[Any, Any], family: str, question: Any) -> Any:
            before = () if analysis.after is None else (ask(analysis.after, family, question),)
            return analysis.compute(readers[family], question, *before)

        return cls(lang, facts, ask, readers.__getitem__)

    def t(self, key: str, **values: object) -> str:
        """A text of the interface."""
        return catalogue.text(self.lang, key, **values)

    def able(self, panel: Panel, *capabilities: str) -> list[str]:
        """Families that a panel shows and whose readers can do something."""
        return [
            family
            for family, facts in self.facts.items()
            if panel.shows(family) and facts.capabilities.issuperset(capabilities)
        ]

    def views(self, analysis: Analysis[Q, V], families: Iterable[str], question: Q) -> dict[str, V]:
        """What each of some readers makes of a question.

        Args:
            analysis: that is asked.
            families: of the readers; one that cannot answer is left out.
            question: of the analysis.
        """
        answers: dict[str, V] = {}
        for family in families:
            try:
                answers[family] = self.ask(analysis, family, question)
            except ReadersError as error:
                self.failed(error)
        return answers

    def name(self, family: str) -> str:
        """What the reader in a family's place is called."""
        return self.facts[family].name

    @property
    def names(self) -> dict[str, str]:
        """Names of all readers by family."""
        return {family: facts.name for family, facts in self.facts.items()}

    def layers(self, part: ReaderPart) -> list[str]:
        """Names of the layers of a reader."""
        return [self._layer(name) for name in part.layer_names]

    def _layer(self, technical: str) -> str:
        kind, _, number = technical.partition(" ")
        key = f"names.layer.{kind.lower()}"
        known = key in catalogue.catalogue()
        return self.t(key, number=number) if known else technical

    def stream(self, reader: str, name: str) -> str:
        """Name of one stream of a reader."""
        key = f"names.stream.{name}"
        return self.t(key, reader=reader) if key in catalogue.catalogue() else reader


Maker = Callable[[Panel, Tools], Iterator[Made]]


def words_of(panel: Panel) -> list[str]:
    """The words of a panel's sentence."""
    return [word.text for word in checked(panel.params["s"]).words]
