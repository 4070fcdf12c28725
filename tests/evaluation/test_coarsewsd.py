"""CoarseWSD-20 on a hand-made data set with known answers, and on a little of the real one."""

import numpy as np
import pytest

from lmcore.errors import EvaluationError
from lmcore.evaluation import coarsewsd
from lmcore.evaluation.coarsewsd import Parts
from lmcore.evaluation.occurrences import (
    Marked,
    Target,
    halves,
    most_frequent_sense,
    targets_of,
    window,
)
from lmcore.evaluation.text import given
from tests.evaluation.fakes import FakeReader, silent

#: word: part: (sentence, position, sense)
DATA = {
    "bank": {
        "train": [("the river bank", 2, "0"), ("a money bank", 2, "1"), ("river bank", 1, "0")],
        "test": [("my river bank", 2, "0"), ("bank of money", 0, "1"), ("money bank", 1, "1")],
    },
    "seal": {
        "train": [("a grey seal swam", 2, "0"), ("wax seal", 1, "1")],
        "test": [("grey seal", 1, "0"), ("seal of wax", 0, "1")],
    },
}


@pytest.fixture
def folder(tmp_path):
    for word, parts in DATA.items():
        place = tmp_path / "coarsewsd20" / word
        place.mkdir(parents=True)
        for part, rows in parts.items():
            data = "".join(f"{position}\t{text}\n" for text, position, _ in rows)
            (place / f"{part}.data.txt").write_text(data, encoding="utf8")
            # Some of the real files have Windows line ends.
            gold = "".join(f"{sense}\r\n" for _, _, sense in rows)
            (place / f"{part}.gold.txt").write_bytes(gold.encode())
    (tmp_path / "coarsewsd20" / "outofdomain.tsv").write_text("")
    return tmp_path


def telling(sentence, position):
    """Layer 0 sees the word only; layer 1 sees the sense; layer 2 sees the wrong sense."""
    first = float(bool({"river", "grey"} & {word.text for word in sentence.words}))
    assert sentence.words[position].text
    return np.array([[1.0, 1.0], [first, 1 - first], [1.0, 0.0]])


def test_the_target_is_the_word_at_the_given_place(folder):
    data = coarsewsd.load(folder / "coarsewsd20")
    for text in [*data.train, *data.test]:
        (target,) = text.targets
        word = text.sentence.words[target.first]
        assert word.text == text.sentence.text[word.start : word.end] == target.word
    assert [target.sense for target in targets_of(data.train)] == ["0", "1", "0", "0", "1"]


def test_known_answers_by_layer(folder):
    rows = coarsewsd.BENCHMARK.run({"fake": FakeReader(telling)}, folder, silent)
    fake = rows["fake"]
    # Layer 1 knows everything. In layers 0 and 2 all centroids are alike: always sense 0, which
    # is F1 1/2 and 0 for bank (1 of 3 right), 2/3 and 0 for seal (1 of 2 right).
    assert fake["macro_f1_by_layer"] == [pytest.approx(29.17, abs=0.01), 100.0, 29.17]
    assert fake["micro_by_layer"] == [40.0, 100.0, 40.0]
    assert fake["macro_f1_last4"] == 100.0
    assert rows["most_frequent_sense"]["macro_f1"] == pytest.approx(29.17, abs=0.01)
    assert rows["most_frequent_sense"]["micro"] == 40.0
    assert rows["bag_of_words"]["macro_f1"] == 100.0
    assert fake["test_sentences"] == 5


def test_static_vectors_have_two_rows(folder):
    """The word alone is constant; the mean of its neighbours tells the senses apart."""
    table = {"river": [1.0, 0.0], "grey": [1.0, 0.0], "money": [0.0, 1.0], "wax": [0.0, 1.0]}

    def static(sentence, position):
        word = sentence.words[position].text
        return np.array([table.get(word, [np.nan, np.nan] if word == "of" else [0.1, 0.1])])

    rows = coarsewsd.BENCHMARK.run({"fake": FakeReader(static, context="none")}, folder, silent)
    assert rows["fake"]["micro_by_layer"] == [40.0]
    assert rows["fake_context"]["micro_by_layer"] == [100.0]


def test_a_word_without_a_vector_is_no_crash(folder):
    nothing = FakeReader(lambda sentence, position: np.full((1, 2), np.nan), context="none")
    rows = coarsewsd.BENCHMARK.run({"fake": nothing}, folder, silent)
    assert rows["fake"]["micro_by_layer"] == [40.0]


def test_long_sentences_are_read_in_a_window_round_the_target():
    sentence = given(list("abcdefgh"))

    def marked(position, last=None):
        return Marked(sentence, (Target("e", "0", position, last or position + 1),))

    reader = FakeReader(room=3)
    for position, expected, at in [(0, "a b c", 0), (3, "c d e", 1), (7, "f g h", 2)]:
        part = window(reader, marked(position))
        assert (part.sentence.text, part.targets[0].first) == (expected, at)
    assert window(reader, marked(2, 5)).sentence.text == "c d e", "words of a target stay together"
    assert window(FakeReader(room=8), marked(3)) == marked(3)
    short = Marked(given(["d", "e"]), (Target("e", "1", 1, 2),))
    parts = Parts([marked(4), short], [marked(4)])
    row = coarsewsd.BENCHMARK.measure(FakeReader(telling, room=3), parts, silent)
    assert row["windowed"] == 2


def test_sentences_with_several_targets_are_halved():
    sentence = given(list("abcdefgh"))
    targets = (Target("a", "0", 0, 1), Target("cde", "0", 2, 5), Target("h", "0", 7, 8))
    parts = halves(FakeReader(room=6), Marked(sentence, targets))
    assert [part.sentence.text for part in parts] == ["a b", "c d e f g h"]
    assert [[t.word for t in part.targets] for part in parts] == [["a"], ["cde", "h"]]
    assert (parts[1].targets[0].first, parts[1].targets[1].first) == (0, 5)


def test_limit_counts_sentences_of_each_word(folder):
    data = coarsewsd.load(folder / "coarsewsd20", limit=1)
    assert [target.word for target in targets_of(data.train)] == ["bank", "seal"]
    assert len(data.test) == 2


def test_progress_rises_to_the_end(folder):
    shares = []
    reader = FakeReader(telling)
    coarsewsd.BENCHMARK.run({"fake": reader}, folder, lambda share, text: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)


def test_missing_data_is_one_sentence(tmp_path):
    with pytest.raises(EvaluationError, match="coarsewsd20") as caught:
        coarsewsd.BENCHMARK.run({}, tmp_path, silent)
    assert caught.value.code == "data_missing"


@pytest.mark.slow
def test_real_data(shared, loaded):
    """Sizes and the most frequent sense as published; every reader on a few sentences."""
    path = shared / "data" / "coarsewsd20"
    data = coarsewsd.load(path)
    train, test = targets_of(data.train), targets_of(data.test)
    assert (len(train), len(test)) == (23_370, 10_196)
    assert len({target.word for target in test}) == 20
    assert len({(target.word, target.sense) for target in test}) == 53
    reference = most_frequent_sense(train, test)
    assert reference == {"macro_f1": 33.23, "micro": 73.43}
    rows = coarsewsd.BENCHMARK.run(loaded, shared, silent, limit=2)
    for family, reader in loaded.items():
        (reading,) = reader.read([given(["bank"])])
        assert len(rows[family]["macro_f1_by_layer"]) == reading.n_layers
        assert all(0 <= value <= 100 for value in rows[family]["micro_by_layer"])
