"""One word in several sentences: how far does a reader tell its senses apart?

The word's vectors are compared in every layer. The score of a layer is

    separation = (mean cosine within a sense - mean cosine between senses) / (1 - baseline)

over pairs from different sentences. The baseline is the mean cosine of unrelated words in that
layer (:mod:`lmcore.analyses.baseline`; Ethayarajh 2019): layers differ in how alike *all* their
vectors are, and 1 - baseline is the room that a layer has above that. 0 means that the senses are
not told apart; 1 would mean that uses of one sense are identical and uses of two senses as far
apart as unrelated words.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import numpy as np
import pandas as pd

from lmcore.analyses.analysis import Analysis
from lmcore.analyses.baseline import chance
from lmcore.analyses.clustering import suggest
from lmcore.analyses.projection import aligned, facing
from lmcore.outputs.reading import Note, Reading, cosine_matrix
from lmcore.readers.base import Reader
from lmcore.runtime.families import FAMILIES
from lmcore.text.word_uses import Question

#: A use counts as placed with its sense if it is nearer to it by more than this share of the room.
CLEARLY = 0.01
#: Vectors whose cosine is within this of 1 are the same vector (padding moves it by less).
SAME = 1e-6


@dataclass(frozen=True)
class PolysemyView:
    """A word's uses as one reader sees them, whatever senses somebody gives to them.

    Attributes:
        family: the reader.
        layer_names: ``[L + 1]``.
        vectors: of the uses, float ``[L + 1, N, D]``; NaN where the reader has none.
        similarity: their cosines, float ``[L + 1, N, N]``; NaN without a vector.
        baseline: mean cosine of unrelated words, float ``[L + 1]``.
        plane: places on a map that no sense has turned yet, float ``[L + 1, N, 2]``.
        kept: share of the variance that the map keeps, ``[L + 1]``; NaN where all vectors are one.
        notes: what the reader did to the words of each sentence.
    """

    family: str
    layer_names: tuple[str, ...]
    vectors: np.ndarray
    similarity: np.ndarray
    baseline: np.ndarray
    plane: np.ndarray
    kept: np.ndarray
    notes: tuple[tuple[Note, ...], ...]

    @property
    def missing(self) -> bool:
        """Whether the reader has no vector for any use of the word."""
        return bool(np.isnan(self.similarity).all())


def view_of(question: Question, readings: Sequence[Reading], baseline: np.ndarray) -> PolysemyView:
    """What one reader makes of the word.

    Args:
        question: the word and its sentences; labels do not matter.
        readings: the question's sentences, in order.
        baseline: mean cosine of unrelated words, ``[L + 1]``.
    """
    vectors = np.stack([readings[u.sentence].vector(u.places) for u in question.uses], axis=1)
    plane = aligned(vectors)
    return PolysemyView(
        family=readings[0].family,
        layer_names=readings[0].layer_names,
        vectors=vectors,
        similarity=cosine_matrix(vectors.astype(np.float64)),
        baseline=baseline,
        plane=plane.points,
        kept=plane.kept,
        notes=tuple(reading.notes for reading in readings),
    )


def _compute(reader: Reader, question: Question) -> PolysemyView:
    return view_of(question, reader.read(question.sentences), chance(reader).mean)


#: Asked with :attr:`Question.unlabelled`, so that other labels ask no reader again.
POLYSEMY: Analysis[Question, PolysemyView] = Analysis("polysemy", PolysemyView, _compute)


@dataclass(frozen=True)
class Comparison(PolysemyView):
    """A view with the senses of its uses: how far the reader tells them apart, layer by layer.

    Attributes:
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
    """

    within: np.ndarray
    between: np.ndarray
    overall: np.ndarray
    score: np.ndarray
    margins: np.ndarray
    placed: np.ndarray
    decidable: bool
    points: np.ndarray

    @property
    def best(self) -> int | None:
        """The first layer with the highest score, rounding aside; none where nothing is scored."""
        top = self.score >= np.nanmax(self.score, initial=-np.inf) - SAME
        return int(top.argmax()) if top.any() else None

    @property
    def least_alike(self) -> int:
        """The layer in which all uses are least alike."""
        return int(np.nanargmin(self.overall))


def compare(question: Question, view: PolysemyView) -> Comparison:
    """Hold what a reader makes of the uses against their senses."""
    groups, apart, similarity = question.groups, question.apart, view.similarity
    known = (groups[:, None] >= 0) & (groups[None, :] >= 0) & apart
    same = groups[:, None] == groups[None, :]
    within = _means(similarity, known & same)
    between = _means(similarity, known & ~same)
    room = np.where(1 - view.baseline > SAME, 1 - view.baseline, np.nan)
    margins = _margins(similarity, groups, apart) / room[:, None]
    judged = np.isfinite(margins)
    return Comparison(
        **{field.name: getattr(view, field.name) for field in fields(PolysemyView)},
        within=within,
        between=between,
        overall=_means(similarity, apart),
        score=(within - between) / room,
        margins=margins,
        placed=np.asarray(judged.any(axis=1) & (~judged | (margins > CLEARLY)).all(axis=1)),
        decidable=len(set(groups[judged.any(axis=0)].tolist())) > 1,
        points=facing(view.plane, groups) / np.sqrt(2 * room)[:, None, None],
    )


def compare_all(
    question: Question, views: Mapping[str, PolysemyView]
) -> tuple[Question, str | None, dict[str, Comparison]]:
    """Compare what all readers make of the uses, in groups of our own where nobody gave labels.

    Returns:
        the question with its senses; the reader of both sides whose cosines suggest them, where
        they are suggested; comparisons by family.
    """
    both = next((family for family in views if FAMILIES[family].context == "both"), None)
    if both and not question.senses:
        question = suggest(question, views[both].similarity[-1])
    suggested_by = both if question.suggested else None
    return question, suggested_by, {f: compare(question, view) for f, view in views.items()}


def _means(similarity: np.ndarray, pairs: np.ndarray) -> np.ndarray:
    """Mean over some pairs ``[N, N]`` for each layer, missing vectors left out; NaN without any."""
    chosen = pairs & np.isfinite(similarity)
    counts = chosen.sum(axis=(-2, -1))
    sums = np.where(chosen, similarity, 0.0).sum(axis=(-2, -1))
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)


def _margins(similarity: np.ndarray, groups: np.ndarray, apart: np.ndarray) -> np.ndarray:
    """Mean cosine of each use to its own sense less that to the nearest other, ``[L + 1, N]``."""
    if groups.max() < 1:
        return np.full(similarity.shape[:2], np.nan)
    belongs = groups[:, None] == np.arange(groups.max() + 1)  # [N, G]
    chosen = apart & np.isfinite(similarity)
    counts = chosen.astype(float) @ belongs
    sums = np.where(chosen, similarity, 0.0) @ belongs
    means = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)  # [L + 1, N, G]
    others = np.where(belongs | np.isnan(means), -np.inf, means).max(axis=-1)
    to_its_own = np.where(belongs & np.isfinite(means), means, 0.0).sum(axis=-1)
    defined = (belongs & np.isfinite(means)).any(axis=-1) & np.isfinite(others)
    return np.where(defined, to_its_own - others, np.nan)


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
    looked = top if layers else comparison.best or 0
    margins = comparison.margins[looked]
    astray = np.flatnonzero(np.isfinite(margins) & (margins <= CLEARLY))
    return Verdict("only" if layers else "never", layers, looked, tuple(astray.tolist()))


def layers_frame(comparisons: Sequence[Comparison]) -> pd.DataFrame:
    """The scores of all readers: one row for each reader and layer."""
    columns = {name: name for name in ("within", "between", "overall", "baseline")}
    columns |= {"separation": "score", "all_placed": "placed"}
    frames = [
        pd.DataFrame(
            {
                "reader": c.family,
                "layer": range(len(c.score)),
                "layer_name": c.layer_names,
                **{column: getattr(c, attribute) for column, attribute in columns.items()},
            }
        )
        for c in comparisons
    ]
    return pd.concat(frames, ignore_index=True).round(4)


def uses_frame(question: Question, margins: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """The sentences, and how much nearer each use lies to its own sense: ``[N]`` by reader."""
    return pd.DataFrame(
        {
            "use": [use.name for use in question.uses],
            "sense": [use.sense for use in question.uses],
            "form": [use.form for use in question.uses],
            "sentence": [question.texts[use.sentence] for use in question.uses],
            **{family: values.round(4) for family, values in margins.items()},
        }
    )


def similarity_frame(question: Question, comparison: Comparison, layer: int) -> pd.DataFrame:
    """One layer of one reader: the matrix, the baseline beside it, and the places on the map.

    Args:
        question: the word, its sentences and senses.
        comparison: what one reader makes of them.
        layer: from 0, the input.
    """
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
