"""Words of figures outside the app: the app's own catalogue, read as data."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

#: The catalogue of the interface; the pages read the same files.
FOLDER = Path(__file__).resolve().parents[1] / "pages" / "_shared" / "text"
LANGUAGES = ("en", "zh")


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """All keys with their languages."""
    merged: dict[str, dict[str, str]] = {}
    for path in sorted(FOLDER.glob("*.json")):
        merged |= json.loads(path.read_text(encoding="utf8"))
    return merged


def text(lang: str, key: str, **values: object) -> str:
    """The text of a key in a language, with values put in."""
    return catalogue()[key][lang].format(**values)
