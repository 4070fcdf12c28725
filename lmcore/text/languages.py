"""Whether a text is in a language that a reader was trained on, and which classroom it asks for.

By its script, then by its words.

No model and no list of words of a whole language: what is said must be right, and may be nothing.
Letters of another script (Chinese characters, Cyrillic …) are told apart by Unicode. Among
languages in Latin letters only those are told that differ from English in the commonest function
words (short lists below), and those whose letters English does not have.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import regex

from lmcore.text.language import languages
from lmcore.text.words import words_of

#: Scripts of the languages that a reader may have been trained on.
SCRIPTS: dict[str, frozenset[str]] = {
    "English": frozenset({"Latin"}),
    "Chinese": frozenset({"Han"}),
    **{name: frozenset({"Latin"}) for name in ("German", "French", "Spanish")},
    **{name: frozenset({"Latin"}) for name in ("Italian", "Portuguese", "Dutch")},
}
#: Scripts that are named; all others are one.
NAMED = (
    "Latin", "Han", "Kana", "Hangul", "Cyrillic", "Greek", "Arabic", "Hebrew", "Devanagari", "Thai",
)  # fmt: skip
OTHER = "other"
#: A language in Latin letters that cannot be named.
LATIN = "Latin_other"

_PATTERNS = {
    name: regex.compile(
        r"[\p{Script=Hiragana}\p{Script=Katakana}]" if name == "Kana" else rf"\p{{Script={name}}}"
    )
    for name in NAMED
}
_LETTER = regex.compile(r"[\p{L}--\p{Script=Common}--\p{Script=Inherited}]", regex.VERSION1)
_WORDS = regex.compile(r"\p{L}[\p{L}\p{M}]*(?:['’]\p{L}+)?")
#: Letters of the Latin alphabet with signs that English borrows (café, naïve, façade, Ångström).
_PLAIN = regex.compile(r"[a-zéèêëàâäáåçïîíñóôöüûúøæœ'’]+", regex.IGNORECASE)

#: Frequent function words that are no English words.
_FUNCTION_WORDS = {
    "German": """
        der das den dem ein eine einen einem einer und ist nicht ich du er sie es wir ihr mit
        auf für von zu im ins auch wie dass aber sich sind wird wurde haben habe hat hatte nach
        bei noch nur schon sehr kein keine oder wenn weil zum zur vom über
    """,
    "French": """
        le la les un une du et est dans que qui pour pas ne sur avec il elle nous vous ils elles
        ce cette mais ou où sont était été je tu mon ma sa ses leur au aux par très bien c'est
        j'ai n'est d'un d'une l'on
    """,
    "Spanish": """
        el la los las un una unos y es en que de del no se por con para su sus lo como más pero
        fue está son muy ya también había ha él ella yo mi al porque cuando donde
    """,
    "Italian": """
        il lo la gli le un una di del della che è e in non per con sono si ma come più anche
        questo questa ha ho era nel nella alla dal io lui lei loro mio molto perché quando
    """,
    "Portuguese": """
        o os as um uma de do da dos das que e é em não no na para com por se mais mas foi ele
        ela seu sua como está são muito também já eu meu ao à quando porque
    """,
    "Dutch": """
        de het een en van ik je dat die in niet is met op te zijn er maar om hem voor ook aan
        bij naar heeft had was wordt worden werd geen nog wel zo uit wij zij hij haar deze dit
    """,
}
#: English words among the above, and the commonest English ones: they speak for English.
_COMMON = """
a about after again all an and any are as at be because been before but by can could did do
does for from get had has have he her him his how i if in into is it its just like me more
my no not now of off on one only or other our out over said she so some than that the their
them then there they this to two up very was we were what when which while who will with
would you your it's don't isn't didn't
"""
_ENGLISH = frozenset(_COMMON.split())
_WORDS_OF = {name: frozenset(words.split()) - _ENGLISH for name, words in _FUNCTION_WORDS.items()}
#: A language is told from so many of its function words on, if they are so large a part of all.
_LEAST_HITS, _LEAST_SHARE = 2, 0.2
#: Words with letters that English does not have: from so many, and so large a part, on.
_LEAST_ODD, _LEAST_ODD_SHARE = 2, 0.25
#: Scripts in which one letter is a word; of the others it may be a sign (λ, Ω).
_WORDS_OF_ONE = ("Han", "Kana", "Latin")


def foreign(text: str, languages: Sequence[str]) -> tuple[str, ...]:
    """What a text holds that a reader was not trained on.

    Args:
        text: any text.
        languages: English names of those that the reader was trained on
            (:attr:`lmcore.runtime.checkpoints.Card.languages`); none where that is not known.

    Returns:
        names of scripts (:data:`NAMED`, or :data:`OTHER`) or of languages (``German``), or
        :data:`LATIN`; nothing where the text is, or may well be, in a language of the reader.
    """
    if not languages or not set(languages) <= set(SCRIPTS):
        return ()  # not known, or so many that nothing can be said against the text
    known = frozenset[str]().union(*(SCRIPTS[name] for name in languages))
    names = [name for name, count in scripts(text).items() if name not in known and count]
    if "English" not in languages:
        return tuple(names)
    other = latin_language(text)
    return (*names, other) if other is not None and other not in languages else tuple(names)


def scripts(text: str) -> Counter[str]:
    """Letters by script, without those that stand alone and may be signs."""
    counts: Counter[str] = Counter()
    for word in _WORDS.findall(text):
        letters = Counter(script(letter) for letter in _LETTER.findall(word))
        counts.update({name: n for name, n in letters.items() if n > 1 or name in _WORDS_OF_ONE})
    return counts


def script(letter: str) -> str:
    """The script of a letter (:data:`NAMED`, or :data:`OTHER`)."""
    return next((name for name, pattern in _PATTERNS.items() if pattern.match(letter)), OTHER)


def latin_language(text: str) -> str | None:
    """The language of a text in Latin letters, where it is certainly not English; else ``None``."""
    words = [word.lower().replace("’", "'") for word in _WORDS.findall(text)]
    latin = [word for word in words if _PATTERNS["Latin"].match(word)]
    if not latin:
        return None
    english = _count(latin, _ENGLISH)
    hits = {name: _count(latin, common) for name, common in _WORDS_OF.items()}
    best = max(hits, key=lambda name: hits[name])
    different = len(_WORDS_OF[best].intersection(latin))
    if different >= _LEAST_HITS and hits[best] >= _LEAST_SHARE * len(latin):
        # Neighbouring languages share words: only a clear lead gives a name.
        rivals = [name for name in hits if hits[name] == hits[best]]
        if hits[best] > 2 * english:
            return best if len(rivals) == 1 else LATIN
    odd = sum(_PLAIN.fullmatch(word) is None for word in latin)
    if odd >= _LEAST_ODD and odd >= _LEAST_ODD_SHARE * len(latin) and odd > 2 * english:
        return LATIN
    return None


def _count(words: Sequence[str], known: Collection[str]) -> int:
    return sum(word in known for word in words)


#: A second language is told from so many words on, if they are so large a part of all.
_LEAST_OTHER, _LEAST_OTHER_SHARE = 2, 0.25


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
        least = max(_LEAST_OTHER, _LEAST_OTHER_SHARE * sum(self.words.values()))
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
