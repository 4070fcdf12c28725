"""Masked word: true probabilities, what each view may use, any asked word, the right side."""

from __future__ import annotations

from math import exp, isclose

import numpy as np
import pytest

from lmcore.analyses import masked_word as mw
from lmcore.analyses.masked_word import ask, change
from lmcore.charts import masked_word as charts
from lmcore.charts import masked_word as right_charts
from lmcore.charts.theme import FAMILY_COLOURS
from lmcore.outputs.answers import Answer, Lexicon
from lmcore.readers.base import Reader
from lmcore.text.cloze import Cloze, opened
from lmcore.text.words import fold, split

SENTENCE = "She opened the ___ and read the first page aloud."


def made_up(view: str = "left", covered: float | None = 0.6, **words: float) -> Answer:
    """An answer from made-up probabilities."""
    lexicon = Lexicon.of(list(words))
    sums, spelling = lexicon.merged(np.asarray(list(words.values())))
    return Answer("gpt", view, lexicon, sums, spelling, covered)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def blank() -> Cloze:
    return opened(split(SENTENCE))


@pytest.fixture(scope="module")
def given(loaded: dict[str, Reader], blank: Cloze) -> dict[str, list[Answer]]:
    """All answers to one sentence."""
    able = {family: reader for family, reader in loaded.items() if reader.can("fill")}
    return {family: list(mw.answers(reader, blank).marginal[0]) for family, reader in able.items()}


# --- merging case variants -------------------------------------------------------------------


def test_case_variants_are_one_word_with_the_sum_of_their_probabilities():
    answer = made_up(The=0.1, the=0.3, house=0.35)
    first, second = answer.top(2)
    assert (first.word, first.rank, second.word, second.rank) == ("the", 1, "house", 2)
    assert isclose(first.probability, 0.4, rel_tol=1e-6)
    assert answer.of("THE") == first
    assert answer.of("cat") is None


def test_equal_probabilities_share_a_rank():
    answer = made_up(a=0.2, b=0.2, c=0.1)
    assert [guess.rank for guess in answer.top(3)] == [1, 1, 3]


# --- what the readers say --------------------------------------------------------------------


def test_every_view_stands_on_one_side(given: dict[str, list[Answer]]):
    views = {(a.family, a.view): a.side for own in given.values() for a in own}
    assert views == {
        ("elmo", "left"): "left",
        ("elmo", "right"): "right",
        ("elmo", "combined"): "both",
        ("gpt", "left"): "left",
        ("gpt", "rescored"): "both",
        ("bert", "both"): "both",
    }


def test_probabilities_are_the_softmax_over_the_vocabulary(given: dict[str, list[Answer]]):
    for answer in (a for own in given.values() for a in own):
        total = float(answer.probabilities.sum())
        assert isclose(total, 1.0 if answer.covered is None else answer.covered, abs_tol=1e-4)
        assert 0 < total <= 1 + 1e-5


# --- asked words -----------------------------------------------------------------------------


def test_a_word_of_several_pieces(
    loaded: dict[str, Reader], blank: Cloze, given: dict[str, list[Answer]]
):
    word = "unreadablenesses"
    left, rescored = ask(loaded["gpt"], blank, 0, word, given["gpt"])
    scores = loaded["gpt"].score(blank.filled([word]))
    own = next(s.log_probability for s in scores if s.word == 3)
    assert left.probability is not None
    assert isclose(left.probability, exp(own), rel_tol=1e-2)
    assert (left.way, rescored.way) == ("chain", "tried")
    assert left.pieces.count(" ") >= 1
    assert left.rank == 1 + int((given["gpt"][0].probabilities > left.probability).sum())
    assert rescored.probability is not None
    assert 0 < rescored.probability < 1
    (both,) = ask(loaded["bert"], blank, 0, word, given["bert"])
    assert both.way == "masks"
    assert both.probability is not None
    assert 0 < both.probability < 1
    for one in ask(loaded["elmo"], blank, 0, word, given["elmo"]):
        assert (one.probability, one.rank, one.way) == (None, None, "unknown")
        assert one.unknown is not None
        assert 0 < one.unknown < 1


def test_case_variants_have_the_same_answer(
    loaded: dict[str, Reader], blank: Cloze, given: dict[str, list[Answer]]
):
    for family, own in given.items():
        if family == "gpt":
            own = own[:1]
        lower, upper = (ask(loaded[family], blank, 0, w, own) for w in ("door", "DOOR"))
        values = [(one.probability, one.rank, one.way) for one in lower]
        assert values == [(one.probability, one.rank, one.way) for one in upper]
        assert all(one.way == "whole" for one in lower)


def test_a_whole_word_that_was_not_tried_is_tried_when_asked(
    loaded: dict[str, Reader], blank: Cloze, given: dict[str, list[Answer]]
):
    """Set against those tried, its share follows from the probabilities of whole sentences."""
    left, rescored = given["gpt"]
    word = next(g.word for g in left.top(400)[200:] if rescored.of(g.word) is None)
    _, one = ask(loaded["gpt"], blank, 0, word, given["gpt"])
    best = rescored.top(1)[0]
    whole = [
        sum(score.log_probability for score in loaded["gpt"].score(blank.filled([w])))
        for w in (word, best.word)
    ]
    expected = best.probability * exp(whole[0] - whole[1])
    assert one.way == "tried"
    assert one.probability is not None
    assert isclose(one.probability, expected / (1 + expected), rel_tol=2e-2)


