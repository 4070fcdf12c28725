"""What attention heads look at: where, how sharply, and at which syntactic relations.

Clark, Khandelwal, Levy and Manning 2019, "What Does BERT Look At?" (BlackboxNLP, W19-4828).

*Where* (sections 3.1 to 3.3), on windows of running text as long as the reader can hold, mean over
the positions of the text: the share of attention to the previous position, the next, the position
itself, the mark that begins the text (``[CLS]``, ``<s>``), the mark that ends it (``[SEP]``; GPT
has none) and punctuation; and the entropy of the distribution in nats, bare and divided by the
logarithm of the number of visible positions, without which GPT's short rows look sharper than
BERT's. Lists are by layer (from layer 1 up) and head.

*Relations* (section 4.2), on UD English GUM: attention between words (sum over the pieces attended
to, mean over those attending), and how often the other word that gets most of it is the one at the
other end of a dependency, in either direction. For each relation the best head is chosen on the
development part and measured on the test part (the paper chooses and measures on the same text);
beside it the best fixed distance, chosen in the same way. Layers and heads are counted from 1.
Left out: the entropy of ``[CLS]`` alone (section 3.3) and the distances between heads (section 6).
GPT sees no word to its right: only one direction of most relations is open to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from lmcore.evaluation.batches import in_batches
from lmcore.evaluation.benchmark import Benchmark, Progress, Row, locate, percent, spread, stretch
from lmcore.evaluation.text import VALID, HeldOut, fits, given, held_out
from lmcore.outputs.reading import Reading, pool_attention
from lmcore.readers.base import Reader
from lmcore.runtime.families import Context
from lmcore.text.words import Sentence

WHERE = (
    "previous",
    "next",
    "itself",
    "start",
    "separator",
    "punctuation",
    "entropy",
    "entropy_share",
)
#: Running text, and of the treebank the part on which heads are chosen and the one for testing.
Material = tuple[HeldOut, list[list["Tree"]]]
DIRECTIONS = ("dependent to head", "head to dependent")
#: A relation is reported when it occurs so often in the test part, but for punctuation.
COMMON = 20
#: How far away the fixed distance is looked for.
FARTHEST = 10


def where(reading: Reading, context: Context) -> tuple[np.ndarray, int]:
    """Sums of the measures :data:`WHERE`, ``[8, L, H]``, over so many positions of a reading."""
    assert reading.attention is not None
    attention = reading.attention.astype(np.float64)  # [L, H, P, P]
    special = np.array([piece.special for piece in reading.pieces])
    text = reading.sentence.text
    punctuation = np.array(
        [
            piece.span is not None and not any(c.isalnum() for c in text[slice(*piece.span)])
            for piece in reading.pieces
        ]
    )
    first = np.arange(len(special)) == 0
    rows = np.flatnonzero(~special)
    seen = attention[:, :, rows]
    count = len(special)
    entropy = -(seen * np.log(np.where(seen > 0, seen, 1.0))).sum(axis=-1)  # [L, H, rows]
    visible = rows + 1 if context == "left" else np.full(len(rows), count)
    after = rows[rows + 1 < count]
    before = rows[rows >= 1]
    sums = [
        attention[:, :, before, before - 1].sum(axis=-1),
        attention[:, :, after, after + 1].sum(axis=-1),
        attention[:, :, rows, rows].sum(axis=-1),
        seen[..., special & first].sum(axis=(-1, -2)),
        seen[..., special & ~first].sum(axis=(-1, -2)),
        seen[..., punctuation].sum(axis=(-1, -2)),
        entropy.sum(axis=-1),
        (entropy / np.log(np.maximum(visible, 2))).sum(axis=-1),
    ]
    return np.stack(sums), len(rows)


@dataclass(frozen=True)
class Tree:
    """A sentence with its dependencies: (dependent, head, relation), roots left out."""

    sentence: Sentence
    arcs: tuple[tuple[int, int, str], ...]


def trees(path: Path) -> Iterator[Tree]:
    """Read a CoNLL-U file; relations without their subtypes."""
    for block in path.read_text(encoding="utf8").strip().split("\n\n"):
        rows = [line.split("\t") for line in block.split("\n") if not line.startswith("#")]
        rows = [row for row in rows if row[0].isdigit()]  # no contractions, no empty nodes
        arcs = tuple(
            (place, int(row[6]) - 1, row[7].split(":")[0])
            for place, row in enumerate(rows)
            if row[6] != "0"
        )
        yield Tree(given([row[1] for row in rows]), arcs)


@dataclass
class Counts:
    """How often each head, and each fixed distance, finds a relation.

    Attributes:
        right: by relation, ``[2 directions, L, H]``.
        at: by relation and signed distance from the dependent to its head.
        total: by relation.
    """

    right: dict[str, np.ndarray] = field(default_factory=dict)
    at: dict[str, dict[int, int]] = field(default_factory=dict)
    total: dict[str, int] = field(default_factory=dict)

    def add(self, tree: Tree, attention: np.ndarray) -> None:
        """Count one sentence; ``attention`` between its words is ``[L, H, W, W]``."""
        others = attention.copy()
        words = np.arange(attention.shape[-1])
        others[..., words, words] = -1.0
        # A word that attends to no other (GPT's first) points nowhere.
        most = np.where(others.max(axis=-1) > 0, others.argmax(axis=-1), -1)  # [L, H, W]
        for dependent, head, relation in tree.arcs:
            right = np.stack([most[..., dependent] == head, most[..., head] == dependent])
            before = self.right.get(relation)
            self.right[relation] = right + (0 if before is None else before)
            distances = self.at.setdefault(relation, {})
            distances[head - dependent] = distances.get(head - dependent, 0) + 1
            self.total[relation] = self.total.get(relation, 0) + 1


def relations(chosen_on: Counts, measured_on: Counts) -> dict[str, Row]:
    """The best head of each common relation, commonest first."""
    best = {}
    for relation, total in sorted(measured_on.total.items(), key=lambda item: -item[1]):
        if total < COMMON or relation == "punct" or relation not in chosen_on.right:
            continue
        table = chosen_on.right[relation]
        direction, layer, head = np.unravel_index(int(table.argmax()), table.shape)
        near = {d: n for d, n in chosen_on.at[relation].items() if abs(d) <= FARTHEST} or {1: 0}
        offset = max(near, key=lambda distance: near[distance])
        right = int(measured_on.right[relation][direction, layer, head])
        best[relation] = {
            "layer": int(layer) + 1,
            "head": int(head) + 1,
            "direction": DIRECTIONS[int(direction)],
            "accuracy": percent(right / total),
            "distance": offset,
            "distance_accuracy": percent(measured_on.at[relation].get(offset, 0) / total),
            "count": total,
        }
    return best


def _count_relations(reader: Reader, part: Sequence[Tree], progress: Progress) -> Counts:
    """Attention between the words of parsed sentences against their dependencies."""
    counts = Counts()
    readable = [tree for tree in part if fits(reader, tree.sentence)]
    sentences = [tree.sentence for tree in readable]
    for index, reading in in_batches(reader, reader.read, sentences, progress, "relations"):
        if reading.attention is not None and reading.word_pieces.any(axis=1).all():
            counts.add(readable[index], pool_attention(reading.word_pieces, reading.attention))
    return counts


def _measure(reader: Reader, material: Material, progress: Progress) -> Row:
    """All measures of one reader."""
    text, parts = material
    windows, total, positions = text.windows(reader), np.zeros(1), 0
    first = stretch(progress, 0, 3, "")
    for _, reading in in_batches(reader, reader.read, windows, first, "where heads look"):
        sums, count = where(reading, reader.context)
        total, positions = total + sums, positions + count
    development, test = (
        _count_relations(reader, part, stretch(progress, number, 3, ""))
        for number, part in enumerate(parts, start=1)
    )
    means = (total / positions).round(4)
    row: Row = {name: means[number].tolist() for number, name in enumerate(WHERE)}
    return row | {
        "relations": relations(development, test),
        "windows": len(windows),
        "sentences": sum(map(len, parts)),
    }


def _prepare(data: Path, limit: int | None) -> Material:
    parts = []
    for name in ("dev", "test"):
        every = list(trees(locate(data, f"ud_gum/{name}.conllu")))
        parts.append([every[i] for i in spread(len(every), limit)])
    return HeldOut(held_out(locate(data, VALID)), limit), parts


BENCHMARK = Benchmark(
    name="heads",
    summary="where attention heads look, and at which relations (Clark et al. 2019)",
    limits="windows of running text, and sentences of each part of the treebank",
    applies=lambda reader: reader.can("attention"),
    prepare=_prepare,
    measure=_measure,
    default_limit=500,
)
