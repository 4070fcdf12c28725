"""Prompts: a sentence cut behind one of its words."""

from dataclasses import dataclass

from lmcore.errors import InputError
from lmcore.runtime.families import Direction
from lmcore.text.words import Sentence, split


@dataclass(frozen=True)
class Prompt:
    """What the readers go on from, and the sentence that it was cut from.

    Attributes:
        text: a beginning (side ``right``) or an ending (side ``left``) of ``whole``.
        whole: the sentence, from its first word to its last.
        side: where the readers write.
    """

    text: str
    whole: str
    side: Direction

    @property
    def cut_off(self) -> tuple[int, int]:
        """Characters of the sentence that are not part of the prompt."""
        count = len(self.whole) - len(self.text)
        return (len(self.text), len(self.whole)) if self.side == "right" else (0, count)

    @property
    def rest(self) -> str:
        """What was cut off, empty where the whole sentence is the prompt."""
        start, end = self.cut_off
        return self.whole[start:end].strip()

    @property
    def sentence(self) -> Sentence:
        """The prompt and its words."""
        return split(self.text)


def cut_range(sentence: Sentence, side: Direction) -> tuple[int, int]:
    """Behind which words, counted from 1, a sentence can be cut so that a prompt is left."""
    return (1, len(sentence)) if side == "right" else (0, len(sentence) - 1)


def half_way(sentence: Sentence, side: Direction) -> int:
    """Where a sentence is cut unless somebody says otherwise: behind its first half."""
    low, high = cut_range(sentence, side)
    return min(max(len(sentence) // 2, low), high)


def cut_prompt(sentence: Sentence, after: int, side: Direction) -> Prompt:
    """Cut a sentence behind a word.

    Args:
        sentence: a checked text.
        after: number of the word, from 1; 0 cuts in front of the first.
        side: ``right`` keeps what stands before the cut, ``left`` what stands behind it.

    Raises:
        InputError: ``setting_out_of_range`` where nothing would be left to go on from.
    """
    low, high = cut_range(sentence, side)
    if not low <= after <= high:
        raise InputError("setting_out_of_range", name="word", value=after, low=low, high=high)
    words, first, last = sentence.words, sentence.words[0].start, sentence.words[-1].end
    whole = sentence.text[first:last]
    if side == "right":
        return Prompt(whole[: words[after - 1].end - first], whole, side)
    return Prompt(whole[words[after].start - first :], whole, side)
