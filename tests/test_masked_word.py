"""Masked word: the blank, true probabilities, and what each view may use."""

from __future__ import annotations

from math import exp, isclose

import numpy as np
import pytest

from lmcore import cloze
from lmcore import masked_word as mw
from lmcore.charts import masked_word as charts
from lmcore.charts.theme import FAMILY_COLOURS
from lmcore.errors import InputError
from lmcore.readers.base import Reader
from lmcore.reading import Candidate, Candidates
from lmcore.words import split

SENTENCE = "She opened the ___ and read the first page aloud."


def candidates(view: str = "left", covered: float | None = 0.6, **words: float) -> mw.Answer:
    """An answer from made-up probabilities."""
    found = [Candidate(word, p, 1) for word, p in words.items()]
    return mw.merged(Candidates("gpt", view, 0, tuple(found), covered))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def blank() -> cloze.Blank:
    return cloze.typed_blank(split(SENTENCE))


@pytest.fixture(scope="module")
def given(loaded: dict[str, Reader], blank: cloze.Blank) -> dict[str, list[mw.Answer]]:
    """All answers to one sentence."""
    return {f: mw.answers(r, blank) for f, r in loaded.items() if r.can("fill")}


# --- the blank -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["the _ ran", "the ___ ran", "the ________ ran"])
def test_a_run_of_underscores_is_one_blank(text: str):
    assert cloze.typed_blank(split(text)).position == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The dog ran.", "blank_missing"),
        ("The [MASK] ran.", "blank_missing"),
        ("The ___ and the ___ ran.", "blank_too_many"),
        ("___", "blank_alone"),
        ("___ ?!", "blank_alone"),
    ],
)
def test_blanks_that_cannot_be_used(text: str, code: str):
    with pytest.raises(InputError) as caught:
        cloze.typed_blank(split(text))
    assert caught.value.code == code


def test_hiding_a_word_leaves_a_blank_in_its_place():
    blank = cloze.hide(split("The  dog, ran."), 1)
    assert blank.sentence.text == "The  ___, ran."
    assert (blank.position, blank.hidden) == (1, "dog")
    with pytest.raises(InputError, match="2 blanks"):
        cloze.hide(split("The ___ dog"), 2)


def test_filling_keeps_the_word_apart_from_letters_around_it():
    glued = cloze.typed_blank(split("un___able to"))
    assert glued.filled("do").text == "un do able to"
    assert glued.filled("do").words[glued.position].text == "do"


def test_without_right_ends_at_the_blank(blank: cloze.Blank):
    assert blank.without_right().sentence.text == "She opened the ___"
    assert blank.right == " and read the first page aloud."


def test_asked_words_are_single_words_without_repetitions():
    assert cloze.asked_words("Book, book; door!") == ["Book", "door"]
    assert cloze.asked_words("door Page", hidden="page") == ["page", "door"]
    assert cloze.asked_words(" ?! ") == []
    with pytest.raises(InputError, match="limit is 5"):
        cloze.asked_words("a b c d e f")


# --- merging case variants -------------------------------------------------------------------


def test_case_variants_are_one_word_with_the_sum_of_their_probabilities():
    answer = candidates(The=0.1, the=0.3, house=0.35)
    first, second = answer.top(2)
    assert (first.word, first.rank, second.word, second.rank) == ("the", 1, "house", 2)
    assert isclose(first.probability, 0.4, rel_tol=1e-6)
    assert answer.of("THE") == first
    assert answer.of("cat") is None


def test_equal_probabilities_share_a_rank():
    answer = candidates(a=0.2, b=0.2, c=0.1)
    assert [guess.rank for guess in answer.top(3)] == [1, 1, 3]


# --- what the readers say --------------------------------------------------------------------


def test_every_view_stands_on_one_side(given: dict[str, list[mw.Answer]]):
    views = {(a.family, a.view): a.side for own in given.values() for a in own}
    assert views == {
        ("elmo", "left"): "left",
        ("elmo", "right"): "right",
        ("elmo", "combined"): "both",
        ("gpt", "left"): "left",
        ("gpt", "rescored"): "both",
        ("bert", "both"): "both",
    }


def test_probabilities_are_the_softmax_over_the_vocabulary(given: dict[str, list[mw.Answer]]):
    for answer in (a for own in given.values() for a in own):
        total = float(answer.probabilities.sum())
        assert isclose(total, 1.0 if answer.covered is None else answer.covered, abs_tol=1e-4)
        assert 0 < total <= 1 + 1e-5


def test_what_stands_in_the_blank_is_not_seen(loaded: dict[str, Reader]):
    for reader in (r for r in loaded.values() if r.can("fill")):
        with_word = reader.fill(split(SENTENCE.replace("___", "book")), 3, 20)
        with_blank = reader.fill(split(SENTENCE), 3, 20)
        for one, other in zip(with_word, with_blank, strict=True):
            assert [c.word for c in one.candidates] == [c.word for c in other.candidates]


