"""Word senses by the nearest centroid, for all layers at once.

The procedure of Loureiro et al. 2021 (Computational Linguistics 47(2), section 4.2; the authors'
``create_1nn_vecs.py`` and ``eval_1nn.py``): one vector for each sense, the plain mean of the
vectors of its training occurrences, rounded to six decimals and divided by its length; an
occurrence gets the sense with the highest cosine among the senses of that word. The same as the
"1-nearest neighbour" of Peters et al. 2018 (section 5.3) and Melamud et al. 2016.
"""

from collections.abc import Hashable

import numpy as np

#: How many of the last layers are added up for the joint vector.
LAST = 4


def with_sum(layers: np.ndarray) -> np.ndarray:
    """Vectors ``[L + 1, D]``, and below them the sum of the last four: ``[L + 2, D]``."""
    exact = layers.astype(np.float64)
    return np.concatenate([exact, exact[-LAST:].sum(axis=0, keepdims=True)])


class Centroids:
    """Sense centroids of many words.

    K is the number of vectors of an occurrence (layers, and their sum).
    """

    def __init__(self) -> None:
        self._sums: dict[Hashable, dict[Hashable, np.ndarray]] = {}
        self._counts: dict[Hashable, dict[Hashable, int]] = {}
        self._ready: dict[Hashable, tuple[list[Hashable], np.ndarray]] = {}

    def add(self, word: Hashable, sense: Hashable, vectors: np.ndarray) -> None:
        """Learn from one occurrence; the order of occurrences does not matter.

        Args:
            word: what the sense belongs to.
            sense: the right one.
            vectors: ``[K, D]`` of the occurrence.
        """
        senses = self._sums.setdefault(word, {})
        counts = self._counts.setdefault(word, {})
        senses[sense] = senses[sense] + vectors if sense in senses else vectors.copy()
        counts[sense] = counts.get(sense, 0) + 1
        self._ready.pop(word, None)

    def senses(self, word: Hashable) -> dict[Hashable, int]:
        """How often each sense of a word was met."""
        return dict(self._counts.get(word, {}))

    def _of(self, word: Hashable) -> tuple[list[Hashable], np.ndarray]:
        """Senses of a word in a fixed order and their unit vectors ``[S, K, D]``."""
        if word not in self._ready:
            names = sorted(self._sums[word], key=str)
            means = [self._sums[word][name] / self._counts[word][name] for name in names]
            centroids = np.stack(means).round(6)
            lengths = np.linalg.norm(centroids, axis=-1, keepdims=True)
            self._ready[word] = names, centroids / np.where(lengths > 0, lengths, 1.0)
        return self._ready[word]

    def nearest(self, word: Hashable, vectors: np.ndarray) -> list[Hashable]:
        """The nearest sense of an occurrence ``[K, D]`` under each of its K vectors.

        The length of the occurrence's own vectors cannot change which centroid is nearest.
        """
        names, centroids = self._of(word)
        return [names[best] for best in np.einsum("skd,kd->sk", centroids, vectors).argmax(axis=0)]
