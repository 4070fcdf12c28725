"""Example sentences for words with several senses, sorted by where the clue to the sense stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Clue = Literal["mixed", "after", "before", "both"]


@dataclass(frozen=True)
class Example:
    """A word and labelled sentences.

    Attributes:
        word: the word to look for.
        clue: where the words stand that give the sense away: ``before`` the word, ``after`` it
            (all sentences begin alike, so a reader of the left side cannot know), on ``both``
            sides, or ``mixed``: before it in some sentences and after it in others.
        text: one sentence a line, each led by its label.
    """

    word: str
    clue: Clue
    text: str


EXAMPLES: tuple[Example, ...] = (
    Example(
        "cell",
        "mixed",
        "living | The nucleus of a cell contains the genes of the plant.\n"
        "living | The membrane of a cell is made of fats and proteins.\n"
        "living | The cell divides into two when its proteins have been copied.\n"
        "prison | He spent ten years in a cell and never saw his wife.\n"
        "prison | The guard opened the door of the cell and told him to leave.\n"
        "prison | The cell was locked, and he waited for the guard to open the door.",
    ),
    Example(
        "bank",
        "mixed",
        "river | The muddy river had washed away a large part of the bank.\n"
        "river | The bank was covered with reeds, and frogs sat near the water.\n"
        "river | Fishermen pulled their boat out of the stream and up the bank.\n"
        "money | The manager kept all the gold and cash in the bank.\n"
        "money | The bank refused to lend the company any more money.\n"
        "money | She paid her savings into an account at the bank.",
    ),
    Example(
        "match",
        "mixed",
        "game | The two football teams were tired at the end of the match.\n"
        "game | The match was won by the home team in front of many fans.\n"
        "flame | To light the candles in the dark he struck a match.\n"
        "flame | The match burned his fingers and set fire to the paper.",
    ),
    Example(
        "bank",
        "after",
        "river | The bank was muddy after the river had risen.\n"
        "river | The bank of the stream was covered with wild flowers.\n"
        "money | The bank was closed because its managers had lost the money.\n"
        "money | The bank offered its customers a loan for a new house.",
    ),
    Example(
        "crane",
        "after",
        "bird | The crane spread its white wings and flew over the lake.\n"
        "bird | The crane had laid two eggs in its nest among the reeds.\n"
        "machine | The crane lifted steel beams to the top of the new tower.\n"
        "machine | The crane was rented by a building company for ten days.",
    ),
    Example(
        "bass",
        "after",
        "fish | The bass was caught in the lake and eaten with lemon.\n"
        "fish | The bass swam away from the boat and into deeper water.\n"
        "music | The bass was louder than the guitar and the drums.\n"
        "music | The bass on this album is played by the singer's brother.",
    ),
    Example(
        "spring",
        "before",
        "season | After a long and cold winter the farmers waited for spring.\n"
        "season | Every year the snow melts and the flowers open in spring.\n"
        "water | Clear cold water came out of the rocks at the spring.\n"
        "water | The thirsty walkers drank and filled their bottles at the spring.\n"
        "coil | The mechanic opened the old clock and replaced a broken spring.\n"
        "coil | A thick steel wire was bent into the shape of a spring.",
    ),
    Example(
        "mouse",
        "before",
        "animal | All night the hungry cat waited for the mouse.\n"
        "animal | In the barn an owl had caught and eaten a mouse.\n"
        "computer | On the computer screen she moved the pointer with the mouse.\n"
        "computer | He typed on the keyboard and then clicked with the mouse.",
    ),
    Example(
        "plant",
        "both",
        "green | She watered the plant until it had new leaves and white flowers.\n"
        "green | In dry soil a plant grows slowly and its roots stay short.\n"
        "factory | Workers at the plant build engines for cars and trucks.\n"
        "factory | The company closed a plant and dismissed most of its workers.",
    ),
    Example(
        "letter",
        "both",
        "mail | He opened the letter that his mother had sent from Paris.\n"
        "mail | The postman brought a letter and a parcel to her house.\n"
        "alphabet | The first letter of the English alphabet is a vowel.\n"
        "alphabet | Write the word with a capital letter and then spell it.",
    ),
    Example(
        "bat",
        "both",
        "animal | At night thousands of bats flew out of the cave to catch insects.\n"
        "animal | In winter the bats sleep in the cave with their wings folded.\n"
        "sport | The players swung their bats and hit the ball over the fence.\n"
        "sport | They bought balls, gloves and bats for the new baseball team.",
    ),
)