def test_left_to_right_probability_is_the_score_of_the_filled_sentence(
    loaded: dict[str, Reader], blank: cloze.Blank, given: dict[str, list[mw.Answer]]
):
    answer = given["gpt"][0]
    guess = answer.top(3)[2]
    scores = loaded["gpt"].score(blank.filled(guess.word))
    own = next(s.log_probability for s in scores if s.word == blank.position)
    assert isclose(exp(own), guess.probability, rel_tol=1e-3)


def test_elmo_combined_is_the_product_over_the_frequency(
    loaded: dict[str, Reader], blank: cloze.Blank
):
    ahead, behind, both = (
        {c.word: c.probability for c in found.candidates}
        for found in loaded["elmo"].fill(blank.sentence, blank.position, 10**9)
    )
    elmo = loaded["elmo"]
    common = {w: elmo.frequency[elmo.entries[w]].exp().item() for w in list(both)[:200]}
    ratios = [both[w] * common[w] / (ahead[w] * behind[w]) for w in common]
    assert np.allclose(ratios, ratios[0], rtol=1e-3)


def test_deleting_the_right_side_moves_only_the_views_that_see_it(
    loaded: dict[str, Reader], blank: cloze.Blank, given: dict[str, list[mw.Answer]]
):
    for family, own in given.items():
        cut = mw.answers(loaded[family], blank.without_right())
        for full, other in zip(own, cut, strict=True):
            moved = mw.change(full, other).moved
            assert 0 <= moved <= 1
            assert (moved < 1e-5) == (full.side == "left"), (family, full.view)


def test_change_counts_the_rest_as_one_outcome():
    assert isclose(mw.change(candidates(a=0.6), candidates(b=0.6)).moved, 0.6, rel_tol=1e-6)
    assert mw.change(candidates(a=0.6), candidates(a=0.6)).moved < 1e-7


def test_more_candidates_than_there_are(loaded: dict[str, Reader], blank: cloze.Blank):
    left, rescored = loaded["gpt"].fill(blank.sentence, blank.position, 10**9)
    assert len(rescored.candidates) == 100
    assert len(left.candidates) > 1_000
    assert isclose(sum(c.probability for c in rescored.candidates), 1.0, abs_tol=1e-6)
    few = loaded["gpt"].fill(blank.sentence, blank.position, 3)
    assert [c.word for c in few[1].candidates] == [c.word for c in rescored.candidates[:3]]


@pytest.mark.parametrize("text", ["[SEP] ___ [MASK]", "</s> ___ <unk>", "___ 日本 😀", "a ___"])
def test_odd_neighbours(loaded: dict[str, Reader], text: str):
    blank = cloze.typed_blank(split(text))
    for reader in (r for r in loaded.values() if r.can("fill")):
        for answer in mw.answers(reader, blank):
            assert np.isfinite(answer.probabilities).all()
            assert len(answer.top(5)) == 5


# --- asked words -----------------------------------------------------------------------------


def test_a_word_of_several_pieces(
    loaded: dict[str, Reader], blank: cloze.Blank, given: dict[str, list[mw.Answer]]
):
    word = "unreadablenesses"
    left, rescored = mw.ask(loaded["gpt"], blank, word, given["gpt"])
    scores = loaded["gpt"].score(blank.filled(word))
    own = next(s.log_probability for s in scores if s.word == blank.position)
    assert left.probability is not None
    assert isclose(left.probability, exp(own), rel_tol=1e-6)
    assert left.pieces.count(" ") >= 1
    assert rescored.probability is not None
    assert 0 < rescored.probability < 1
    (both,) = mw.ask(loaded["bert"], blank, word, given["bert"])
    assert (both.probability, both.reason) == (None, "pieces")
    for one in mw.ask(loaded["elmo"], blank, word, given["elmo"]):
        assert (one.probability, one.rank, one.reason) == (None, None, "unknown")


def test_rescoring_a_word_that_was_not_tried_agrees_with_one_that_was(
    loaded: dict[str, Reader], blank: cloze.Blank, given: dict[str, list[mw.Answer]]
):
    answer = given["gpt"][1]
    tried = answer.top(4)[3]
    probability, rank = mw._rescored(loaded["gpt"], blank, tried.word, answer)
    # Beside the tried words it stands once more: its share p becomes p / (1 + p).
    assert isclose(probability, tried.probability / (1 + tried.probability), rel_tol=1e-3)
    assert abs(rank - tried.rank) <= 1


