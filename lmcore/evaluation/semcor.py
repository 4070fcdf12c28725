"""SemCor 3.0: running text with parts of speech and WordNet senses (Miller et al. 1993).

Treebank quotes (`` and '') are written as straight quotes, which is what the readers know. A token
of several words (``took place``) stays one target. Names that SemCor tags as a kind of thing
(person, group, location, other) have no sense here.
"""

import lzma
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lmcore.evaluation.benchmark import spread
from lmcore.evaluation.text import given
from lmcore.text.words import Sentence

FILE = "semcor/semcor.tsv.xz"
QUOTES = {"``": '"', "''": '"'}
#: One document in so many is for testing.
TEST_EVERY = 5


@dataclass(frozen=True)
class Token:
    """A token of a sentence.

    Attributes:
        form: as it stands in the text; may be several words.
        tag: part of speech (Penn tags, verbs and nouns partly without their form).
        word: lemma and part of speech to which its senses belong; empty without a sense.
        sense: WordNet sense key (the first, where several are given), or empty.
        first: position of its first word in the sentence.
        last: position behind its last word.
    """

    form: str
    tag: str
    word: str
    sense: str
    first: int
    last: int


@dataclass(frozen=True)
class Tagged:
    """A sentence with its tokens."""

    document: str
    sentence: Sentence
    tokens: tuple[Token, ...]


def load(path: Path) -> list[Tagged]:
    """Read the whole corpus: token, lemma, tag, sense key; ``# document sentence`` starts one."""
    sentences: list[Tagged] = []
    with lzma.open(path, "rt", encoding="utf8") as lines:
        document, rows = "", []
        for line in [*lines, "# "]:
            row = line.rstrip("\n").split("\t")
            if len(row) == 4:
                rows.append(row)
            elif line.startswith("# "):
                if rows:
                    sentences.append(_tagged(document, rows))
                document, rows = line.partition(" ")[2].split(" ")[0].strip(), []
    return sentences


def _tagged(document: str, rows: Sequence[Sequence[str]]) -> Tagged:
    words: list[str] = []
    tokens = []
    for form, lemma, tag, keys in rows:
        parts = [QUOTES.get(part, part) for part in form.split()]
        sense = "" if tag.startswith("NNP") else keys.split(";")[0].strip()
        # The key of an adjective satellite (5) belongs to the adjective (3).
        kind = sense.partition("%")[2][:1].replace("5", "3")
        word = f"{lemma.lower()}.{kind}" if sense else ""
        first = len(words)
        words += parts
        tokens.append(Token(form, tag, word, sense, first, len(words)))
    return Tagged(document, given(words), tuple(tokens))


def by_document(
    sentences: Sequence[Tagged], limit: int | None = None
) -> tuple[list[Tagged], list[Tagged]]:
    """Split by document: every fifth, in the order of their names, is for testing.

    At most ``limit`` documents are used, evenly spread.
    """
    names = sorted({sentence.document for sentence in sentences})
    names = [names[index] for index in spread(len(names), limit)]
    test = set(names[TEST_EVERY - 1 :: TEST_EVERY])
    train = set(names) - test
    return (
        [sentence for sentence in sentences if sentence.document in train],
        [sentence for sentence in sentences if sentence.document in test],
    )
