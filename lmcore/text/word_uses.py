"""A word and its uses in several sentences: what somebody asks, taken apart and checked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from lmcore.errors import InputError
from lmcore.runtime.limits import LIMITS
from lmcore.text.han import simplified
from lmcore.text.inflections import FormKind, forms, wider
from lmcore.text.words import Sentence, checked, fold, plain, split, split_around

MIN_SENTENCES = 2
MAX_SENTENCES = LIMITS.sentences
#: A word may stand several times in a sentence; more uses than this make no readable picture.
MAX_USES = LIMITS.uses
#: Longer text before a bar is no label but part of the sentence.
MAX_LABEL = 30
MAX_WORD = 100

_BAR = re.compile("[|｜]")
_COMMAS = re.compile("[,，、]")
_LINES = re.compile("\r\n|\r|\n")


@dataclass(frozen=True)
class Use:
    """The word at one place.

    Attributes:
        sentence: index into the question's sentences.
        position: index into that sentence's words, of the first of them where it has several parts.
        form: as written there.
        kind: how the form relates to the word asked for.
        sense: the label given for it, or ``None``.
        name: number of the sentence from 1, with a letter where the word stands there twice.
        length: of how many words of the sentence it consists (*New York*: 2).
    """

    sentence: int
    position: int
    form: str
    kind: FormKind
    sense: str | None
    name: str
    length: int = 1

    @property
    def places(self) -> range:
        """Indices of its words."""
        return range(self.position, self.position + self.length)


@dataclass(frozen=True)
class Question:
    """A word and the sentences it is to be found in; what follows from them is worked out once.

    Attributes:
        word: as typed, without blanks round it.
        texts: the sentences as they are to be read, two or more.
        labels: what was written before the bar of each sentence, or nothing; no labels at all where
            senses do not matter.
        suggestion: senses of the uses that come from clustering and not from a person, ``[N]``.
    """

    word: str
    texts: tuple[str, ...]
    labels: tuple[str, ...] = ()
    suggestion: tuple[str, ...] = ()

    @property
    def suggested(self) -> bool:
        """Whether the senses come from clustering."""
        return bool(self.suggestion)

    @property
    def unlabelled(self) -> "Question":
        """The same word in the same sentences: all that a reader sees of the question."""
        return Question(self.word, self.texts)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The texts with their words."""
        return tuple(_sentence(text, number, self.word) for number, text in enumerate(self.texts))

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Where the word stands, in order, ``[N]``."""
        labels = self.labels or ("",) * len(self.texts)
        spellings: dict[str, str] = {}
        uses = [
            use
            for number, (sentence, label) in enumerate(zip(self.sentences, labels, strict=True))
            for use in _uses(self.word, number, sentence, label, spellings)
        ]
        if not self.suggestion:
            return tuple(uses)
        pairs = zip(uses, self.suggestion, strict=True)
        return tuple(replace(use, sense=sense) for use, sense in pairs)

    @property
    def senses(self) -> tuple[str, ...]:
        """Labels in order of appearance."""
        return tuple(dict.fromkeys(use.sense for use in self.uses if use.sense is not None))

    @cached_property
    def groups(self) -> np.ndarray:
        """Number of each use's sense, int ``[N]``; -1 without a label."""
        numbers = {sense: number for number, sense in enumerate(self.senses)}
        return np.array([-1 if u.sense is None else numbers[u.sense] for u in self.uses])

    @property
    def order(self) -> list[int]:
        """Uses sorted by sense and then by sentence, those without a label last."""
        groups = self.groups
        return sorted(range(len(self.uses)), key=lambda u: (groups[u] < 0, groups[u], u))

    @property
    def apart(self) -> np.ndarray:
        """Which two uses stand in different sentences, bool ``[N, N]``."""
        sources = np.array([use.sentence for use in self.uses])
        return sources[:, None] != sources[None, :]


def ask(word: str, text: str) -> Question:
    """Take apart what somebody typed.

    Args:
        word: one word, also of several parts (*New York*, *e-mail*, 苹果); its plural, past, -ing
            and possessive forms are found too, and in a sentence without any of these the word that
            it is a form of (``banks``: *bank*).
        text: one sentence a line; a line may begin with a sense label and a bar (``river | She sat
            on the bank.``). Where the word stands n times in a line, n labels with commas between
            them are given out in order; any other label is that of all its uses.

    Raises:
        InputError: ``word_empty``, ``word_not_found``, ``too_few_sentences``,
            ``too_many_sentences``, ``too_many_uses``, ``sentence_too_long``,
            ``sentence_too_many_characters``, ``text_no_words`` or ``text_malformed``.
    """
    target = _target(word)
    lines = [line for line in _LINES.split(text) if line.strip()]
    if len(lines) > MAX_SENTENCES:
        raise InputError("too_many_sentences", count=len(lines), limit=MAX_SENTENCES)
    if len(lines) < MIN_SENTENCES:
        raise InputError("too_few_sentences", count=len(lines), limit=MIN_SENTENCES)
    parts = [_label_and_sentence(line) for line in lines]
    question = Question(target, tuple(t for _, t in parts), tuple(label for label, _ in parts))
    if len(question.uses) > MAX_USES:
        raise InputError("too_many_uses", word=target, count=len(question.uses), limit=MAX_USES)
    return question


