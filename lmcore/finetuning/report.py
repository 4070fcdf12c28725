"""The numbers of ``docs/results/finetuning.json`` as a section of ``docs/results.md``."""

from collections.abc import Mapping, Sequence
from typing import Any

from lmcore.finetuning.plan import DIFFERENT
from lmcore.finetuning.stored import BASELINES, StoredSet, by_size, schedule
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


def markdown(results: Mapping[str, Any]) -> str:
    """Tables of accuracy against training examples, published figures, and a closing note.

    ``results`` are those of :func:`lmcore.finetuning.experiment.measure`.
    """
    sets: Mapping[str, StoredSet] = results["finetuning"]
    sets = {name: measured for name, measured in sets.items() if by_size(measured)}
    blocks = [HOW, ""] if sets else []
    for name, measured in sets.items():
        blocks += [f"### {name}", "", _about(measured), "", *_table(measured), ""]
        blocks += [*_schedule(measured), *_seeds(measured), *_published(name)]
    blocks += ["### What pre-training brings", "", *_closing(sets)]
    return "\n".join(blocks) + "\n"


def _sizes(measured: StoredSet) -> list[int]:
    return sorted({int(size) for row in measured["rows"].values() for size in row})


def _head(measured: StoredSet, corner: str = "") -> list[str]:
    """First two lines of a table with a column for each number of training examples."""
    whole = measured.get("train")
    sizes = [f"{size:,}" + (" (all)" if size == whole else "") for size in _sizes(measured)]
    return [f"| {corner} | " + " | ".join(sizes) + " |", "|---|" + "---:|" * len(sizes)]


def _line(name: str, cells: Sequence[str]) -> str:
    return f"| {name} | " + " | ".join(cells) + " |"


def _about(measured: StoredSet) -> str:
    """Where the parts of a set come from, and how many test examples there are."""
    sentences, train = [], measured.get("train")
    if measured.get("one_part"):
        sentences.append(
            "The set comes in one part: “all” is the 60 % of it that are for training"
            f" ({train:,} examples), a fifth is for validation and a fifth for testing."
        )
    elif train:
        sentences.append(
            f"The test part comes with the set; “all” is 75 % of the rest ({train:,} examples), a"
            f" quarter is for validation. {measured['left_out']:,} examples are in neither,"
            " because their first text stands in the test part too."
        )
    limit = f", limited to {measured['limit']:,} examples a part" if measured.get("limit") else ""
    test = f"{measured['test']:,} test examples{limit}{_fewer(measured)}"
    return " ".join([*sentences, f"Accuracy in per cent on {test}."])


def _fewer(measured: StoredSet) -> str:
    """What is said of the columns with a smaller test part."""
    whole, train = f"{measured['test']:,}", measured.get("train")
    tested = schedule(measured).get("test", {})
    fewer = {count: None for size, count in tested.items() if size != train and count != whole}
    return f" (columns below “all”: on {' or '.join(fewer)} of them)" if fewer else ""


def _table(measured: StoredSet) -> list[str]:
    sizes = _sizes(measured)
    lines = _head(measured)
    for row, cells in measured["rows"].items():
        lines.append(_line(NAMES.get(row, row), [_cell(cells.get(str(size))) for size in sizes]))
    return lines


def _cell(cell: Mapping[str, Any] | None) -> str:
    if cell is None:
        return "–"
    value, low, high = cell["accuracy"]
    return f"{value:.1f} ({low:.1f}–{high:.1f})"


def _schedule(measured: StoredSet) -> list[str]:
    """A table with what each column was measured with."""
    values = schedule(measured)
    if not values:
        return []
    lines = _head(measured, "measured with")
    for name, title in SCHEDULE.items():
        if name in values:
            lines.append(_line(title, [values[name].get(size, "–") for size in _sizes(measured)]))
    return [*lines, ""]


def _seeds(measured: StoredSet) -> list[str]:
    """A table with the accuracy of each seed, of the cells that have several."""
    lines = []
    for row, cells in measured["rows"].items():
        each = {size: cell.get("accuracy_by_seed", []) for size, cell in cells.items()}
        if any(len(values) > 1 for values in each.values()):
            by_seed = [each.get(str(size), []) for size in _sizes(measured)]
            texts = [_each(values) if len(values) > 1 else "–" for values in by_seed]
            lines.append(_line(NAMES.get(row, row), texts))
    return [*_head(measured, "accuracy by seed"), *lines, ""] if lines else []


def _each(accuracies: Sequence[float]) -> str:
    return " ".join(f"{value:.1f}" for value in accuracies)


def _published(name: str) -> list[str]:
    rows = [row for row in PUBLISHED if row[0] == name]
    if not rows:
        return []
    lines = ["Published, with larger models or other splits:", ""]
    lines += [f"- {method}: {value:.1f} ({where})" for _, method, value, where in rows]
    return [*lines, ""]


def _closing(sets: Mapping[str, StoredSet]) -> list[str]:
    """With most examples: does each family beat its random twin, and the baselines?"""
    lines = []
    for name, measured in sets.items():
        rows = measured["rows"]
        for family in CONTEXTUAL:
            both = {*rows.get(family, {})} & {*rows.get(f"{family}_random", {})}
            if not both:
                continue
            most = max(both, key=int)
            last = {row: cells[most]["accuracy"] for row, cells in rows.items() if most in cells}
            where = f"{name}, {int(most):,} examples"
            seeds = _apart(rows[family][most], rows[f"{family}_random"][most])
            lines.append(f"- {where}: {NAMES[family]} {_verdict(family, last)}{seeds}")
    return lines or ["Nothing to compare yet."]


def _apart(cell: Mapping[str, Any], twin: Mapping[str, Any]) -> str:
    """What the seeds of two cells say where the mean of the twin's stands for none of them."""
    of_reader, of_twin = (cell.get("accuracy_by_seed", []) for cell in (cell, twin))
    if len(of_reader) < 2 or len(of_twin) < 2 or max(of_twin) - min(of_twin) <= SCATTER:
        return ""
    return f" The twin's seeds are far apart: {_each(of_twin)}, against {_each(of_reader)}."


def _verdict(family: str, last: Mapping[str, list[float]]) -> str:
    reader, twin = last[family], last[f"{family}_random"]
    gain = reader[0] - twin[0]
    apart = reader[1] > twin[2] or reader[2] < twin[1]
    side = "above" if gain > 0 else "below"
    where = "level with" if gain == 0 else f"{abs(gain):.1f} points {side}"
    overlap = "the intervals do not overlap" if apart else "the intervals overlap"
    sentence = f"is {where} its twin with random weights ({overlap})"
    ahead = [NAMES[row] for row in BASELINES if row in last and last[row][0] >= reader[0]]
    return sentence + (f" and does not beat {', '.join(ahead)}." if ahead else ".")
