"""The section "Proof" of ``docs/operations.md``: ``python docs/proof.py`` writes it anew.

Its numbers are those that ``docs/load_test.py``, ``tests/hostile/campaign.py`` and
``docs/faults.py`` keep in ``docs/results/``, its words stand there in ``proof.md``; nothing is
computed here.
"""

import json
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS))

from results import grid  # noqa: E402

OPERATIONS = DOCS / "operations.md"
BEGIN, END = "<!-- written by docs/proof.py -->\n", "<!-- end of what docs/proof.py writes -->\n"


def result(name: str) -> dict[str, Any]:
    """What a script has kept."""
    values: dict[str, Any] = json.loads((DOCS / "results" / f"{name}.json").read_text("utf8"))
    return values


def _when(values: dict[str, Any]) -> str:
    """When a script has measured, and which code; nothing where its result does not say."""
    code = f" with the code of commit `{values['commit']}`" if values.get("commit") else ""
    return f"Measured on {values['date']}{code}. " if "date" in values else ""


def _sentence(row: dict[str, Any]) -> str:
    """What the page says of one fault, or why it says nothing."""
    if "skipped" in row:
        return f"*not tried where this was run: {row['skipped']}*"
    if row.get("said"):
        return str(row["said"][0])
    if row.get("saved"):
        return "*nothing: the pages stand as ever, and a picture can be saved*"
    return "*nothing: what is in memory is used on, and every page stands as ever*"


def section() -> str:
    """The whole section between its marks."""
    load, hostile, faults = map(result, ("load", "hostile_inputs", "faults"))
    pages, errors = load["median_s_by_page"], "; ".join(load["errors_seen"])
    runs = sorted(hostile["runs_by_analysis"].items(), key=lambda row: -(row[1] // 2))
    broken = "; ".join(sorted({failure["analysis"] for failure in hostile["found"]}))
    text = (DOCS / "results" / "proof.md").read_text(encoding="utf8")
    values = {
        "load": load,
        "hostile": hostile,
        "faults": faults,
        "when": {"load": _when(load), "hostile": _when(hostile)},
        "growth": 100 * load["memory_growth"],
        "errors": f"\nErrors seen: {errors}.\n" if errors else "",
        "by_page": grid([*pages], [[f"{seconds:.2f}" for seconds in pages.values()]]),
        "mended": f"\nFound in: {broken}. Mended since, and to be run again.\n" if broken else "",
        "by_analysis": grid(("analysis", "texts"), [(name, f"{n // 2:,}") for name, n in runs]),
        "bad": len(faults["not_as_wanted"]),
        "by_fault": grid(
            ("fault", "what the page says"),
            [(row["fault"], _sentence(row)) for row in faults["rows"]],
        ),
    }
    return BEGIN + text.format(**values) + END


def main() -> int:
    """Write the section in its place."""
    text = OPERATIONS.read_text(encoding="utf8")
    before, _, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        sys.stderr.write(f"{OPERATIONS} holds no place for the section\n")
        return 1
    OPERATIONS.write_text(before + section() + after, encoding="utf8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
