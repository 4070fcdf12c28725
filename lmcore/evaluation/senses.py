"""WordNet senses in running text, by layer: SemCor.

The nearest-centroid procedure of :mod:`lmcore.evaluation.centroids` on SemCor 3.0, split by
document (every fifth is for testing), as in Peters et al. 2018, section 5.3, who train on SemCor
and test elsewhere. Senses compete with those of the same lemma and part of speech. Only words with
at least two senses in the training documents count; a test occurrence whose sense was never met is
wrong for every method; there is no fall-back to WordNet's order. ``macro_f1`` is the mean over the
words, most of which are rare; ``micro`` is the accuracy over all occurrences (the measure of
Peters et al.: 69.0 for the second layer of the biLM, on other texts). All in per cent.

ELMo's learned scalar mix (:mod:`lmcore.evaluation.probe`) is trained on the words that have at
least two senses with twenty training occurrences each, with a probe that chooses among these
senses; ``probe_accuracy_by_layer`` is measured on the same occurrences.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lmcore.evaluation import probe, semcor
from lmcore.evaluation.benchmark import (
    Benchmark,
    Progress,
    Row,
    Rows,
    locate,
    percent,
    spread,
    stretch,
)
from lmcore.evaluation.centroids import Centroids
from lmcore.evaluation.occurrences import (
    Marked,
    Target,
    by_layer,
    halves,
    most_frequent_sense,
    occurrences,
    of_word,
    targets_of,
)
from lmcore.evaluation.probe import Labelled
from lmcore.readers.base import Reader

#: A sense takes part in the probe when it has so many training occurrences.
OFTEN = 20
#: So many training occurrences are kept for the probe, and a third of it for testing.
KEPT = 18_000


@dataclass(frozen=True)
class Material:
    """Sentences with the ambiguous words to learn from and to be measured on.

    Attributes:
        tested: words with a sense in the test documents, those with one sense only included.
    """

    train: list[Marked]
    test: list[Marked]
    tested: int


def marked(sentences: Sequence[semcor.Tagged], words: set[str] | None = None) -> list[Marked]:
    """Sentences with their sense-tagged words (only some words, if given), without the others."""
    texts = []
    for tagged in sentences:
        targets = tuple(
            Target(token.word, token.sense, token.first, token.last)
            for token in tagged.tokens
            if token.sense and (words is None or token.word in words)
        )
        if targets:
            texts.append(Marked(tagged.sentence, targets))
    return texts


def ambiguous(targets: Sequence[Target], often: int = 1) -> dict[str, set[str]]:
    """Words with at least two senses that occur at least so often, and these senses."""
    counts = Counter((target.word, target.sense) for target in targets)
    senses: dict[str, set[str]] = {}
    for (word, sense), count in counts.items():
        if count >= often:
            senses.setdefault(word, set()).add(sense)
    return {word: several for word, several in senses.items() if len(several) > 1}


class _Kept:
    """Vectors of some occurrences, put aside while all of them pass by."""

    def __init__(self, targets: Sequence[Target], senses: dict[str, set[str]], most: int) -> None:
        names = sorted(sense for of_word in senses.values() for sense in of_word)
        self.classes = {name: number for number, name in enumerate(names)}
        self.words = {word: number for number, word in enumerate(sorted(senses))}
        usable = [n for n, t in enumerate(targets) if t.sense in senses.get(t.word, ())]
        self.wanted = {usable[i] for i in spread(len(usable), most)}
        self.rows: list[tuple[int, int, int, np.ndarray]] = []

    def offer(self, number: int, target: Target, vectors: np.ndarray) -> None:
        """Keep the vectors ``[L + 1, D]`` of an occurrence by its number, if it is wanted."""
        if number in self.wanted:
            sense, word = self.classes[target.sense], self.words[target.word]
            self.rows.append((number, sense, word, vectors.astype(np.float32)))

    def labelled(self) -> Labelled:
        """What was kept, in the order of the text."""
        self.rows.sort(key=lambda row: row[0])
        numbers = np.array([row[1:3] for row in self.rows], dtype=np.int64).reshape(-1, 2)
        vectors = np.stack([row[3] for row in self.rows])
        return Labelled(vectors, numbers[:, 0], numbers[:, 1])


def _mix(learn: _Kept, test: _Kept, senses: dict[str, set[str]], progress: Progress) -> Row:
    """Probes and the learned mix; nothing where too few occurrences were kept."""
    if not learn.rows or not test.rows:
        return {}
    allowed = np.zeros((len(learn.words), len(learn.classes)), dtype=bool)
    for word, names in senses.items():
        allowed[learn.words[word], [learn.classes[sense] for sense in names]] = True
    row = probe.report(learn.labelled(), test.labelled(), len(learn.classes), progress, allowed)
    return row | {"probe_occurrences": len(learn.rows), "probe_words": len(learn.words)}


def _measure(reader: Reader, material: Material, progress: Progress) -> Row:
    """Nearest centroids and probes of one reader."""
    parts = [
        [small for text in texts for small in halves(reader, text)]
        for texts in (material.train, material.test)
    ]
    gold = [targets_of(part) for part in parts]
    frequent = ambiguous(gold[0], OFTEN)
    kept = [_Kept(gold[0], frequent, KEPT), _Kept(gold[1], frequent, KEPT // 3)]
    known, answers = Centroids(), {}
    for number, target, layers in occurrences(reader, parts[0], stretch(progress, 0, 3, "")):
        vectors = of_word(layers, target)
        known.add(target.word, target.sense, vectors)
        kept[0].offer(number, target, vectors[:-1])
    for number, target, layers in occurrences(reader, parts[1], stretch(progress, 1, 3, "")):
        vectors = of_word(layers, target)
        answers[number] = known.nearest(target.word, vectors)
        kept[1].offer(number, target, vectors[:-1])
    row: Row = dict(by_layer(gold[1], [answers[n] for n in range(len(gold[1]))]))
    return row | _mix(kept[0], kept[1], frequent, stretch(progress, 2, 3, ""))


def _prepare(data: Path, limit: int | None) -> Material:
    """Training and test part, with the ambiguous words only."""
    path = locate(data, semcor.FILE)
    learn, check = semcor.by_document(semcor.load(path), limit)
    words = set(ambiguous(targets_of(marked(learn))))
    material = Material(marked(learn, words), marked(check, words), len(targets_of(marked(check))))
    if not targets_of(material.test):
        raise BENCHMARK.nothing_left(limit)
    return material


def _facts(material: Material) -> Row:
    gold = targets_of(material.test)
    return {
        "train_occurrences": len(targets_of(material.train)),
        "test_occurrences": len(gold),
        "test_words": len({target.word for target in gold}),
        "test_share_percent": percent(len(gold) / max(1, material.tested)),
    }


def _usual(material: Material) -> Rows:
    usual = most_frequent_sense(targets_of(material.train), targets_of(material.test))
    return {"most_frequent_sense": dict(usual)}


BENCHMARK = Benchmark(
    name="senses",
    summary="WordNet senses by layer, nearest centroid, and ELMo's mix (SemCor, by document)",
    limits="documents, a fifth of them for testing (there are 351)",
    applies=lambda reader: reader.context != "none",
    prepare=_prepare,
    measure=_measure,
    references=_usual,
    facts=_facts,
)
