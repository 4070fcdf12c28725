"""Masked word: true probabilities, what each view may use, any asked word, the right side."""

from math import exp, isclose

import numpy as np
import pytest

from lmcore.analyses import blank_words
from lmcore.analyses.masked_word import (
    MOST,
    BlankQuestion,
    MaskedWordView,
    WordScore,
    WordsQuestion,
    answer_blanks,
    likeliest_words,
    proposed,
    score_words,
)
from lmcore.analyses.without_right import ChangeQuestion, change, compare_without_right
from lmcore.charts import masked_word as charts
from lmcore.charts.theme import FAMILY_COLOURS
from lmcore.outputs.answers import SIDES, Answer, BlankAnswers, Candidates, Lexicon
from lmcore.outputs.view import equal, from_json, to_json
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
def question(blank: Cloze) -> BlankQuestion:
    return BlankQuestion(blank.sentence.text, blank.positions)


@pytest.fixture(scope="module")
def given(loaded: dict[str, Reader], question: BlankQuestion) -> dict[str, BlankAnswers]:
    """All answers to one sentence."""
    able = {family: reader for family, reader in loaded.items() if reader.can("fill")}
    return {family: answer_blanks(reader, question) for family, reader in able.items()}


@pytest.fixture(scope="module")
def views(
    loaded: dict[str, Reader], question: BlankQuestion, given: dict[str, BlankAnswers]
) -> dict[str, MaskedWordView]:
    """What is drawn of them."""
    return {family: likeliest_words(loaded[family], question) for family in given}


@pytest.fixture(scope="module")
def columns(views: dict[str, MaskedWordView]) -> list[Candidates]:
    return [column for view in views.values() for column in view.blanks[0]]


def every(given: dict[str, BlankAnswers]) -> list[Answer]:
    return [answer for answers in given.values() for answer in answers.marginal[0]]


def spelled(reader: Reader, question: BlankQuestion, word: str) -> tuple[WordScore, ...]:
    """What a reader says about any word in the first blank, by view."""
    return score_words(reader, WordsQuestion(question, 0, (word,), spelled=True)).scores


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


def test_every_view_stands_on_one_side(columns: list[Candidates]):
    assert {(c.family, c.view): c.side for c in columns} == {
        ("elmo", "left"): "left",
        ("elmo", "right"): "right",
        ("elmo", "combined"): "both",
        ("gpt", "left"): "left",
        ("gpt", "rescored"): "both",
        ("bert", "both"): "both",
    }
    assert list(SIDES) == ["left", "right", "both"]


def test_probabilities_are_the_softmax_over_the_vocabulary(given: dict[str, BlankAnswers]):
    for answer in every(given):
        total = float(answer.probabilities.sum())
        assert isclose(total, 1.0 if answer.covered is None else answer.covered, abs_tol=1e-4)
        assert 0 < total <= 1 + 1e-5


def test_a_view_lists_the_likeliest_words_and_comes_back_from_json(
    loaded: dict[str, Reader],
    question: BlankQuestion,
    given: dict[str, BlankAnswers],
    views: dict[str, MaskedWordView],
):
    for family, view in views.items():
        for answer, column in zip(given[family].marginal[0], view.blanks[0], strict=True):
            assert list(column.candidates) == answer.top(MOST)
            assert (column.covered, column.words) == (answer.covered, len(answer.probabilities))
        assert equal(from_json(MaskedWordView, to_json(view)), view)


def test_notes_are_about_the_words_around_the_blanks(loaded: dict[str, Reader]):
    asked = BlankQuestion("The Café near ___ closed.", (3,))
    notes = likeliest_words(loaded["bert"], asked).notes
    assert notes.sentence.text == asked.text
    assert {note.word for note in notes.notes} == {0, 1}
    assert {note.kind for note in notes.notes} >= {"lower_cased", "accents_stripped"}


# --- asked words -----------------------------------------------------------------------------


def test_a_word_of_several_pieces(
    loaded: dict[str, Reader],
    blank: Cloze,
    question: BlankQuestion,
    given: dict[str, BlankAnswers],
):
    word = "unreadablenesses"
    left, rescored = spelled(loaded["gpt"], question, word)
    scores = loaded["gpt"].score(blank.filled([word]))
    expected = next(s.log_probability for s in scores if s.word == 3)
    assert left.probability is not None
    assert isclose(left.probability, exp(expected), rel_tol=1e-2)
    assert (left.way, rescored.way) == ("chain", "tried")
    assert left.pieces.count(" ") >= 1
    distribution = given["gpt"].marginal[0][0].probabilities
    assert left.rank == 1 + int((distribution > left.probability).sum())
    assert rescored.probability is not None
    assert 0 < rescored.probability < 1
    (both,) = spelled(loaded["bert"], question, word)
    assert both.way == "masks"
    assert both.probability is not None
    assert 0 < both.probability < 1
    for score in spelled(loaded["elmo"], question, word):
        assert (score.probability, score.rank, score.way) == (None, None, "unknown")
        assert score.unknown is not None
        assert 0 < score.unknown < 1


