"""BLiMP from known scores."""

import json
import zipfile

import pytest

from lmcore.evaluation import minimal_pairs
from lmcore.outputs.reading import TokenScore
from tests.evaluation.fakes import FakeReader, silent

PAIRS = {
    # paradigm: phenomenon, pairs
    "agreement_1": ("agreement", [("cats sleep", "cats sleeps"), ("a cat sleeps", "a cat sleep")]),
    "agreement_2": ("agreement", [("dogs bark", "dogs barks")]),
    "argument": ("argument_structure", [("she fell", "she fell it")]),
    "selection": ("s-selection", [("a man ran", "a stone ran it")]),
}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "blimp").mkdir()
    with zipfile.ZipFile(tmp_path / "blimp" / "BLiMP.zip", "w") as archive:
        for paradigm, (phenomenon, pairs) in PAIRS.items():
            rows = [
                {
                    "sentence_good": good,
                    "sentence_bad": bad,
                    "linguistics_term": phenomenon,
                    "UID": paradigm,
                }
                for good, bad in pairs
            ]
            archive.writestr(f"data/{paradigm}.jsonl", "\n".join(map(json.dumps, rows)))
        archive.writestr("__MACOSX/data/._x.jsonl", b"\x00\x01")
    return tmp_path


def fewer_letters_are_likelier(sentence):
    """Log-probability by the number of letters: a sentence with more is worse."""
    return [
        TokenScore(number, -float(len(word.text)), "left")
        for number, word in enumerate(sentence.words)
    ]


def test_known_answers(folder):
    reader = FakeReader(score=fewer_letters_are_likelier)
    row = minimal_pairs.BENCHMARK.run({"fake": reader}, folder, silent)["fake"]
    # Right: cats sleep, dogs bark, she fell, a man ran; wrong: a cat sleeps.
    assert row["by_phenomenon"] == {"agreement": 75.0, "argument_structure": 100.0}
    assert row["overall"] == pytest.approx((50 + 100 + 100 + 100) / 4)
    assert (row["paradigms"], row["pairs"]) == (4, 5)


def test_a_tie_is_wrong(folder):
    flat = FakeReader(score=lambda sentence: [TokenScore(0, -1.0, "left")])
    assert minimal_pairs.BENCHMARK.run({"fake": flat}, folder, silent)["fake"]["overall"] == 0.0


def test_both_directions_are_added(folder):
    def two_sided(sentence):
        left = fewer_letters_are_likelier(sentence)
        # From the right everything is turned round, twice as strongly.
        right = [TokenScore(s.word, -2 * s.log_probability - 100, "right") for s in left]
        return left + right

    row = minimal_pairs.BENCHMARK.run({"fake": FakeReader(score=two_sided)}, folder, silent)["fake"]
    assert row["by_phenomenon"]["agreement"] < 75.0


def test_limit_counts_pairs_of_each_paradigm(folder):
    pairs = minimal_pairs.load(folder / "blimp" / "BLiMP.zip", limit=1)
    assert [pair.paradigm for pair in pairs] == list(PAIRS)


def test_real_data(shared, loaded):
    path = shared / "data" / "blimp" / "BLiMP.zip"
    pairs = minimal_pairs.load(path, limit=1)
    assert len({pair.paradigm for pair in pairs}) == 67
    assert len({pair.phenomenon for pair in pairs}) == 12
    row = minimal_pairs.BENCHMARK.measure(loaded["gpt"], pairs[:8], silent)
    assert row["pairs"] == 8
