"""Senses that nobody gave: the uses of a word grouped by how alike a reader's vectors are."""

from dataclasses import replace

import numpy as np

from lmcore.text.word_uses import Question

#: Fewer uses than this are not grouped, and into no more groups than that.
MIN_TO_GROUP, MOST_GROUPS = 4, 4
#: Distances smaller than this are none.
NONE = 1e-6


def suggest(question: Question, similarity: np.ndarray) -> Question:
    """Group the uses of a question without labels by cosines ``[N, N]`` of a layer of a reader.

    The groups are called A, B, …: a guess, and one that favours the reader whose cosines are used.
    The question stays as it is if it has labels already, fewer than :data:`MIN_TO_GROUP` uses, or
    vectors that are missing or all the same.
    """
    distances = 1 - similarity
    few = len(question.uses) < MIN_TO_GROUP
    if question.senses or few or not np.isfinite(distances).all() or distances.max() < NONE:
        return question
    groups = grouped(distances, most=min(MOST_GROUPS, len(question.uses) // 2))
    return replace(question, suggestion=tuple(chr(ord("A") + group) for group in groups))


def grouped(distances: np.ndarray, most: int) -> list[int]:
    """Groups by average linkage; of 2 to ``most`` groups the number with the best silhouette.

    ``distances [N, N]`` are symmetric and finite, N is 4 or more and above ``most``. The groups
    ``[N]`` are numbered in order of appearance. Source: mean silhouette width of Rousseeuw 1987.
    """
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.metrics import silhouette_score

    distances = np.where(np.eye(len(distances)), 0.0, distances)
    tried = [
        AgglomerativeClustering(count, metric="precomputed", linkage="average").fit(distances)
        for count in range(2, most + 1)
    ]
    labels = max(
        (tree.labels_.tolist() for tree in tried),
        key=lambda groups: silhouette_score(distances, groups, metric="precomputed"),
    )
    numbers = {group: number for number, group in enumerate(dict.fromkeys(labels))}
    return [numbers[group] for group in labels]
