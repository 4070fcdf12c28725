"""Published sets for classification, read from a folder beside the project; none is part of it."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

from lmcore.errors import EvaluationError
from lmcore.finetuning.task import Example, Task, of_rows

#: Names of the sets, as results call them.
NAMES = ("sentiment", "subjectivity", "question_type", "entailment")
_ENTAILED = {"TRUE": "yes", "YES": "yes", "FALSE": "no", "NO": "no"}


def load(name: str, folder: Path) -> Task:
    """One of :data:`NAMES` from a folder.

    * ``sentiment``, ``subjectivity``: sentences about films (Pang and Lee 2005, 2004), in one part.
    * ``question_type``: six types of questions (Li and Roth 2002) with their test part.
    * ``entailment``: the first three RTE challenges (Dagan et al. 2005 and later); tested on the
      test part of the third, taught all other parts.

    Raises:
        EvaluationError: ``benchmark_unknown`` or ``data_missing``.
    """
    readers: dict[str, Callable[[Path], Task]] = {
        "sentiment": lambda path: _one_part("sentiment", path / "sentence_polarity.tsv"),
        "subjectivity": lambda path: _one_part("subjectivity", path / "subjectivity.tsv"),
        "question_type": _question_type,
        "entailment": _entailment,
    }
    if name not in readers:
        raise EvaluationError("benchmark_unknown", name=name, known=", ".join(NAMES))
    try:
        return readers[name](folder)
    except FileNotFoundError as error:
        missing = Path(error.filename or name).name
        raise EvaluationError("data_missing", file=missing, folder=folder) from error


def _rows(path: Path) -> list[tuple[str, ...]]:
    lines = path.read_text(encoding="utf8").split("\n")[1:]
    return [tuple(line.split("\t", 1)) for line in lines if line.strip()]


def _one_part(name: str, path: Path) -> Task:
    return of_rows(name, "classification", _rows(path))


def _question_type(folder: Path) -> Task:
    learn = _rows(folder / "question_type.train.tsv")
    test = _rows(folder / "question_type.test.tsv")
    whole = of_rows("question_type", "classification", [*learn, *test])
    count = len(learn)
    return Task(
        whole.name, whole.kind, whole.labels, whole.examples[:count], whole.examples[count:]
    )


def _entailment(folder: Path) -> Task:
    names = [f"rte{number}_{part}.xml" for number in (1, 2, 3) for part in ("dev", "test")]
    pairs = {name: _pairs(folder / name) for name in names}
    test = pairs.pop(names[-1])
    learn = tuple(example for part in pairs.values() for example in part)
    return Task("entailment", "entailment", ("no", "yes"), learn, tuple(test))


def _pairs(path: Path) -> list[Example]:
    """Text, hypothesis and answer of each pair of one file."""
    examples = []
    for pair in ElementTree.parse(path).getroot().iter("pair"):
        answer = _ENTAILED[pair.get("value") or pair.get("entailment") or ""]
        texts = tuple(" ".join((pair.findtext(part) or "").split()) for part in ("t", "h"))
        examples.append(Example(texts, int(answer == "yes")))
    return examples
