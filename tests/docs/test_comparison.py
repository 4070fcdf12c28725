"""``docs/comparison.md`` claims nothing that no test shows."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "comparison.md").read_text(encoding="utf8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def test_every_test_that_is_named_exists():
    assert len(NAMED) > 50
    for file, name in NAMED:
        source = (ROOT / file).read_text(encoding="utf8")
        assert re.search(rf"^def {name}\(", source, re.MULTILINE), f"{file}::{name}"


def test_every_yes_has_its_test():
    claimed = re.findall(r"^\| (\d+) \| [^|]+ \| \*\*(?:Y|p) ?[^|]*\*\*", PAGE, re.MULTILINE)
    shown = re.findall(r"^\| (\d+) \| `tests/", PAGE.split("## The tests")[1], re.MULTILINE)
    assert len(claimed) >= 35
    assert not set(claimed) - set(shown)
