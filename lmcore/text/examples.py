"""Example sentences of the shared sentence box, grouped by what they show.

All were written for this app. Why each is worth reading stands in the catalogue under
``examples.GROUP.NUMBER``, counted from 1.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

_FILE = Path(__file__).resolve().parents[1] / "data" / "examples.json"
_EXAMPLES = json.loads(_FILE.read_text(encoding="utf8"))

#: What the sentence box holds before anybody types.
EXAMPLE: str = _EXAMPLES["sentence"]
#: Sentences that share words in several senses and forms (Layers).
SHARING: str = "\n".join(_EXAMPLES["sharing"])
#: Sentences by group, in the order in which they are offered.
GROUPS: Mapping[str, tuple[str, ...]] = {
    group: tuple(sentences) for group, sentences in _EXAMPLES["groups"].items()
}
