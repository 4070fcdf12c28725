"""What a benchmark is: readers and a folder of data in, numbers by reader and metric out."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TextIO, TypeVar

from tqdm import tqdm

from lmcore.errors import EvaluationError
from lmcore.readers.base import Reader
from lmcore.runtime.checkpoints import PROJECT
from lmcore.text.language import Language

#: Where the evaluation data stand unless somebody says otherwise: beside the project.
DATA = PROJECT.parent / "shared"

#: Seconds between two signs of life where there is no terminal.
SECONDS = 10.0

#: Called with the share that is done (0 to 1) and what is being done.
Progress = Callable[[float, str], None]
#: Numbers, lists by layer or small dictionaries, by metric.
Row = dict[str, Any]
Rows = dict[str, Row]


M = TypeVar("M")


@dataclass(frozen=True)
class Benchmark(Generic[M]):
    """One way to measure readers.

    Attributes:
        name: as the command line calls it.
        summary: what is measured, in one line.
        limits: what a limit counts (``sentences of each word``).
        applies: whether a reader can be measured.
        prepare: reads its material from the folder of data; a limit of ``None`` is all of it.
        measure: the row of a reader on the material; told how far it is.
        references: rows that need no reader.
        facts: what every row says of the material.
        default_limit: used where nobody gives a limit; ``None``: all of the data.
        in_language: reads the material in ``prepare``'s place where it depends on the language of
            the readers.
    """

    name: str
    summary: str
    limits: str
    applies: Callable[[Reader], bool]
    prepare: Callable[[Path, int | None], M]
    measure: Callable[[Reader, M, Progress], Row]
    references: Callable[[M], Rows] = lambda material: {}
    facts: Callable[[M], Row] = lambda material: {}
    default_limit: int | None = None
    in_language: Callable[[Path, int | None, Language], M] | None = None

    def run(
        self,
        readers: Mapping[str, Reader],
        data: Path,
        progress: Progress,
        limit: int | None = None,
    ) -> Rows:
        """A row for each reference, and one for each reader, one after the other.

        Args:
            readers: by the names of their rows.
            data: the folder that holds the data.
            progress: told how far it is.
            limit: how much of the data to use (:attr:`limits`); ``None``: all of it.

        Raises:
            EvaluationError: ``data_missing``, or ``benchmark_limit`` where nothing is left.
        """
        progress(0.0, "data")
        reader = next(iter(readers.values()), None)
        if self.in_language is None or reader is None:
            material = self.prepare(data, limit)
        else:
            material = self.in_language(data, limit, reader.language)
        rows = self.references(material)
        for number, (name, reader) in enumerate(readers.items()):
            part = stretch(progress, number, len(readers), reader.card.name)
            rows |= self.rows(name, reader, material, part)
        facts = self.facts(material)
        return {name: row | facts for name, row in rows.items()}

    def rows(self, name: str, reader: Reader, material: M, progress: Progress) -> Rows:
        """What is measured of one reader; arguments as of :meth:`run` and :attr:`measure`."""
        return {name: self.measure(reader, material, progress)}

    def nothing_left(self, limit: int | None) -> EvaluationError:
        """The error for a limit that leaves nothing to measure."""
        return EvaluationError(
            "benchmark_limit", name=self.name, limit=limit or 0, what=self.limits
        )


def locate(data: Path, part: str) -> Path:
    """A file or folder (``coarsewsd20``, ``corpus/valid.txt.xz``) of the evaluation data.

    ``data`` is the folder that holds them, or its folder ``data``.

    Raises:
        EvaluationError: ``data_missing``.
    """
    for path in (data / "data" / part, data / part, data.parent / part):
        if path.exists():
            return path
    raise EvaluationError("data_missing", file=part, folder=data)


@contextmanager
def progress_bar(stream: TextIO) -> Iterator[Progress]:
    """A bar on one line of a terminal that goes in the end; elsewhere written now and then."""
    layout = "{percentage:3.0f}% [{bar:30}] {elapsed}  {desc}"
    every = 0.1 if stream.isatty() else SECONDS
    with tqdm(
        total=1.0, file=stream, leave=False, delay=1e-9, mininterval=every, bar_format=layout
    ) as bar:
        bar.last_print_t = 0.0  # the first step is shown at once

        def show(share: float, text: str) -> None:
            bar.set_description_str(text, refresh=False)
            bar.update(share - bar.n)

        yield show


def stretch(progress: Progress, number: int, count: int, name: str) -> Progress:
    """The progress of one of several equal parts, as a part of the whole.

    Args:
        progress: of the whole.
        number: which part, from 0.
        count: how many parts there are.
        name: of the part, put before what is being done; may be empty.
    """

    def of_part(share: float, text: str) -> None:
        progress((number + share) / count, ": ".join(part for part in (name, text) if part))

    return of_part


def spread(total: int, limit: int | None) -> list[int]:
    """At most ``limit`` of ``total`` places, evenly spread (all of them without a limit)."""
    if limit is None or limit >= total:
        return list(range(total))
    return [place * total // limit for place in range(limit)]


def percent(share: float) -> float:
    """A share as a percentage with two decimals."""
    return round(100 * float(share), 2)
