"""Minimal pairs: the set itself, how it is judged, and how far from guessing."""

import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from lmcore.analyses import minimal_pairs as mp
from lmcore.errors import BankError
from lmcore.outputs.reading import TokenScore
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.readers.base import Reader
from lmcore.text.catalogue import LANGUAGES
from lmcore.text.language import language
from lmcore.text.words import Sentence, split
from tests.evaluation.fakes import FakeReader
from tests.languages import having


def test_the_pairs_are_pairs():
    pairs = mp.load()
    assert len(pairs) >= 10
    texts = [s.text for rows in pairs.values() for pair in rows for s in (pair.good, pair.bad)]
    for rows in pairs.values():
        assert len(rows) >= 8
        for pair in rows:
            assert pair.good.text != pair.bad.text
            assert len(pair.good) == len(pair.bad), pair.good.text
            assert pair.good.text[0].isupper()
            assert pair.good.text[-1] in ".?"
            assert pair.bad.text[0].isupper()
    assert len(set(texts)) == len(texts), "a sentence stands twice"
    assert set(mp.BLIMP) <= set(pairs)


def shared(first: str, second: str) -> int:
    """How many characters two texts have in common from their beginning."""
    pairs = zip(first, second, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(first), len(second)))


@pytest.mark.parametrize("key", having(mp.NAME))
def test_the_pairs_of_every_language_differ_in_one_place_and_are_explained(key: str):
    record = language(key)
    pairs = mp.load(record.folder / mp.NAME)
    texts = [s.text for rows in pairs.values() for pair in rows for s in (pair.good, pair.bad)]
    assert len(set(texts)) == len(texts), "a sentence stands twice"
    assert len(pairs) >= 10
    for phenomenon, rows in pairs.items():
        assert len(rows) >= 8
        for interface in LANGUAGES:
            assert record.say(interface, f"sentence_score.phenomenon.{phenomenon}")
            assert record.say(interface, f"sentence_score.what.{phenomenon}")
        for pair in rows:
            good, bad = pair.good.text, pair.bad.text
            moved = sorted(good.lower()) == sorted(bad.lower())
            kept = shared(good, bad) + shared(good[::-1], bad[::-1])
            assert moved or kept >= len(good) / 3, good
            assert good[-1] in ".?。？！"
            assert re.search(r"\[[^|]+ \| [^|]+\]", pair.both), pair.both


@pytest.mark.parametrize(
    "phenomenon",
    [
        "agreement_noun",
        "agreement_clause",
        "reflexives",
        "gender",
        "determiner_noun",
        "irregular_forms",
        "filler_gap",
        "quantifiers",
        "ellipsis",
    ],
)
def test_liking_a_form_does_not_help(phenomenon: str):
    """What is right in one pair is wrong in another: nearly every form stands on both sides."""
    good, bad = Counter(), Counter()
    for pair in mp.load()[phenomenon]:
        words = [{word.text.lower() for word in s.words} for s in (pair.good, pair.bad)]
        good.update(words[0] - words[1])
        bad.update(words[1] - words[0])
    lopsided = {form for form in good | bad if good[form] != bad[form]}
    assert sum(abs(good[f] - bad[f]) for f in lopsided) <= 8, lopsided


@pytest.mark.parametrize("phenomenon", ["word_order", "plausibility"])
def test_some_pairs_have_the_very_same_words(phenomenon: str):
    for pair in mp.load()[phenomenon]:
        words = [Counter(w.text.lower() for w in s.words) for s in (pair.good, pair.bad)]
        assert words[0] == words[1], pair.good.text


def liker(good: float, bad: float, known: set[str] | None = None) -> FakeReader:
    """A reader that gives words in ``x`` another number than those in ``y``."""
    values = {"x": good, "y": bad}

    def scorer(sentence: Sentence) -> list[TokenScore]:
        words = enumerate(sentence.words)
        return [TokenScore(n, values.get(word.text, -1.0), "both") for n, word in words]

    return FakeReader(score=scorer, known=known)


PAIRS = [mp.Pair("p", split("a x"), split("a y")), mp.Pair("p", split("b x"), split("b y"))]


def test_right_is_the_higher_sum_and_a_tie_is_wrong():
    assert mp.judge(liker(-1, -2), PAIRS).accuracy == 1
    assert mp.judge(liker(-2, -1), PAIRS).accuracy == 0
    assert mp.judge(liker(-1, -1), PAIRS).accuracy == 0


