"""How a reader cuts a text: its pieces by word, and what it did to the words before."""

from dataclasses import dataclass

import numpy as np

from lmcore.analyses.analysis import Analysis, Example
from lmcore.outputs.reading import Note, Reading
from lmcore.readers.base import Reader
from lmcore.runtime.families import FAMILIES
from lmcore.text.examples import EXAMPLE
from lmcore.text.words import Sentence, split


@dataclass(frozen=True)
class TokenizationQuestion:
    """Into which pieces is a text cut?"""

    text: str


@dataclass(frozen=True)
class TokenizationView:
    """A text as a reader's vocabulary writes it.

    Attributes:
        family: the reader.
        sentence: the text and its words.
        before: special positions in front of the first word.
        pieces: ``[W]``, the pieces of each word.
        after: special positions behind the last word.
        notes: what was lower-cased, stripped, split, unknown or cut.
    """

    family: str
    sentence: Sentence
    before: tuple[str, ...]
    pieces: tuple[tuple[str, ...], ...]
    after: tuple[str, ...]
    notes: tuple[Note, ...]

    def notes_on(self, word: int) -> list[Note]:
        """What happened to one word."""
        return [note for note in self.notes if note.word == word]


def tokenization(reading: Reading) -> TokenizationView:
    """The pieces of a reading under the words they belong to."""
    texts = [piece.text for piece in reading.pieces]
    ordinary = [place for place, piece in enumerate(reading.pieces) if not piece.special]
    return TokenizationView(
        reading.family,
        reading.sentence,
        tuple(texts[: ordinary[0]]),
        tuple(tuple(texts[place] for place in np.flatnonzero(row)) for row in reading.word_pieces),
        tuple(texts[ordinary[-1] + 1 :]),
        reading.notes,
    )


def _compute(reader: Reader, question: TokenizationQuestion) -> TokenizationView:
    return tokenization(reader.read([split(question.text)])[0])


TOKENIZATION = Analysis("tokenization", TokenizationView, _compute)


def examples() -> list[Example[TokenizationQuestion, TokenizationView]]:
    """What Home asks at first."""
    return [Example(TOKENIZATION, tuple(FAMILIES), (TokenizationQuestion(EXAMPLE),))]