def test_case_variants_have_the_same_answer(
    loaded: dict[str, Reader], question: BlankQuestion, given: dict[str, BlankAnswers]
):
    for family in given:
        lower, upper = (
            [
                (score.probability, score.rank, score.way)
                for score in spelled(loaded[family], question, word)
                if score.view != "rescored"
            ]
            for word in ("door", "DOOR")
        )
        assert lower == upper
        assert all(way == "whole" for _, _, way in lower)


def test_a_whole_word_that_was_not_tried_is_tried_when_asked(
    loaded: dict[str, Reader],
    blank: Cloze,
    question: BlankQuestion,
    given: dict[str, BlankAnswers],
):
    """Set against those tried, its share follows from the probabilities of whole sentences."""
    left, rescored = given["gpt"].marginal[0]
    word = next(c.word for c in left.top(400)[200:] if rescored.of(c.word) is None)
    _, score = spelled(loaded["gpt"], question, word)
    best = rescored.top(1)[0]
    whole = [
        sum(score.log_probability for score in loaded["gpt"].score(blank.filled([w])))
        for w in (word, best.word)
    ]
    expected = best.probability * exp(whole[0] - whole[1])
    assert score.way == "tried"
    assert score.probability is not None
    assert isclose(score.probability, expected / (1 + expected), rel_tol=2e-2)


def test_an_accent_is_looked_up_as_the_reader_reads_it(
    loaded: dict[str, Reader], question: BlankQuestion, given: dict[str, BlankAnswers]
):
    (score,) = spelled(loaded["bert"], question, "thé")
    plain = given["bert"].marginal[0][0].of("the")
    assert plain is not None
    assert (score.probability, score.rank) == (plain.probability, plain.rank)


def test_a_word_that_is_no_entry_has_no_score_unless_it_is_spelt(
    loaded: dict[str, Reader], question: BlankQuestion, given: dict[str, BlankAnswers]
):
    words = ("door", "unreadablenesses")
    plain = score_words(loaded["bert"], WordsQuestion(question, 0, words)).scores
    assert [score.word for score in plain] == ["door"]


def test_comparison_lists_every_top_word_once(
    loaded: dict[str, Reader],
    question: BlankQuestion,
    given: dict[str, BlankAnswers],
    columns: list[Candidates],
):
    more = ["book", "The"]
    asked = WordsQuestion(question, 0, tuple(proposed(columns, MOST, more)))
    scores = [s for family in given for s in score_words(loaded[family], asked).scores]
    words = blank_words.rows(columns, scores, 4, more)
    keys = [fold(word) for word in words]
    assert len(keys) == len(set(keys))
    assert {fold(c.word) for column in columns for c in column.candidates[:4]} <= set(keys)
    assert "book" in keys
    probability, rank = blank_words.comparison(columns, words, scores)
    best = [np.nanargmax(probability[:, place]) for place in range(len(columns))]
    for place, column in enumerate(columns):
        assert keys[best[place]] == fold(column.best.word)
        assert rank[best[place], place] == 1
    assert blank_words.favourites(probability) == best
    honest = [place for place, column in enumerate(columns) if column.view != "rescored"]
    largest = np.nan_to_num(probability[:, honest]).max(axis=1)
    assert largest.tolist() == sorted(largest, reverse=True)


def test_table_has_a_probability_and_a_rank_per_view():
    answers = [made_up(a=0.5, b=0.1), made_up("rescored", None, a=1.0)]
    columns = [answer.candidates(2) for answer in answers]
    scores = [
        WordScore(c.family, c.view, word.word, word.probability, word.rank)
        for c in columns
        for word in c.candidates
    ]
    words = blank_words.rows(columns, scores, 2)
    numbers = blank_words.comparison(columns, words, scores)
    table = blank_words.frame(words, ["x", "y"], *numbers, ("word", "rank"))
    assert list(table) == ["word", "x", "x, rank", "y", "y, rank"]
    assert table["x, rank"].tolist() == [1, 2]
    assert np.isnan(table["y"][1])
    assert table["y, rank"].isna().tolist() == [False, True]


def test_a_later_score_of_a_word_counts_and_one_without_a_number_leaves_a_gap():
    (column,) = [made_up(a=0.5).candidates(1)]
    scores = [WordScore("gpt", "left", "a", 0.5, 1), WordScore("gpt", "left", "A", None, None)]
    probability, rank = blank_words.comparison([column], ["a"], scores)
    assert np.isnan(probability[0, 0])
    assert np.isnan(rank[0, 0])
    assert blank_words.favourites(probability) == [None]