def alike_so_far(question: Question) -> tuple[tuple[int, ...], ...]:
    """Groups of uses of different senses before which exactly the same words stand.

    A reader that sees only the left side has one and the same vector for all uses of a group.
    """
    by_start: dict[tuple[str, ...], list[int]] = {}
    for number, use in enumerate(question.uses):
        words = question.sentences[use.sentence].words[: use.places.stop]
        by_start.setdefault(tuple(word.text for word in words), []).append(number)
    senses = question.groups
    return tuple(
        tuple(uses)
        for uses in by_start.values()
        if len({int(sense) for sense in senses[uses] if sense >= 0}) > 1
    )


def _target(word: str) -> str:
    """The word asked for, or why it is none."""
    word = word.strip()
    if len(word) > MAX_WORD:
        raise InputError("text_too_many_characters", count=len(word), limit=MAX_WORD)
    parts = split(word).words
    if not parts:
        raise InputError("word_empty")
    return word[parts[0].start : parts[-1].end]


def _label_and_sentence(line: str) -> tuple[str, str]:
    """A line without its label; a bar of either width ends the label."""
    line = line.strip()
    bar = _BAR.search(line)
    if bar is None:
        return "", line
    label, sentence = line[: bar.start()].rstrip(), line[bar.end() :].lstrip()
    return (label, sentence) if len(label) <= MAX_LABEL and sentence else ("", line)


def _sentence(text: str, number: int, word: str) -> Sentence:
    """One sentence split into words, of which one is to be found; an error of length names it."""
    try:
        checked(text)
        return split_around(text, word)
    except InputError as error:
        code = error.code.replace("text_too_", "sentence_too_")
        raise InputError(code, **error.values, number=number + 1) from error


def _uses(
    target: str, number: int, sentence: Sentence, label: str, spellings: dict[str, str]
) -> list[Use]:
    """Where a word stands in one sentence; new spellings of labels are added.

    Raises:
        InputError: ``word_not_found``.
    """
    *before, last = [simplified(plain(part.text)) for part in split(target).words]
    # Somebody who asks for “banks” means “bank” too; but “saw” is “see” only where no saw is.
    places = _places(sentence, before, forms(last)) or _places(sentence, before, wider(last))
    if not places and before:  # in Han characters its parts may be one word here
        before, places = [], _places(sentence, [], {simplified(fold(target)): "same"})
    if not places:
        beginning = sentence.text if len(sentence.text) <= 80 else sentence.text[:79] + "…"
        raise InputError("word_not_found", word=target, number=number + 1, sentence=beginning)
    senses = [part.strip() for part in _COMMAS.split(label)]
    if len(senses) != len(places) or not all(senses):
        senses = [label] * len(places)
    words = sentence.words
    return [
        Use(
            sentence=number,
            position=place,
            form=sentence.text[words[place].start : words[place + len(before)].end],
            kind=kind,
            sense=spellings.setdefault(fold(sense), sense) or None,
            name=f"{number + 1}{_letter(nth) if len(places) > 1 else ''}",
            length=len(before) + 1,
        )
        for nth, ((place, kind), sense) in enumerate(zip(places, senses, strict=True))
    ]


def _places(
    sentence: Sentence, before: Sequence[str], wanted: dict[str, FormKind]
) -> list[tuple[int, FormKind]]:
    """Where some forms stand behind other parts of their word, with the kind of each.

    The place is that of the first part; uses do not overlap.
    """
    words = [simplified(fold(word.text)) for word in sentence.words]
    parts, count = [simplified(fold(part)) for part in before], len(before)
    places: list[tuple[int, FormKind]] = []
    for place in range(len(words) - count):
        kind = wanted.get(words[place + count])
        free = not places or place > places[-1][0] + count
        if kind is not None and free and words[place : place + count] == parts:
            places.append((place, kind))
    return places


def _letter(nth: int) -> str:
    return chr(ord("a") + nth) if nth < 26 else f".{nth + 1}"
