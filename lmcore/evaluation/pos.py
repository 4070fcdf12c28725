"""Parts of speech by layer: a linear probe on SemCor, split by document.

As Peters et al. 2018, section 5.3 (on the Penn Treebank: 97.3 for the first layer of the biLM, 96.8
for the second), with ELMo's learned scalar mix beside the layers. SemCor's tags are partly without
the form (VB for most verbs), so numbers are not comparable with the paper's. Punctuation, tokens of
several words and tags that occur fewer than twenty times are left out. In per cent. The reference
row gives each form the tag that is commonest for it in training (a form never met: the commonest
of all tags).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from lmcore.evaluation import probe, semcor
from lmcore.evaluation.benchmark import Benchmark, Progress, Row, locate, percent, spread, stretch
from lmcore.evaluation.occurrences import Marked, Target, halves, occurrences, of_word, targets_of
from lmcore.evaluation.probe import Labelled
from lmcore.readers.base import Reader

#: A tag takes part when it occurs so often in training.
OFTEN = 20
#: Sentences to learn from, and to be measured on.
Material = tuple[list[Marked], list[Marked]]


def marked(sentences: Sequence[semcor.Tagged]) -> list[Marked]:
    """Sentences with their words; the tag stands where a sense would stand."""
    texts = []
    for tagged in sentences:
        targets = tuple(
            Target(tagged.sentence.words[token.first].text, token.tag, token.first, token.last)
            for token in tagged.tokens
            if token.tag not in ("", "PUNCT") and token.last == token.first + 1
        )
        if targets:
            texts.append(Marked(tagged.sentence, targets))
    return texts


def only(texts: Sequence[Marked], tags: set[str]) -> list[Marked]:
    """The same sentences with only those words that have one of some tags."""
    return [
        Marked(text.sentence, tuple(t for t in text.targets if t.sense in tags)) for text in texts
    ]


def most_frequent_tag(train: Sequence[Target], test: Sequence[Target]) -> Row:
    """Reference: the commonest tag of each form."""
    forms: dict[str, Counter[str]] = {}
    for target in train:
        forms.setdefault(target.word, Counter())[target.sense] += 1
    usual = Counter(target.sense for target in train).most_common(1)[0][0]
    answers = [
        forms[target.word].most_common(1)[0][0] if target.word in forms else usual
        for target in test
    ]
    right = [target.sense == answer for target, answer in zip(test, answers, strict=True)]
    return {"accuracy": percent(float(np.mean(right)))}


def _vectors_of(
    reader: Reader, texts: Sequence[Marked], tags: Mapping[str, int], progress: Progress
) -> Labelled:
    """Vectors and tags of all words, in the order of the text."""
    parts = [small for text in texts for small in halves(reader, text)]
    gold = targets_of(parts)
    vectors: np.ndarray | None = None
    for number, target, layers in occurrences(reader, parts, progress):
        by_layer = of_word(layers, target)[:-1]
        if vectors is None:
            vectors = np.zeros((len(gold), *by_layer.shape), dtype=np.float32)
        vectors[number] = by_layer
    assert vectors is not None
    return Labelled(vectors, np.array([tags[target.sense] for target in gold]))


def measure(reader: Reader, material: Material, progress: Progress) -> Row:
    """Accuracy of probes on one reader."""
    train, test = material
    tags = {tag: n for n, tag in enumerate(sorted({t.sense for t in targets_of(train)}))}
    learn = _vectors_of(reader, train, tags, stretch(progress, 0, 3, ""))
    check = _vectors_of(reader, test, tags, stretch(progress, 1, 3, ""))
    return probe.report(learn, check, len(tags), stretch(progress, 2, 3, ""))


def _prepare(data: Path, limit: int | None) -> Material:
    """Training and test part, with the words of common tags only."""
    parts = [marked(part) for part in semcor.by_document(semcor.load(locate(data, semcor.FILE)))]
    sizes = limit, None if limit is None else max(1, limit // 2)
    train, test = (
        [part[i] for i in spread(len(part), size)] for part, size in zip(parts, sizes, strict=True)
    )
    counts = Counter(target.sense for target in targets_of(train))
    tags = {tag for tag, count in counts.items() if count >= OFTEN}
    train, test = only(train, tags), only(test, tags)
    if not targets_of(train) or not targets_of(test):
        raise BENCHMARK.nothing_left(limit)
    return train, test


def _facts(material: Material) -> Row:
    learn, check = map(targets_of, material)
    tags = {target.sense for target in learn}
    return {"tags": len(tags), "train_words": len(learn), "test_words": len(check)}


BENCHMARK = Benchmark(
    name="pos",
    summary="parts of speech by layer, linear probe, and ELMo's mix (SemCor, by document)",
    limits="training sentences, and half as many for testing",
    applies=lambda reader: reader.context != "none",
    prepare=_prepare,
    measure=measure,
    references=lambda material: {
        "most_frequent_tag": most_frequent_tag(*map(targets_of, material))
    },
    facts=_facts,
    default_limit=2_000,
)
