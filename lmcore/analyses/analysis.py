"""What all analyses have in common: a question and a reader in, a view out; views kept in files.

The view of each page's own example is stored with the project, per language, and drawn until the
readers are loaded. A file belongs to the weights it was computed with: with any others it is not
used.
"""

import hashlib
import json
import lzma
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, Generic, TypeVar

from lmcore.outputs.view import from_json, to_json
from lmcore.readers.base import Reader
from lmcore.runtime.checkpoints import CARD, LANGUAGE, ROOT, classroom

Q = TypeVar("Q", bound=Hashable)
V = TypeVar("V")

#: Where stored views stand: ``<language>/<analysis>.json.xz``.
FOLDER = Path(__file__).resolve().parents[1] / "data" / "views"


@dataclass(frozen=True)
class Analysis(Generic[Q, V]):
    """One analysis of one reader.

    Attributes:
        name: of its files; unique.
        view: the class of what comes out: a frozen dataclass of plain data.
        compute: from a reader and a question to the view; the same bits each time.
        after: an analysis of the same question whose view ``compute`` takes as a third argument
            where it is at hand, so that nothing is read twice.
        large: whether a view may hold megabytes, so that few are kept.

    A question is a frozen dataclass of strings, numbers and tuples.
    """

    name: str
    view: type[V]
    compute: Callable[Concatenate[Reader, Q, ...], V]
    after: "Analysis[Q, Any] | None" = None
    large: bool = False


@dataclass(frozen=True)
class Example(Generic[Q, V]):
    """Questions of a page's own example, whose views are stored with the project.

    Attributes:
        analysis: what is asked.
        families: readers that are asked.
        questions: what each of them is asked.
        language: of the classroom whose readers are asked.
    """

    analysis: Analysis[Q, V]
    families: tuple[str, ...]
    questions: tuple[Q, ...]
    language: str = "en"


def weights_of(family: str, root: Path | None = None) -> str:
    """The checksum of a reader's weights as its card states it; empty where there is none."""
    try:
        card = json.loads(((root or ROOT) / family / CARD).read_text(encoding="utf8"))
        return str(card.get("sha256", ""))
    except (OSError, ValueError, AttributeError):
        return ""  # the page says what is wrong with it


def question_key(question: Any) -> str:
    """A question as a short text that is the same in every process."""
    return hashlib.sha256(f"{type(question).__name__}{to_json(question)}".encode()).hexdigest()[:24]


def store(analysis: Analysis[Q, V], entries: list[tuple[str, Q, V]], language: str = "en") -> Path:
    """Write the views of an analysis, each with its reader, its question and its weights."""
    rows = [
        {
            "family": family,
            "weights": weights_of(family),
            "question": question_key(question),
            "view": to_json(view),
        }
        for family, question, view in entries
    ]
    path = FOLDER / language / f"{analysis.name}.json.xz"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(lzma.compress(json.dumps(rows).encode(), preset=9))
    return path


@cache
def stored_rows(name: str, language: str) -> dict[tuple[str, str], str]:
    """Stored views of an analysis in a language, by family and the key of the question."""
    path = FOLDER / language / f"{name}.json.xz"
    root = None if language == LANGUAGE else classroom(language)
    if not path.is_file():
        return {}
    return {
        (row["family"], row["question"]): row["view"]
        for row in json.loads(lzma.decompress(path.read_bytes()))
        if row["weights"] == weights_of(row["family"], root)
    }


def stored(analysis: Analysis[Q, V], family: str, question: Q, language: str = "en") -> V | None:
    """The stored view of a reader for a question, where there is one of the present weights."""
    text = stored_rows(analysis.name, language).get((family, question_key(question)))
    return None if text is None else from_json(analysis.view, text)
