"""The numbers of ``docs/results/finetuning.json`` as a section of ``docs/results.md``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from lmcore.finetuning.plan import DIFFERENT, Plan
from lmcore.runtime.families import CONTEXTUAL

_SST = "another set: SST-2, sentences and phrases of the same film reviews, labelled anew"
#: Published figures beside ours: set, method, accuracy in per cent, where it stands, and what is
#: not the same.
PUBLISHED: tuple[tuple[str, str, float, str], ...] = (
    ("sentiment", "CNN, tuned word2vec", 81.5, "Kim 2014, table 2, MR (10-fold)"),
    ("sentiment", "ELMo, BiLSTM, attention", 90.4, f"Devlin et al. 2018, table 1; {_SST}"),
    ("sentiment", "GPT, 117 M", 91.3, f"Radford et al. 2018, table 4; {_SST}"),
    ("sentiment", "BERT base, 110 M", 93.5, f"Devlin et al. 2018, table 1; {_SST}"),
    ("subjectivity", "CNN, tuned word2vec", 93.4, "Kim 2014, table 2, Subj (10-fold)"),
    ("question_type", "CNN, tuned word2vec", 93.6, "Kim 2014, table 2, TREC (same test part)"),
    ("entailment", "ELMo, BiLSTM, attention", 56.8, "Devlin et al. 2018, table 1, GLUE RTE"),
    ("entailment", "GPT, 117 M", 56.0, "Radford et al. 2018, table 2, RTE"),
    ("entailment", "BERT base, 110 M", 66.4, "Devlin et al. 2018, table 1, GLUE RTE"),
)
#: What holds for all tables.
HOW = (
    "A cell is the mean over its seeds, with a 95 % bootstrap interval over the test examples. The"
    " interval knows nothing of the choice of training examples. Where there are several seeds, the"
    f" accuracy of each stands below; up to {DIFFERENT} training examples each seed learns from"
    " others. The best pass is chosen on the validation part, and so is the penalty of the two"
    " regressions. A reader and its twin with random weights have the same examples, passes and"
    " settings."
)
#: Points between the seeds of a twin above which their mean stands for none of them.
SCATTER = 10.0
#: Rows of the table that tells how a set was measured.
SCHEDULE = {
    "validation": "validation examples",
    "test": "test examples",
    "seeds": "seeds",
    "passes": "passes at the most, GPT and BERT",
    "elmo": "passes at the most, ELMo's classifier",
}
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

    Returns:
        rows that have a cell: none of a row that is not measured yet.
    """
    found: dict[str, list[tuple[int, float, float, float]]] = {}
    for row, cells in own["rows"].items():
        for size in sorted(cells, key=int):
            value, low, high = cells[size]["accuracy"]
            told = (int(size), float(value), float(low), float(high))
            found.setdefault(row, []).append(told)
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


def commands(sets: Mapping[str, Any]) -> list[str]:
    """The commands that the cells of a results file were made with, each once.

    Without any cell: the command that measures everything as it is planned.
    """
    cells = [cell for own in sets.values() for row in own["rows"].values() for cell in row.values()]
    made = list(dict.fromkeys(cell["command"] for cell in cells if "command" in cell))
    return made or [Plan().command(CONTEXTUAL)]


def schedule(own: Mapping[str, Any]) -> dict[str, dict[int, str]]:
    """How the cells of a set were made: by what it is of, for each number of training examples.

    Args:
        own: one set of a results file.

    Returns:
        rows ``validation``, ``test``, ``seeds``, ``passes`` (GPT and BERT) and ``elmo``; where the
        cells of one size differ, all values. Empty for a file that does not tell.
    """
    told: dict[str, dict[int, set[int]]] = {}
    for row, cells in own["rows"].items():
        passes = "elmo" if row.startswith("elmo") else "passes"
        for size, cell in cells.items():
            made = cell.get("made_with", {})
            network = made.get("passes") is not None
            names = {"validation": "validation", "test": "test"}
            names |= {"seeds": "seeds", passes: "passes"} if network else {}
            for name, key in names.items():
                if key in made:
                    told.setdefault(name, {}).setdefault(int(size), set()).add(made[key])
    return {
        name: {size: " or ".join(f"{n:,}" for n in sorted(all_)) for size, all_ in sizes.items()}
        for name, sizes in told.items()
    }


def markdown(results: Mapping[str, Any]) -> str:
    """Tables of accuracy against training examples, published figures, and a closing note.

    Args:
        results: what :func:`lmcore.finetuning.experiment.measure` returned.
    """
    sets: Mapping[str, Any] = results["finetuning"]
    measured = {name: own for name, own in sets.items() if by_size(own)}
    blocks = [HOW, ""] if measured else []
    for name, own in measured.items():
        blocks += [f"### {name}", "", _about(own), "", *_table(own), ""]
        blocks += [*_schedule(own), *_seeds(own), *_published(name)]
    blocks += ["### What pre-training brings", "", *_closing(measured)]
    return "\n".join(blocks) + "\n"


