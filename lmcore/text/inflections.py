"""Simple inflected forms of an English word, by a few spelling rules and a short list.

Used to find *banks* where somebody asked for *bank*. The rules lean to the safe side; whoever uses
them says which form was found, so that a person sees a wrong guess.
"""

import re
from collections.abc import Sequence
from typing import Literal

from lmcore.text.words import fold

#: ``irregular`` is a plural, ``past`` an irregular past or participle, ``base`` the form that the
#: word somebody gave is itself a form of.
FormKind = Literal["same", "s", "ed", "ing", "possessive", "irregular", "past", "base"]

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

#: Verbs whose past no rule gives: base form, past, participle.
_VERBS = """
arise arose arisen|awake awoke awoken|bear bore borne born|beat beaten|become became
begin began begun|bend bent|bind bound|bite bit bitten|bleed bled|blow blew blown
break broke broken|breed bred
bring brought|build built|burn burnt|buy bought|catch caught|choose chose chosen|cling clung
come came|creep crept|deal dealt|dig dug|draw drew drawn|dream dreamt|drink drank drunk
drive drove driven|dwell dwelt|eat ate eaten|fall fell fallen|feed fed|feel felt|fight fought
find found|flee fled|fling flung|fly flew flown|forbid forbade forbidden|forget forgot forgotten
forgive forgave forgiven|freeze froze frozen|get got gotten|give gave given|go went gone
grind ground|grow grew grown|hang hung|hear heard|hide hid hidden|hold held|keep kept|kneel knelt
know knew known|lay laid|lead led|lean leant|leap leapt|learn learnt|leave left|lend lent
lie lay lain|light lit|lose lost|make made|mean meant|meet met|mow mown|overcome overcame|pay paid
ride rode ridden|ring rang rung|rise rose risen|run ran|saw sawn|say said|see saw seen|seek sought
sell sold|send sent|shake shook shaken|shine shone|shoot shot|show shown|shrink shrank shrunk
sing sang sung|sink sank sunk|sit sat|sleep slept|slide slid|smell smelt|sow sown|speak spoke spoken
speed sped|spell spelt|spend spent|spill spilt|spin spun|spit spat|spoil spoilt|spring sprang sprung
stand stood|steal stole stolen|stick stuck|sting stung|stink stank stunk|strike struck stricken
string strung|strive strove striven|swear swore sworn|sweep swept|swell swollen|swim swam swum
swing swung|take took taken|teach taught|tear tore torn|tell told|think thought|throw threw thrown
understand understood|wake woke woken|wear wore worn|weave wove woven|weep wept|win won|wind wound
wring wrung|write wrote written
"""
PAST = {
    base: tuple(past)
    for base, *past in (verb.split() for verb in re.split(r"[|\n]", _VERBS.strip()))
}

#: Words that the rules would take for forms of each other (*the*, *thing*; *she*, *shed*).
_FUNCTION_WORDS = """
the she one her for and was were had has his are our you not but can all any use red bed new there
these those more some here where when than then them they this that with even
"""
_ALONE = frozenset(_FUNCTION_WORDS.split())

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
        possessives, and an irregular plural or past where one is known.
    """
    base = fold(word)
    kinds: dict[str, FormKind] = {base: "same"}
    if not _LETTERS.fullmatch(base):
        return kinds
    plural = IRREGULAR.get(base, _with_s(base))
    kinds.setdefault(plural, "irregular" if base in IRREGULAR else "s")
    past, going = _with_ed_and_ing(base)
    if past is not None:
        kinds.setdefault(past, "ed")
    kinds.setdefault(going, "ing")
    for form in PAST.get(base, ()):
        kinds.setdefault(form, "past")
    for owner in (base, plural):
        kinds.setdefault(f"{owner}'s", "possessive")
    return kinds


def bases(word: str) -> tuple[str, ...]:
    """Other words that a word may be a form of (*banks* → *bank*, *rang* → *ring*), or none.

    Not all of them need to be words: *string* may be the -ing form of *stre*.
    """
    form = fold(word)
    stem = form.removesuffix("'s")
    tried = [stem, stem[:-1], stem[:-2], stem[:-3], stem[:-3] + "y", stem[:-3] + "e", stem[:-4]]
    tried += [base for base, plural in IRREGULAR.items() if plural == stem]
    tried += [base for base, past in PAST.items() if stem in past]
    return tuple(
        base
        for base in dict.fromkeys(tried)
        if base != form and not {base, form} & _ALONE and form in forms(base)
    )


def wider(word: str) -> dict[str, FormKind]:
    """Forms of the words that a word is itself a form of, with the kind of each."""
    kinds: dict[str, FormKind] = {}
    for base in bases(word):
        for form, kind in forms(base).items():
            kinds.setdefault(form, "base" if kind == "same" else kind)
    return kinds


def related(words: Sequence[str]) -> list[tuple[str, list[str]]]:
    """Put the forms of one word together.

    Args:
        words: different, in lower case.

    Returns:
        for each group its base form, which need not be among the words, and the words themselves
        in their order.
    """
    groups: list[tuple[set[str], list[str]]] = []  # words and their bases; words
    for word in words:
        names, kept, members = {word, *bases(word)}, [], [word]
        for keys, others in groups:
            if keys & names:
                names |= keys
                members = [*others, *members]
            else:
                kept.append((keys, others))
        groups = [*kept, (names, members)]
    order = {word: place for place, word in enumerate(words)}
    families = []
    for keys, members in groups:
        members = sorted(members, key=order.__getitem__)
        common = [key for key in sorted(keys) if all(m in forms(key) for m in members)]
        present = [key for key in common if key in members]
        families.append(((present or common or members)[0], members))
    return sorted(families, key=lambda group: order[group[1][0]])


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
