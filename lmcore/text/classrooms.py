"""Which classroom reads a text: the one in whose script most of its words are written."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from lmcore.text.language import languages
from lmcore.text.languages import script
from lmcore.text.words import words_of

#: A second language is told from so many words on, if they are so large a part of all.
_LEAST, _LEAST_SHARE = 2, 0.25


@dataclass(frozen=True)
class Classroom:
    """What the script of a text says about its reader.

    Attributes:
        language: key of the language that most words are written in; ``None`` where no word is
            written in a script of any classroom.
        words: how many words are written in the script of each language, the most first.
    """

    language: str | None
    words: Mapping[str, int]

    @property
    def others(self) -> tuple[str, ...]:
        """Languages of a good part of the text that another classroom than theirs reads."""
        least = max(_LEAST, _LEAST_SHARE * sum(self.words.values()))
        return tuple(k for k, n in self.words.items() if n >= least and k != self.language)


@cache
def _languages_of() -> dict[str, str]:
    """The language by script: the first one that is written in it."""
    pairs = [(name, record.key) for record in languages().values() for name in record.scripts]
    return dict(reversed(pairs))


def classroom_of(text: str) -> Classroom:
    """The classroom that a text asks for. A word of either script weighs the same."""
    scripts = (script(next(filter(str.isalpha, word), "")) for word in words_of(text))
    counts = Counter(_languages_of()[name] for name in scripts if name in _languages_of())
    ordered = dict(counts.most_common())
    return Classroom(next(iter(ordered), None), ordered)
