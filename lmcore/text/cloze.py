"""A sentence with blanks: written as underscores or masks, or made by taking words out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from lmcore.errors import InputError
from lmcore.runtime.limits import LIMITS
from lmcore.text.words import Sentence, blanks_of, fold, split

#: How the page itself writes a blank, however it was typed.
BLANK = "___"
#: How many blanks a sentence may have, and how many words may be asked about at once.
MAX_BLANKS, MAX_ASKED = LIMITS.blanks, LIMITS.asked


@dataclass(frozen=True)
class Cloze:
    """A sentence with blanks.

    Attributes:
        sentence: the text in which every blank is written as underscores.
        positions: which words are the blanks, rising.
        hidden: the words that were taken out; ``None`` for a blank that was typed.
    """

    sentence: Sentence
    positions: tuple[int, ...]
    hidden: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.positions)

    def right(self, which: int) -> str:
        """The text behind a blank."""
        return self.sentence.text[self.sentence.words[self.positions[which]].end :]

    def filled(self, words: Sequence[str]) -> Sentence:
        """The sentence with words in its blanks, apart from letters that touch a blank."""
        text, shift = self.sentence.text, 0
        for position, word in zip(self.positions, words, strict=True):
            place = self.sentence.words[position]
            start, end = place.start + shift, place.end + shift
            left = " " if _clings(text[:start][-1:]) else ""
            right = " " if _clings(text[end:][:1]) else ""
            put = f"{left}{word}{right}"
            shift += len(put) - (end - start)
            text = text[:start] + put + text[end:]
        return split(text)


def _clings(character: str) -> bool:
    """Whether a character would grow together with a word beside it (letters, apostrophes)."""
    return character.isalnum() or character in ("'", "’")


def written(sentence: Sentence) -> Sentence:
    """The sentence with every blank written as :data:`BLANK`: the words that may be chosen."""
    return _with_blanks(sentence, blanks_of(sentence))


def _with_blanks(sentence: Sentence, positions: Sequence[int]) -> Sentence:
    """The sentence with some words as blanks; two neighbours without a space between get one."""
    text, words = sentence.text, sentence.words
    for i in reversed(positions):
        touches = i - 1 in positions and words[i - 1].end == words[i].start
        text = text[: words[i].start] + " " * touches + BLANK + text[words[i].end :]
    return split(text)


def opened(sentence: Sentence, chosen: Iterable[int] = ()) -> Cloze:
    """A sentence with its typed blanks (:func:`written`), and some words taken out.

    Raises:
        InputError: ``blank_missing``, ``blank_too_many``, ``blank_not_there`` or ``blank_alone``.
    """
    wanted, count = set(chosen), len(sentence)
    beyond = sorted(i for i in wanted if not 0 <= i < count)
    if beyond:
        raise InputError("blank_not_there", number=beyond[-1] + 1, count=count)
    given = blanks_of(sentence)
    positions = tuple(sorted(wanted | set(given)))
    if not positions:
        raise InputError("blank_missing")
    if len(positions) > MAX_BLANKS:
        raise InputError("blank_too_many", count=len(positions), limit=MAX_BLANKS)
    hidden = tuple(None if i in given else sentence.words[i].text for i in positions)
    sentence = _with_blanks(sentence, positions)
    # Letters or underscores that touch a blank could make its words other ones: "a_" + "_".
    if len(sentence) != count or any(sentence.words[i].text.strip("_") for i in positions):
        raise InputError("blank_glued")
    if not any(word.has_letters for word in sentence.words):
        raise InputError("blank_alone")
    return Cloze(sentence, positions, hidden)


def suggested(sentence: Sentence) -> tuple[int, ...]:
    """The word to take out where nobody has chosen one: the longest; none where one is typed."""
    if blanks_of(sentence):
        return ()
    words = [i for i, word in enumerate(sentence.words) if word.has_letters]
    if len(words) < 2:
        return ()
    return (max(words, key=lambda i: len(sentence.words[i].text)),)


def carried(before: Sentence, after: Sentence, chosen: Sequence[int]) -> tuple[int, ...]:
    """Where words that were taken out stand once the sentence has been edited.

    Args:
        before, after: the sentence before and after.
        chosen: indices of words of ``before``.

    Returns:
        indices of words of ``after``; a word that is gone is left out.
    """
    old, new = ([word.text for word in sentence.words] for sentence in (before, after))
    places: dict[int, int] = {}
    for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks():
        places |= {block.a + i: block.b + i for i in range(block.size)}
    return tuple(places[i] for i in chosen if i in places)


def asked_words(text: str, hidden: str | None = None) -> list[str]:
    """The words that somebody wants to know about, without repetitions and signs.

    Args:
        text: what was typed.
        hidden: the word that was taken out to make the blank: asked about without being typed.

    Raises:
        InputError: ``asked_too_many``.
    """
    words: dict[str, str] = {}
    for word in split(text).words:
        if word.has_letters:
            words.setdefault(fold(word.text), word.text)
    if len(words) > MAX_ASKED:
        raise InputError("asked_too_many", count=len(words), limit=MAX_ASKED)
    if hidden is not None:
        words = {fold(hidden): hidden} | {k: word for k, word in words.items() if k != fold(hidden)}
    return list(words.values())