def test_pairs_that_differ_in_an_unknown_word_are_not_judged():
    judged = mp.judge(liker(-1, -2, known={"a", "b", "x"}), PAIRS)
    assert judged.count == 0
    assert math.isnan(judged.accuracy)
    assert np.isnan(judged.margins).all()
    # An unknown word that both sentences have does no harm.
    assert mp.judge(liker(-1, -2, known={"x", "y"}), PAIRS).count == 2


def test_a_pair_in_one_line_marks_what_differs():
    assert mp.Pair("p", split("a x b."), split("a y z b.")).both == "a [x | y z] b."
    assert mp.Pair("p", split("Him saw me."), split("He saw me.")).both == "[Him | He] saw me."
    assert mp.Pair("p", split("a b"), split("b a")).both == "[a b | b a]"
    for rows in mp.load().values():
        for pair in rows:
            before, rest = pair.both.split("[")
            inside, after = rest.split("]")
            good, bad = inside.split(" | ")
            assert (before + good + after, before + bad + after) == (pair.good.text, pair.bad.text)


def test_a_reader_is_beyond_chance_or_misled_only_where_guessing_is_unlikely():
    many = PAIRS * 5
    assert mp.judge(liker(-1, -2), many).verdict == "beyond"
    assert mp.judge(liker(-2, -1), many).verdict == "misled"
    assert mp.judge(liker(-1, -2), PAIRS).verdict == "chance"


def test_the_view_of_a_phenomenon_is_kept_with_its_reader_and_comes_back_from_json(
    loaded: dict[str, Reader],
):
    question = mp.PairsQuestion("word_order")
    view = mp.judge_phenomenon(loaded["gpt"], question)
    assert mp.judge_phenomenon(loaded["gpt"], question) is view
    assert equal(from_json(mp.PairsView, to_json(view)), view)
    assert view.difference.shape == (1, len(mp.load()["word_order"]))


def test_means_over_readers_leave_out_who_can_judge_none():
    shares = [np.array([0.5, np.nan, np.nan]), np.array([1.0, 0.2, np.nan])]
    assert mp.mean_accuracy(shares).tolist() == [0.75, 0.2, 0.5]


def test_shares_of_blimp_are_those_of_the_nearest_phenomena():
    row = {"by_phenomenon": {"ellipsis": 55.0, "quantifiers": None}}
    shares = mp.blimp_shares(row, ["ellipsis", "quantifiers", "word_order"])
    assert shares is not None
    assert shares[0] == 0.55
    assert np.isnan(shares[1:]).all()
    assert mp.blimp_shares({}, ["ellipsis"]) is None


def test_pooled_counts_everything():
    parts = [mp.judge(liker(-1, -2), PAIRS), mp.judge(liker(-2, -1), PAIRS)]
    assert mp.pooled(parts).accuracy == 0.5
    assert mp.pooled(parts).difference.shape == (1, 4)


def test_elmo_is_judged_by_both_directions(loaded: dict[str, Reader]):
    judged = mp.judge(loaded["elmo"], mp.load()["word_order"])
    assert judged.views == ("left", "right", "mean")
    assert judged.main == 2
    assert np.allclose(judged.difference[2], judged.difference[:2].mean(axis=0), atol=1e-4)


def test_beyond_chance_is_the_binomial_test():
    assert mp.beyond_chance(10) == 9  # P(9 or 10 of 10) = 11 / 1024 = 1.1 %, P(>= 8) = 5.5 %
    assert mp.beyond_chance(5) == 5  # 1 / 32 = 3.1 %
    assert mp.beyond_chance(4) is None  # 1 / 16 = 6.3 %
    assert mp.beyond_chance(0) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "bank_missing"),
        ("", "bank_damaged"),
        ("x\ty\tz\n", "bank_damaged"),
        ("phenomenon\tgood\tbad\np\tonly\n", "bank_damaged"),
        ("phenomenon\tgood\tbad\np\tgood\t\n", "bank_damaged"),
    ],
)
def test_a_damaged_file_is_said_in_one_sentence(tmp_path: Path, text: str | None, code: str):
    path = tmp_path / "pairs.tsv"
    if text is not None:
        path.write_text(text)
    with pytest.raises(BankError) as caught:
        mp.load(path)
    assert caught.value.code == code
