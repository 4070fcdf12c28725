"""One word of one sentence in five questions: what the first page asks of every reader.

What may it see there, which sense has it, which words move it, what would stand in its place, how
does the text go on behind it? Each is a question to an analysis of its own; here stands which.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from lmcore.analyses import sense_bank
from lmcore.analyses.analysis import Example
from lmcore.analyses.attention import InfluenceView
from lmcore.analyses.generation import GENERATION, GenerationQuestion, GenerationView
from lmcore.analyses.masked_word import (
    MASKED_WORD,
    WORDS,
    BlankQuestion,
    MaskedWordView,
    WordScore,
    WordScores,
    WordsQuestion,
)
from lmcore.analyses.polysemy import PolysemyView
from lmcore.analyses.sense_bank import SenseBank
from lmcore.analyses.word_sense import SENSE, SenseQuestion
from lmcore.errors import InputError
from lmcore.outputs.answers import Candidate
from lmcore.outputs.generation import GenerationSettings
from lmcore.runtime.families import CONTEXTUAL, FAMILIES
from lmcore.text.cloze import opened
from lmcore.text.examples import EXAMPLE
from lmcore.text.prompts import cut_prompt
from lmcore.text.word_uses import Question
from lmcore.text.words import Sentence, fold, split

#: How many proposals for a blank are shown, and how many words of a continuation.
PROPOSALS, WRITTEN = 3, 12


def first_word(sentence: Sentence, bank: SenseBank | None = None) -> int:
    """The word that is looked at where nobody has chosen one: an index into the words.

    One that stands there twice comes first, then one that the sense bank knows, then the longest.
    """
    words = [fold(word.text) if word.has_letters else "" for word in sentence.words]
    counts, bank = Counter(words), bank or sense_bank.load()
    known = [bank.base(word) is not None if word else False for word in words]
    return max(
        range(len(words)),
        key=lambda i: (counts[words[i]] > 1 and known[i], known[i], len(words[i]), -i),
    )


def sense_question(
    sentence: Sentence, word: int, bank: SenseBank | None = None
) -> SenseQuestion | None:
    """Which sense has the word? ``None`` where the bank (the first language's) does not know it."""
    known = (bank or sense_bank.load()).base(sentence.words[word].text)
    return None if known is None else SenseQuestion(sentence.text, word)


def blank_question(sentence: Sentence, word: int) -> WordsQuestion | None:
    """What would stand in the word's place, and how likely is the word itself there?

    Blanks that were typed stay blanks; one of them may be the word, and then no word is asked for.
    ``None`` where nothing can be taken out: a sign, or the only word.
    """
    try:
        gaps = opened(sentence, [word])
    except InputError:
        return None
    which = gaps.positions.index(word)
    text = gaps.hidden[which]
    if text is not None and not sentence.words[word].has_letters:
        return None
    blanks = BlankQuestion(gaps.sentence.text, gaps.positions)
    return WordsQuestion(blanks, which, () if text is None else (text,), spelled=True)


def continuation_question(sentence: Sentence, word: int) -> GenerationQuestion:
    """How does the text go on behind the word?"""
    prompt = cut_prompt(sentence, word + 1, "right")
    return GenerationQuestion(prompt.text, GenerationSettings())


#: Two similarities that differ by less are the same: vectors of one word without a context.
SAME = 1e-5


@dataclass(frozen=True)
class Nearness:
    """To which of two sentences a word is nearer, at the top of one reader.

    Attributes:
        above_chance: similarity to the word there, first and second, as a share of what lies above
            that of unrelated words: 0 is as unlike as these, 1 is the same.
        verdict: ``first``, ``second``, or ``same`` where the reader cannot tell.
    """

    above_chance: tuple[float, float]
    verdict: Literal["first", "second", "same"]


def nearness(view: PolysemyView, question: Question, word: int) -> Nearness:
    """Compare a word of the first of three sentences with its uses in the others.

    Args:
        view: of the question by one reader.
        question: the word and the three sentences.
        word: index into the words of the first.
    """
    here = next(
        n for n, use in enumerate(question.uses) if (use.sentence, use.position) == (0, word)
    )
    near, baseline = view.similarity[-1][here], float(view.baseline[-1])
    best = [
        max(float(near[n]) for n, use in enumerate(question.uses) if use.sentence == sentence)
        for sentence in (1, 2)
    ]
    first, second = ((value - baseline) / (1 - baseline) for value in best)
    if np.isnan(first - second) or abs(first - second) < SAME:
        return Nearness((first, second), "same")
    return Nearness((first, second), "first" if first > second else "second")


@dataclass(frozen=True)
class Movers:
    """Which words move a word, by one reader.

    Attributes:
        shares: of each word of the sentence in what moves the word's top vector, float ``[W]``,
            1 in all with the word itself.
        strongest: the other word with the largest share; ``None`` where no other can be seen.
    """

    shares: np.ndarray
    strongest: int | None


def movers(view: InfluenceView, word: int) -> Movers:
    """The row of a word in an influence map."""
    shares = np.nan_to_num(view.maps["both"].matrix[word], nan=0.0)
    others = shares.copy()
    others[word] = 0.0
    return Movers(shares, int(others.argmax()) if others.max() > 0 else None)


def scale(rows: Mapping[str, Movers], word: int) -> float:
    """The largest share of another word over all readers: the upper end of their one scale."""
    others = [np.delete(row.shares, word) for row in rows.values()]
    return max((float(shares.max(initial=0.0)) for shares in others), default=0.0) or 1.0


@dataclass(frozen=True)
class Proposals:
    """What one reader would put into the word's place, from all that it may see.

    Attributes:
        view: what it used of the sentence (:data:`lmcore.outputs.answers.View`).
        likeliest: the likeliest words, the first first.
        truth: what it says of the word that stands there; ``None`` where a blank was typed.
    """

    view: str
    likeliest: tuple[Candidate, ...]
    truth: WordScore | None


def proposals(answers: MaskedWordView, which: int, scores: WordScores) -> Proposals:
    """The proposals of a reader by its own way of reading.

    ELMo's are those of both directions together and BERT's those from both sides. GPT's are those
    from the left alone: it has seen nothing else when it writes a word.

    Args:
        answers: what it says of all blanks.
        which: the blank that is looked at, from 0.
        scores: what it says of the word that stands there.
    """
    columns = {column.view: column for column in answers.blanks[which]}
    view = next(view for view in ("both", "combined", "left") if view in columns)
    truth = next((score for score in scores.scores if score.view == view), None)
    return Proposals(view, columns[view].candidates[:PROPOSALS], truth)


def written(view: GenerationView) -> str:
    """The first :data:`WRITTEN` words behind the prompt, or what there is of them so far."""
    text, before = split(view.text), len(view.prompt)
    behind: Sequence[Any] = [word for word in text.words if word.end > before]
    return view.text[before : behind[:WRITTEN][-1].end] if behind else ""


def examples() -> list[Example[Any, Any]]:
    """What the first page asks before anybody has typed."""
    sentence = split(EXAMPLE)
    word = first_word(sentence)
    sense, blank = sense_question(sentence, word), blank_question(sentence, word)
    assert sense is not None
    assert blank is not None
    return [
        Example(SENSE, tuple(FAMILIES), (sense,)),
        Example(MASKED_WORD, CONTEXTUAL, (blank.blanks,)),
        Example(WORDS, CONTEXTUAL, (blank,)),
        Example(GENERATION, CONTEXTUAL, (continuation_question(sentence, word),)),
    ]