# --- the right side --------------------------------------------------------------------------


def test_deleting_the_right_side_moves_only_the_views_that_see_it(
    loaded: dict[str, Reader], question: BlankQuestion, given: dict[str, BlankAnswers]
):
    for family, full in given.items():
        changes = compare_without_right(loaded[family], ChangeQuestion(question, 0))
        for answer, changed in zip(full.marginal[0], changes.changes, strict=True):
            assert 0 <= changed.moved <= 1
            assert changed.still == (changed.view == "left"), (family, changed.view)
            assert changed.before == answer.top(1)[0]


def test_without_right_keeps_the_blanks_before():
    three = BlankQuestion("She ___ the ___ and ___ aloud.", (1, 3, 5), 4)
    assert three.without_right(1) == BlankQuestion("She ___ the ___", (1, 3), 4)


def test_a_later_blank_keeps_its_left_view_when_the_rest_is_deleted(loaded: dict[str, Reader]):
    two = BlankQuestion("The ___ ran to the ___ and barked.", (1, 5))
    assert compare_without_right(loaded["gpt"], ChangeQuestion(two, 1)).changes[0].still


def test_the_pale_bars_show_what_the_cut_sentence_gives_the_same_words():
    column = made_up(a=0.5, b=0.3, c=0.1).candidates(3)
    scores = [WordScore("gpt", "left", "B", 0.4, 1), WordScore("bert", "left", "a", 0.9, 1)]
    assert blank_words.probabilities(column, scores, 2) == [0.0, 0.4]


def test_one_scale_is_that_of_the_likeliest_word_over_a_vocabulary():
    columns = [made_up(a=0.5).candidates(1), made_up("rescored", None, a=0.9).candidates(1)]
    assert blank_words.highest(columns) == 0.5
    assert blank_words.highest(columns[1:]) is None


def test_change_lists_gains_before_losses_and_counts_the_rest_as_one_outcome():
    changed = change(made_up(a=0.6), made_up(b=0.6))
    assert isclose(changed.moved, 0.6, rel_tol=1e-6)
    assert changed.words == ("b", "a")
    assert np.allclose(changed.difference, [0.6, -0.6])
    assert change(made_up(a=0.6), made_up(a=0.6)).still
    assert isclose(change(made_up(a=0.6), made_up(a=0.2)).moved, 0.4, rel_tol=1e-6)


def test_differences_are_drawn_in_percentage_points_with_escaped_words():
    figure = charts.differences(change(made_up(**{"<b>": 0.6}), made_up(b=0.5)), axis="x")
    assert np.allclose(figure.data[0].x, [50, -60])
    assert list(figure.layout.yaxis.ticktext) == ["b", "&lt;b&gt;"]
    assert figure.data[0].marker.color == FAMILY_COLOURS["gpt"]
    assert tuple(figure.data[0].marker.pattern.shape) == ("", "/")


# --- pictures --------------------------------------------------------------------------------


def test_bars_show_the_numbers_and_escape_the_words():
    column = made_up(**{"<b>x": 0.4, "$y$": 0.2}).candidates(5)
    figure = charts.bars(column, 5, bold=["$Y$"])
    bar = figure.data[0]
    assert np.allclose(bar.x, [0.4, 0.2])
    assert list(figure.layout.yaxis.ticktext) == ["&lt;b&gt;x", "<b>&#36;y&#36;</b>"]
    assert bar.marker.pattern.shape == ""


def test_rescored_bars_are_hatched_and_pale_bars_show_the_cut_sentence():
    column = made_up("rescored", None, a=0.7, b=0.3).candidates(2)
    figure = charts.bars(column, 2, without=[0.2, 0.0], names=("w", "c"))
    assert [trace.name for trace in figure.data] == ["w", "c"]
    assert np.allclose(figure.data[1].x, [0.2, 0.0])
    assert all(trace.marker.pattern.shape == "/" for trace in figure.data)


def test_a_common_limit_makes_axes_equal():
    one, other = (made_up(a=value).candidates(3) for value in (0.5, 0.001))
    ranges = [charts.bars(c, 3, limit=0.5).layout.xaxis.range for c in (one, other)]
    assert ranges[0] == ranges[1]
    assert charts.bars(other, 3).layout.xaxis.range[1] < 0.01


def test_asked_words_that_cannot_be_placed_leave_a_gap():
    probability = np.asarray([[0.1, np.nan], [1e-20, 0.5]])
    figure = charts.word_marks(["book", "door"], ["x", "y"], probability, axis="p")
    assert np.isnan(figure.data[0].x[1])
    assert figure.data[1].x[0] == charts.LEAST
    none = charts.word_marks(["book"], ["x"], np.asarray([[np.nan]]), axis="p")
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
