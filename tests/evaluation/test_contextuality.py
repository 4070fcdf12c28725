"""The three measures of Ethayarajh 2019 on vectors with known answers."""

import numpy as np
import pytest

from lmcore.evaluation import contextuality
from lmcore.evaluation.contextuality import (
    choose,
    explainable_variance,
    intra_similarity,
    self_similarity,
)
from lmcore.outputs.reading import cosine
from lmcore.text.words import split
from tests.evaluation.fakes import FakeReader, silent


def test_self_similarity_is_the_mean_over_all_pairs():
    vectors = np.random.default_rng(0).normal(size=(7, 3, 5))
    pairs = [(i, j) for i in range(7) for j in range(7) if i != j]
    slow = np.mean([cosine(vectors[i], vectors[j]) for i, j in pairs], axis=0)
    np.testing.assert_allclose(self_similarity(vectors), slow)
    same = np.repeat(vectors[:1], 4, axis=0)
    np.testing.assert_allclose(self_similarity(same), 1.0)
    assert np.isnan(self_similarity(vectors[:1])).all()


def test_intra_sentence_similarity():
    # Two words at right angles: the mean lies at 45 degrees from both.
    layers = np.array([[[1.0, 0.0], [0.0, 1.0]], [[2.0, 0.0], [4.0, 0.0]]])
    np.testing.assert_allclose(intra_similarity(layers), [np.sqrt(0.5), 1.0])


def test_explainable_variance_is_uncentred():
    # Along one line through the origin: everything is explained. A centred formula would say the
    # same of the second layer, whose points lie on a line that misses the origin.
    vectors = np.array([[[1.0, 0.0], [1.0, 1.0]], [[3.0, 0.0], [1.0, -1.0]]])
    np.testing.assert_allclose(explainable_variance(vectors), [1.0, 0.5])
    many = np.random.default_rng(1).normal(size=(40, 2, 3))
    singular = np.linalg.svd(many[:, 1], compute_uv=False)
    expected = singular[0] ** 2 / (singular**2).sum()
    assert explainable_variance(many)[1] == pytest.approx(expected)


def test_words_need_five_different_sentences():
    texts = [f"the cat saw {name} there ." for name in "ABCDE"]
    texts += ["the cat saw A there ."] * 3  # the same sentence again does not count
    texts += ["a dog dog dog dog dog ran"]  # nor do five in one sentence
    material = choose([split(text) for text in texts])
    assert set(material.words) == {"the", "cat", "saw", "there"}
    assert all(len(places) == 5 for places in material.words.values())
    assert len(material.random) == len({number for number, _ in material.random}) == 6
    for number, position in material.random:
        assert material.sentences[number].words[position].has_letters


def test_known_answers_raw_and_adjusted(tmp_path):
    """Layer 0 knows the word only; layer 1 knows the sentence only."""
    (tmp_path / "corpus").mkdir()
    import lzma

    names = ["Anna", "Bert", "Carl", "Dora", "Emil", "Fred"]
    with lzma.open(tmp_path / "corpus" / "valid.txt.xz", "wt", encoding="utf8") as file:
        file.write("\n".join(f"We saw {name} go home." for name in names))

    def vectors(sentence, position):
        word, name = sentence.words[position].text, sentence.words[2].text
        return np.array([np.eye(16)[_number(word)], np.eye(16)[names.index(name)]])

    row = contextuality.BENCHMARK.run({"fake": FakeReader(vectors)}, tmp_path, silent)["fake"]
    assert (row["words"], row["sentences"]) == (4, 6)
    assert row["self_similarity_raw_by_layer"] == [1.0, 0.0]
    assert row["baseline_cosine_by_layer"][1] == 0.0, "no two sentences have anything in common"
    assert row["intra_sentence_similarity_raw_by_layer"][1] == 1.0
    assert row["intra_sentence_similarity_raw_by_layer"][0] == pytest.approx(6**-0.5, abs=1e-4)
    assert row["max_explainable_variance_raw_by_layer"] == [1.0, pytest.approx(1 / 6, abs=1e-4)]
    for name in ("self_similarity", "intra_sentence_similarity"):
        for layer in range(2):
            raw = row[f"{name}_raw_by_layer"][layer] - row["baseline_cosine_by_layer"][layer]
            assert row[f"{name}_adjusted_by_layer"][layer] == pytest.approx(raw, abs=2e-4)


def _number(word: str) -> int:
    known = ["We", "saw", "go", "home", ".", "Anna", "Bert", "Carl", "Dora", "Emil", "Fred"]
    return known.index(word)


@pytest.mark.slow
def test_real_data(shared, loaded):
    """ELMo's layer 0 does not look at context, whatever its weights: self-similarity is 1."""
    readers = {family: loaded[family] for family in ("elmo", "gpt", "bert")}
    rows = contextuality.BENCHMARK.run(readers, shared, silent, limit=60)
    assert rows["elmo"]["self_similarity_raw_by_layer"][0] == 1.0
    assert rows["elmo"]["self_similarity_raw_by_layer"][1] < 1.0
    assert rows["bert"]["self_similarity_raw_by_layer"][0] < 1.0, "layer 0 holds positions"
    assert rows["elmo"]["words"] == rows["gpt"]["words"] == rows["bert"]["words"]
