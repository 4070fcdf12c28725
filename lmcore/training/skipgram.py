"""Vectors to begin token embeddings with: skip-gram over the packed corpus itself.

Mikolov et al. 2013 with negative sampling. Measured for BERT: the loss that random embeddings reach
after 2.9 million positions is reached after one million (``docs/results.md``).
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from lmcore.errors import TrainingError
from lmcore.training.packing import Packed

#: Standard deviation that the other weights of a fresh network have.
SCALE = 0.02
#: Pieces that are read, from the corpus's documents evenly spread; more gained nothing visible.
PIECES = 12_000_000


class _Sentences:
    """Sentences of a packed corpus as lists of ids in text form, as gensim wants them."""

    def __init__(self, packed: Packed, pieces: int) -> None:
        self.packed = packed
        self.every = max(1, len(packed.ids) // pieces)

    def __iter__(self) -> Iterator[list[str]]:
        starts = self.packed.sentence_starts
        blocks = range(0, len(starts) - 1, 1_000)
        for block in list(blocks)[:: self.every]:
            for row in range(block, min(block + 1_000, len(starts) - 1)):
                yield list(map(str, self.packed.ids[starts[row] : starts[row + 1]].tolist()))


def entry_vectors(
    packed: Packed, entries: int, dimension: int, seed: int, folder: Path
) -> np.ndarray:
    """Centred skip-gram vectors ``[entries, dimension]``; the row of an unmet entry is random.

    Args:
        packed: whose ids are the entries.
        entries: how many; ids above are left out.
        dimension: of a vector.
        seed: of the vectors.
        folder: where they are kept.

    Raises:
        TrainingError: ``package_missing`` where gensim is not installed.
    """
    file = folder / f"skipgram-{dimension}.npy"
    if file.is_file():
        return np.asarray(np.load(file))
    try:
        from gensim.models import Word2Vec
    except ImportError as error:
        raise TrainingError("package_missing", name="gensim") from error
    model = Word2Vec(
        _Sentences(packed, PIECES),
        vector_size=dimension,
        sg=1,
        window=5,
        negative=5,
        min_count=5,
        epochs=2,
        workers=1,  # one worker: the same seed gives the same vectors
        seed=seed + 1,
    )
    table = np.random.default_rng(seed).normal(0.0, 1.0, (entries, dimension)).astype(np.float32)
    rows = np.asarray([int(key) for key in model.wv.index_to_key])
    vectors = model.wv.vectors - model.wv.vectors.mean(axis=0)
    table[rows[rows < entries]] = vectors[rows < entries] / vectors.std()
    np.save(file, SCALE * table)
    return SCALE * table
