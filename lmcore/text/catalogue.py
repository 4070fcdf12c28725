"""Every word of the interface and of figures, in English and 简体中文.

The catalogue is the union of the JSON files in ``lmcore/data/text``: ``{"key": {"en": …, "zh":
…}}``, one file per page plus ``common.json`` and ``errors.json``. A test fails where a key lacks a
language.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "data" / "text"
LANGUAGES = ("en", "zh")


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
