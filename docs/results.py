"""Write ``docs/results.md`` from the stored results: ``python docs/results.py``.

The numbers come from ``docs/results/NAME*.json``, each made by ``python -m lmcore evaluate NAME
--json`` (``NAME-MODEL.json``: with ``--model FOLDER``), those of fine-tuning by ``python -m lmcore
finetune --benchmark``; what may be concluded stands in
``docs/results/NAME.md``. A test fails where the page and the numbers differ.
"""

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from lmcore.evaluation.heads import WHERE  # noqa: E402
from lmcore.evaluation.run import BENCHMARKS  # noqa: E402
from lmcore.finetuning.report import markdown  # noqa: E402
from lmcore.finetuning.stored import commands, stored  # noqa: E402
from lmcore.runtime.families import TITLES  # noqa: E402

STORED = HERE / "results"
PAGE = HERE / "results.md"
Rows = dict[str, dict[str, Any]]


def name_of(reader: str) -> str:
    """A row's name as people read it."""
    if reader.endswith("_context"):
        return f"{TITLES[reader.removesuffix('_context')]}, mean of the neighbours"
    return TITLES.get(reader, reader.replace("_", " "))


def number(value: Any) -> str:
    """A number as it stands in a table."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.2f}" if abs(value) >= 10 else f"{value:.3f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def text(value: str) -> str:
    """A model's or a sentence's words, so that Markdown leaves them alone."""
    return "`" + value.replace("`", "'").replace("|", "¦") + "`"


def grid(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(number(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def layers(rows: Rows, metric: str) -> str:
    """One line a reader, one column a layer."""
    curves = {key: row[metric] for key, row in rows.items() if isinstance(row.get(metric), list)}
    widest = max(map(len, curves.values()), default=0)
    body = [[name_of(k), *v, *[""] * (widest - len(v))] for k, v in curves.items()]
    return grid([metric.replace("_", " "), *map(str, range(widest))], body)


def perplexity(rows: Rows) -> str:
    """Surprise at held-out text."""
    tables = (
        ("perplexity_per_word", "adjusted_perplexity_per_word", "unknown_words_percent"),
        ("nats_per_word", "nats_per_token", "perplexity_per_token"),
        ("forward_perplexity_per_word", "backward_perplexity_per_word"),
        ("running_text_perplexity_per_word", "running_text_perplexity_per_token"),
        ("masked_nats_per_token", "masked_perplexity_per_token"),
        ("words", "tokens"),
    )
    return "\n\n".join(table for names in tables if (table := known(rows, names)))


def known(rows: Rows, names: Sequence[str]) -> str:
    """One line a reader that has any of some metrics, one column a metric; empty where none has."""
    body = [
        [name_of(key), *(row.get(name) for name in names)]
        for key, row in rows.items()
        if any(name in row for name in names)
    ]
    return grid(["", *(name.replace("_", " ") for name in names)], body) if body else ""


def coarsewsd(rows: Rows) -> str:
    """Coarse senses."""
    best = [
        [
            name_of(key),
            max(_list(row.get("macro_f1_by_layer", row.get("macro_f1")))),
            row.get("macro_f1_last4"),
            max(_list(row.get("micro_by_layer", row.get("micro")))),
        ]
        for key, row in rows.items()
    ]
    head = [
        "",
        "macro-F1, best layer",
        "macro-F1, sum of the last four",
        "pooled micro, best layer",
    ]
    return "\n\n".join([grid(head, best), layers(rows, "macro_f1_by_layer")])


def senses(rows: Rows) -> str:
    """WordNet senses, and ELMo's mix."""
    flat = known(rows, ("macro_f1", "micro", "macro_f1_last4", "micro_last4"))
    by_layer = ("macro_f1_by_layer", "micro_by_layer", "probe_accuracy_by_layer")
    return "\n\n".join([flat, *(layers(rows, name) for name in by_layer), mix(rows)])


def pos(rows: Rows) -> str:
    """Parts of speech, and ELMo's mix."""
    flat = known(rows, ("accuracy",))
    return "\n\n".join([flat, layers(rows, "probe_accuracy_by_layer"), mix(rows)])


def mix(rows: Rows) -> str:
    """The learned scalar mix of every reader that has one."""
    body = [
        [
            name_of(key),
            " ".join(f"{s:.2f}" for s in row["mix_weights"]),
            row.get("mix_gamma"),
            row.get("mix_accuracy"),
        ]
        for key, row in rows.items()
        if row.get("mix_weights")
    ]
    return grid(["learned mix", "softmax weights by layer", "gamma", "accuracy"], body)


def contextuality(rows: Rows) -> str:
    """The measures of Ethayarajh 2019."""
    kinds = ("self_similarity", "intra_sentence_similarity", "max_explainable_variance")
    names = [f"{kind}_{form}_by_layer" for kind in kinds for form in ("adjusted", "raw")]
    return "\n\n".join(layers(rows, name) for name in [*names, "baseline_cosine_by_layer"])