def test_an_accent_is_looked_up_as_the_reader_reads_it(
    loaded: dict[str, Reader], blank: cloze.Blank, given: dict[str, list[mw.Answer]]
):
    answer = given["bert"][0]
    (one,) = mw.ask(loaded["bert"], blank, "thé", [answer])
    plain = answer.of("the")
    assert plain is not None
    assert (one.probability, one.rank) == (plain.probability, plain.rank)


def test_comparison_lists_every_top_word_once(given: dict[str, list[mw.Answer]]):
    everything = [answer for own in given.values() for answer in own]
    words = mw.rows(everything, 4, ["book", "The"])
    keys = [cloze.key(word) for word in words]
    assert len(keys) == len(set(keys))
    assert {cloze.key(g.word) for a in everything for g in a.top(4)} <= set(keys)
    assert "book" in keys
    probability, rank = mw.comparison(everything, words)
    best = [np.nanargmax(probability[:, column]) for column in range(len(everything))]
    for column, answer in enumerate(everything):
        assert keys[best[column]] == cloze.key(answer.top(1)[0].word)
        assert rank[best[column], column] == 1


def test_table_has_a_probability_and_a_rank_per_view():
    given = [candidates(a=0.5, b=0.1), candidates("rescored", None, a=1.0)]
    words = mw.rows(given, 2)
    table = mw.frame(words, ["x", "y"], *mw.comparison(given, words), ("word", "rank"))
    assert list(table) == ["word", "x", "x, rank", "y", "y, rank"]
    assert table["x, rank"].tolist() == [1, 2]
    assert np.isnan(table["y"][1])
    assert table["y, rank"].isna().tolist() == [False, True]


def test_next_sentence_in_both_orders(loaded: dict[str, Reader]):
    first, second = split("The kettle whistled."), split("She made some tea.")
    given, swapped = mw.order_of(loaded["bert"], first, second)
    assert mw.order_of(loaded["bert"], second, first) == (swapped, given)
    assert 0 < given < 1
    with pytest.raises(InputError):
        mw.order_of(loaded["bert"], split("word " * 90), split("word " * 90))


# --- pictures --------------------------------------------------------------------------------


def test_bars_show_the_numbers_and_escape_the_words():
    answer = candidates(**{"<b>x": 0.4, "$y$": 0.2})
    figure = charts.bars(answer, 5, asked=["$Y$"])
    bar = figure.data[0]
    assert np.allclose(bar.x, [0.4, 0.2])
    assert list(figure.layout.yaxis.ticktext) == ["&lt;b&gt;x", "<b>&#36;y&#36;</b>"]
    assert bar.marker.pattern.shape == ""


def test_rescored_bars_are_hatched_and_pale_bars_show_the_cut_sentence():
    answer = candidates("rescored", None, a=0.7, b=0.3)
    figure = charts.bars(answer, 2, without=candidates("rescored", None, a=0.2), names=("w", "c"))
    assert [trace.name for trace in figure.data] == ["w", "c"]
    assert np.allclose(figure.data[1].x, [0.2, 0.0])
    assert all(trace.marker.pattern.shape == "/" for trace in figure.data)


def test_a_common_limit_makes_axes_equal():
    one, other = candidates(a=0.5), candidates(a=0.001)
    ranges = [charts.bars(a, 3, limit=0.5).layout.xaxis.range for a in (one, other)]
    assert ranges[0] == ranges[1]
    assert charts.bars(other, 3).layout.xaxis.range[1] < 0.01


def test_asked_words_that_cannot_be_placed_leave_a_gap():
    probability = np.asarray([[0.1, np.nan], [1e-20, 0.5]])
    figure = charts.asked(["book", "door"], ["x", "y"], probability, axis="p")
    assert np.isnan(figure.data[0].x[1])
    assert figure.data[1].x[0] == charts.LEAST
    none = charts.asked(["book"], ["x"], np.asarray([[np.nan]]), axis="p")
    assert np.isfinite(none.layout.xaxis.range).all()


def test_pair_is_drawn_from_nought_to_one():
    figure = charts.pair("bert", ["a", "b"], (0.9, 0.2))
    assert tuple(figure.layout.xaxis.range) == (0, 1)
    assert figure.data[0].marker.color == FAMILY_COLOURS["bert"]
    assert list(figure.data[0].x) == [0.9, 0.2]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.5, "50 %"),
        (0.01234, "1.23 %"),
        (0.995, "99.5 %"),
        (1e-9, "1e-07 %"),
        (0.0, "0 %"),
        (1.0, "100 %"),
    ],
)
def test_percent(value: float, shown: str):
    assert charts.percent(value) == shown


def test_percent_with_two_figures():
    assert [charts.percent(value, 2) for value in (0.01234, 0.996, 1.0)] == [
        "1.2 %",
        "100 %",
        "100 %",
    ]
