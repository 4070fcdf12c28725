"""How much the vectors of a word depend on its context: the measures, and somebody's own sentences.

Ethayarajh 2019, "How Contextual are Contextualized Word Representations?" (EMNLP, D19-1006),
section 3. For one layer, with f the vector of a word in its sentence:

- self-similarity of a word (definition 1): mean cosine of its occurrences in n different sentences,
  over all n (n - 1) / 2 pairs; then the mean over words;
- intra-sentence similarity (definition 2): mean cosine of the words of a sentence with the
  sentence's mean vector; then the mean over sentences;
- maximum explainable variance of a word (definition 3): share of the first singular value in the
  sum of squared singular values of its occurrences, *uncentred*; then the mean over words.

*Adjusted* takes the anisotropy of the layer away (section 3.4): the mean cosine of unrelated words
for the first two, the first share of unrelated words for the third. The share of n vectors is never
below 1 / n, so here the unrelated words are taken n at a time, as many as the word has sentences.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lmcore.analyses.analysis import Analysis, Example
from lmcore.analyses.baseline import baseline, baseline_readings, occurrences, per_reader
from lmcore.errors import InputError
from lmcore.outputs.reading import Reading
from lmcore.readers.base import Reader
from lmcore.runtime.families import CONTEXTUAL
from lmcore.runtime.limits import LIMITS
from lmcore.text.examples import SHARING
from lmcore.text.inflections import related
from lmcore.text.words import Sentence, checked, fold

#: How many sentences of their own somebody may compare, and how many of a word are needed.
MIN_SENTENCES, MAX_SENTENCES = 2, LIMITS.own_sentences
LEAST = 2
#: The measures in the order in which they are told, as the results of the benchmark name them.
MEASURES = ("self_similarity", "intra_sentence_similarity", "max_explainable_variance")


def self_similarity(vectors: np.ndarray) -> np.ndarray:
    """Mean cosine of all pairs of occurrences, ``[n, K, D]`` to ``[K]``; NaN for fewer than two.

    By the length of the sum of unit vectors: ‖Σ u‖² = n + Σ of both orders of all pairs.
    """
    count = len(vectors)
    if count < 2:
        return np.full(vectors.shape[1], np.nan)
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    total = (vectors / lengths).sum(axis=0)
    return ((total**2).sum(axis=-1) - count) / (count**2 - count)


def intra_similarity(layers: np.ndarray) -> np.ndarray:
    """Mean cosine of the words of a sentence with their mean, ``[K, W, D]`` to ``[K]``."""
    middle = layers.mean(axis=1, keepdims=True)
    lengths = np.linalg.norm(layers, axis=-1) * np.linalg.norm(middle, axis=-1)
    return ((layers * middle).sum(axis=-1) / lengths).mean(axis=1)


def explainable_variance(vectors: np.ndarray) -> np.ndarray:
    """Share of the first squared singular value, uncentred, ``[n, K, D]`` to ``[K]``."""
    shares = []
    for matrix in vectors.transpose(1, 0, 2):  # [n, D]
        small = matrix @ matrix.T if len(matrix) <= matrix.shape[1] else matrix.T @ matrix
        shares.append(np.linalg.eigvalsh(small)[-1] / np.trace(small))
    return np.array(shares)


@dataclass(frozen=True)
class Repeated:
    """A word that stands in several of somebody's sentences, in whatever form.

    Attributes:
        name: the base form where it stands there, else the commonest form.
        forms: all forms found, as they are written in lower case.
        places: sentence and position of its first occurrence in each sentence.
    """

    name: str
    forms: tuple[str, ...]
    places: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Material:
    """Somebody's own sentences, and the words that they share: what a reader is asked.

    Attributes:
        sentences: all different, in their order.
        words: those in at least two sentences, in order of appearance.
        dropped: how many sentences were left out because they stand there twice.
    """

    sentences: tuple[Sentence, ...]
    words: tuple[Repeated, ...]
    dropped: int

    @property
    def texts(self) -> tuple[str, ...]:
        """The sentences as they are to be read."""
        return tuple(sentence.text for sentence in self.sentences)


def material(text: str) -> Material:
    """Take apart what somebody typed, one sentence a line.

    Raises:
        InputError: ``too_few_sentences``, ``too_many_sentences``, ``sentence_too_long``,
            ``sentence_too_many_characters``, ``text_no_words`` or ``text_malformed``.
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MAX_SENTENCES:
        raise InputError("too_many_sentences", count=len(lines), limit=MAX_SENTENCES)
    unique = list(dict.fromkeys(lines))
    if len(unique) < MIN_SENTENCES:
        raise InputError("too_few_sentences", count=len(unique), limit=MIN_SENTENCES)
    sentences = []
    for number, line in enumerate(unique, start=1):
        try:
            sentences.append(checked(line))
        except InputError as error:
            code = error.code.replace("text_too_", "sentence_too_")
            raise InputError(code, **error.values, number=number) from error
    return Material(tuple(sentences), repeated(sentences), len(lines) - len(unique))


def repeated(sentences: Sequence[Sentence]) -> tuple[Repeated, ...]:
    """Words that stand in at least :data:`LEAST` sentences, forms of one word put together."""
    places: dict[str, dict[int, int]] = {}  # by form: sentence to first position
    for number, sentence in enumerate(sentences):
        for position, word in enumerate(sentence.words):
            if word.has_letters:
                places.setdefault(fold(word.text), {}).setdefault(number, position)
    words = []
    for forms in related(list(places)):
        first: dict[int, int] = {}
        for form in forms[1]:
            for number, position in places[form].items():
                first[number] = min(first.get(number, position), position)
        if len(first) >= LEAST:
            commonest = max(forms[1], key=lambda form: len(places[form]))
            name = forms[0] if forms[0] in places else commonest
            words.append(Repeated(name, tuple(forms[1]), tuple(sorted(first.items()))))
    return tuple(sorted(words, key=lambda word: word.places[0]))


