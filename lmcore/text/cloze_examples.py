"""Sentences with blanks, written for this project and grouped by what they show."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lmcore.text.words import split

_TAKEN = re.compile(r"\{(.+?)\}")


@dataclass(frozen=True)
class ClozeExample:
    """A sentence, the words taken out of it, and words to ask about.

    Attributes:
        text: the whole sentence.
        blanks: indices of the words taken out.
        asked: further words worth asking about, with blanks between them.
    """

    text: str
    blanks: tuple[int, ...]
    asked: str = ""

    @property
    def shown(self) -> str:
        """The sentence as it is offered: with its blanks."""
        text = self.text
        for place in reversed(self.blanks):
            word = split(self.text).words[place]
            text = text[: word.start] + "___" + text[word.end :]
        return text


def _example(marked: str, asked: str = "") -> ClozeExample:
    """An example whose words to take out stand in braces."""
    text = _TAKEN.sub(r"\1", marked)
    starts = [found.start() - 2 * i for i, found in enumerate(_TAKEN.finditer(marked))]
    words = split(text).words
    return ClozeExample(
        text, tuple(i for i, word in enumerate(words) if word.start in starts), asked
    )


#: What a group shows: the blanks hang together, the clue comes before, after, or from afar.
EXAMPLES: dict[str, tuple[ClozeExample, ...]] = {
    "together": (
        _example(
            "The bank raised its {interest} {rates} after the river had flooded the town.",
            "prices",
        ),
        _example("I had {fried} {eggs} and a cup of tea for breakfast.", "boiled"),
        _example("He opened the {door} and walked into the {room}.", "window house"),
        _example("The {king} and the {queen} sat upon their thrones.", "man woman"),
        _example("They sailed from New {York} to {London} in ten days.", "Zealand Paris"),
    ),
    "right": (
        _example("She opened the {book} and read the first page aloud.", "door"),
        _example("The {doctor} examined the patient and wrote a prescription.", "teacher"),
        _example("He {drank} a glass of cold milk before he went to bed.", "broke"),
    ),
    "left": (
        _example("She boiled some water and made a pot of {tea}.", "gold"),
        _example("After the long war the two countries signed a {treaty}.", "song"),
    ),
    "agreement": (
        _example("The keys to the old cabinet {are} on the table.", "is"),
        _example("The {dogs} in the garden {were} barking at the stranger.", "dog was"),
        _example("The girl put on {her} coat because it was cold.", "his"),
    ),
    "knowledge": (
        _example("The capital of France is {Paris}.", "London"),
        _example("Water freezes when it gets very {cold}.", "hot"),
    ),
}


def find(text: str) -> ClozeExample | None:
    """The example that has this text."""
    return next((one for group in EXAMPLES.values() for one in group if one.text == text), None)
