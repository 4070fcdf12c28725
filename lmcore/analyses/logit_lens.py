"""What each layer of a reader would predict: the logit lens, as data and as a finding.

The last layer of a language model goes through an output head that turns a vector into a
probability for every entry of the vocabulary. The logit lens (nostalgebraist 2020, "interpreting
GPT: the logit lens") sends the vectors of *all* layers through that same head: the likeliest
entries are those whose output vectors the layer's vector points to. The head was trained for the
last layer only, so what it says of lower layers is a reading of them and no prediction that the
model makes. The readers do the work (:meth:`lmcore.readers.base.Reader.lens`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lmcore.analyses.analysis import Analysis, Example
from lmcore.outputs.generation import Alternative
from lmcore.outputs.lens import Aim, Lens
from lmcore.readers.base import Reader
from lmcore.runtime.families import CONTEXTUAL
from lmcore.text.examples import EXAMPLE
from lmcore.text.words import split

#: Entries of each layer in a picture and in the table.
ENTRIES = 5
#: The word that is looked at first.
FIRST_WORD = 1


@dataclass(frozen=True)
class LensQuestion:
    """Which word of a text the layers are asked about, and by which vectors.

    Attributes:
        text: the sentence.
        word: index into its words.
        aim: ``for`` or ``of``, see :data:`~lmcore.outputs.lens.Aim`.
    """

    text: str
    word: int
    aim: Aim


@dataclass(frozen=True)
class LensView:
    """What the layers of one reader would predict.

    Attributes:
        family: the reader.
        lenses: one for each direction that it has; none where nothing stands at the place.
    """

    family: str
    lenses: tuple[Lens, ...]


def look(reader: Reader, question: LensQuestion) -> LensView:
    """Send the vectors of all layers at a word through a reader's output head.

    Raises:
        InputError: ``setting_out_of_range``, ``text_too_many_pieces``.
        UnsupportedError: the reader predicts no words.
    """
    lenses = reader.lens(split(question.text), question.word, ENTRIES, question.aim)
    return LensView(reader.family, tuple(lenses))


LENS = Analysis("logit_lens", LensView, look)


def examples() -> list[Example[LensQuestion, LensView]]:
    """The sentence that every page begins with, asked for the word that the page begins with."""
    return [Example(LENS, CONTEXTUAL, (LensQuestion(EXAMPLE, FIRST_WORD, "for"),))]


@dataclass(frozen=True)
class Story:
    """What is worth saying of a lens.

    Attributes:
        guess: likeliest entry of the top layer.
        settled: first layer from which on every layer has that entry in first place.
        best: layer in which the target ranks highest (the lowest of several); ``None`` without a
            target.
    """

    guess: Alternative
    settled: int
    best: int | None


def story(lens: Lens) -> Story:
    """From which layer on the top layer's guess stands, and where the true word ranks highest."""
    guess = lens.tops[-1][0]
    other = [layer for layer, top in enumerate(lens.tops) if top[0].text != guess.text]
    best = None if np.isnan(lens.rank).all() else int(np.nanargmin(lens.rank))
    return Story(guess, max(other, default=-1) + 1, best)


def likeliest(lenses: Sequence[Lens]) -> Lens:
    """The lens whose top layer finds the true word likeliest; one of them has a true word."""
    return lenses[int(np.nanargmax([lens.probability[-1] for lens in lenses]))]


def highest(lenses: Sequence[Lens]) -> tuple[Lens, int]:
    """The lens and its layer in which the true word ranks highest; one of them has a true word."""
    ranked = [(lens, best) for lens in lenses if (best := story(lens).best) is not None]
    return min(ranked, key=lambda pair: float(pair[0].rank[pair[1]]))
