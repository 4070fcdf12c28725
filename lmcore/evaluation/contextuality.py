"""How much the vectors of a word depend on its context, layer by layer.

Self-similarity, intra-sentence similarity and maximum explainable variance of Ethayarajh 2019
(EMNLP, D19-1006): the formulas are those of :mod:`lmcore.analyses.contextuality`, here on held-out
text and for words with at least five sentences. The paper's formula of the third does not centre,
and neither does this; the authors' code centres it, and not its baseline.

``adjusted`` takes the anisotropy of the layer away (section 3.4): the mean cosine of random words
from different sentences for the first two, the first share of the same random words for the third.
In layer 0 of ELMo self-similarity is 1: it does not look at context. A word is its exact string.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from lmcore.analyses.contextuality import explainable_variance, intra_similarity, self_similarity
from lmcore.evaluation.batches import in_batches
from lmcore.evaluation.benchmark import Benchmark, Progress, Row, locate, spread
from lmcore.evaluation.text import VALID, HeldOut, fits, held_out
from lmcore.readers.base import Reader
from lmcore.text.words import Sentence

#: A word counts when it stands in at least so many different sentences; more than the upper number
#: are thinned out evenly.
LEAST, MOST = 5, 100
#: How many words, each from another sentence, say how alike unrelated words are.
RANDOM = 1_000
#: Sentences of fewer or more words are left out.
SHORTEST, LONGEST = 5, 60
SEED = 0

#: A sentence and a position in it.
Place = tuple[int, int]


@dataclass(frozen=True)
class Material:
    """What is compared.

    Attributes:
        sentences: all different.
        words: places of each word, one in a sentence.
        random: places of unrelated words, each in another sentence.
    """

    sentences: list[Sentence]
    words: dict[str, list[Place]]
    random: list[Place]


def choose(sentences: Sequence[Sentence]) -> Material:
    """Words that occur often enough, and random words (fixed seed)."""
    unique = list({sentence.text: sentence for sentence in sentences}.values())
    places: dict[str, list[Place]] = {}
    for number, sentence in enumerate(unique):
        first: dict[str, int] = {}
        for position, word in enumerate(sentence.words):
            if word.has_letters:
                first.setdefault(word.text, position)
        for word_text, position in first.items():
            places.setdefault(word_text, []).append((number, position))
    words = {
        word: [met[i] for i in spread(len(met), MOST)]
        for word, met in places.items()
        if len(met) >= LEAST
    }
    generator = np.random.default_rng(SEED)
    random = []
    for number in generator.permutation(len(unique))[:RANDOM].tolist():
        lettered = [p for p, word in enumerate(unique[number].words) if word.has_letters]
        if lettered:
            random.append((number, int(generator.choice(lettered))))
    return Material(unique, words, random)


def _collect(
    reader: Reader, material: Material, progress: Progress
) -> tuple[dict[Place, np.ndarray], np.ndarray]:
    """Read all sentences that a reader can hold.

    Gives vectors ``[K, D]`` by place, and the intra-sentence similarity of each ``[sentences, K]``.
    """
    wanted: dict[int, set[int]] = {}
    for places in (material.random, *material.words.values()):
        for number, position in places:
            wanted.setdefault(number, set()).add(position)
    readable = [i for i, sentence in enumerate(material.sentences) if fits(reader, sentence)]
    sentences = [material.sentences[i] for i in readable]
    kept: dict[Place, np.ndarray] = {}
    intra = []
    for index, layers in in_batches(reader, reader.word_layers, sentences, progress):
        intra.append(intra_similarity(layers.astype(np.float64)))
        for position in wanted.get(readable[index], ()):
            kept[readable[index], position] = layers[:, position]
    return kept, np.stack(intra)


def _measure(reader: Reader, material: Material, progress: Progress) -> Row:
    """The three measures of one reader, raw and adjusted, by layer."""
    kept, intra = _collect(reader, material, progress)

    def stacked(places: Sequence[Place]) -> np.ndarray:
        return np.array([kept[place] for place in places if place in kept], dtype=np.float64)

    words = [w for w in map(stacked, material.words.values()) if len(w) >= LEAST]
    random = stacked(material.random)
    cosine, first = self_similarity(random), explainable_variance(random)
    raw = {
        "self_similarity": (np.mean([self_similarity(w) for w in words], axis=0), cosine),
        "intra_sentence_similarity": (intra.mean(axis=0), cosine),
        "max_explainable_variance": (
            np.mean([explainable_variance(w) for w in words], axis=0),
            first,
        ),
    }
    row: Row = {}
    for name, (values, baseline) in raw.items():
        row[f"{name}_adjusted_by_layer"] = _rounded(values - baseline)
        row[f"{name}_raw_by_layer"] = _rounded(values)
    return row | {
        "baseline_cosine_by_layer": _rounded(cosine),
        "baseline_variance_by_layer": _rounded(first),
        "words": len(words),
        "sentences": len(intra),
        "seed": SEED,
    }


def _rounded(values: np.ndarray) -> list[float]:
    """Numbers with four decimals."""
    return [round(float(value), 4) for value in values]


def _prepare(data: Path, limit: int | None) -> Material:
    sentences = HeldOut(held_out(locate(data, VALID)), limit).sentences()
    material = choose([s for s in sentences if SHORTEST <= len(s) <= LONGEST])
    if not material.words:
        raise BENCHMARK.nothing_left(limit)
    return material


BENCHMARK = Benchmark(
    name="contextuality",
    summary="how much vectors depend on context, by layer (Ethayarajh 2019)",
    limits="sentences of held-out text",
    applies=lambda reader: reader.context != "none",
    prepare=_prepare,
    measure=_measure,
    default_limit=4_000,
)
