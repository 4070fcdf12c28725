"""Text for evaluation: ready-made tokens, held-out running text, and what a reader can hold."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from lmcore.evaluation.benchmark import spread
from lmcore.readers.base import Reader
from lmcore.runtime.checkpoints import LANGUAGE
from lmcore.text.corpus import documents, sentences
from lmcore.text.language import Language
from lmcore.text.words import Sentence, Word, split

VALID = "corpus/valid.txt.xz"


def valid_of(language: Language) -> str:
    """The held-out text of a language, in the folder of data."""
    return VALID if language.key == LANGUAGE else f"corpus_{language.key}/valid.txt.xz"


def given(tokens: Sequence[str]) -> Sentence:
    """A sentence whose words are exactly these tokens, joined by single blanks."""
    words, start = [], 0
    for token in tokens:
        words.append(Word(token, start, start + len(token)))
        start += len(token) + 1
    return Sentence(" ".join(tokens), tuple(words))


def fits(reader: Reader, sentence: Sentence) -> bool:
    """Whether a reader can hold a text whole."""
    return reader.max_pieces is None or reader.count_pieces(sentence) <= reader.max_pieces


def held_out(path: Path) -> list[list[str]]:
    """Running text as documents, each a list of sentences."""
    return [
        [text for paragraph in paragraphs for text in sentences(paragraph)]
        for paragraphs in documents([path])
    ]


class HeldOut(NamedTuple):
    """Running text, and how much of it is read.

    Attributes:
        documents: each a list of sentences.
        limit: documents, windows and sentences at the most, evenly spread; ``None``: all.
    """

    documents: list[list[str]]
    limit: int | None

    def sentences(self) -> list[Sentence]:
        """Single sentences, whatever document they stand in."""
        texts = [text for document in self.documents for text in document]
        return with_words([texts[i] for i in spread(len(texts), self.limit)])

    def windows(self, reader: Reader) -> list[Sentence]:
        """Windows as long as a reader can hold (:func:`packed`); none for one without a limit."""
        if reader.max_pieces is None:
            return []
        chosen = [self.documents[i] for i in spread(len(self.documents), self.limit)]
        windows = [w for document in chosen for w in packed(reader, with_words(document))]
        return [windows[i] for i in spread(len(windows), self.limit)]


def with_words(texts: Sequence[str]) -> list[Sentence]:
    """Texts cut into words, without those that have none."""
    return [sentence for sentence in map(split, texts) if sentence.words]


def pieces_of(reader: Reader, sentence: Sentence) -> list[Sentence]:
    """A sentence, or, where a reader cannot hold it, its halves, quarters and so on."""
    if fits(reader, sentence) or len(sentence) < 2:
        return [sentence]
    middle = sentence.words[len(sentence) // 2].start
    halves = split(sentence.text[:middle]), split(sentence.text[middle:])
    return [part for half in halves for part in pieces_of(reader, half)]


def packed(reader: Reader, document: Sequence[Sentence]) -> list[Sentence]:
    """Running text in windows that are as long as a reader can hold and begin at a sentence.

    Whole sentences are joined as long as they fit. Only for readers with a limit.
    """
    assert reader.max_pieces is not None
    windows: list[Sentence] = []
    texts: list[str] = []
    taken = 0
    for sentence in (part for whole in document for part in pieces_of(reader, whole)):
        count = reader.count_pieces(sentence)
        if texts and taken + count > reader.max_pieces:
            windows.append(split(" ".join(texts)))
            texts, taken = [], 0
        texts.append(sentence.text.strip())
        taken += count
    if texts:
        windows.append(split(" ".join(texts)))
    return windows
