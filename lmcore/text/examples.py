"""Example sentences: what each page holds before anybody types, and what it offers to try.

All stand in one file per language, ``lmcore/data/LANGUAGE/examples.json``, and were written for
this app. Why a sentence of the shared box is worth reading is said by the language
(:meth:`lmcore.text.language.Language.say`) under ``examples.GROUP.NUMBER``, counted from 1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any, Literal

from lmcore.text.language import Language
from lmcore.text.language import language as first_language
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


@dataclass(frozen=True)
class PairExample:
    """Two texts, and what becomes visible when it is asked whether the second follows the first.

    Attributes:
        shows: what: ``order``, ``pronoun``, ``topic``, ``unrelated`` or ``repeated``.
        first, second: the texts.
    """

    shows: str
    first: str
    second: str


def _grouped(groups: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {group: tuple(sentences) for group, sentences in groups.items()}


@dataclass(frozen=True)
class Examples:
    """The examples of one language.

    Attributes:
        sentence: what the sentence box holds before anybody types.
        groups: sentences of that box by what they show, in the order in which they are offered.
        second: the second sentence of a pair, by page.
        sharing: sentences, one a line, with words in several senses and forms.
        unrelated: forty everyday sentences on as many subjects; their words are the unrelated ones.
        blanks: by what a group shows: they hang together, the clue comes before, after, from afar.
        senses: words with several senses, by where the clue to the sense stands.
        prompts: beginnings and one ending, in the order in which they are offered.
        tasks: the texts of one example, by kind of task.
        trials: the same by name of a task of the app.
        follows: pairs of texts, of which the second may follow the first.
    """

    sentence: str
    groups: Mapping[str, tuple[str, ...]]
    second: Mapping[str, str]
    sharing: str
    unrelated: tuple[str, ...]
    blanks: Mapping[str, tuple[BlankExample, ...]]
    senses: tuple[SenseExample, ...]
    prompts: tuple[PromptExample, ...]
    tasks: Mapping[str, tuple[str, ...]]
    trials: Mapping[str, tuple[str, ...]]
    follows: tuple[PairExample, ...]

    @cached_property
    def blanks_by_text(self) -> Mapping[str, BlankExample]:
        """Sentences with blanks by their text."""
        return {example.text: example for group in self.blanks.values() for example in group}


@cache
def of(language: Language) -> Examples:
    """The examples of a language."""
    values: dict[str, Any] = json.loads(language.text("examples.json"))
    return Examples(
        sentence=values["sentence"],
        groups=_grouped(values["groups"]),
        second=values["second"],
        sharing="\n".join(values["sharing"]),
        unrelated=tuple(values["unrelated"]),
        blanks={
            group: tuple(BlankExample.of(row["text"], row["words"]) for row in rows)
            for group, rows in values["blanks"].items()
        },
        senses=tuple(
            SenseExample(row["word"], row["clue"], "\n".join(row["sentences"]))
            for row in values["senses"]
        ),
        prompts=tuple(PromptExample(**row) for row in values["prompts"]),
        tasks=_grouped(values["tasks"]),
        trials=_grouped(values["trials"]),
        follows=tuple(PairExample(**row) for row in values["follows"]),
    )


#: Those of the first classroom.
_FIRST = of(first_language())
EXAMPLE, GROUPS, SECOND, SHARING = _FIRST.sentence, _FIRST.groups, _FIRST.second, _FIRST.sharing
UNRELATED, BLANKS, BLANKS_BY_TEXT = _FIRST.unrelated, _FIRST.blanks, _FIRST.blanks_by_text
SENSES, PROMPTS, TASKS, TRIALS = _FIRST.senses, _FIRST.prompts, _FIRST.tasks, _FIRST.trials
FOLLOWS = _FIRST.follows
