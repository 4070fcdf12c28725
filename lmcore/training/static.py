"""Static vectors, one a word form: word2vec and fastText by gensim, GloVe by :mod:`.glove`.

All three read the same lower-cased words of the same corpus, have the same dimension and keep the
same commonest words. fastText also keeps the vectors of its character n-grams, from which it makes
a vector for a word that it never met.
"""

import datetime
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from lmcore.errors import TrainingError
from lmcore.runtime.checkpoints import write
from lmcore.runtime.disk import write_atomically
from lmcore.runtime.families import TITLES
from lmcore.text.corpus import documents, sentences
from lmcore.text.words import words_of
from lmcore.training import glove
from lmcore.training.prepare import Job
from lmcore.training.run import LICENCE

#: How many of the commonest words are kept.
WORDS = 30_000
MIN_COUNT = 5
#: Windows, negatives and n-gram lengths are those of the papers; fewer n-gram buckets, for size.
WINDOW, NEGATIVES, SHORTEST, LONGEST, BUCKETS = 5, 5, 3, 6, 30_000


class Lines:
    """The corpus as lists of lower-cased words, as often as it is asked for.

    Cutting the corpus into words takes as long as learning from it, so it is done once: ``file``
    holds a sentence on each line, its words separated by spaces.
    """

    def __init__(self, corpus: tuple[Path, ...], file: Path) -> None:
        self.file = file
        if not file.is_file():
            write_atomically(file, lambda part: self._write(part, corpus))

    @staticmethod
    def _write(part: Path, corpus: tuple[Path, ...]) -> None:
        with part.open("w", encoding="utf8") as lines:
            lines.writelines(" ".join(words) + "\n" for words in _cut(corpus))

    def __iter__(self) -> Iterator[list[str]]:
        with self.file.open(encoding="utf8", newline="\n") as lines:
            for line in lines:
                yield line.removesuffix("\n").split(" ")


def _cut(corpus: tuple[Path, ...]) -> Iterator[list[str]]:
    for paragraphs in documents(corpus):
        for paragraph in paragraphs:
            for sentence in sentences(paragraph):
                if words := [word.lower() for word in words_of(sentence)]:
                    yield words


@dataclass(frozen=True)
class Learnt:
    """What a method gives back.

    Attributes:
        words: commonest first.
        tensors: ``vectors [V, D]``; for fastText also ``ngrams [BUCKETS, D]``.
        seen: running words read, over all passes.
        settings: what goes into ``config.json``.
    """

    words: list[str]
    tensors: dict[str, np.ndarray]
    seen: int
    settings: dict[str, Any]


def _word2vec(lines: Lines, dimension: int, epochs: int, seed: int) -> Learnt:
    """Skip-gram with negative sampling (Mikolov et al. 2013)."""
    model = _gensim("Word2Vec")(corpus_file=str(lines.file), **_options(dimension, epochs, seed))
    words = model.wv.index_to_key[:WORDS]
    settings = {"window": WINDOW, "negatives": NEGATIVES}
    vectors = {"vectors": model.wv.vectors[: len(words)]}
    return Learnt(words, vectors, int(model.corpus_total_words) * epochs, settings)


def _fasttext(lines: Lines, dimension: int, epochs: int, seed: int) -> Learnt:
    """Skip-gram over character n-grams (Bojanowski et al. 2017)."""
    options = _options(dimension, epochs, seed)
    model = _gensim("FastText")(
        corpus_file=str(lines.file), min_n=SHORTEST, max_n=LONGEST, bucket=BUCKETS, **options
    )
    words = model.wv.index_to_key[:WORDS]
    settings = {"window": WINDOW, "negatives": NEGATIVES} | {
        "shortest_ngram": SHORTEST,
        "longest_ngram": LONGEST,
        "buckets": BUCKETS,
    }
    tensors = {"vectors": model.wv.vectors[: len(words)], "ngrams": model.wv.vectors_ngrams}
    return Learnt(words, tensors, int(model.corpus_total_words) * epochs, settings)


