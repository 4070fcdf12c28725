"""Simple inflected forms of an English word, by a few spelling rules and a short list.

Used to find *banks* where somebody asked for *bank*. The rules lean to the safe side; whoever uses
them says which form was found, so that a person sees a wrong guess.
"""

from __future__ import annotations

import re
from typing import Literal

FormKind = Literal["same", "s", "ed", "ing", "possessive", "irregular"]

#: Plurals that no rule gives, of nouns with several meanings or close to them.
IRREGULAR = {
    "calf": "calves",
    "child": "children",
    "foot": "feet",
    "goose": "geese",
    "half": "halves",
    "knife": "knives",
    "leaf": "leaves",
    "life": "lives",
    "man": "men",
    "mouse": "mice",
    "shelf": "shelves",
    "tooth": "teeth",
    "wolf": "wolves",
    "woman": "women",
}

_LETTERS = re.compile(r"[a-z]{3,}")
_HISSES = re.compile(r".*(s|x|z|ch|sh)")
_CONSONANT_Y = re.compile(r".*[^aeiou]y")
#: One vowel between consonants at the end of a word of one syllable: *bat*, *plan*, not *book*.
_DOUBLES = re.compile(r"[^aeiou]+[aeiou]([^aeiouwxy])")


def forms(word: str) -> dict[str, FormKind]:
    """Forms under which a word may be found, in lower case, with the kind of each.

    Args:
        word: the base form. Anything but three or more unaccented Latin letters has no other forms.

    Returns:
        the word itself (``same``), its plural or third person (``s``), ``ed`` and ``ing`` forms,
        possessives, and an irregular plural where one is known.
    """
    base = word.casefold()
    found: dict[str, FormKind] = {base: "same"}
    if not _LETTERS.fullmatch(base):
        return found
    plural = IRREGULAR.get(base, _with_s(base))
    found.setdefault(plural, "irregular" if base in IRREGULAR else "s")
    past, going = _with_ed_and_ing(base)
    if past is not None:
        found.setdefault(past, "ed")
    found.setdefault(going, "ing")
    for apostrophe in "'’":
        for owner in (base, plural):
            found.setdefault(f"{owner}{apostrophe}s", "possessive")
    return found


def _with_s(base: str) -> str:
    if _HISSES.fullmatch(base):
        return base + "es"
    return base[:-1] + "ies" if _CONSONANT_Y.fullmatch(base) else base + "s"


def _with_ed_and_ing(base: str) -> tuple[str | None, str]:
    """Past and -ing form; no past where the rule would give another word (*see* → *seed*)."""
    doubled = _DOUBLES.fullmatch(base)
    if doubled:
        base += doubled.group(1)
    if base.endswith("ee"):
        return (base + "d" if len(base) > 4 else None), base + "ing"
    if base.endswith("e"):
        return base + "d", (base if base.endswith(("oe", "ye")) else base[:-1]) + "ing"
    if _CONSONANT_Y.fullmatch(base):
        return base[:-1] + "ied", base + "ing"
    return base + "ed", base + "ing"