@dataclass(frozen=True)
class ContextualityView:
    """The three measures of one reader on somebody's own sentences, by layer.

    Attributes:
        family: the reader.
        layer_names: ``[L + 1]``.
        words: self-similarity of each repeated word, float ``[N, L + 1]``; NaN without vectors.
        explained: maximum explainable variance of each, ``[N, L + 1]``.
        chance_explained: the same of as many unrelated words, ``[N, L + 1]``.
        intra: mean intra-sentence similarity, ``[L + 1]``.
        baseline: mean cosine of unrelated words, ``[L + 1]``.
    """

    family: str
    layer_names: tuple[str, ...]
    words: np.ndarray
    explained: np.ndarray
    chance_explained: np.ndarray
    intra: np.ndarray
    baseline: np.ndarray

    def curve(self, measure: str, adjusted: bool, word: int | None = None) -> np.ndarray:
        """One measure by layer, ``[L + 1]``.

        Args:
            measure: one of :data:`MEASURES`.
            adjusted: whether the anisotropy is taken away.
            word: one of the repeated words; ``None``: the mean over all (always for the
                intra-sentence similarity, which is no measure of a word).
        """
        rows = slice(None) if word is None else slice(word, word + 1)
        if measure == "self_similarity":
            return _mean(self.words[rows]) - self.baseline * adjusted
        if measure == "max_explainable_variance":
            return _mean(self.explained[rows] - self.chance_explained[rows] * adjusted)
        return self.intra - self.baseline * adjusted


def _mean(rows: np.ndarray) -> np.ndarray:
    """Mean over rows ``[N, K]``, missing ones left out; NaN without any."""
    known = np.isfinite(rows)
    counts = known.sum(axis=0)
    sums = np.where(known, rows, 0.0).sum(axis=0)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def compute(reader: Reader, question: Material) -> ContextualityView:
    """The three measures of a reader on somebody's own sentences.

    Raises:
        InputError: ``text_too_many_pieces``.
    """
    readings = reader.read(list(question.sentences))
    return measure(question, readings, baseline(reader), _unrelated(reader))


CONTEXTUALITY = Analysis("contextuality", ContextualityView, compute)


def examples() -> list[Example[Material, ContextualityView]]:
    """The sentences that the box begins with."""
    return [Example(CONTEXTUALITY, CONTEXTUAL, (material(SHARING),))]


def measure(
    material: Material, readings: Sequence[Reading], baseline: np.ndarray, unrelated: np.ndarray
) -> ContextualityView:
    """The three measures of one reader.

    Args:
        material: the sentences.
        readings: of these sentences, in order.
        baseline: mean cosine of unrelated words, ``[L + 1]``.
        unrelated: vectors of unrelated words, ``[M, L + 1, D]`` (:func:`unrelated_words`).
    """
    vectors = [
        np.stack([readings[s].layers[:, p] for s, p in word.places]).astype(np.float64)
        for word in material.words
    ]
    intra = np.array([intra_similarity(r.layers.astype(np.float64)) for r in readings])
    shape = (len(material.words), readings[0].n_layers)
    chance = {size: chance_explained(unrelated, size) for size in {len(v) for v in vectors}}
    return ContextualityView(
        family=readings[0].family,
        layer_names=readings[0].layer_names,
        words=np.array([self_similarity(v) for v in vectors]).reshape(shape),
        explained=np.array([explainable_variance(v) for v in vectors]).reshape(shape),
        chance_explained=np.array([chance[len(v)] for v in vectors]).reshape(shape),
        intra=_mean(intra),
        baseline=baseline,
    )


def least(tops: Mapping[str, float]) -> str | None:
    """The reader with the smallest value; ``None`` where none has one."""
    known = {family: value for family, value in tops.items() if np.isfinite(value)}
    return min(known, key=lambda family: known[family]) if known else None


@per_reader
def _unrelated(reader: Reader) -> np.ndarray:
    return unrelated_words(baseline_readings(reader))


def unrelated_words(readings: Sequence[Reading]) -> np.ndarray:
    """Vectors ``[M, L + 1, D]`` of different words, neighbours in the list from other sentences.

    The readings are of the sentences of :mod:`lmcore.analyses.baseline`.
    """
    vectors, words, sources = occurrences(readings)
    firsts = np.sort(np.unique(words, return_index=True)[1])
    # Sorted by their number within the sentence, words of one sentence stand far apart.
    nth = np.array([int((sources[firsts][:i] == s).sum()) for i, s in enumerate(sources[firsts])])
    order = firsts[np.argsort(nth, kind="stable")]
    return np.asarray(vectors[:, order].transpose(1, 0, 2))


def chance_explained(unrelated: np.ndarray, size: int) -> np.ndarray:
    """Maximum explainable variance of ``size`` unrelated words, mean over the groups, ``[L + 1]``.

    ``unrelated [M, L + 1, D]`` (:func:`unrelated_words`) is taken ``size``, 2 or more, at a time;
    NaN where there are not as many.
    """
    groups = [unrelated[i : i + size] for i in range(0, len(unrelated) - size + 1, size)]
    if not groups:
        return np.full(unrelated.shape[1], np.nan)
    return np.mean([explainable_variance(group) for group in groups], axis=0)
