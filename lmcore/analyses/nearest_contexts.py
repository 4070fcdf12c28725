"""Senses that a bank of sentences votes for somebody's own uses of a word.

The bank (:mod:`lmcore.analyses.sense_bank`) holds sentences in which the sense of a word is known.
A use gets the sense that most of its nearest neighbours there have
(:mod:`lmcore.analyses.sense_vote`).

Letters in shapes: L + 1 layers, N uses, M sentences of the bank, D dimensions.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lmcore.analyses import sense_bank
from lmcore.analyses.analysis import Analysis, Example
from lmcore.analyses.baseline import per_reader
from lmcore.analyses.polysemy import POLYSEMY, PolysemyView
from lmcore.analyses.sense_bank import Entry
from lmcore.analyses.sense_vote import Accuracy, Nearest, leave_one_out, nearest
from lmcore.outputs.reading import cosine
from lmcore.readers.base import Reader
from lmcore.runtime.families import FAMILIES
from lmcore.text.examples import SENSES
from lmcore.text.word_uses import Question, ask
from lmcore.text.words import Sentence, fold

#: Words of the bank whose vectors are kept for a reader.
KEPT_WORDS = 16


@dataclass(frozen=True)
class NearestContextsView:
    """How near one reader finds the uses of a word to the sentences of the bank.

    Attributes:
        family: the reader.
        similarity: cosine of each use to each sentence, float ``[L + 1, N, M]``; NaN without a
            vector, and for the use's own sentence where it stands in the bank.
        senses: of the sentences, ``[M]``.
        baseline: mean cosine of unrelated words, float ``[L + 1]``.
        accuracy: of the vote on the bank itself.
    """

    family: str
    similarity: np.ndarray
    senses: tuple[str, ...]
    baseline: np.ndarray
    accuracy: Accuracy


def _view_of(
    question: Question,
    uses: PolysemyView,
    entries: Sequence[Entry],
    vectors: np.ndarray,
    accuracy: Accuracy,
) -> NearestContextsView:
    """Compare the uses of a question with the sentences of the bank."""
    pairs = zip(uses.vectors.astype(np.float64), vectors.astype(np.float64), strict=True)
    similarity = np.stack([cosine(here[:, None], there[None]) for here, there in pairs])
    for number, use in enumerate(question.uses):
        similarity[:, number, own_places(question.sentences[use.sentence], entries)] = np.nan
    senses = tuple(entry.sense for entry in entries)
    return NearestContextsView(uses.family, similarity, senses, uses.baseline, accuracy)


def _compute(
    reader: Reader, question: Question, uses: PolysemyView | None = None
) -> NearestContextsView:
    entries = sense_bank.load(reader.language.folder).of(question.word)
    uses = uses or POLYSEMY.compute(reader, question)
    return _view_of(question, uses, entries, *word_in_bank(reader, entries))


#: Asked where the bank knows the word (:meth:`SenseBank.base`), as :data:`POLYSEMY` is.
NEAREST_CONTEXTS: Analysis[Question, NearestContextsView] = Analysis(
    "nearest_contexts", NearestContextsView, _compute, after=POLYSEMY
)


def examples() -> list[Example[Any, Any]]:
    """The first word of the Polysemy page, in both of its analyses."""
    question = ask(SENSES[0].word, SENSES[0].text).unlabelled
    return [
        Example(analysis, tuple(FAMILIES), (question,)) for analysis in (POLYSEMY, NEAREST_CONTEXTS)
    ]


@per_reader
def _words_in_bank(reader: Reader) -> dict[str, tuple[np.ndarray, Accuracy]]:
    """By word of the bank: its vectors ``[L + 1, M, D]``, and what a vote among them is worth."""
    return {}


def word_in_bank(reader: Reader, entries: Sequence[Entry]) -> tuple[np.ndarray, Accuracy]:
    """One of them; the oldest goes where there are :data:`KEPT_WORDS` already."""
    words, word = _words_in_bank(reader), entries[0].word
    known = words.get(word)
    if known is None:
        vectors = sense_bank.bank_vectors(reader, word)
        known = vectors, leave_one_out(vectors, [entry.sense for entry in entries])
        if len(words) >= KEPT_WORDS:
            words.pop(next(iter(words)), None)
        words[word] = known
    return known


def own_places(sentence: Sentence, entries: Sequence[Entry]) -> list[int]:
    """Places in the bank at which a sentence stands itself, word for word, in upper or lower case.

    Such a sentence must not vote about itself.
    """
    words = [fold(word.text) for word in sentence.words]
    return [
        number
        for number, entry in enumerate(entries)
        if [fold(word.text) for word in entry.sentence.words] == words
    ]


@dataclass(frozen=True)
class Votes:
    """What the bank votes for every use of a question, in one layer of one reader.

    Attributes:
        family: the reader.
        layer: in which the uses were compared.
        baseline: mean cosine of unrelated words in that layer.
        uses: neighbours and votes of each use, ``[N]``.
        accuracy: of the same vote on the bank itself.
    """

    family: str
    layer: int
    baseline: float
    uses: tuple[Nearest, ...]
    accuracy: Accuracy

    @property
    def senses(self) -> list[str | None]:
        """The sense voted for each use; ``None`` where the vote says nothing."""
        return [use.sense for use in self.uses]


def vote(view: NearestContextsView, layer: int) -> Votes:
    """Let the bank vote about every use of a question in one layer."""
    uses = tuple(nearest(row, view.senses) for row in view.similarity[layer])
    return Votes(view.family, layer, float(view.baseline[layer]), uses, view.accuracy)


def neighbours_frame(
    votes: Sequence[Votes], use: int, entries: Sequence[Entry], glosses: Mapping[str, str]
) -> pd.DataFrame:
    """The sentences of the bank that vote about one use: a row for each reader and sentence.

    Args:
        votes: of the readers, each in the layer that is looked at.
        use: index into the uses.
        entries: the word's sentences in the bank, ``[M]``.
        glosses: what a sense is called, by its id.
    """
    columns = ["reader", "layer", "rank", "sense", "cosine", "baseline", "vote", "sentence"]
    rows = []
    for reader in votes:
        near = reader.uses[use]
        voters = np.flatnonzero(near.weights > 0)
        order = voters[np.argsort(-near.similarity[voters], kind="stable")]
        rows += [
            {
                "reader": reader.family,
                "layer": reader.layer,
                "rank": rank,
                "sense": glosses[entries[place].sense],
                "cosine": near.similarity[place],
                "baseline": reader.baseline,
                "vote": near.weights[place],
                "sentence": entries[place].sentence.text,
            }
            for rank, place in enumerate(order.tolist(), start=1)
        ]
    return pd.DataFrame(rows, columns=columns).round(4)


def votes_frame(
    question: Question, votes: Sequence[Votes], glosses: Mapping[str, str]
) -> pd.DataFrame:
    """All votes: a row for each reader and use, a column of votes for each sense.

    Args:
        question: the word, its sentences and senses.
        votes: of the readers, each in the layer that is looked at.
        glosses: what a sense is called, by its id.
    """
    rows = [
        {
            "reader": reader.family,
            "layer": reader.layer,
            "use": use.name,
            "label": None if question.suggested else use.sense,
            "voted": None if near.sense is None else glosses[near.sense],
            "share": near.share,
            **{glosses[sense]: count for sense, count in near.votes.items()},
            "accuracy": reader.accuracy.by_layer[reader.layer],
            "majority": reader.accuracy.majority,
            "judged": reader.accuracy.count,
        }
        for reader in votes
        for use, near in zip(question.uses, reader.uses, strict=True)
    ]
    return pd.DataFrame(rows).round(4)
