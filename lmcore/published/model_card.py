"""What a folder of published files says of itself: the heading and front matter of its README."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

#: No more of a README is read than this, in characters.
_MOST = 50_000
_LICENCE = re.compile(r"^license:\s*[\"']?([\w.+ -]+?)[\"']?\s*$", re.MULTILINE)
_DATASETS = re.compile(r"^datasets:[ ]*\n((?:[ ]*-[ ]+.+\n)+)", re.MULTILINE)
_TITLE = re.compile(r"^#\s+(.{1,80})$", re.MULTILINE)


def own_card(folder: Path) -> dict[str, Any]:
    """``title``, ``licence`` and ``datasets`` as far as the README states them."""
    try:
        with (folder / "README.md").open(encoding="utf8", errors="replace") as file:
            text = file.read(_MOST)
    except OSError:
        return {}
    front, body = "", text
    if text.startswith("---\n"):
        front, _, body = text[4:].partition("\n---")
    found: dict[str, Any] = {}
    if title := _TITLE.search(body):
        found["title"] = title[1].strip()
    if licence := _LICENCE.search(front + "\n"):
        found["licence"] = licence[1]
    if datasets := _DATASETS.search(front + "\n"):
        found["datasets"] = re.findall(r"-[ ]+(.+)", datasets[1])
    return found
