"""Words are the common ground of the three readers.

The original text is split once into words with character spans. Each reader cuts the same text in
its own way (ELMo: characters of words; GPT: BPE; BERT: WordPiece) and maps its pieces to these
words through character offsets, never by comparing strings: case, accents and emoji on the screen
are always those of the original.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import regex

from lmcore.errors import InputError
from lmcore.runtime.limits import LIMITS
from lmcore.text import han
from lmcore.text.language import languages

#: What nobody sees between two letters: soft hyphen, word joiner, the two joiners of scripts, the
#: byte order mark. No reader gets them. A zero-width space is a blank.
INVISIBLE = "\u00ad\u2060\u200c\u200d\ufeff"
ZERO_WIDTH_SPACE = "\u200b"

#: A word is, in this order of preference: a blank as people write it (a run of underscores,
#: ``[MASK]``, ``<mask>``), a run of Han characters (cut further by the splitter of the language
#: that is written in them), letters and digits with apostrophes, points or commas inside (don't,
#: 3.14, 1,000, U.S.A), a run of points or of hyphens, or one grapheme (an emoji with all its
#: joiners, a sign).
_WORD = regex.compile(
    r"""
      [_＿]+ | \[(?i:mask)\] | <(?i:mask)> | ［(?i:mask)］ | 【(?i:mask)】
    | (?:\p{Han}\p{M}*)+
    | (?:[\p{L}\p{N}--\p{Han}]\p{M}*)+
      (?:
          [\u00ad\u2060\u200c\u200d\ufeff]+ (?:[\p{L}\p{N}--\p{Han}]\p{M}*)+
        | ['’] (?:[\p{L}--\p{Han}]\p{M}*)+
        | (?<=\p{N}) [.,:] \p{N}+
        | (?<=\b\p{L}) \. \p{L}\b
      )*
    | \.{2,} | -{2,}
    | \X
    """,
    flags=regex.VERBOSE | regex.VERSION1,
)

#: How text gets in: more than this is refused in one sentence, never cut.
MAX_WORDS = LIMITS.words
MAX_CHARACTERS = LIMITS.characters

Span = tuple[int, int]


@dataclass(frozen=True)
class Word:
    """One word of the original text: ``text == sentence.text[start:end]``."""

    text: str
    start: int
    end: int

    @property
    def has_letters(self) -> bool:
        """Whether the word holds a letter or a digit (and is not only signs)."""
        return any(character.isalnum() for character in self.text)


@dataclass(frozen=True)
class Sentence:
    """A text and its words.

    ``ignored`` holds the spans of characters that no reader can see and that are not blanks
    (control characters, lone combining marks); the pages name them.
    """

    text: str
    words: tuple[Word, ...]
    ignored: tuple[Span, ...] = ()

    def __len__(self) -> int:
        return len(self.words)


#: What a word must hold to be one: anything but blanks, control and unassigned characters and lone
#: non-spacing marks. BERT's and GPT's normaliser drops exactly these, so every word keeps a piece.
_VISIBLE = regex.compile(r"[^\p{C}\p{Z}\p{Mn}\ufffd]", flags=regex.VERSION1)
#: How a blank is written. A lone underscore inside a name (snake_case) is none: see `blanks_of`.
_BLANK = regex.compile(r"[_＿]+|[\[<［【](?i:mask)[\]>］】]")
_HAN = regex.compile(r"\p{Han}")
_HAN_SIGN = regex.compile(r"\p{Han}\p{M}*")
_INSIDE = regex.compile(f"[{INVISIBLE}]")
_UNSEEN = dict.fromkeys(map(ord, INVISIBLE))
_QUOTES = str.maketrans("‘’‚‛“”„‟", "''''\"\"\"\"")


def _is_visible(text: str) -> bool:
    return _VISIBLE.search(text) is not None


def plain(text: str, normaliser: str = "latin") -> str:
    """A text as the readers look words up: composed (NFC), nothing invisible.

    Web pages hold soft hyphens. Of quotes in Latin text the training corpus has straight ones only,
    and phones type curly ones; of Chinese characters it has simplified ones only.

    Args:
        text: any.
        normaliser: of the reader's language (:attr:`lmcore.text.language.Language.normaliser`).
    """
    composed = unicodedata.normalize("NFC", text.translate(_UNSEEN))
    return han.simplified(composed) if normaliser == "han" else composed.translate(_QUOTES)


def readable(sentence: Sentence, normaliser: str = "latin") -> tuple[str, list[int]]:
    """A text as a tokenizer gets it: words without invisible characters, zero-width spaces blanks.

    Curly quotes are left to the tokenizer. For each character, its place in the original.
    """
    hidden = {
        word.start + match.start()
        for word in sentence.words
        if word.text[0].isalnum()  # the joiners of an emoji belong to it
        for match in _INSIDE.finditer(word.text)
    }
    kept = [place for place in range(len(sentence.text)) if place not in hidden]
    text = "".join(sentence.text[place] for place in kept)
    text = han.simplified(text) if normaliser == "han" else text
    return text.replace(ZERO_WIDTH_SPACE, " "), kept


def fold(word: str) -> str:
    """What makes two spellings one word for every reader, whatever their case and quotes."""
    return plain(word.strip()).casefold()


def is_han(character: str) -> bool:
    """Whether a character is a Chinese one, which no space sets apart from its neighbours."""
    return _HAN.fullmatch(character) is not None


def blanks_of(sentence: Sentence) -> tuple[int, ...]:
    """Which words of a sentence are blanks: underscores, or a mask as people write it."""
    return tuple(i for i, w in enumerate(sentence.words) if _is_blank(sentence.text, w))


def _is_blank(text: str, word: Word) -> bool:
    if word.text[0] not in "_＿[<［【" or not _BLANK.fullmatch(word.text):
        return False
    around = text[word.start - 1 : word.start] + text[word.end : word.end + 1]
    return len(word.text) > 1 or not (len(around) == 2 and around.isalnum())


def well_formed(text: str) -> bool:
    """Whether a text holds no half of a character (a lone surrogate)."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


#: How a run of letters becomes words (:attr:`lmcore.text.language.Language.splitter`): ``words``
#: where blanks stand between them, so that nothing is left to be cut but characters.
SPLITTERS: dict[str, Callable[[str], list[str]]] = {"words": list, "jieba": han.words}


@cache
def _splitter() -> Callable[[str], list[str]]:
    """The splitter of the language that is written in Han characters; one by one if none is."""
    names = (record.splitter for record in languages().values() if "Han" in record.scripts)
    return SPLITTERS[next(names, "words")]


def _cut(piece: str) -> list[str]:
    """A match of the pattern: itself, or the words of a run of Han characters with their marks."""
    if len(piece) == 1 or not is_han(piece[0]):
        return [piece]
    signs = _HAN_SIGN.findall(piece)
    rest = iter(signs)
    bare = "".join(sign[0] for sign in signs)
    return ["".join(next(rest) for _ in word) for word in _splitter()(bare)]


def _matches(text: str, apart: Sequence[Span]) -> Iterator[tuple[str, int]]:
    """The pieces of a text by the pattern, and where they begin; ``apart`` each for itself."""
    begin = 0
    for start, end in [*apart, (len(text), len(text))]:
        for match in _WORD.finditer(text, begin, start):
            yield match.group(), match.start()
        if start < end:
            yield text[start:end], start
        begin = end


def split(text: str, apart: Sequence[Span] = ()) -> Sentence:
    """Split a text into words with character spans of the original.

    Args:
        text: any text. It is not normalised, stripped or cut.
        apart: stretches, in order, of which each is one word whatever stands beside it.

    Raises:
        InputError: ``text_malformed`` where the text holds a lone surrogate.
    """
    if not well_formed(text):
        raise InputError("text_malformed")
    words: list[Word] = []
    ignored: list[Span] = []
    for piece, end in _matches(text, apart):
        if _is_visible(piece):
            for word in [piece] if (end, end + len(piece)) in apart else _cut(piece):
                start, end = end, end + len(word)
                words.append(Word(word, start, end))
        elif not piece.isspace():
            ignored.append((end, end + len(piece)))
    return Sentence(text, tuple(words), tuple(ignored))


def split_around(text: str, target: str) -> Sentence:
    """Split a text, and where a target in Han characters stands only inside words, make it one.

    Where words begin and end is a matter of opinion there (打 in 打电话).

    Args:
        text: as in :func:`split`.
        target: one word or several.
    """
    sentence, wanted = split(text), han.simplified(fold(target))
    if not wanted or not all(map(is_han, wanted)):
        return sentence
    places = [match.span() for match in regex.finditer(wanted, han.simplified(text))]
    starts, ends = ({getattr(w, edge) for w in sentence.words} for edge in ("start", "end"))
    if any(start in starts and end in ends for start, end in places):
        return sentence
    return split(text, apart=places)


def words_of(text: str) -> list[str]:
    """Only the strings of the words: the fast path for a training corpus."""
    return [
        word
        for piece in _WORD.findall(text)
        if not piece.isspace() and _is_visible(piece)
        for word in _cut(piece)
    ]


def checked(text: str, *, max_words: int = MAX_WORDS) -> Sentence:
    """Split a text that somebody typed, or say in one sentence why it cannot be read.

    Raises:
        InputError: ``text_empty``, ``text_no_words``, ``text_too_many_characters`` or
            ``text_too_long``.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError("text_too_many_characters", count=len(text), limit=MAX_CHARACTERS)
    if not text.strip():
        raise InputError("text_empty")
    sentence = split(text)
    if not sentence.words:
        raise InputError("text_no_words")
    if len(sentence) > max_words:
        raise InputError("text_too_long", count=len(sentence), limit=max_words)
    return sentence


def align(words: Sequence[Word], spans: Sequence[Span | None]) -> np.ndarray:
    """Which pieces belong to which word, by character offsets.

    Args:
        words: the words of the text, in order.
        spans: for each piece its character span in the original text, or ``None`` for a special
            position that stands for no text.

    Returns:
        bool ``[words, pieces]``: true where piece and word share a character. A piece that runs
        over two words (BERT's ``[UNK]`` for a letter glued to an emoji) belongs to both.
    """
    word_pieces = np.zeros((len(words), len(spans)), dtype=bool)
    first = 0
    for piece, span in enumerate(spans):
        if span is None or span[0] == span[1]:
            continue
        while first < len(words) and words[first].end <= span[0]:
            first += 1
        position = first
        while position < len(words) and words[position].start < span[1]:
            word_pieces[position, piece] = True
            position += 1
    return word_pieces
