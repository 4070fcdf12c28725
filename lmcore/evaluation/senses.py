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

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from lmcore.evaluation import probe, semcor
from lmcore.evaluation.benchmark import (
    Benchmark,
    Progress,
    Row,
    Rows,
    for_each,
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


class Kept:
    """Vectors of some occurrences, put aside while all of them pass by."""

    def __init__(self, targets: Sequence[Target], senses: dict[str, set[str]], most: int) -> None:
        names = sorted(sense for of_word in senses.values() for sense in of_word)
        self.classes = {name: number for number, name in enumerate(names)}
        self.words = {word: number for number, word in enumerate(sorted(senses))}
        usable = [n for n, t in enumerate(targets) if t.sense in senses.get(t.word, ())]
        self.wanted = {usable[i] for i in spread(len(usable), most)}
        self.rows: list[tuple[int, int, int, np.ndarray]] = []

    def offer(self, number: int, target: Target, vectors: np.ndarray) -> None:
        """Keep an occurrence if it is wanted.

        Args:
            number: among all occurrences.
            target: the word and its sense.
            vectors: ``[L + 1, D]``.
        """
        if number in self.wanted:
            sense, word = self.classes[target.sense], self.words[target.word]
            self.rows.append((number, sense, word, vectors.astype(np.float32)))

    def labelled(self) -> Labelled:
        """What was kept, in the order of the text."""
        self.rows.sort(key=lambda row: row[0])
        numbers = np.array([row[1:3] for row in self.rows], dtype=np.int64).reshape(-1, 2)
        vectors = np.stack([row[3] for row in self.rows])
        return Labelled(vectors, numbers[:, 0], numbers[:, 1])


def mix(learn: Kept, test: Kept, senses: dict[str, set[str]], progress: Progress) -> Row:
    """Probes and the learned mix; nothing where too few occurrences were kept.

    Args:
        learn: occurrences to learn from.
        test: occurrences to be measured on.
        senses: of each word, those that compete.
        progress: told how far it is.
    """
    if not learn.rows or not test.rows:
        return {}
    allowed = np.zeros((len(learn.words), len(learn.classes)), dtype=bool)
    for word, names in senses.items():
        allowed[learn.words[word], [learn.classes[sense] for sense in names]] = True
    row = probe.report(learn.labelled(), test.labelled(), len(learn.classes), progress, allowed)
    return row | {"probe_occurrences": len(learn.rows), "probe_words": len(learn.words)}


def measure(
    reader: Reader, train: Sequence[Marked], test: Sequence[Marked], progress: Progress
) -> Row:
    """Nearest centroids and probes of one reader.

    Args:
        reader: who is measured.
        train: what centroids and probes learn from.
        test: what they are measured on.
        progress: told how far it is.
    """
    parts = [[small for text in texts for small in halves(reader, text)] for texts in (train, test)]
    gold = [targets_of(part) for part in parts]
    frequent = ambiguous(gold[0], OFTEN)
    kept = [Kept(gold[0], frequent, KEPT), Kept(gold[1], frequent, KEPT // 3)]
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
    return row | mix(kept[0], kept[1], frequent, stretch(progress, 2, 3, ""))


def run(
    readers: Mapping[str, Reader], data: Path, progress: Progress, limit: int | None = None
) -> Rows:
    """The benchmark; see :class:`~lmcore.evaluation.benchmark.Run`."""
    path = locate(data, semcor.FILE)
    progress(0.0, "SemCor")
    learn, check = semcor.by_document(semcor.load(path), limit)
    everything = targets_of(marked(check))
    words = set(ambiguous(targets_of(marked(learn))))
    train, test = marked(learn, words), marked(check, words)
    gold = targets_of(test)
    if not gold:
        raise BENCHMARK.nothing_left(limit)
    rows: Rows = {"most_frequent_sense": dict(most_frequent_sense(targets_of(train), gold))}
    rows |= for_each(readers, progress, lambda reader, part: measure(reader, train, test, part))
    sizes = {
        "train_occurrences": len(targets_of(train)),
        "test_occurrences": len(gold),
        "test_words": len({target.word for target in gold}),
        "test_share_percent": percent(len(gold) / max(1, len(everything))),
    }
    return {name: row | sizes for name, row in rows.items()}


BENCHMARK = Benchmark(
    name="senses",
    summary="WordNet senses by layer, nearest centroid, and ELMo's mix (SemCor, by document)",
    limits="documents, a fifth of them for testing (there are 351)",
    applies=lambda reader: reader.context != "none",
    run=run,
)
