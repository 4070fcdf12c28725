"""One hostile text through some analyses: what happened, and the bits of what came out."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import pandas as pd
import plotly.graph_objects as go

from lmcore.errors import SENTENCES as KNOWN
from lmcore.errors import ReadersError
from lmcore.export.caption import below
from lmcore.export.palette import PALETTES, dressed, size
from lmcore.export.table import table
from lmcore.finetuning.learner import Learner
from lmcore.finetuning.run import Run
from lmcore.finetuning.settings import Settings
from lmcore.finetuning.task import of_rows, split
from lmcore.readers import families, load
from lmcore.readers.base import Reader
from lmcore.text.catalogue import catalogue
from lmcore.text.words import well_formed
from pages.ui.figure import csv
from pages.ui.text import LANGUAGES
from tests.hostile import markup
from tests.hostile.digest import digest

Result = TypeVar("Result")


class Prepared:
    """What all inputs share: the readers, and what is made of them once."""

    def __init__(self) -> None:
        self.readers: dict[str, Reader] = {family: load(family) for family in families()}
        self.templates: set[str] = set()

    def able(self, capability: str) -> dict[str, Reader]:
        """The readers with a capability."""
        return {f: r for f, r in self.readers.items() if r.can(capability)}  # type: ignore[arg-type]

    @cache  # noqa: B019 - there is one of these in a process
    def learner(self, family: str) -> Learner:
        """A reader that has learned a task from a few examples."""
        things = ("lamp", "song", "shoes", "cake", "film", "room", "book", "game", "meal", "view")
        rows = [(word, f"a {word} {thing}") for word in ("bad", "good") for thing in things]
        task = of_rows("easy", "classification", rows)
        quick = Settings(epochs=1, batch=8, trained_layers=1)
        run = Run(self.readers[family], task, split(task), quick)
        run.finish()
        return run.learner


#: A drawing of nothing, for what stands below one.
_EMPTY = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'


@dataclass
class Trial:
    """One text in one analysis.

    Attributes:
        prepared: shared by all.
        text: the input.
        draw: whether figures are also drawn as files.
        bits: of everything that came out, in order.
        codes: of the errors that were told.
    """

    prepared: Prepared
    text: str
    draw: bool = False
    bits: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        """A number that belongs to the text: chooses words, layers and heads."""
        return int(hashlib.sha256(self.text.encode("utf8", "surrogatepass")).hexdigest()[:8], 16)

    @property
    def whole(self) -> bool:
        """Whether it holds no half of a character: such a text is refused before any table."""
        return well_formed(self.text)

    def place(self, count: int, nth: int = 0) -> int:
        """One of so many things."""
        return (self.number // (1 + 13 * nth)) % count

    def one_of(self, capability: str | None) -> list[Reader]:
        """One of the readers with a capability; the text decides which."""
        able = self.prepared.readers if capability is None else self.prepared.able(capability)
        return [list(able.values())[self.place(len(able), 4)]]

    def do(self, function: Callable[..., Result], *args: Any, **more: Any) -> Result | None:
        """Call something and note its bits; ``None`` where it says what is wrong.

        Anything but a :class:`ReadersError` goes up: a crash.
        """
        try:
            result = function(*args, **more)
        except ReadersError as error:
            self.codes.append(error.code)
            self.bits.append(digest((error.code, sorted(error.values.items()), str(error))))
            told(error)
            return None
        self.bits.append(digest(result))
        return result

    def figure(self, made: go.Figure, svg: bool = True) -> None:
        """Look at a figure, at its table, and now and then at its drawing."""
        said = markup.check_figure(made, self.prepared.templates)
        self.bits.append(digest(said))
        if self.draw and svg:
            self.frame(table(made))
            palette = list(PALETTES.values())[self.place(3)]
            markup.check_figure(dressed(made, palette), self.prepared.templates)
            picture, *_ = below(_EMPTY, self.caption(), palette, size(made))
            markup.check_svg(picture.encode())
            self.bits.append(digest(picture))

    def caption(self) -> str:
        """The text as it stands below a drawing."""
        return " ".join(self.text.split())[:240]

    def frame(self, frame: pd.DataFrame) -> None:
        """Look at a table and at its CSV."""
        self.bits.append(digest(frame))
        markup.check_csv(csv(frame))


@cache
def _placeholders() -> Mapping[str, dict[str, str]]:
    return catalogue()


def told(error: ReadersError) -> None:
    """An error has its sentence in both languages, and its values are no markup there."""
    if error.code not in KNOWN:
        raise AssertionError(f"{error.code} has no sentence")
    for language in LANGUAGES.values():
        sentence = _placeholders()[f"error.{error.code}"][language].format(**error.values)
        if not sentence.strip():
            raise AssertionError(f"{error.code} has an empty sentence in {language}")
        markup.check_markdown(sentence)
