"""The sense of one word where it stands: what the sense bank votes for it.

As :mod:`lmcore.analyses.nearest_contexts`, for a single use. The vote is taken in the layer in
which it is most often right for the sentences of the bank themselves.
"""

from dataclasses import dataclass

import numpy as np

from lmcore.analyses import sense_bank
from lmcore.analyses.analysis import Analysis
from lmcore.analyses.nearest_contexts import own_places, word_in_bank
from lmcore.analyses.sense_vote import Trust, nearest, trust
from lmcore.outputs.reading import cosine
from lmcore.readers.base import Reader
from lmcore.text.words import split


@dataclass(frozen=True)
class SenseQuestion:
    """A word of a sentence, which the bank knows.

    Attributes:
        text: the sentence.
        word: index into its words.
    """

    text: str
    word: int


@dataclass(frozen=True)
class SenseView:
    """What the bank votes for the word by one reader's vectors.

    Attributes:
        family: the reader.
        layer: in which the vote was taken.
        votes: of the nearest sentences by sense, in the order of the bank.
        sense: the id of the sense voted for; ``None`` where the vote says nothing.
        accuracy: share of the bank's own sentences of this word for which such a vote is right.
        trust: whether that is better than guessing.
    """

    family: str
    layer: int
    votes: dict[str, float]
    sense: str | None
    accuracy: float
    trust: Trust


def _compute(reader: Reader, question: SenseQuestion) -> SenseView:
    sentence = split(question.text)
    entries = sense_bank.load(reader.language.folder).of(sentence.words[question.word].text)
    there, accuracy = word_in_bank(reader, entries)
    layer = int(np.argmax(np.nan_to_num(accuracy.by_layer)))
    here = reader.read([sentence])[0].layers[layer, question.word].astype(np.float64)
    similarity = cosine(here[None], there[layer].astype(np.float64))
    similarity[own_places(sentence, entries)] = np.nan
    vote = nearest(similarity, [entry.sense for entry in entries])
    return SenseView(
        reader.family,
        layer,
        dict(vote.votes),
        vote.sense,
        float(accuracy.by_layer[layer]),
        trust(accuracy, layer),
    )


SENSE: Analysis[SenseQuestion, SenseView] = Analysis("word_sense", SenseView, _compute)
