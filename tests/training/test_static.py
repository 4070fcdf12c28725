"""Static vectors: counting, fitting, and checkpoints that a reader can load."""

from pathlib import Path

import numpy as np
import pytest

from lmcore.training import glove, static
from lmcore.training.prepare import Job

SETTINGS = glove.GloveSettings(dimension=4, window=2, least=0.0, epochs=60, batch=4)


def counted(ids: list[int], size: int, **options: int) -> dict[tuple[int, int], float]:
    table = glove.count(np.array(ids, dtype=np.int32), size, SETTINGS, **options)
    pairs = zip(table.rows.tolist(), table.columns.tolist(), table.counts.tolist(), strict=True)
    return {(row, column): count for row, column, count in pairs}


def test_nearer_words_count_more_and_sentences_are_kept_apart():
    found = counted([0, 1, 2, glove.BREAK, 3, 0], 4)
    assert found[0, 1] == found[1, 0] == 1.0
    assert found[0, 2] == 0.5
    assert found[0, 3] == 1.0
    assert (2, 3) not in found, "a sentence ended between them"


def test_words_outside_the_vocabulary_keep_their_place():
    found = counted([0, glove.OUTSIDE, 1, glove.OUTSIDE, glove.OUTSIDE, 0], 2)
    assert found == {(0, 1): 0.5, (1, 0): 0.5}


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_chunks_do_not_change_the_counts(chunk: int):
    ids = [0, 1, 2, 0, 1, glove.BREAK, 2, 2, 1, 0]
    assert counted(ids, 3, chunk=chunk) == counted(ids, 3)


def test_a_last_chunk_shorter_than_the_window_has_no_pairs():
    """One position is left for the second chunk, and two words are a window."""
    ids = [0, 1, 2, 0, 1]
    assert counted(ids, 3, chunk=4) == counted(ids, 3)
    assert counted([0], 1) == {}


def test_dot_products_approach_log_counts():
    counts = np.array([[90.0, 60.0, 5.0], [60.0, 80.0, 8.0], [5.0, 8.0, 70.0]], dtype=np.float32)
    rows, columns = np.indices(counts.shape).reshape(2, -1)
    table = glove.Cooccurrences(rows, columns, counts.ravel())
    settings = glove.GloveSettings(dimension=4, epochs=800, batch=9, rate=0.05)
    vectors = glove.fit(table, 3, settings)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    assert unit[0] @ unit[1] > unit[0] @ unit[2] + 0.2
    assert np.array_equal(vectors, glove.fit(table, 3, settings)), "the same seed, the same bits"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "train.txt"
    nouns = ["river", "boat", "water", "bridge"], ["king", "queen", "castle", "crown"]
    random = np.random.default_rng(0)
    lines = []
    for _ in range(400):
        group = nouns[random.integers(2)]
        lines.append(f"the {random.choice(group)} and the {random.choice(group)} were old .")
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize("family", list(static.METHODS))
def test_words_of_one_topic_come_together(family: str, corpus: Path, tmp_path: Path):
    if family != "glove":
        pytest.importorskip("gensim")
    card = static.train(
        Job(family, (corpus,), None, tmp_path),
        tmp_path / family,
        16,
        200 if family == "glove" else 30,
    )
    assert card["parameters"] > 0
    assert card["tokens_seen"] > 2_000
    from safetensors.numpy import load_file

    tensors = load_file(tmp_path / family / "model.safetensors")
    words = (tmp_path / family / "vocabulary.txt").read_text().split("\n")[:-1]
    assert tensors["vectors"].shape == (len(words), 16)
    assert ("ngrams" in tensors) == (family == "fasttext")
    unit = tensors["vectors"].astype(np.float32)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    near = unit[words.index("king")] @ unit[words.index("queen")]
    assert near > unit[words.index("king")] @ unit[words.index("boat")]
