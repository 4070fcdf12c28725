"""Example sentences: what each page holds before anybody types, and what it offers to try.

All stand in one file per language, ``lmcore/data/LANGUAGE/examples.json``, and were written for
this app. Why a sentence of the shared box is worth reading stands in the catalogue under
``examples.GROUP.NUMBER``, counted from 1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from lmcore.text.language import language
from lmcore.text.prompts import Direction
from lmcore.text.words import split

#: Words to take out of a sentence stand in braces.
_BRACES = re.compile(r"\{(.+?)\}")

Clue = Literal["mixed", "after", "before", "both"]


@dataclass(frozen=True)
class BlankExample:
    """A sentence, the words taken out of it, and words to ask about.

    Attributes:
        text: the whole sentence.
        blanks: indices of the words taken out.
        words: further words worth asking about, with blanks between them.
        with_blanks: the sentence as it is offered.
    """

    text: str
    blanks: tuple[int, ...]
    words: str
    with_blanks: str

    @classmethod
    def of(cls, marked: str, words: list[str]) -> BlankExample:
        """An example whose words to take out stand in braces."""
        text = _BRACES.sub(r"\1", marked)
        starts = {match.start() - 2 * i for i, match in enumerate(_BRACES.finditer(marked))}
        blanks = tuple(i for i, word in enumerate(split(text).words) if word.start in starts)
        return cls(text, blanks, " ".join(words), _BRACES.sub("___", marked))


@dataclass(frozen=True)
class SenseExample:
    """A word and labelled sentences.

    Attributes:
        word: the word to look for.
        clue: where the words stand that give the sense away: ``before`` the word, ``after`` it
            (all sentences begin alike, so a reader of the left side cannot know), on ``both``
            sides, or ``mixed``: before it in some sentences and after it in others.
        text: one sentence a line, each led by its label.
    """

    word: str
    clue: Clue
    text: str


@dataclass(frozen=True)
class PromptExample:
    """A sentence that shows something, and where it is cut.

    Attributes:
        name: key of what it shows.
        text: the sentence.
        after: behind which word it is cut, from 1.
        side: where the readers write.
    """

    name: str
    text: str
    after: int
    side: Direction = "right"


def _grouped(groups: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {group: tuple(sentences) for group, sentences in groups.items()}


_ALL: dict[str, Any] = json.loads((language().folder / "examples.json").read_text(encoding="utf8"))

#: What the sentence box holds before anybody types.
EXAMPLE: str = _ALL["sentence"]
#: Sentences of that box by what they show, in the order in which they are offered.
GROUPS = _grouped(_ALL["groups"])
#: The second sentence of a pair, by page.
SECOND: Mapping[str, str] = _ALL["second"]
#: Sentences, one a line, with words in several senses and forms.
SHARING = "\n".join(_ALL["sharing"])
#: Forty everyday sentences on as many subjects; their words are the unrelated words.
UNRELATED: tuple[str, ...] = tuple(_ALL["unrelated"])
#: By what a group shows: the blanks hang together, the clue comes before, after, or from afar.
BLANKS = {
    group: tuple(BlankExample.of(row["text"], row["words"]) for row in rows)
    for group, rows in _ALL["blanks"].items()
}
#: The same by their text.
BLANKS_BY_TEXT: Mapping[str, BlankExample] = {
    example.text: example for group in BLANKS.values() for example in group
}
#: Words with several senses, by where the clue to the sense stands.
SENSES = tuple(
    SenseExample(row["word"], row["clue"], "\n".join(row["sentences"])) for row in _ALL["senses"]
)
#: Beginnings and one ending, in the order in which they are offered.
PROMPTS = tuple(PromptExample(**row) for row in _ALL["prompts"])
#: The texts of one example, by kind of task and by name of a task of the app.
TASKS, TRIALS = _grouped(_ALL["tasks"]), _grouped(_ALL["trials"])
