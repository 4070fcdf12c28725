"""The corpus as numbers: one flat array of ids, and where its sentences and documents begin.

Packing runs once per tokenizer and corpus; training then never touches text. The arrays stand in a
folder outside the project and are mapped, not read, so that several trainings share them.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from lmcore.text.corpus import sentences
from lmcore.text.words import words_of

#: How many sentences go to the tokenizer at once.
_CHUNK = 4_000


@dataclass(frozen=True)
class Packed:
    """A corpus as ids.

    Attributes:
        ids: every piece (or word type) of the corpus, in order, ``[pieces]``.
        sentence_starts: where in ``ids`` each sentence begins, with the end as a last entry.
        document_starts: the first sentence of each document.
    """

    ids: np.ndarray
    sentence_starts: np.ndarray
    document_starts: np.ndarray

    def save(self, folder: Path) -> None:
        """Write the three arrays into a folder; ``packed.json`` last marks it complete."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("ids", "sentence_starts", "document_starts"):
            np.save(folder / f"{name}.npy", getattr(self, name))
        (folder / "packed.json").write_text(json.dumps({"pieces": len(self.ids)}))

    @classmethod
    def load(cls, folder: Path) -> "Packed | None":
        """Map what :meth:`save` wrote, or ``None`` where nothing complete stands."""
        if not (folder / "packed.json").is_file():
            return None
        names = ("ids", "sentence_starts", "document_starts")
        return cls(*(np.load(folder / f"{name}.npy", mmap_mode="r") for name in names))

    def last_sentence_of_document(self) -> np.ndarray:
        """bool ``[sentences]``: true where no sentence of the same document follows."""
        last = np.zeros(len(self.sentence_starts) - 1, dtype=bool)
        last[self.document_starts[1:] - 1] = True
        last[-1:] = True
        return last


def pack(
    documents: Iterable[list[str]],
    encode: Callable[[list[str]], Sequence[Sequence[int]]],
    dtype: type = np.uint16,
) -> Packed:
    """Encode documents sentence by sentence into one flat array.

    Args:
        documents: lists of paragraphs.
        encode: from sentences to the ids of each.
        dtype: of the ids.
    """
    parts: list[np.ndarray] = []
    lengths: list[int] = []
    document_starts: list[int] = []

    def flush(batch: list[str]) -> None:
        for ids in encode(batch):
            parts.append(np.asarray(ids, dtype=dtype))
            lengths.append(len(ids))

    batch: list[str] = []
    for paragraphs in documents:
        document_starts.append(len(lengths) + len(batch))
        for paragraph in paragraphs:
            batch.extend(sentences(paragraph))
        if len(batch) >= _CHUNK:
            flush(batch)
            batch = []
    flush(batch)
    starts = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)])
    return Packed(np.concatenate(parts), starts, np.asarray(document_starts, dtype=np.int64))


def encode_pieces(tokenizer: Tokenizer) -> Callable[[list[str]], list[list[int]]]:
    """Sentences to piece ids, without special positions."""
    return lambda batch: [
        encoding.ids for encoding in tokenizer.encode_batch_fast(batch, add_special_tokens=False)
    ]


class WordTypes:
    """Numbers word types in the order in which they are met (for ELMo and static vectors)."""

    def __init__(self) -> None:
        self.ids: dict[str, int] = {}
        self.counts: Counter[int] = Counter()

    def encode(self, batch: list[str]) -> list[list[int]]:
        """Sentences to ids of word types."""
        rows = []
        for sentence in batch:
            row = [self.ids.setdefault(word, len(self.ids)) for word in words_of(sentence)]
            self.counts.update(row)
            rows.append(row)
        return rows

    def by_frequency(self, first: Sequence[str] = ()) -> tuple[list[str], np.ndarray]:
        """Words from the commonest to the rarest, and ``[types]`` old id → rank.

        Before all others stand the words ``first``, in this order, met or not.
        """
        for word in first:
            self.ids.setdefault(word, len(self.ids))
        words, places = list(self.ids), {word: place for place, word in enumerate(first)}

        def key(i: int) -> tuple[int, int, str]:
            return (places.get(words[i], len(places)), -self.counts[i], words[i])

        order = sorted(range(len(words)), key=key)
        ranks = np.empty(len(words), dtype=np.int32)
        ranks[np.asarray(order)] = np.arange(len(words), dtype=np.int32)
        return [words[i] for i in order], ranks


def sample(documents: Iterable[list[str]], every: int) -> Iterator[str]:
    """The paragraphs of every n-th document (enough to learn a vocabulary from)."""
    for paragraphs in islice(documents, 0, None, every):
        yield from paragraphs
