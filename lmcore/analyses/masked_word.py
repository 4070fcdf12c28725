"""Masked word: blanks, and what each reader would write into them from what it may see.

Every probability is that of the reader's own softmax over its whole vocabulary, never renormalised
over a list, except where a view is ``rescored`` or a joint probability says how many were tried.
How the readers find them is told in :mod:`lmcore.readers.infilling.beam`. Distributions over a
vocabulary are large; all that is drawn is a small view of them.

Case variants are one word: its probability is the sum over those of its variants that are entries
of the vocabulary. A word that is none can be spelt in pieces. GPT: the product over the pieces,
each given those before it, the last of which ends the word. BERT: as many masks as pieces, filled
from left to right (chain rule); the number of masks tells it how long the word is, so the number
is too large beside those of whole words. ELMo predicts whole words only; all words that its
vocabulary lacks share the probability of one entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import Any, Literal

from lmcore.analyses.analysis import Analysis, Example, stored
from lmcore.outputs.answers import Answer, BlankAnswers, Candidate, Candidates, Fillings
from lmcore.outputs.reading import WordNotes
from lmcore.readers.base import Reader
from lmcore.runtime.families import CONTEXTUAL
from lmcore.runtime.limits import LIMITS
from lmcore.text.cloze import asked_words, opened
from lmcore.text.examples import BLANKS_BY_TEXT, EXAMPLE
from lmcore.text.words import fold, split

#: How many hypotheses a search for joint fillings keeps, and how many words a view lists.
BEAM, MOST = LIMITS.beam, 20
#: How a word came by its probability, or why it has none.
Way = Literal["whole", "chain", "masks", "tried", "unknown"]


@dataclass(frozen=True)
class BlankQuestion:
    """A sentence with blanks.

    Attributes:
        text: the sentence, with underscores for every blank.
        positions: which of its words are the blanks, rising.
        beam: how many hypotheses a search keeps.
    """

    text: str
    positions: tuple[int, ...]
    beam: int = BEAM

    def without_right(self, which: int) -> "BlankQuestion":
        """The same blank with nothing behind it, and the blanks before it."""
        end = split(self.text).words[self.positions[which]].end
        return BlankQuestion(self.text[:end], self.positions[: which + 1], self.beam)


@dataclass(frozen=True)
class WordsQuestion:
    """Some words in one blank.

    Attributes:
        blanks, which: the sentence, and the number of the blank, from 0.
        words: single words.
        spelled: whether a word that is no entry of a vocabulary is spelt in pieces.
    """

    blanks: BlankQuestion
    which: int
    words: tuple[str, ...]
    spelled: bool = False


@dataclass(frozen=True)
class MaskedWordView:
    """What one reader would write into the blanks of a sentence.

    Attributes:
        family: the reader.
        notes: what it did to the words around the blanks.
        blanks: by blank, by view: the :data:`MOST` likeliest words, the other blanks left open.
        joint: by view: the likeliest fillings of all blanks together.
    """

    family: str
    notes: WordNotes
    blanks: tuple[tuple[Candidates, ...], ...]
    joint: tuple[Fillings, ...]


@dataclass(frozen=True)
class WordScore:
    """What one view says about one word.

    Attributes:
        family, view: who and from what.
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


@dataclass(frozen=True)
class WordScores:
    """What one reader says about some words in one blank: by word, by view.

    Words that are no entry of a vocabulary are left out unless they were to be spelt.
    """

    scores: tuple[WordScore, ...]


def answer_blanks(reader: Reader, question: BlankQuestion) -> BlankAnswers:
    """All that one reader says about the blanks of a sentence, over its whole vocabulary."""
    return reader.fill_blanks(split(question.text), question.positions, question.beam)


def likeliest_words(reader: Reader, question: BlankQuestion) -> MaskedWordView:
    """The likeliest words and fillings.

    Raises:
        InputError: ``blank_too_many``, ``blank_first``, ``text_too_many_pieces``.
    """
    answers = answer_blanks(reader, question)
    sentence = split(question.text)
    # A blank itself is no word to a reader.
    notes = [note for note in reader.notes(sentence) if note.word not in question.positions]
    blanks = [
        tuple(answer.candidates(MOST, number) for answer in views)
        for number, views in enumerate(answers.marginal)
    ]
    word_notes = WordNotes(reader.family, sentence, tuple(notes))
    return MaskedWordView(reader.family, word_notes, tuple(blanks), answers.joint)


