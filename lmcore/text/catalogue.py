"""Every word of the interface and of figures, in English and 简体中文.

The catalogue is the union of the JSON files in ``lmcore/data/text``: ``{"key": {"en": …, "zh":
…}}``, one file per page plus ``common.json`` and ``errors.json``. A test fails where a key lacks a
language.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "data" / "text"


@dataclass(frozen=True)
class Language:
    """A language of the interface.

    Attributes:
        name: as its speakers write it: on the switch and in the address.
        tag: what browsers are told (BCP 47).
        space: what stands between two sentences.
        counts: steps at which a large number gets a word: from, divided by, key of the word.
        called: what else people call it in an address, in small letters.
    """

    name: str
    tag: str
    space: str
    counts: tuple[tuple[float, float, str], ...]
    called: tuple[str, ...] = ()


#: By their key in the catalogue; the first stands where nobody chooses.
LANGUAGES: Mapping[str, Language] = {
    "en": Language(
        "English",
        "en",
        " ",
        ((1e9, 1e9, "billion"), (1e6, 1e6, "million"), (1e4, 1e3, "thousand")),
        ("eng", "英文", "英语"),
    ),
    "zh": Language(
        "中文",
        "zh-Hans",
        "",
        ((1e8, 1e8, "billion"), (1e4, 1e4, "thousand")),
        ("chinese", "cn", "简体中文", "汉语"),
    ),
}


def language_called(name: str) -> Language | None:
    """The language of a typed name: its own, its tag (``zh-CN``), or what others call it."""
    folded = name.strip().replace("_", "-").casefold()
    for key, language in LANGUAGES.items():
        names = (key, language.name.casefold(), language.tag.casefold(), *language.called)
        if folded in names or folded.startswith(f"{key}-"):
            return language
    return None


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All keys with their languages.

    Raises:
        ValueError: two files hold the same key.
    """
    merged: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        for key, languages in json.loads(path.read_text(encoding="utf8")).items():
            if key in merged:
                raise ValueError(f"{key} stands twice, again in {path.name}")
            merged[key] = languages
    return merged


def text(lang: str, key: str, **values: object) -> str:
    """The text of a key in a language, with values put in."""
    return catalogue()[key][lang].format(**values)