def _glove_vectors(lines: Lines, dimension: int, epochs: int, seed: int) -> Learnt:
    """Weighted least squares on log co-occurrences (Pennington et al. 2014)."""
    counts = Counter(word for line in lines for word in line)
    words = [word for word, n in counts.most_common(WORDS) if n >= MIN_COUNT]
    ranks = {word: rank for rank, word in enumerate(words)}
    ids = np.fromiter((number for line in lines for number in _ids(line, ranks)), dtype=np.int32)
    settings = glove.GloveSettings(dimension=dimension, epochs=epochs)
    table = glove.count(ids, len(words), settings)
    sys.stderr.write(f"GloVe: {len(table.rows):,} pairs\n")
    vectors = glove.fit(table, len(words), settings, seed)
    facts = {"window": settings.window, "pairs": len(table.rows)}
    return Learnt(words, {"vectors": vectors}, sum(counts.values()), facts)


def _ids(line: list[str], ranks: dict[str, int]) -> Iterator[int]:
    yield from (ranks.get(word, glove.OUTSIDE) for word in line)
    yield glove.BREAK


#: How each is made (``static`` is word2vec), and how often it goes over the corpus by itself, GloVe
#: over its table.
METHODS: dict[str, tuple[Callable[[Lines, int, int, int], Learnt], int]] = {
    "static": (_word2vec, 3),
    "glove": (_glove_vectors, 20),
    "fasttext": (_fasttext, 3),
}


def _options(dimension: int, epochs: int, seed: int) -> dict[str, Any]:
    return {
        "vector_size": dimension,
        "sg": 1,
        "window": WINDOW,
        "negative": NEGATIVES,
        "min_count": MIN_COUNT,
        "epochs": epochs,
        "workers": 1,  # one worker: the same seed gives the same vectors
        "seed": seed + 1,
    }


def _gensim(name: str) -> Any:
    try:
        from gensim import models
    except ImportError as error:
        raise TrainingError("package_missing", name="gensim") from error
    return getattr(models, name)


def train(job: Job, out: Path, dimension: int = 100, epochs: int | None = None) -> dict[str, Any]:
    """Train static vectors on a corpus and write their checkpoint; returns its card.

    Args:
        job: its family is one of :data:`METHODS`.
        out: folder of the checkpoint.
        dimension: of the vectors.
        epochs: passes; ``None`` for the method's own number.

    Raises:
        TrainingError: ``package_missing`` where gensim is wanted and not installed.
    """
    start, cpu = time.monotonic(), time.process_time()
    method, usual = METHODS[job.family]
    epochs = epochs or usual
    file = job.packed.with_name(job.packed.name.replace(job.family, "lines")).with_suffix(".txt")
    learnt = method(Lines(job.corpus, file), dimension, epochs, job.seed)
    card = {
        "name": TITLES[job.family],
        "family": "static",
        "parameters": sum(int(array.size) for array in learnt.tensors.values()),
        "precision": "float16",
        "languages": [job.language.name],
        "corpus": [path.name for path in job.corpus],
        "tokens_seen": learnt.seen,
        "minutes": round((time.monotonic() - start) / 60, 1),
        "cpu_minutes": round((time.process_time() - cpu) / 60, 1),
        "device": "cpu, 1 thread",
        "seed": job.seed,
        "validation_loss": None,
        "unit": "none: its objective is no likelihood of text",
        "licence": LICENCE,
        "date": datetime.datetime.now(tz=datetime.UTC).date().isoformat(),
    }

    def save_files(folder: Path) -> dict[str, Any]:
        (folder / "vocabulary.txt").write_text("\n".join(learnt.words) + "\n", encoding="utf8")
        sizes = {"words": len(learnt.words), "dimension": dimension, "epochs": epochs}
        return sizes | learnt.settings

    tensors = {name: torch.from_numpy(array.copy()) for name, array in learnt.tensors.items()}
    write(out, "static", tensors, card, save_files)
    return card