def score_words(reader: Reader, question: WordsQuestion) -> WordScores:
    """Probability and rank of some words in one blank.

    Raises:
        InputError: also where a word in pieces does not fit: ``text_too_many_pieces``.
    """
    views = answer_blanks(reader, question.blanks).marginal[question.which]
    scores: list[WordScore] = []
    for word in question.words:
        if question.spelled:
            scores += _spelled(reader, question, word, views)
            continue
        for answer in views:
            entry = answer.of(word)
            if entry is not None:
                scores.append(_whole(answer, word, entry))
    return WordScores(tuple(scores))


def _whole(answer: Answer, word: str, entry: Candidate) -> WordScore:
    return WordScore(answer.family, answer.view, word, entry.probability, entry.rank)


def _spelled(
    reader: Reader, question: WordsQuestion, word: str, views: Sequence[Answer]
) -> list[WordScore]:
    """One word in every view, in pieces where it is no entry."""
    notes = {note.kind: note.detail for note in reader.notes(split(word))}
    entries = [answer.of(notes.get("accents_stripped", word)) for answer in views]
    log: dict[str, float] = {}
    if None in entries and "unknown" not in notes:
        blanks = question.blanks
        log = reader.log_probability_of_word(
            split(blanks.text), blanks.positions, question.which, word, blanks.beam
        )
    scores = []
    for answer, entry in zip(views, entries, strict=True):
        who, pieces = (answer.family, answer.view, word), notes.get("split", "")
        if entry is not None:
            scores.append(_whole(answer, word, entry))
        elif answer.view in log:
            scores.append(WordScore(*who, *_placed(answer, log[answer.view]), pieces))
        else:
            scores.append(WordScore(*who, None, None, "unknown", pieces, answer.unknown))
    return scores


def _placed(answer: Answer, log: float) -> tuple[float, int, Way]:
    """Probability and rank of a word with this ln p among those of an answer."""
    if answer.evidence is None:
        value = exp(log)
        return value, answer.rank(value), "masks" if answer.view == "both" else "chain"
    odds = log - answer.evidence  # ln of its share relative to those tried before
    share = 1 / (1 + exp(-odds)) if odds > -700 else 0.0
    return share, answer.rank(exp(min(odds, 0.0))), "tried"


def proposed(columns: Sequence[Candidates], k: int, more: Sequence[str] = ()) -> list[str]:
    """The ``k`` likeliest words of every column, and some more; each once.

    A word is spelt in lower case where any reader does so.

    Args:
        columns: of one blank.
        k: how many words a column.
        more: further words.
    """
    spellings: dict[str, list[str]] = {}
    for column in columns:
        for candidate in column.candidates[:k]:
            spellings.setdefault(fold(candidate.word), []).append(candidate.word)
    for word in more:
        spellings.setdefault(fold(word), []).append(word)
    return [next((s for s in same if s == s.lower()), same[0]) for same in spellings.values()]


MASKED_WORD = Analysis("masked_word", MaskedWordView, likeliest_words)
WORDS = Analysis("blank_words", WordScores, score_words)


def examples() -> list[Example[Any, Any]]:
    """The page's own sentence: its blanks, all words of its table, and the words asked about.

    The words of the table are those that the readers propose: they are asked where no stored view
    tells.
    """
    known = BLANKS_BY_TEXT[EXAMPLE]
    gaps = opened(split(known.text), known.blanks)
    question, families = BlankQuestion(gaps.sentence.text, gaps.positions), tuple(CONTEXTUAL)
    words = asked_words(known.words, gaps.hidden[0])
    asked = [WordsQuestion(question, 0, (word,), spelled=True) for word in words]
    listed = WordsQuestion(question, 0, tuple(proposed(_columns(question, families), MOST, words)))
    return [
        Example(MASKED_WORD, families, (question,)),
        Example(WORDS, families, (listed, *asked)),
    ]


def _columns(question: BlankQuestion, families: Sequence[str]) -> list[Candidates]:
    """What the readers of the classroom propose for the first blank."""
    from lmcore.readers import load

    views = [
        stored(MASKED_WORD, family, question) or likeliest_words(load(family), question)
        for family in families
    ]
    return [column for view in views for column in view.blanks[0]]