def minimal_pairs(rows: Rows) -> str:
    """BLiMP."""
    phenomena = sorted({p for row in rows.values() for p in row["by_phenomenon"]})
    body = [["**all**", *(row["overall"] for row in rows.values())]]
    body += [
        [p.replace("_", " "), *(row["by_phenomenon"].get(p) for row in rows.values())]
        for p in phenomena
    ]
    return grid(["phenomenon", *map(name_of, rows)], body)


def everyday(rows: Rows) -> str:
    """How many answers are among the first five words, by reader and view."""
    body = [
        [f"{name_of(key)}, {view}", f"{count} of {row['sentences']}"]
        for key, row in rows.items()
        for view, count in row["right"].items()
    ]
    return grid(["reader, what it looks at", "answer among the first five"], body)


def heads(rows: Rows) -> str:
    """Where heads look."""
    parts = []
    for key, row in rows.items():
        body = [
            [
                relation,
                f"{head['layer']}.{head['head']}",
                head["accuracy"],
                head["distance_accuracy"],
            ]
            for relation, head in row["relations"].items()
        ]
        head = [name_of(key), "best head (layer.head)", "accuracy", "best fixed distance"]
        parts += [grid(head, body), where(name_of(key), row)]
    return "\n\n".join(parts)


def where(name: str, row: dict[str, Any]) -> str:
    """Mean over the heads of each layer, and the head that looks there most."""
    body = []
    for measure in (name for name in WHERE if name in row):
        means = [sum(layer) / len(layer) for layer in row[measure]]
        top = max(
            (value, f"{depth}.{place}")
            for depth, layer in enumerate(row[measure], 1)
            for place, value in enumerate(layer, 1)
        )
        body.append([measure.replace("_", " "), *means, f"{top[1]}: {top[0]:.2f}"])
    depth = len(body[0]) - 2
    head = [f"{name}, mean of the heads of layer", *map(str, range(1, depth + 1)), "highest head"]
    return grid(head, body)


def samples(rows: Rows) -> str:
    """What the readers write, unselected."""
    parts = []
    for index, sentence in enumerate(rows["sentences"]["text"]):
        parts.append(f"**{index + 1}.** {text(sentence)}")
        body = []
        for key in (k for k in rows if k != "sentences"):
            for view, words in rows[key]["fill"][index].items():
                guesses = ", ".join(f"{text(word)} {p:.3f}" for word, p in words)
                body.append([f"{name_of(key)}, {view}", guesses])
            body += [
                [f"{name_of(key)}, writes on ({way})", text(rows[key][way][index])]
                for way in ("greedy", "sampled")
            ]
        parts.append(grid(["", ""], body))
    return "\n\n".join(parts)


def finetuning(sets: Rows) -> str:
    """Accuracy against the number of training examples, and what pre-training brings."""
    return markdown({"finetuning": sets}).strip()


def _list(value: Any) -> list[float]:
    return value if isinstance(value, list) else [value]


#: Sections in their order: name, heading, table.
SECTIONS: dict[str, tuple[str, Callable[[Rows], str]]] = {
    "perplexity": ("Surprise at held-out text", perplexity),
    "coarsewsd": ("Coarse senses: CoarseWSD-20", coarsewsd),
    "senses": ("WordNet senses: SemCor", senses),
    "pos": ("Parts of speech: SemCor", pos),
    "contextuality": ("How much vectors depend on context", contextuality),
    "minimal_pairs": ("Grammatical or not: BLiMP", minimal_pairs),
    "heads": ("What attention heads look at", heads),
    "everyday": ("Forty everyday blanks with one sensible answer", everyday),
    "samples": ("Twenty sentences, unselected", samples),
    "finetuning": ("From pre-training to a task", finetuning),
}


def command(name: str) -> str:
    """What makes the numbers of a section."""
    if name == "finetuning":  # as it stands in the numbers themselves
        return "` and `".join(commands(stored(STORED / "finetuning.json")))
    return f"python -m lmcore evaluate {name} --json > docs/results/{name}.json"


def measured_on(name: str, rows: Rows) -> str:
    """How much was looked at, where a benchmark does not read all there is."""
    limits = {row["limit"] for row in rows.values() if isinstance(row.get("limit"), int)}
    if name == "finetuning" or not limits:
        return ""
    numbers = " or ".join(f"{limit:,}" for limit in sorted(limits))
    return f"Limited to {numbers} {BENCHMARKS[name].limits}."


def page() -> str:
    """The whole page."""
    parts = [(STORED / "introduction.md").read_text(encoding="utf8").strip()]
    for name, (heading, table) in SECTIONS.items():
        parts.append(f"## {heading}")
        parts.append(f"`{command(name)}`")
        rows = {}
        for file in sorted(STORED.glob(f"{name}*.json")):
            rows |= json.loads(file.read_text(encoding="utf8"))[name]
        parts.append(table(rows) if rows else "Not measured yet.")
        parts += [line for line in [measured_on(name, rows)] if line]
        written = STORED / f"{name}.md"
        parts += [written.read_text(encoding="utf8").strip()] if rows and written.is_file() else []
    parts.append((STORED / "recipes.md").read_text(encoding="utf8").strip())
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf8")
    sys.stdout.write(f"{PAGE}\n")
