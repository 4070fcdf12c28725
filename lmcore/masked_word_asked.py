"""The probability and the rank of any word that somebody asks about.

Case variants are one word: its probability is the sum over those of its variants that are entries
of the vocabulary. A word that is none is written in pieces. GPT: the product over the pieces, each
given those before it, the last of which ends the word. BERT: as many masks as pieces, filled from
left to right (chain rule); the number of masks tells it how long the word is, so the number is too
large beside those of whole words. ELMo predicts whole words only; all words that its vocabulary
lacks share the probability of one entry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Literal

from lmcore.blank_answers import Answer
from lmcore.cloze import Cloze
from lmcore.words import split

if TYPE_CHECKING:
    from lmcore.readers.base import Reader

#: How a word came by its probability, or why it has none.
Way = Literal["whole", "chain", "masks", "tried", "unknown"]


@dataclass(frozen=True)
class Asked:
    """What one view says about a word that somebody asked for.

    Attributes:
        word: as it was asked.
        probability: ``None`` where the reader lacks the word.
        rank: 1 + how many whole words of the vocabulary have a greater probability (``rescored``:
            of the tried words). A word of several pieces is ranked as if it were one of them.
        way: ``whole``: an entry of the vocabulary; ``chain``: a product over pieces; ``masks``: the
            same with as many masks as pieces; ``tried``: a share of the whole sentences tried,
            this one included; ``unknown``: no probability.
        pieces: how the reader cuts the word, where it does.
        unknown: probability of all words outside the vocabulary together, where it has an entry.
    """

    family: str
    view: str
    word: str
    probability: float | None
    rank: int | None
    way: Way = "whole"
    pieces: str = ""
    unknown: float | None = None


def ask(
    reader: Reader, cloze: Cloze, which: int, word: str, given: Sequence[Answer]
) -> list[Asked]:
    """Probability and rank of one word in each answer of one reader.

    Args:
        reader: the reader that gave the answers.
        cloze: the sentence it was asked about.
        which: the blank that they are for.
        word: a single word.
        given: its answers.
    """
    notes = {note.kind: note.detail for note in reader.read([split(word)])[0].notes}
    spelling = notes.get("accents_stripped", word)
    guesses = [answer.of(spelling) for answer in given]
    spelled: dict[str, float] = {}
    if None in guesses and "unknown" not in notes:
        spelled = reader.spell(cloze.sentence, cloze.positions, which, word)
    found: list[Asked] = []
    for answer, guess in zip(given, guesses, strict=True):
        pieces = "" if guess else notes.get("split", "")
        who = (answer.family, answer.view, word)
        if guess is not None:
            found.append(Asked(*who, guess.probability, guess.rank))
        elif answer.view in spelled:
            value, rank, way = _placed(answer, spelled[answer.view])
            found.append(Asked(*who, value, rank, way, pieces))
        else:
            found.append(Asked(*who, None, None, "unknown", pieces, answer.unknown))
    return found


def _placed(answer: Answer, log: float) -> tuple[float, int, Way]:
    if answer.evidence is None:
        value = exp(log)
        return value, answer.rank(value), "masks" if answer.view == "both" else "chain"
    odds = log - answer.evidence  # ln of its share relative to those tried before
    share = 1 / (1 + exp(-odds)) if odds > -700 else 0.0
    return share, answer.rank(exp(min(odds, 0.0))), "tried"
