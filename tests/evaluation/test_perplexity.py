"""Perplexity from known probabilities, per word and per token."""

import math

import numpy as np
import pytest

from lmcore.evaluation import perplexity
from lmcore.evaluation.text import held_out, packed, pieces_of, with_words
from lmcore.outputs.reading import TokenScore
from lmcore.text.words import split, words_of
from tests.evaluation.fakes import FakeReader, silent

TEXT = "One two three. Four five six seven.\nEight nine.\n\nTen eleven twelve.\n"


@pytest.fixture
def folder(tmp_path):
    import lzma

    (tmp_path / "corpus").mkdir()
    with lzma.open(tmp_path / "corpus" / "valid.txt.xz", "wt", encoding="utf8") as file:
        file.write(TEXT)
    return tmp_path


class Pieces(FakeReader):
    """Two pieces a word."""

    def count_pieces(self, sentence):
        return 2 * len(sentence)


def uniform(*sides):
    """Every word has probability 1/8 from the left and 1/2 from the right."""
    chance = {"left": 1 / 8, "right": 1 / 2}
    return lambda sentence: [
        TokenScore(word, math.log(chance[side]), side)
        for side in sides
        for word in range(len(sentence))
    ]


def test_sentences_and_documents(folder):
    documents = held_out(folder / "corpus" / "valid.txt.xz")
    assert documents == [
        ["One two three.", "Four five six seven.", "Eight nine."],
        ["Ten eleven twelve."],
    ]


def test_per_word_and_per_token(folder):
    reader = Pieces(score=uniform("left"), context="left", room=100)
    row = perplexity.BENCHMARK.run({"fake": reader}, folder, silent)["fake"]
    assert (row["words"], row["tokens"]) == (16, 32)  # full stops are words
    assert row["perplexity_per_word"] == pytest.approx(8.0)
    assert row["perplexity_per_token"] == pytest.approx(math.sqrt(8), abs=1e-3)
    assert row["nats_per_word"] == pytest.approx(math.log(8), abs=1e-4)
    assert row["running_text_perplexity_per_word"] == pytest.approx(8.0)


def test_two_directions_are_averaged_before_the_exponential(folder):
    reader = FakeReader(score=uniform("left", "right"), context="both_apart")
    row = perplexity.BENCHMARK.run({"fake": reader}, folder, silent)["fake"]
    assert row["forward_perplexity_per_word"] == pytest.approx(8.0)
    assert row["backward_perplexity_per_word"] == pytest.approx(2.0)
    assert row["perplexity_per_word"] == pytest.approx(4.0)
    assert row["perplexity_per_token"] == row["perplexity_per_word"]
    assert "unknown_words_percent" not in row
    assert "running_text_perplexity_per_word" not in row


def test_unknown_words_share_one_probability(folder):
    words = set(words_of(TEXT.partition("\n\n")[0]))
    reader = FakeReader(score=uniform("left", "right"), context="both_apart", known=words)
    row = perplexity.BENCHMARK.run({"fake": reader}, folder, silent)["fake"]
    # Ten, eleven and twelve are unknown: 3 of 16 words, each has a third of the probability.
    assert row["unknown_words_percent"] == 18.75
    nats = math.log(4) + 3 * math.log(3) / 16
    assert row["adjusted_perplexity_per_word"] == pytest.approx(math.exp(nats), abs=1e-3)


def test_masked_loss_stands_apart(folder):
    row = perplexity.BENCHMARK.run({"fake": FakeReader(room=5, masked=-2.0)}, folder, silent)[
        "fake"
    ]
    assert row["masked_nats_per_token"] == 2.0
    assert row["masked_perplexity_per_token"] == pytest.approx(math.exp(2), abs=1e-3)
    assert not any(name.startswith("perplexity") for name in row)


def test_windows_hold_whole_sentences_and_lose_no_word(folder):
    reader = FakeReader(room=6)
    document = with_words(held_out(folder / "corpus" / "valid.txt.xz")[0])
    windows = packed(reader, document)
    assert [w.text for w in windows] == ["One two three.", "Four five six seven.", "Eight nine."]
    assert [w.text for w in packed(FakeReader(room=9), document)] == [
        "One two three. Four five six seven.",
        "Eight nine.",
    ]
    long = split("a b c d e f g h i j k.")
    parts = pieces_of(reader, long)
    assert [word.text for part in parts for word in part.words] == [w.text for w in long.words]
    assert max(len(part) for part in parts) <= 6


def test_limit(folder):
    reader = FakeReader(score=uniform("left"), context="both_apart")
    row = perplexity.BENCHMARK.run({"fake": reader}, folder, silent, limit=2)["fake"]
    assert row["words"] == 4 + 3  # the first and the third of four sentences


def test_readers_agree_with_their_own_scores(loaded):
    """Batched log-probabilities are those of one sentence at a time, and sum to one."""
    texts = [split(text) for text in ("The cat sat on the mat.", "Yes", "Rivers run to the sea.")]
    for family in ("elmo", "gpt", "bert"):
        reader = loaded[family]
        sides = perplexity._log_likelihoods(reader, texts, silent, "")
        for index, text in enumerate(texts):
            for score in reader.score(text):
                value = sides[score.side][index][score.word]
                assert value == pytest.approx(score.log_probability, abs=1e-3)


def test_masked_pieces_are_the_same_for_the_same_seed(loaded):
    reader = loaded["bert"]
    texts = [split("The cat sat on the mat and the dog lay on the rug beside it.")] * 20
    first = reader.masked_scores(texts, 0.15, np.random.default_rng(1))
    second = reader.masked_scores(texts, 0.15, np.random.default_rng(1))
    np.testing.assert_array_equal(np.concatenate(first), np.concatenate(second))
    share = sum(map(len, first)) / sum(reader.count_pieces(text) for text in texts)
    assert 0.08 < share < 0.23
    assert all((row <= 0).all() for row in first)


def test_real_data(shared, loaded):
    readers = {family: loaded[family] for family in ("elmo", "gpt", "bert")}
    rows = perplexity.BENCHMARK.run(readers, shared, silent, limit=4)
    assert rows["elmo"]["words"] == rows["gpt"]["words"], "the same text for both"
    assert rows["gpt"]["tokens"] > rows["gpt"]["words"]
    assert rows["elmo"]["perplexity_per_word"] < rows["elmo"]["adjusted_perplexity_per_word"]
    assert rows["bert"]["masked_percent"] == 15.0
