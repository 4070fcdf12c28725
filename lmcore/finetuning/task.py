"""What a task is: labelled examples of one kind, and one way to divide them."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Literal, cast

import numpy as np

from lmcore.text.language import Language, language

#: One text; two in a fixed order; two without an order; a context and the answers to choose from.
Kind = Literal["classification", "entailment", "similarity", "choice"]
KINDS: tuple[Kind, ...] = ("classification", "entailment", "similarity", "choice")

#: The tasks that come with the project, with their kinds.
BUILT_IN = cast("dict[str, Kind]", dict(language().tasks))
#: Which shares of a task are for validation and for testing; the rest is for training.
VALIDATION, TEST = 0.2, 0.2


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled item.

    Attributes:
        texts: one text, two, or a context with its answers.
        label: index into the task's labels (``choice``: which answer is right).
    """

    texts: tuple[str, ...]
    label: int


@dataclass(frozen=True)
class Task:
    """Labelled examples of one kind.

    Attributes:
        name: of the task, short.
        kind: what the texts of an example are to each other.
        labels: by index.
        examples: all of them, or those for training and validation where ``test`` is given.
        test: a test part that comes with the task, or none.
    """

    name: str
    kind: Kind
    labels: tuple[str, ...]
    examples: tuple[Example, ...]
    test: tuple[Example, ...] = ()

    @property
    def width(self) -> int:
        """How many numbers an answer has: the labels, or the answers to choose from."""
        return len(self.labels)


@dataclass(frozen=True)
class Split:
    """A task divided: every method gets the same parts."""

    train: tuple[Example, ...]
    validation: tuple[Example, ...]
    test: tuple[Example, ...]

    def fingerprint(self) -> str:
        """SHA-256 of all examples in their order: two splits with equal ones are the same."""
        parts = [
            [(example.label, *example.texts) for example in part]
            for part in (self.train, self.validation, self.test)
        ]
        return sha256(json.dumps(parts).encode("utf8")).hexdigest()


def _interleaved(examples: Sequence[Example]) -> list[Example]:
    """The labels in turn, as far as they go: every beginning is as balanced as it can be."""
    by_label: dict[int, list[Example]] = {}
    # Shuffled by nothing but the first text of an example.
    for example in sorted(examples, key=lambda e: sha256(e.texts[0].encode("utf8")).digest()):
        by_label.setdefault(example.label, []).append(example)
    places = [
        ((number + 0.5) / len(group), label, example)
        for label, group in sorted(by_label.items())
        for number, example in enumerate(group)
    ]
    return [example for _, _, example in sorted(places, key=lambda place: place[:2])]


def split(
    task: Task, train: int | None = None, validation: int | None = None, test: int | None = None
) -> Split:
    """Divide a task; each part has the labels in the task's own proportions.

    Examples that share their first text stay together, so that none is tested on half of what it
    was taught. For the same reason an example is left out where the test part comes with the task
    and has its first text too, whatever its capitals and spaces.

    Args:
        task: the whole.
        train, validation, test: at most so many examples of each part. A smaller training part is
            the beginning of a larger one.
    """
    ordered = _interleaved(task.examples)
    if task.test:
        known = {_bare(example) for example in task.test}
        tested = _interleaved(task.test)
        rest = [example for example in ordered if _bare(example) not in known]
    else:
        tested, rest = _taken(ordered, TEST)
    validated, learned = _taken(rest, VALIDATION / (1 - TEST))
    return Split(tuple(learned[:train]), tuple(validated[:validation]), tuple(tested[:test]))


def _bare(example: Example) -> str:
    """The first text of an example without capitals and spare spaces."""
    return " ".join(example.texts[0].lower().split())


def _taken(ordered: Sequence[Example], share: float) -> tuple[list[Example], list[Example]]:
    """A share of an interleaved list, and the rest; equal first texts stay together.

    It is evenly spread within each label. Where labels have too few rows for that, or one text
    stands in many of them, whole texts are taken in their order instead, without regard to labels.
    """
    counts: dict[int, int] = {}
    chosen: dict[str, bool] = {}
    for example in ordered:
        number = counts.get(example.label, 0)
        counts[example.label] = number + 1
        begun = int((number + 1) * share + 1e-9) > int(number * share + 1e-9)
        chosen.setdefault(example.texts[0], begun)
    wanted = share * len(ordered)
    count = sum(chosen[example.texts[0]] for example in ordered)
    if not wanted / 2 <= count <= 2 * wanted:
        chosen = _whole_texts(ordered, wanted)
    taken = [example for example in ordered if chosen[example.texts[0]]]
    return taken, [example for example in ordered if not chosen[example.texts[0]]]


def _whole_texts(ordered: Sequence[Example], wanted: float) -> dict[str, bool]:
    """First texts, and whether they are taken: in their order, until there are enough examples.

    A text with so many examples that there would be more than twice as many is passed over.
    """
    count = 0
    chosen: dict[str, bool] = {}
    for text, number in Counter(example.texts[0] for example in ordered).items():
        chosen[text] = count < wanted and count + number <= 2 * wanted
        count += number if chosen[text] else 0
    return chosen


def columns(kind: Kind, choices: int = 2) -> tuple[str, ...]:
    """The columns of a file with examples of a kind, the label first."""
    if kind == "classification":
        return ("label", "text")
    if kind == "choice":
        return ("label", "context", *(f"choice_{number + 1}" for number in range(choices)))
    return ("label", "text_a", "text_b")


@cache
def built_in(name: str, record: Language | None = None) -> Task:
    """One of the tasks that come with the project.

    Args:
        name: one of a language's tasks (:data:`BUILT_IN`).
        record: the language; that of the first classroom if none is given.
    """
    record = record or language()
    rows = [tuple(line.split("\t")) for line in record.lines(f"tasks/{name}.tsv") if line]
    return of_rows(name, cast("Kind", record.tasks[name]), rows[1:])


def of_rows(name: str, kind: Kind, rows: Sequence[Sequence[str]]) -> Task:
    """A task of rows ``(label, text, …)``; labels stand in alphabetical order.

    For ``choice`` the label is the number of the right answer, from 1.

    Args:
        name: of the task.
        kind: what the texts of a row are to each other.
        rows: at least one.
    """
    if kind == "choice":
        count = len(rows[0]) - 2
        labels = tuple(str(number + 1) for number in range(count))
    else:
        labels = tuple(sorted({row[0] for row in rows}))
    index = {label: place for place, label in enumerate(labels)}
    examples = tuple(Example(tuple(row[1:]), index[row[0]]) for row in rows)
    return Task(name, kind, labels, examples)


def gold(examples: Sequence[Example]) -> np.ndarray:
    """Right answers, int ``[N]``."""
    return np.array([example.label for example in examples], dtype=np.int64)
