"""The glossary: what words of this field mean, for people who do not code, in two languages.

The terms stand in ``data/glossary.json``. A term has forms, the ways in which it is written in a
running text; a term without forms is explained, but not looked for, because its word means other
things too.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "data" / "glossary.json"
#: In the order in which a student meets them.
THEMES = ("words", "readers", "inside", "text", "guessing", "learning")
_LATIN = "[A-Za-z0-9]"


@dataclass(frozen=True)
class Wording:
    """A term in one language.

    Attributes:
        term: as a heading.
        order: by which it is sorted; in Chinese its sounds (pinyin), without tones.
        forms: how it is written in a running text.
        text: two sentences that explain it.
        example: a small one.
    """

    term: str
    order: str
    forms: tuple[str, ...]
    text: str
    example: str


@dataclass(frozen=True)
class Term:
    """A term in every language of the interface.

    Attributes:
        name: in addresses.
        theme: one of :data:`THEMES`.
        wording: by the key of the language.
    """

    name: str
    theme: str
    wording: Mapping[str, Wording]


@cache
def load() -> Mapping[str, Term]:
    """All terms by name, in the order of the file."""
    entries = json.loads(FILE.read_text(encoding="utf8"))
    return {entry["name"]: _term(**entry) for entry in entries}


def _term(name: str, theme: str, **languages: Mapping[str, object]) -> Term:
    wording = {
        key: Wording(**{**value, "forms": tuple(value["forms"])})  # type: ignore[arg-type]
        for key, value in languages.items()
    }
    return Term(name, theme, wording)


def search(query: str, language: str) -> tuple[Term, ...]:
    """Terms that a typed text may mean, those whose own name holds it first.

    Args:
        query: as typed; any language of the interface is understood.
        language: in which the terms are sorted.
    """
    wanted = query.strip().casefold()
    hits: list[tuple[bool, str, Term]] = []
    for term in load().values():
        wordings = term.wording.values()
        names = " ".join((term.name, *(f"{w.term} {' '.join(w.forms)}" for w in wordings)))
        named = wanted in names.casefold()
        if named or any(wanted in f"{w.text} {w.example}".casefold() for w in wordings):
            hits.append((not named, term.wording[language].order, term))
    return tuple(term for *_, term in sorted(hits, key=lambda hit: hit[:2]))


def by_letter(language: str) -> dict[str, tuple[Term, ...]]:
    """All terms under their first letters, in Chinese those of the sounds."""
    ordered = sorted(load().values(), key=lambda term: term.wording[language].order)
    grouped = groupby(ordered, key=lambda term: term.wording[language].order[0].upper())
    return {letter: tuple(terms) for letter, terms in grouped}


def mentioned(text: str, language: str) -> tuple[Term, ...]:
    """The terms that a plain text uses, in the order of their first use."""
    found = (term_of(match["form"], language) for match in pattern(language).finditer(text))
    return tuple({term.name: term for term in found if term is not None}.values())


def term_of(form: str | None, language: str) -> Term | None:
    """The term that :func:`pattern` has found by this form; ``None`` for what it steps over."""
    if form is None:
        return None
    plain = form.replace("\\", "").casefold()
    forms = _forms(language)
    return next(forms[name] for name in (plain, plain[:-1], plain[:-2]) if name in forms)


@cache
def _forms(language: str) -> dict[str, Term]:
    wordings = ((term, term.wording[language]) for term in load().values())
    return {form.casefold(): term for term, wording in wordings for form in wording.forms}


@cache
def pattern(language: str) -> re.Pattern[str]:
    """What finds forms of terms in Markdown, and steps over code, formulas and links.

    Its groups: ``form``, and the stars of emphasis just ``before`` and ``after`` it. The longest
    form wins; English ones may stand in the plural.
    """
    forms = "|".join(_spelled(form) for form in sorted(_forms(language), key=len, reverse=True))
    stepped_over = r"`[^`]*`|\$[^$\n]*\$|\[[^\]]*\]\([^)]*\)"
    stars = r"(?:(?<!\\)\*{1,2})?"
    return re.compile(
        rf"{stepped_over}|(?P<before>{stars})(?P<form>{forms})(?P<after>{stars})", re.IGNORECASE
    )


def _spelled(form: str) -> str:
    """A form as a pattern; signs may be escaped, as in Markdown."""
    letters = "".join(c if c.isalnum() or c == " " else rf"\\?{re.escape(c)}" for c in form)
    before = rf"(?<!{_LATIN})" if re.match(_LATIN, form[0]) else ""
    after = rf"(?:e?s)?(?!{_LATIN})" if re.match(_LATIN, form[-1]) else ""
    return f"{before}{letters}{after}"
