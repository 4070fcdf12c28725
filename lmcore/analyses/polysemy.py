"""One word in several sentences: how far does a reader tell its senses apart?

The word's vectors are compared in every layer. The score of a layer is

    separation = (mean cosine within a sense - mean cosine between senses) / (1 - baseline)

over pairs from different sentences. The baseline is the mean cosine of unrelated words in that
layer (:mod:`lmcore.analyses.baseline`; Ethayarajh 2019): layers differ in how alike *all* their
vectors are, and 1 - baseline is the room that a layer has above that. 0 means that the senses are
not told apart; 1 would mean that uses of one sense are identical and uses of two senses as far
apart as unrelated words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import pandas as pd

from lmcore.analyses.clustering import grouped
from lmcore.analyses.projection import project
from lmcore.outputs.reading import Reading, cosine_matrix
from lmcore.text.word_uses import Question

#: A use counts as placed with its sense if it is nearer to it by more than this share of the room.
CLEARLY = 0.01
#: Vectors whose cosine is within this of 1 are the same vector (padding moves it by less).
SAME = 1e-6
#: Fewer uses than this are not grouped by clustering.
MIN_TO_GROUP = 4


@dataclass(frozen=True)
class Comparison:
    """What one reader makes of the word, layer by layer.

    Attributes:
        family: the reader.
        layer_names: ``[L + 1]``.
        similarity: cosines of the word's vectors, float ``[L + 1, N, N]``; NaN without a vector.
        baseline: mean cosine of unrelated words, float ``[L + 1]``.
        within: mean cosine of uses of one sense in different sentences, ``[L + 1]``; NaN if no
            sense has two sentences.
        between: the same for uses of different senses; NaN if there is only one sense.
        overall: the same for all uses (the self-similarity of Ethayarajh 2019).
        score: ``(within - between) / (1 - baseline)``.
        margins: float ``[L + 1, N]``, how much nearer a use is to its own sense than to the nearest
            other one (mean cosines, in units of ``1 - baseline``); NaN where that is undefined.
        placed: layers in which every use that can be judged lies clearly nearer to its own sense,
            bool ``[L + 1]``.
        decidable: whether uses of at least two senses can be judged, so that one may say that the
            reader tells senses apart.
        points: places on the map ``[L + 1, N, 2]``; distance 1 is as far as two unrelated words
            are apart (root of the mean square).
        kept: share of the variance that the map keeps, ``[L + 1]``; NaN where all vectors are one.
    """

    family: str
    layer_names: tuple[str, ...]
    similarity: np.ndarray
    baseline: np.ndarray
    within: np.ndarray
    between: np.ndarray
    overall: np.ndarray
    score: np.ndarray
    margins: np.ndarray
    placed: np.ndarray
    decidable: bool
    points: np.ndarray
    kept: np.ndarray

    @property
    def missing(self) -> bool:
        """Whether the reader has no vector for any use of the word."""
        return bool(np.isnan(self.similarity).all())


def compare(question: Question, readings: Sequence[Reading], baseline: np.ndarray) -> Comparison:
    """Compare the word's vectors in every layer of one reader.

    Args:
        readings: the question's sentences, in order.
        baseline: mean cosine of unrelated words, ``[L + 1]``.
    """
    vectors = vectors_of(question, readings)
    similarity = cosine_matrix(vectors)
    groups, apart = question.groups, question.apart
    known = (groups[:, None] >= 0) & (groups[None, :] >= 0) & apart
    same = groups[:, None] == groups[None, :]
    within = _means(similarity, known & same)
    between = _means(similarity, known & ~same)
    room = np.where(1 - baseline > SAME, 1 - baseline, np.nan)
    margins = _margins(similarity, groups, apart) / room[:, None]
    judged = np.isfinite(margins)
    projection = project(vectors, groups)
    return Comparison(
        family=readings[0].family,
        layer_names=readings[0].layer_names,
        similarity=similarity,
        baseline=baseline,
        within=within,
        between=between,
        overall=_means(similarity, apart),
        score=(within - between) / room,
        margins=margins,
        placed=_placed(margins),
        decidable=len(set(groups[judged.any(axis=0)].tolist())) > 1,
        points=projection.points / np.sqrt(2 * room)[:, None, None],
        kept=projection.kept,
    )


def vectors_of(question: Question, readings: Sequence[Reading]) -> np.ndarray:
    """The word's vectors, float ``[L + 1, N, D]``."""
    rows = [readings[use.sentence].layers[:, use.position] for use in question.uses]
    return np.stack(rows, axis=1).astype(np.float64)