def _sizes(own: Mapping[str, Any]) -> list[int]:
    return sorted({int(size) for row in own["rows"].values() for size in row})


def _head(own: Mapping[str, Any], corner: str = "") -> list[str]:
    """First two lines of a table with a column for each number of training examples."""
    told = [f"{size:,}" + (" (all)" if size == own.get("train") else "") for size in _sizes(own)]
    return [f"| {corner} | " + " | ".join(told) + " |", "|---|" + "---:|" * len(told)]


def _line(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def _about(own: Mapping[str, Any]) -> str:
    """Where the parts of a set come from, and how many test examples there are."""
    said = []
    if own.get("one_part"):
        said.append(
            f"The set comes in one part: “all” is the 60 % of it that are for training"
            f" ({own['train']:,} examples), a fifth is for validation and a fifth for testing."
        )
    elif own.get("train"):
        said.append(
            f"The test part comes with the set; “all” is 75 % of the rest ({own['train']:,}"
            f" examples), a quarter is for validation. {own['left_out']:,} examples are in neither,"
            " because their first text stands in the test part too."
        )
    limit = f", limited to {own['limit']:,} examples a part" if own.get("limit") else ""
    said.append(f"Accuracy in per cent on {own['test']:,} test examples{limit}{_fewer(own)}.")
    return " ".join(said)


def _fewer(own: Mapping[str, Any]) -> str:
    """What is said of the columns with a smaller test part."""
    tested = schedule(own).get("test", {})
    fewer = dict.fromkeys(
        told for size, told in tested.items() if size != own.get("train")
        and told != f"{own['test']:,}"
    )  # fmt: skip
    return f" (columns below “all”: on {' or '.join(fewer)} of them)" if fewer else ""


def _table(own: Mapping[str, Any]) -> list[str]:
    sizes = _sizes(own)
    lines = _head(own)
    for row, cells in own["rows"].items():
        lines.append(_line(NAMES.get(row, row), [_cell(cells.get(str(size))) for size in sizes]))
    return lines


def _cell(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return "–"
    value, low, high = cell["accuracy"]
    return f"{value:.1f} ({low:.1f}–{high:.1f})"


def _schedule(own: Mapping[str, Any]) -> list[str]:
    """A table with what each column was measured with."""
    told = schedule(own)
    if not told:
        return []
    lines = _head(own, "measured with")
    for name, title in SCHEDULE.items():
        if name in told:
            lines.append(_line(title, [told[name].get(size, "–") for size in _sizes(own)]))
    return [*lines, ""]


def _seeds(own: Mapping[str, Any]) -> list[str]:
    """A table with the accuracy of each seed, of the cells that have several."""
    lines = []
    for row, cells in own["rows"].items():
        each = {size: cell.get("accuracy_by_seed", []) for size, cell in cells.items()}
        if any(len(values) > 1 for values in each.values()):
            told = [each.get(str(size), []) for size in _sizes(own)]
            shown = [_each(values) if len(values) > 1 else "–" for values in told]
            lines.append(_line(NAMES.get(row, row), shown))
    return [*_head(own, "accuracy by seed"), *lines, ""] if lines else []


def _each(accuracies: Sequence[float]) -> str:
    return " ".join(f"{value:.1f}" for value in accuracies)


def _published(name: str) -> list[str]:
    found = [own for own in PUBLISHED if own[0] == name]
    if not found:
        return []
    lines = ["Published, with larger models or other splits:", ""]
    lines += [f"- {method}: {value:.1f} ({where})" for _, method, value, where in found]
    return [*lines, ""]


def _closing(sets: Mapping[str, Any]) -> list[str]:
    """With most examples: does each family beat its random twin, and the baselines?"""
    lines = []
    for name, own in sets.items():
        rows = own["rows"]
        for family in CONTEXTUAL:
            both = {*rows.get(family, {})} & {*rows.get(f"{family}_random", {})}
            if not both:
                continue
            most = max(both, key=int)
            last = {row: cells[most]["accuracy"] for row, cells in rows.items() if most in cells}
            told = f"{name}, {int(most):,} examples"
            seeds = _apart(rows[family][most], rows[f"{family}_random"][most])
            lines.append(f"- {told}: {NAMES[family]} {_verdict(family, last)}{seeds}")
    return lines or ["Nothing to compare yet."]


def _apart(own: Mapping[str, Any], twin: Mapping[str, Any]) -> str:
    """What the seeds of two cells say where the mean of the twin's stands for none of them."""
    of_own, of_twin = (cell.get("accuracy_by_seed", []) for cell in (own, twin))
    if len(of_own) < 2 or len(of_twin) < 2 or max(of_twin) - min(of_twin) <= SCATTER:
        return ""
    return f" The twin's seeds are far apart: {_each(of_twin)}, against {_each(of_own)}."


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
