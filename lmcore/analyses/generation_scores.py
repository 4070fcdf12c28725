"""Every written text judged by every reader: who finds whose words likely.

A judge gives each word its log-probability given the rest that the judge may see: GPT what stands
to the left, BERT both sides (pseudo-log-likelihood, Salazar et al. 2020, with the rest of a word
hidden too, Kauf and Ivanova 2023), ELMo the mean of its two directions. Judges use different
contexts, so numbers are compared between the texts of one judge, not between judges.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from lmcore.analyses.analysis import Analysis, Example, stored
from lmcore.analyses.generation import FIRST, FIRST_PROMPT, GENERATION, GenerationView
from lmcore.errors import InputError
from lmcore.readers.base import Reader
from lmcore.runtime.families import CONTEXTUAL
from lmcore.text.prompts import Prompt
from lmcore.text.words import Span, split

#: The writer of what was cut off the sentence: its own author.
AUTHOR = "author"


@dataclass(frozen=True)
class Text:
    """A text to be judged.

    Attributes:
        writer: who wrote it: a family, or any other name.
        text: the whole, prompt included: the judge reads all of it.
        written: characters of the part that is judged.
        label: which of the writer's texts it is.
    """

    writer: str
    text: str
    written: Span
    label: str = ""


def texts_to_judge(views: Sequence[GenerationView], prompt: Prompt) -> list[Text]:
    """The written texts that have words, and the sentence itself where something was cut off it."""
    texts = [
        Text(view.family, view.text, view.written, str(view.question.settings.seed))
        for view in views
        if view.continuation.strip()
    ]
    if any(word.has_letters for word in split(prompt.rest).words):
        texts.append(Text(AUTHOR, prompt.whole, prompt.cut_off))
    return texts


@dataclass(frozen=True)
class JudgedText:
    """Which text a reader is to judge."""

    text: str


@dataclass(frozen=True)
class WordScores:
    """How likely one reader finds each word of a text.

    Attributes:
        log_probability: float ``[W]`` in nats, the mean over the sides that the reader scores from;
            NaN where it has no probability for that very word (outside its vocabulary, or nothing
            before it to predict it from), all NaN where the text is too long for it.
    """

    log_probability: np.ndarray


def word_scores(reader: Reader, question: JudgedText) -> WordScores:
    """ln p of each word of a text."""
    sentence = split(question.text)
    total, count = np.zeros(len(sentence)), np.zeros(len(sentence))
    try:
        for score in reader.chained_scores([sentence])[0]:
            total[score.word] += score.log_probability
            count[score.word] += 1
    except InputError:
        return WordScores(np.full(len(sentence), np.nan))
    known = np.array([reader.predicts(word.text) for word in sentence.words], dtype=bool)
    with np.errstate(invalid="ignore", divide="ignore"):
        return WordScores(np.where(known, total / count, np.nan))


WORD_SCORES: Analysis[JudgedText, WordScores] = Analysis("word_scores", WordScores, word_scores)


def examples() -> list[Example[JudgedText, WordScores]]:
    """What the readers write on from the page's own sentence, and that sentence itself.

    The readers write where no stored view tells what they wrote.
    """
    from lmcore.readers import load

    views = [
        stored(GENERATION, family, FIRST) or GENERATION.compute(load(family), FIRST)
        for family in CONTEXTUAL
    ]
    texts = tuple(JudgedText(text.text) for text in texts_to_judge(views, FIRST_PROMPT))
    return [Example(WORD_SCORES, CONTEXTUAL, texts)]


@dataclass(frozen=True)
class Favourite:
    """Whose words a judge finds likeliest.

    Attributes:
        judge: a family.
        writer: a family, or :data:`AUTHOR`.
        mean: mean ln p of a word of that writer, in nats.
        of_itself: the same of the judge's own words; NaN where it wrote none that can be judged.
    """

    judge: str
    writer: str
    mean: float
    of_itself: float


@dataclass(frozen=True)
class CrossScores:
    """Texts × judges.

    Attributes:
        texts: the rows.
        judges: families, the columns.
        values: float ``[texts, judges]``, mean ln p per word in nats over the words that all judges
            can score; NaN where there is none.
        words: int ``[texts]``, how many words those are.
        left_out: int ``[texts]``, words of the written part that not every judge can score.
    """

    texts: tuple[Text, ...]
    judges: tuple[str, ...]
    values: np.ndarray
    words: np.ndarray
    left_out: np.ndarray

    @property
    def writers(self) -> tuple[str, ...]:
        """Everyone who wrote a text, in the order of the texts."""
        return tuple(dict.fromkeys(text.writer for text in self.texts))

    def by_writer(self) -> np.ndarray:
        """Float ``[writers, judges]``: the mean over all counted words of a writer's texts."""
        rows = []
        for writer in self.writers:
            texts = [i for i, text in enumerate(self.texts) if text.writer == writer]
            values, words = self.values[texts], self.words[texts][:, None]
            weights = np.where(np.isfinite(values), words, 0)
            total, count = np.nansum(values * weights, axis=0), weights.sum(axis=0)
            rows.append(np.where(count > 0, total / np.maximum(count, 1), np.nan))
        return np.array(rows).reshape(len(self.writers), len(self.judges))

    def favourites(self) -> list[Favourite]:
        """For each judge the writer whose words it finds likeliest; judges without numbers lack."""
        favourites = []
        for judge, means in zip(self.judges, self.by_writer().T, strict=True):
            if np.isfinite(means).any():
                best = int(np.nanargmax(means))
                of_itself = means[self.writers.index(judge)] if judge in self.writers else np.nan
                row = Favourite(judge, self.writers[best], float(means[best]), float(of_itself))
                favourites.append(row)
        return favourites


def cross_scores(texts: Sequence[Text], scores: Mapping[str, Sequence[WordScores]]) -> CrossScores:
    """Put the judgements of several readers (:func:`word_scores`) side by side, by word.

    A judge that cannot read a text at all (all NaN) takes no part in choosing its words.
    """
    judges = tuple(scores)
    values = np.full((len(texts), len(judges)), np.nan)
    counted, left_out = np.zeros(len(texts), dtype=int), np.zeros(len(texts), dtype=int)
    for row, text in enumerate(texts):
        inside = _inside(text)
        table = np.stack(
            [scores[judge][row].log_probability[inside] for judge in judges]
        )  # [judges, words]
        can = np.isfinite(table).any(axis=1)
        fair = np.isfinite(table[can]).all(axis=0) if can.any() else np.zeros(0, dtype=bool)
        counted[row], left_out[row] = fair.sum(), len(inside) - fair.sum()
        if fair.any():
            values[row, can] = table[can][:, fair].mean(axis=1)
    return CrossScores(tuple(texts), judges, values, counted, left_out)


def _inside(text: Text) -> list[int]:
    """Words that share a character with the written part."""
    start, end = text.written
    words = split(text.text).words
    return [i for i, word in enumerate(words) if word.start < end and word.end > start]
