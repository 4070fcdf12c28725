"""The figures of a lesson: from panels to pictures, for the page, the handout, slides and paper.

A panel says what is drawn with the settings that a page's address has
(:mod:`lmcore.lessons.lesson`); here every kind of panel has one function that asks the readers and
draws with :mod:`lmcore.charts`. ``python -m lmcore figures LESSON --out DIR`` writes the files; the
page says what the numbers mean beside the same figures.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import plotly.graph_objects as go

from lmcore import __version__
from lmcore.analyses.analysis import Analysis
from lmcore.analyses.layers import ReaderPart
from lmcore.errors import InputError, ReadersError
from lmcore.export.table import table
from lmcore.lessons import lesson as lessons
from lmcore.lessons.drawing import Order, draw
from lmcore.lessons.lesson import Panel, texts_of
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
    def of(cls, readers: Mapping[str, Reader], lang: str) -> Tools:
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
        """What each of some readers makes of a question."""
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


def makers() -> dict[tuple[str, str], Maker]:
    """The function for every page and view that a panel may ask for."""
    from lmcore.lessons import figures_inside, figures_words

    return {**figures_inside.MAKERS, **figures_words.MAKERS}


def of_panel(panel: Panel, tools: Tools) -> list[Made]:
    """The figures of a panel.

    Raises:
        ReadersError: a reader cannot do what is asked of it.
    """
    return list(makers()[panel.page, panel.view](panel, tools))


def write(
    name: str, out: Path, tools: Tools, palettes: tuple[str, ...] = ("light",)
) -> Iterator[Path]:
    """Write the figures of a lesson as SVG, PNG (3×) and CSV; yields every file.

    Args:
        name: of the lesson.
        out: a folder, made if it is not there.
        tools: readers and language.
        palettes: ``light``, ``dark``, ``print``.

    Raises:
        InputError: ``lesson_unknown``, or ``path_unwritable`` where a file cannot be written.
        ReadersError: a reader cannot do what is asked of it, or nothing here can draw.
    """
    lesson = lessons.find(name)
    if lesson is None:
        known = ", ".join(one.name for one in lessons.load())
        raise InputError("lesson_unknown", name=name, known=known)
    with _writing(out):
        out.mkdir(parents=True, exist_ok=True)
    orders: dict[Path, Order] = {}
    tables: dict[Path, bytes] = {}
    for number, step in enumerate(lesson.steps, start=1):
        for made in of_panel(step.panel, tools):
            caption = caption_of(made, step.panel, lesson.title[tools.lang], tools)
            stem = out / f"{name}-{number}-{made.name}"
            for palette in palettes:
                file = stem.with_name(f"{stem.name}-{palette}")
                orders[file] = Order(made.figure, palette, caption)
            numbers = table(made.figure).to_csv(index=False).encode("utf-8-sig")
            tables[stem.with_name(f"{stem.name}.csv")] = numbers
    drawn = draw(list(orders.values()))
    for path, data in tables.items():
        yield _written(path, data)
    for stem, (svg, png) in zip(orders, drawn, strict=True):
        yield _written(stem.with_name(f"{stem.name}.svg"), svg)
        yield _written(stem.with_name(f"{stem.name}.png"), png)


def _written(path: Path, data: bytes) -> Path:
    with _writing(path):
        path.write_bytes(data)
    return path


@contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Tell in a sentence that a file or a folder cannot be written."""
    try:
        yield
    except OSError as error:
        detail = error.strerror or type(error).__name__
        raise InputError("path_unwritable", path=path, detail=detail) from error


def caption_of(made: Made, panel: Panel, title: str, tools: Tools) -> str:
    """Lesson and what is shown, the texts, and the versions of app and models."""
    texts = [" ".join(text.split()) for text in texts_of(panel)]
    lines = [" · ".join([title, made.about])]
    if texts:
        lines.append(tools.t("saving.text", text=" | ".join(texts)))
    return "\n".join([*lines, version(tools, made.families)])


def version(tools: Tools, families: tuple[str, ...]) -> str:
    """The version of the app and the start of the sums of the weights."""
    models = [
        f"{tools.name(family)} ({str(tools.reader(family).card.values.get('sha256', ''))[:8]})"
        for family in families
        if family in tools.facts
    ]
    return " · ".join([f"Three Readers {__version__}", *models])


def words_of(panel: Panel) -> list[str]:
    """The words of a panel's sentence."""
    return [word.text for word in checked(panel.params["s"]).words]
