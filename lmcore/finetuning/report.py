"""The numbers of ``docs/results/finetuning.json`` as a section of ``docs/results.md``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

#: Published figures beside ours: set, method, accuracy in per cent, where it stands, and what is
#: not the same.
PUBLISHED: tuple[tuple[str, str, float, str], ...] = (
    ("sentiment", "CNN, tuned word2vec", 81.5, "Kim 2014, table 2, MR (10-fold)"),
    ("subjectivity", "CNN, tuned word2vec", 93.4, "Kim 2014, table 2, Subj (10-fold)"),
    ("question_type", "CNN, tuned word2vec", 93.6, "Kim 2014, table 2, TREC (same test part)"),
    ("entailment", "ELMo, BiLSTM, attention", 56.8, "Devlin et al. 2018, table 1, GLUE RTE"),
    ("entailment", "GPT, 117 M", 56.0, "Radford et al. 2018, table 2, RTE"),
    ("entailment", "BERT base, 110 M", 66.4, "Devlin et al. 2018, table 1, GLUE RTE"),
)
NAMES = {
    "majority": "majority label",
    "bag_of_words": "bag of words",
    "static": "static vectors, mean",
    "elmo": "ELMo",
    "elmo_random": "ELMo, random weights",
    "gpt": "GPT, λ = 0.5",
    "gpt_random": "GPT, random weights",
    "gpt_no_lm": "GPT, λ = 0",
    "bert": "BERT",
    "bert_random": "BERT, random weights",
}


def by_size(own: Mapping[str, Any]) -> dict[str, list[tuple[int, float, float, float]]]:
    """Numbers of one set by row: examples, accuracy, and the ends of its interval, in per cent.

    Args:
        own: one set of a results file.
    """
    found: dict[str, list[tuple[int, float, float, float]]] = {}
    for row, cells in own["rows"].items():
        found[row] = []
        for size in sorted(cells, key=int):
            value, low, high = cells[size]["accuracy"]
            found[row].append((int(size), float(value), float(low), float(high)))
    return found


def stored(path: Path) -> Mapping[str, Any]:
    """The sets of a results file; none where there is no such file or it is another.

    Only sets that :func:`by_size` can read are given back.
    """
    try:
        sets = json.loads(path.read_text(encoding="utf8"))["finetuning"]
        return {name: own for name, own in sets.items() if by_size(own)}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def markdown(results: Mapping[str, Any]) -> str:
    """Tables of accuracy against training examples, published figures, and a closing note.

    Args:
        results: what :func:`lmcore.finetuning.experiment.measure` returned.
    """
    sets: Mapping[str, Any] = results["finetuning"]
    blocks = []
    for name, own in sets.items():
        blocks += [f"### {name}", "", *_table(own), "", *_published(name)]
    blocks += ["### What pre-training brings", "", *_closing(sets)]
    return "\n".join(blocks) + "\n"


def _table(own: Mapping[str, Any]) -> list[str]:
    sizes = sorted({int(size) for row in own["rows"].values() for size in row})
    limit = f", limited to {own['limit']:,} examples a part" if own.get("limit") else ""
    lines = [
        f"Accuracy in per cent on {own['test']:,} test examples, with its 95 % bootstrap interval,"
        f" by number of training examples{limit}.",
        "",
        "| | " + " | ".join(f"{size:,}" for size in sizes) + " |",
        "|---|" + "---:|" * len(sizes),
    ]
    for row, cells in own["rows"].items():
        shown = [_cell(cells.get(str(size))) for size in sizes]
        lines.append(f"| {NAMES.get(row, row)} | " + " | ".join(shown) + " |")
    return lines


def _cell(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return "–"
    value, low, high = cell["accuracy"]
    return f"{value:.1f} ({low:.1f}–{high:.1f})"


def _published(name: str) -> list[str]:
    found = [own for own in PUBLISHED if own[0] == name]
    if not found:
        return []
    lines = ["Published, with larger models or other splits:", ""]
    lines += [f"- {method}: {value:.1f} ({where})" for _, method, value, where in found]
    return [*lines, ""]


def _closing(sets: Mapping[str, Any]) -> list[str]:
    """With all examples: does each family beat its random twin, and the baselines?"""
    lines = []
    for name, own in sets.items():
        rows = own["rows"]
        last = {row: _last(cells) for row, cells in rows.items() if cells}
        for family in ("elmo", "gpt", "bert"):
            if family not in last or f"{family}_random" not in last:
                continue
            lines.append(f"- {name}: {NAMES[family]} {_verdict(family, last)}")
    return lines or ["Nothing to compare yet."]


def _last(cells: Mapping[str, Any]) -> list[float]:
    return list(cells[max(cells, key=int)]["accuracy"])


def _verdict(family: str, last: Mapping[str, list[float]]) -> str:
    own, twin = last[family], last[f"{family}_random"]
    gain = own[0] - twin[0]
    apart = own[1] > twin[2] or own[2] < twin[1]
    where = "level with" if gain == 0 else f"{abs(gain):.1f} points {_side(gain)}"
    overlap = "the intervals do not overlap" if apart else "the intervals overlap"
    said = f"is {where} its twin with random weights ({overlap})"
    ahead = [
        NAMES[row] for row in ("majority", "bag_of_words", "static") if row in last
        and last[row][0] >= own[0]
    ]  # fmt: skip
    return said + (f" and does not beat {', '.join(ahead)}." if ahead else ".")


def _side(gain: float) -> str:
    return "above" if gain > 0 else "below"
