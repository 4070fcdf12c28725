"""The section "Proof" of ``docs/operations.md``: ``python docs/proof.py`` writes it anew.

Its numbers are those that ``docs/load_test.py``, ``tests/hostile/campaign.py`` and
``docs/faults.py`` keep in ``docs/results/``; nothing is computed here.
"""

from __future__ import annotations

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


def load(values: dict[str, Any]) -> str:
    """A class at once."""
    pages = [(page, f"{seconds:.2f}") for page, seconds in values["median_s_by_page"].items()]
    facts = [
        ("answers in the measured time", f"{values['answers']:,}"),
        ("errors", values["errors"]),
        ("median until the page stood", f"{values['median_s']:.2f} s"),
        ("95th percentile", f"{values['p95_s']:.2f} s"),
        ("slowest", f"{values['slowest_s']:.2f} s"),
        ("answers for which a place in line was shown", f"{values['saw_a_place_in_line']:,}"),
        (
            "memory of the server, last two minutes of the warm-up",
            f"{values['memory_start_mb']:,} MB",
        ),
        ("memory, last two minutes", f"{values['memory_end_mb']:,} MB"),
        ("growth", f"{100 * values['memory_growth']:.1f} %"),
    ]
    if "memory_highest_mb" in values:
        facts.append(("highest memory at any moment", f"{values['memory_highest_mb']:,} MB"))
    return (
        "### A class at once\n\n"
        + _when(values)
        + f"{values['sessions']} visitors for {values['minutes']:g} minutes, after"
        f" {values['warm_up_minutes']:g} minutes of warm-up, on two cores:"
        " `OMP_NUM_THREADS=1 python docs/load_test.py --write`. Each visitor speaks to the app as"
        " its own page in the browser does, opens any of the pages, looks at it for 3 to 9 seconds,"
        " types another sentence or uses a widget, and after 4 to 10 actions opens a new tab; one"
        " in ten of those who could train a reader does. An answer is a page that stands to its"
        " end; the visitors' own work runs on the same two cores. An error is an exception, a page"
        " that is silent for 60 seconds or not done after 600, a visitor who is turned away, or a"
        " reader that is missing. MB are a million bytes; those of two minutes are medians.\n\n"
        + grid(("", ""), facts)
        + "\n"
        + _errors(values["errors_seen"])
        + "\nMedian by page, in seconds:\n\n"
        + grid([page for page, _ in pages], [[seconds for _, seconds in pages]])
        + "\n"
    )


def _errors(seen: list[str]) -> str:
    """What went wrong, where something did."""
    return f"\nErrors seen: {'; '.join(seen)}.\n" if seen else ""


def _when(values: dict[str, Any]) -> str:
    """When a script has measured, and which code; nothing where its result does not say."""
    if "date" not in values:
        return ""
    code = f" with the code of commit `{values['commit']}`" if values.get("commit") else ""
    return f"Measured on {values['date']}{code}. "


def hostile(values: dict[str, Any]) -> str:
    """Texts that want to break something."""
    seen = [(name, f"{runs // 2:,}") for name, runs in values["runs_by_analysis"].items()]
    facts = [
        ("texts", f"{values['inputs']:,}"),
        ("characters", f"{values['characters']:,}"),
        ("analyses", values["analyses"]),
        ("runs of an analysis", f"{values['runs']:,}"),
        ("crashes", values["crashes"]),
        ("text that became markup, a formula or a template", values["unescaped"]),
        ("results that differed when repeated", values["different_when_repeated"]),
    ]
    return (
        "### Hostile texts\n\n"
        + _when(values)
        + "Texts generated with hypothesis (every Unicode category, huge, mixed scripts, markup) go"
        " through the analyses, each time twice:"
        " `OMP_NUM_THREADS=1 python -m tests.hostile.campaign"
        f" --write` ({values['cpu_minutes']:.0f} processor minutes). Splitting, escaping, links,"
        " reading and alignment take every text; the costlier analyses take every fourth to every"
        " 200th, spread so that each kind of text comes to each.\n\n"
        + grid(("", ""), facts)
        + "\n"
        + _since(values)
        + "\nHow many of the texts each analysis saw, each of them twice:\n\n"
        + grid(("analysis", "texts"), sorted(seen, key=lambda row: -int(row[1].replace(",", ""))))
        + "\n"
    )


def _since(values: dict[str, Any]) -> str:
    """What became of what a run has found."""
    where = sorted({failure["analysis"] for failure in values["found"]})
    if not where:
        return ""
    return f"\nFound in: {'; '.join(where)}. Mended since, and to be run again.\n"


def faults(values: dict[str, Any]) -> str:
    """What is broken while the app runs."""
    rows = [(row["fault"], _said(row)) for row in values["rows"]]
    return (
        "### Faults\n\n"
        "Put into a running app, seen in a browser, and taken away again: `python docs/faults.py"
        f" --write`. Of {values['faults']} faults {len(values['not_as_wanted'])} were not as"
        " wanted. The page says so in one sentence, in the visitor's language, or says nothing"
        " where nothing that it needs is missing; what does not need the broken part goes on; and"
        " when the fault is gone the next run is as ever.\n\n"
        + grid(("fault", "what the page says"), rows)
        + "\n"
    )


def _said(row: dict[str, Any]) -> str:
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
    parts = [
        load(result("load")),
        hostile(result("hostile_inputs")),
        faults(result("faults")),
    ]
    return BEGIN + "\n".join(parts) + END


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
