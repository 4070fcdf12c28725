"""Static vectors: words of a list, and fastText's vectors for all others."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lmcore.readers import load
from lmcore.readers.static import Ngrams, StaticReader, fnv_1a
from lmcore.runtime import checkpoints
from lmcore.text.words import split
from lmcore.training import static
from lmcore.training.prepare import Job

CARD = {"name": "fastText", "parameters": 1, "licence": "CC BY-SA 4.0"}


@pytest.fixture
def reader(tmp_path: Path) -> StaticReader:
    """Two words, and n-grams whose vectors are their own numbers."""

    def save_files(folder: Path) -> dict[str, Any]:
        (folder / "vocabulary.txt").write_text("the\nbank\n", encoding="utf8")
        return {"shortest_ngram": 3, "longest_ngram": 4}

    weights = {
        "vectors": torch.tensor([[1.0, 0.0], [0.0, 1.0]]),
        "ngrams": torch.stack([torch.arange(50.0), torch.ones(50)], dim=1),
    }
    checkpoints.write(tmp_path / "fasttext", "static", weights, CARD, save_files)
    return load("fasttext", tmp_path, torch.device("cpu"))


def test_a_word_of_the_list_has_its_own_vector_and_another_one_that_of_its_spelling(reader):
    reading = reader.read([split("The bankish a")])[0]
    assert reading.family == "static", "colours and places are those of all static vectors"
    assert reading.layers[0, 0].tolist() == [1.0, 0.0]
    ngrams = ["<ba", "<ban", "ban", "bank", "ank", "anki", "nki", "nkis", "kis", "kish"]
    ngrams += ["ish", "ish>", "sh>"]
    wanted = np.mean([fnv_1a(ngram.encode()) % 50 for ngram in ngrams])
    assert reading.layers[0, 1] == pytest.approx([wanted, 1.0])
    kinds = {(note.word, note.kind) for note in reading.notes}
    assert kinds == {(0, "lower_cased"), (1, "spelled"), (2, "spelled")}
    assert reading.layers[0, 2, 0] == fnv_1a(b"<a>") % 50


def test_a_word_too_short_for_any_ngram_has_none():
    ngrams = Ngrams(np.zeros((5, 2), dtype=np.float32), 4, 6)
    assert ngrams.vector("a") is None
    assert ngrams.vector("ab") is not None


@pytest.mark.parametrize("word", ["bank", "naïve", "我们", "😀x"])
def test_the_hash_is_that_of_fasttext(word: str):
    inner = pytest.importorskip("gensim.models.fasttext_inner")
    ngrams = Ngrams(np.zeros((30_000, 1), dtype=np.float32), 3, 6)
    ours = sorted(ngrams.buckets(word))
    theirs = inner.compute_ngrams_bytes(word, 3, 6)
    assert ours == sorted(inner.ft_hash_bytes(ngram) % 30_000 for ngram in theirs)


def test_a_trained_checkpoint_reads_unseen_words_as_gensim_does(tmp_path: Path, monkeypatch):
    models = pytest.importorskip("gensim.models")
    kept: list[Any] = []

    class Kept(models.FastText):  # type: ignore[misc, name-defined]
        def __init__(self, *args: Any, **values: Any) -> None:
            super().__init__(*args, **values)
            kept.append(self)

    monkeypatch.setattr(static, "_gensim", lambda name: Kept)
    monkeypatch.setattr(static, "BUCKETS", 500)
    corpus = tmp_path / "corpus.txt"
    corpus.write_text("the old bridge and the river bank were near the castle .\n" * 40)
    static.train(Job("fasttext", (corpus,), None, tmp_path), tmp_path / "fasttext", 8, 2)
    own = load("fasttext", tmp_path, torch.device("cpu"))
    assert own.card.name == "fastText"
    for word in ("bridge", "riverbank", "castles"):
        found = own.read([split(word)])[0].layers[0, 0]
        assert found == pytest.approx(kept[0].wv[word], abs=2e-3), word