def test_an_accent_is_looked_up_as_the_reader_reads_it(
    loaded: dict[str, Reader], blank: Cloze, given: dict[str, list[Answer]]
):
    (one,) = ask(loaded["bert"], blank, 0, "thé", given["bert"])
    plain = given["bert"][0].of("the")
    assert plain is not None
    assert (one.probability, one.rank) == (plain.probability, plain.rank)


def test_comparison_lists_every_top_word_once(given: dict[str, list[Answer]]):
    everything = [answer for own in given.values() for answer in own]
    words = mw.rows(everything, 4, ["book", "The"])
    keys = [fold(word) for word in words]
    assert len(keys) == len(set(keys))
    assert {fold(g.word) for a in everything for g in a.top(4)} <= set(keys)
    assert "book" in keys
    probability, rank = mw.comparison(everything, words)
    best = [np.nanargmax(probability[:, column]) for column in range(len(everything))]
    for column, answer in enumerate(everything):
        assert keys[best[column]] == fold(answer.top(1)[0].word)
        assert rank[best[column], column] == 1


def test_table_has_a_probability_and_a_rank_per_view():
    given = [made_up(a=0.5, b=0.1), made_up("rescored", None, a=1.0)]
    words = mw.rows(given, 2)
    table = mw.frame(words, ["x", "y"], *mw.comparison(given, words), ("word", "rank"))
    assert list(table) == ["word", "x", "x, rank", "y", "y, rank"]
    assert table["x, rank"].tolist() == [1, 2]
    assert np.isnan(table["y"][1])
    assert table["y, rank"].isna().tolist() == [False, True]


# --- the right side --------------------------------------------------------------------------


def test_deleting_the_right_side_moves_only_the_views_that_see_it(
    loaded: dict[str, Reader], blank: Cloze, given: dict[str, list[Answer]]
):
    for family, own in given.items():
        cut = mw.answers(loaded[family], blank.without_right(0)).marginal[0]
        for full, other in zip(own, cut, strict=True):
            found = change(full, other)
            assert 0 <= found.moved <= 1
            assert found.still == (full.side == "left"), (family, full.view)


def test_a_later_blank_keeps_its_left_view_when_the_rest_is_deleted(loaded: dict[str, Reader]):
    two = opened(split("The ___ ran to the ___ and barked."))
    full = mw.answers(loaded["gpt"], two).marginal[1][0]
    cut = mw.answers(loaded["gpt"], two.without_right(1)).marginal[1][0]
    assert change(full, cut).still


def test_change_lists_gains_before_losses_and_counts_the_rest_as_one_outcome():
    found = change(made_up(a=0.6), made_up(b=0.6))
    assert isclose(found.moved, 0.6, rel_tol=1e-6)
    assert found.words == ("b", "a")
    assert np.allclose(found.difference, [0.6, -0.6])
    assert change(made_up(a=0.6), made_up(a=0.6)).still
    assert isclose(change(made_up(a=0.6), made_up(a=0.2)).moved, 0.4, rel_tol=1e-6)


def test_differences_are_drawn_in_percentage_points_with_escaped_words():
    figure = right_charts.differences(change(made_up(**{"<b>": 0.6}), made_up(b=0.5)), axis="x")
    assert np.allclose(figure.data[0].x, [50, -60])
    assert list(figure.layout.yaxis.ticktext) == ["b", "&lt;b&gt;"]
    assert figure.data[0].marker.color == FAMILY_COLOURS["gpt"]
    assert tuple(figure.data[0].marker.pattern.shape) == ("", "/")


# --- pictures --------------------------------------------------------------------------------


def test_bars_show_the_numbers_and_escape_the_words():
    answer = made_up(**{"<b>x": 0.4, "$y$": 0.2})
    figure = charts.bars(answer, 5, asked=["$Y$"])
    bar = figure.data[0]
    assert np.allclose(bar.x, [0.4, 0.2])
    assert list(figure.layout.yaxis.ticktext) == ["&lt;b&gt;x", "<b>&#36;y&#36;</b>"]
    assert bar.marker.pattern.shape == ""


def test_rescored_bars_are_hatched_and_pale_bars_show_the_cut_sentence():
    answer = made_up("rescored", None, a=0.7, b=0.3)
    figure = charts.bars(answer, 2, without=made_up("rescored", None, a=0.2), names=("w", "c"))
    assert [trace.name for trace in figure.data] == ["w", "c"]
    assert np.allclose(figure.data[1].x, [0.2, 0.0])
    assert all(trace.marker.pattern.shape == "/" for trace in figure.data)


def test_a_common_limit_makes_axes_equal():
    one, other = made_up(a=0.5), made_up(a=0.001)
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