def _means(similarity: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Mean over some pairs ``[N, N]`` for each layer, missing vectors left out; NaN without any."""
    chosen = pairs & np.isfinite(similarity)
    counts = chosen.sum(axis=(-2, -1))
    sums = np.where(chosen, similarity, 0.0).sum(axis=(-2, -1))
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _margins(similarity: np.ndarray, groups: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Mean cosine of each use to its own sense less that to the nearest other, ``[L + 1, N]``."""
    margins = np.full(similarity.shape[:2], np.nan)
    for use, group in enumerate(groups):
        if group < 0:
            continue
        means = []  # by sense, each [L + 1]
        for other in range(groups.max() + 1):
            pairs = np.zeros_like(apart)
            pairs[use] = apart[use] & (groups == other)
            means.append(_means(similarity, pairs))
        others = [np.nan_to_num(m, nan=-np.inf) for o, m in enumerate(means) if o != group]
        if others:
            nearest = np.max(others, axis=0)
            margins[:, use] = means[group] - np.where(np.isinf(nearest), np.nan, nearest)
    return margins


def _placed(margins: np.ndarray) -> np.ndarray:
    """Layers in which some use can be judged and all that can be are clearly in place."""
    judged = np.isfinite(margins)
    clearly = np.where(judged, margins > CLEARLY, True)
    return np.asarray(clearly.all(axis=1) & judged.any(axis=1))


@dataclass(frozen=True)
class Verdict:
    """The finding about one reader, as data.

    Attributes:
        kind: ``missing`` (no vector), ``same`` (one vector for every use in every layer),
            ``undefined`` (no two senses with two sentences each), ``on`` (told apart from a
            layer to the top), ``only`` (told apart in some layers, not in the top one) or
            ``never``.
        layers: those in which every use that can be judged lies clearly nearer to its own sense.
        looked: the layer that ``astray`` is about: the top one for ``only``, otherwise the one
            with the highest score.
        astray: uses that do not lie clearly nearer to their own sense there.
    """

    kind: Literal["missing", "same", "undefined", "on", "only", "never"]
    layers: tuple[int, ...] = ()
    looked: int = 0
    astray: tuple[int, ...] = ()


def judge(comparison: Comparison) -> Verdict:
    """Say in which layers a reader tells the senses apart."""
    if comparison.missing:
        return Verdict("missing")
    if np.nanmin(comparison.similarity) > 1 - SAME:
        return Verdict("same")
    if not comparison.decidable:
        return Verdict("undefined")
    placed = comparison.placed
    layers, top = tuple(np.flatnonzero(placed).tolist()), len(placed) - 1
    if placed[top]:
        failed = np.flatnonzero(~placed)
        start = int(failed[-1]) + 1 if len(failed) else 0
        return Verdict("on", tuple(range(start, top + 1)))
    looked = top if layers else int(np.nanargmax(comparison.score))
    margins = comparison.margins[looked]
    astray = np.flatnonzero(np.isfinite(margins) & (margins <= CLEARLY))
    return Verdict("only" if layers else "never", layers, looked, tuple(astray.tolist()))


def alike_so_far(question: Question) -> tuple[tuple[int, ...], ...]:
    """Groups of uses of different senses before which exactly the same words stand.

    A reader that sees only the left side has one and the same vector for all uses of a group.
    """
    by_start: dict[tuple[str, ...], list[int]] = {}
    for number, use in enumerate(question.uses):
        words = question.sentences[use.sentence].words[: use.position + 1]
        by_start.setdefault(tuple(word.text for word in words), []).append(number)
    senses = question.groups
    return tuple(
        tuple(uses)
        for uses in by_start.values()
        if len({int(sense) for sense in senses[uses] if sense >= 0}) > 1
    )


def suggest(question: Question, vectors: np.ndarray) -> Question:
    """Group the uses of a question without any label by the cosines of some vectors.

    The groups are called A, B, …: a guess, and one that favours the reader whose vectors are used.

    Args:
        vectors: ``[N, D]``, one layer of one reader.

    Returns:
        the question with labels and ``suggested`` set; the same question if it has labels already,
        fewer than :data:`MIN_TO_GROUP` uses, or vectors that are missing or all the same.
    """
    distances = 1 - cosine_matrix(vectors)
    few = len(question.uses) < MIN_TO_GROUP
    if question.senses or few or not np.isfinite(distances).all() or distances.max() < SAME:
        return question
    groups = grouped(distances, most=min(4, len(question.uses) // 2))
    uses = tuple(
        replace(use, sense=chr(ord("A") + int(group)))
        for use, group in zip(question.uses, groups, strict=True)
    )
    return replace(question, uses=uses, suggested=True)


def layers_frame(comparisons: Sequence[Comparison]) -> pd.DataFrame:
    """The scores of all readers: one row for each reader and layer."""
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "reader": c.family,
                    "layer": range(len(c.score)),
                    "layer_name": c.layer_names,
                    "within": c.within,
                    "between": c.between,
                    "overall": c.overall,
                    "baseline": c.baseline,
                    "separation": c.score,
                    "all_placed": c.placed,
                }
            )
            for c in comparisons
        ],
        ignore_index=True,
    ).round(4)


def uses_frame(question: Question, margins: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """The sentences, and how much nearer each use lies to its own sense.

    Args:
        margins: by reader, ``[N]``, of the layer that is looked at.
    """
    rows = [
        {
            "use": use.name,
            "sense": use.sense,
            "form": use.form,
            "sentence": question.sentences[use.sentence].text,
        }
        for use in question.uses
    ]
    frame = pd.DataFrame(rows)
    for family, values in margins.items():
        frame[family] = values.round(4)
    return frame


def similarity_frame(question: Question, comparison: Comparison, layer: int) -> pd.DataFrame:
    """One layer of one reader: the matrix, the baseline beside it, and the places on the map."""
    order = question.order
    names = [question.uses[use].name for use in order]
    matrix = comparison.similarity[layer][np.ix_(order, order)].round(4)
    return pd.DataFrame(
        {
            "use": names,
            "sense": [question.uses[use].sense for use in order],
            **{f"cosine {name}": matrix[:, column] for column, name in enumerate(names)},
            "baseline": np.round(comparison.baseline[layer], 4),
            "x": comparison.points[layer, order, 0].round(4),
            "y": comparison.points[layer, order, 1].round(4),
        }
    )
