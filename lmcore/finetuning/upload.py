"""A task from a table that somebody brings: read, checked, and refused in one sentence if need be.

Nothing is cut, guessed or left out in silence, and nothing is kept.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from unicodedata import normalize

from lmcore.errors import InputError
from lmcore.finetuning.task import Kind, Task, columns, of_rows
from lmcore.finetuning.task import split as divide
from lmcore.runtime.limits import LIMITS
from lmcore.text.words import is_han, split

MIN_ROWS, MIN_PER_LABEL, MAX_LABEL = 20, 5, 30
#: Examples that validation and test part need; fewer are right or wrong together.
MIN_PART = 2
MIN_CHOICES, MAX_CHOICES = 2, 5


@dataclass(frozen=True)
class Limits:
    """What a table may be.

    Attributes:
        size: bytes.
        rows: without the heading.
        labels: different ones.
        words: of a text; two texts of these limits fit into what the classroom's readers see.
        characters: of a text.
        twice: whether a text may stand twice.
    """

    size: int = LIMITS.upload_bytes
    rows: int = LIMITS.upload_rows
    labels: int = 10
    words: int = 40
    characters: int = 400
    twice: bool = False


#: For whoever waits at a terminal with a table of their parts.
WIDE = Limits(1_000_000_000, 10_000_000, 1_000, 100_000, 10_000_000, twice=True)
_SEPARATORS = (",", ";", "\t")
#: A first line that tells Excel what stands between cells, and the heading of pandas' index.
_NAMED_SEPARATOR = re.compile(r'"?sep=.?"?', re.IGNORECASE)
_INDEX = re.compile(r"(unnamed: \d+)?")


def kind_of(data: bytes) -> Kind:
    """The kind that the heading of a table speaks for; two texts are taken to have an order."""
    heading = _table(_text(data, WIDE))[0]
    if "text_a" in heading:
        return "entailment"
    return "choice" if "context" in heading else "classification"


def parse(data: bytes, kind: Kind, name: str = "upload", limits: Limits | None = None) -> Task:
    """A task of a table with a heading.

    Args:
        data: the file: UTF-8, UTF-16 or GB18030, separated by commas, semicolons or tabs.
        kind: what the columns are (:func:`lmcore.finetuning.task.columns`, in any order).
        name: of the task.
        limits: those of the app unless others are given.

    Raises:
        InputError: one of the codes that begin with ``table_``, naming the row where there is one.
    """
    limits = limits or Limits()
    rows = _table(_text(data, limits))
    wanted = _wanted(kind, rows[0])
    places = [rows[0].index(column) for column in wanted]
    body = []
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(rows[0]):
            raise InputError("table_ragged", row=number, count=len(row), limit=len(rows[0]))
        body.append([row[place].strip() for place in places])
    if len(body) < MIN_ROWS:
        raise InputError("table_few_rows", count=len(body), limit=MIN_ROWS)
    if len(body) > limits.rows:
        raise InputError("table_many_rows", count=len(body), limit=limits.rows)
    _check_texts(body, wanted, limits)
    _check_labels(body, kind, limits)
    task = of_rows(name, kind, body)
    _check_parts(task, wanted[1])
    return task


def _text(data: bytes, limits: Limits) -> str:
    """The text of a file."""
    if len(data) > limits.size:
        raise InputError("table_large", size=len(data) // 1_000, limit=limits.size // 1_000)
    text = _decoded(data)
    if text is None or "\x00" in text:
        raise InputError("table_no_text")
    if not text.strip():
        raise InputError("table_empty")
    return text


def _decoded(data: bytes) -> str | None:
    """The text of a file as spreadsheets save one: UTF-8, UTF-16 or GB18030; ``None`` if neither.

    A heading begins with a letter of ASCII, which tells UTF-16 without a mark. Nearly any bytes are
    GB18030, those of a Western encoding too: it is taken for that only if it gives Chinese.
    """
    marked = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    wide = {0: "utf-16-be", 1: "utf-16-le"}.get(data[:2].find(b"\x00"), "utf-8-sig")
    for encoding in ("utf-16" if marked else wide, "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if encoding != "gb18030" or _is_chinese(text) else None
    return None


def _is_chinese(text: str) -> bool:
    """Whether nearly all Chinese characters stand beside another one, as in Chinese they do."""
    characters = sum(map(is_han, text))
    together = sum(is_han(first) and is_han(second) for first, second in pairwise(text))
    return characters > 0 and 2 * together >= characters


def _table(text: str) -> list[list[str]]:
    """Rows of cells, the heading in small letters first; lines without anything are passed over."""
    text = text.lstrip()
    heading, *others = text.splitlines(keepends=True)
    named = _NAMED_SEPARATOR.fullmatch(heading.strip())  # a line for Excel, which shows no such row
    if named and others:
        text, heading = "".join(others), others[0]
    separator = max(_SEPARATORS, key=heading.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
        rows = [row for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        raise InputError("table_broken", detail=str(error)) from error
    if not rows:
        raise InputError("table_empty")  # nothing but separators and quotes
    heading_row = [cell.strip().lower() for cell in rows[0]]
    if _INDEX.fullmatch(heading_row[0]) and _numbered([row[0] for row in rows[1:]]):
        return [heading_row[1:], *(row[1:] for row in rows[1:])]
    return [heading_row, *rows[1:]]


def _numbered(cells: Sequence[str]) -> bool:
    """Whether cells are the numbers that pandas gives to rows: whole, and each once."""
    return all(map(str.isdecimal, cells)) and len(set(cells)) == len(cells)


def _wanted(kind: Kind, heading: Sequence[str]) -> tuple[str, ...]:
    """The columns that are needed; others are refused, so that a slip does not pass unseen."""
    choices = sum(cell.startswith("choice_") for cell in heading)
    if kind == "choice" and not MIN_CHOICES <= choices <= MAX_CHOICES:
        choices = MIN_CHOICES
    wanted = columns(kind, choices)
    if sorted(heading) != sorted(wanted):
        raise InputError("table_columns", found=", ".join(heading)[:120], wanted=", ".join(wanted))
    return wanted


def _check_texts(body: Sequence[Sequence[str]], wanted: Sequence[str], limits: Limits) -> None:
    seen: dict[tuple[str, ...], int] = {}
    for number, row in enumerate(body, start=2):
        for column, text in zip(wanted[1:], row[1:], strict=True):
            if not text:
                raise InputError("table_cell_empty", row=number, column=column)
            if len(text) > limits.characters or not 0 < len(split(text)) <= limits.words:
                raise InputError("table_cell", row=number, column=column, limit=limits.words)
        first = seen.setdefault(tuple(row[1:]), number)
        if first != number and not limits.twice:
            raise InputError("table_twice", row=number, first=first)


def _check_labels(body: Sequence[Sequence[str]], kind: Kind, limits: Limits) -> None:
    choices = {str(number + 1) for number in range(len(body[0]) - 2)}
    for number, row in enumerate(body, start=2):
        if not row[0]:
            raise InputError("table_cell_empty", row=number, column="label")
        if len(row[0]) > MAX_LABEL:
            raise InputError("table_label_long", row=number, limit=MAX_LABEL)
        if kind == "choice" and row[0] not in choices:
            raise InputError("table_choice", row=number, limit=len(choices))
    if kind == "choice":
        return
    counts = Counter(row[0] for row in body)
    alike: dict[str, str] = {}
    for label in counts:
        other = alike.setdefault(normalize("NFKC", label).casefold(), label)
        if other != label:
            raise InputError("table_labels_alike", label=other, other=label)
    if len(counts) < 2:
        raise InputError("table_one_label", label=next(iter(counts)))
    if len(counts) > limits.labels:
        raise InputError("table_many_labels", count=len(counts), limit=limits.labels)
    label, least = min(counts.items(), key=lambda pair: pair[1])
    if least < MIN_PER_LABEL:
        raise InputError("table_rare_label", label=label, count=least, limit=MIN_PER_LABEL)


def _check_parts(task: Task, column: str) -> None:
    """Refuse a table whose texts (equal ones stay together) repeat too much to be divided."""
    parts = divide(task)
    taught = {example.label for example in parts.train}
    enough = min(len(parts.validation), len(parts.test)) >= MIN_PART
    if enough and parts.train and (len(taught) > 1 or task.kind == "choice"):
        return
    counts = {name: len(part) for name, part in vars(parts).items()}
    raise InputError("table_parts", column=column, **counts)
