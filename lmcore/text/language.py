"""A language of the classroom: a folder with everything that belongs to it, and its record.

``lmcore/data/LANGUAGE/language.json`` is the record; beside it stand the examples, prompts and
blanks of the pages, the sense bank, minimal pairs, tasks, the sentences that benchmarks of this
project use, and ``texts.json``: what is said of them, where the catalogue speaks of another
language's. The weights stand in ``checkpoints/LANGUAGE/``. Another language is another folder and
no code. (The languages of the *interface* are :data:`lmcore.text.catalogue.LANGUAGES`.)
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from lmcore.runtime.checkpoints import LANGUAGE, classroom
from lmcore.text.catalogue import catalogue

FOLDER = Path(__file__).resolve().parents[1] / "data"
RECORD, TEXTS = "language.json", "texts.json"


@dataclass(frozen=True, eq=False)
class Language:
    """What is known of a language of the classroom.

    Attributes:
        key: name of its folders, as in addresses and after ``--language``.
        name: its English name, as cards of checkpoints state it.
        title: what it is called, by language of the interface.
        scripts: of its letters (:data:`lmcore.text.languages.NAMED`).
        splitter: how a run of such letters becomes words (:mod:`lmcore.text.words`).
        normaliser: what is done to its letters before a reader looks them up: ``latin`` (curly
            quotes become straight) or ``han`` (traditional characters become simplified, full-width
            letters half as wide).
        alphabet: how many characters a tokenizer of it keeps, the commonest.
        vocabulary: how many pieces it has in all.
        tasks: of fine-tuning, by name their kind (:data:`lmcore.finetuning.task.KINDS`).
        folder: with its data.
    """

    key: str
    name: str
    title: Mapping[str, str]
    scripts: tuple[str, ...]
    splitter: str
    normaliser: str
    alphabet: int
    vocabulary: int
    tasks: Mapping[str, str]
    folder: Path

    @property
    def checkpoints(self) -> Path:
        """The folder with its weights, one folder a family."""
        return classroom(self.key)

    def text(self, name: str) -> str:
        """One of its files."""
        return (self.folder / name).read_text(encoding="utf8")

    def say(self, interface: str, key: str) -> str:
        """What is said of its examples and phenomena, in a language of the interface.

        Its own ``texts.json`` comes before the catalogue, which speaks of the first classroom.

        Raises:
            KeyError: neither has the key.
        """
        return (self._texts.get(key) or catalogue()[key])[interface]

    @cached_property
    def _texts(self) -> Mapping[str, Mapping[str, str]]:
        own = self.folder / TEXTS
        texts: dict[str, dict[str, str]] = json.loads(self.text(TEXTS)) if own.is_file() else {}
        return texts

    def lines(self, name: str) -> list[str]:
        """The lines of one of its files."""
        return self.text(name).splitlines()


@cache
def languages(folder: Path = FOLDER) -> Mapping[str, Language]:
    """All languages by their key: that of the first classroom first, the others by name.

    Args:
        folder: with their folders.
    """
    records = {path.parent.name: path for path in sorted(folder.glob(f"*/{RECORD}"))}
    ordered = sorted(records, key=lambda key: (key != LANGUAGE, key))
    return {key: _read(records[key]) for key in ordered}


def _read(path: Path) -> Language:
    values = json.loads(path.read_text(encoding="utf8"))
    return Language(
        key=path.parent.name,
        name=values["name"],
        title=values["title"],
        scripts=tuple(values["scripts"]),
        splitter=values["splitter"],
        normaliser=values["normaliser"],
        alphabet=values["alphabet"],
        vocabulary=values["vocabulary"],
        tasks=values.get("tasks", {}),
        folder=path.parent,
    )


def of_names(names: Collection[str]) -> Language:
    """The language of a reader that was trained on languages of these English names.

    The first classroom's where it is among them, or where none is known.
    """
    known = languages().values()
    return next((record for record in known if record.name in names), language())


@cache
def language(key: str = LANGUAGE) -> Language:
    """The language of a key.

    Raises:
        KeyError: there is no such folder.
    """
    return languages()[key]
