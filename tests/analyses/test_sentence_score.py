"""Sentence scores: the numbers, the alignment, the comparison and the figures."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lmcore.analyses import sentence_comparison as sc
from lmcore.analyses import sentence_score as ss
from lmcore.charts import minimal_pairs as pair_charts
from lmcore.charts import sentence_score as charts
from lmcore.outputs.reading import Piece, TokenScore
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.readers.base import Reader
from lmcore.readers.scoring import masked, pseudo_likelihood
from lmcore.readers.tokens import Encoding
from lmcore.text.alignment import align_words
from lmcore.text.words import Sentence, blanks_of, split
from tests.conftest import HOSTILE
from tests.evaluation.fakes import FakeReader

ONE = split("The keys to the cabinet are lost.")
OTHER = split("The keys to the cabinet is lost.")


def made(text: str, values: list[float], view: ss.View = "left", unknown: int = -1) -> ss.Score:
    """A score with given log-probabilities."""
    sentence = split(text)
    predicted = np.arange(len(sentence)) != unknown
    return ss.Score("gpt", view, sentence, np.array(values), predicted)


def kinds(first: str, second: str) -> list[str]:
    return [step.kind for step in align_words(split(first), split(second))]


# --- one sentence ----------------------------------------------------------------------------


def test_every_reader_gives_every_word_a_number_and_elmo_a_mean(contextual: Reader):
    scores = ss.score_all(contextual, [ONE])[0]
    wanted = {"elmo": ["left", "right", "mean"], "gpt": ["left"], "bert": ["both"]}
    assert [score.view for score in scores] == wanted[contextual.family]
    for score in scores:
        assert score.scored == len(ONE)
        assert (score.log_probability < 0).all()
        assert math.isclose(score.total, score.log_probability.sum(), rel_tol=1e-6)
        assert math.isclose(score.perplexity, math.exp(-score.total / len(ONE)), rel_tol=1e-6)
    if len(scores) == 3:
        left, right, mean = scores
        assert np.allclose(mean.log_probability * 2, left.log_probability + right.log_probability)
        assert ss.main_view(scores) is mean


def test_a_view_has_notes_and_scores_and_comes_back_from_json(loaded: dict[str, Reader]):
    question = ss.ScoreQuestion("The Café is open.", chained=True)
    view = ss.score_sentence(loaded["bert"], question)
    assert view.sentence.text == question.text
    assert {note.kind for note in view.notes.notes} >= {"lower_cased", "accents_stripped"}
    assert view.main is view.scores[0]
    assert equal(from_json(ss.SentenceScoreView, to_json(view)), view)
    elmo = ss.score_sentence(loaded["elmo"], question)
    assert elmo.main.view == "mean"


def test_a_batch_gives_the_same_numbers_as_one_by_one(contextual: Reader):
    texts = [ONE, split("Hello"), OTHER]
    together = ss.score_all(contextual, texts)
    for sentence, views in zip(texts, together, strict=True):
        alone = ss.score_all(contextual, [sentence])[0]
        for left, right in zip(views, alone, strict=True):
            assert np.allclose(left.log_probability, right.log_probability, atol=2e-4)


def test_bits_are_nats_over_ln_2():
    score = made("one two", [-math.log(2), -math.log(8)])
    assert np.allclose(score.surprisal("bits"), [1, 3])
    assert np.allclose(score.surprisal(), [math.log(2), math.log(8)])
    assert score.most_surprising() == 1


def test_unknown_words_are_flagged_and_are_not_the_most_surprising():
    score = made("one two three", [-1.0, -9.0, -2.0], unknown=1)
    assert score.unknown == [1]
    assert score.most_surprising() == 2


def test_a_word_outside_elmos_vocabulary_is_flagged(loaded: dict[str, Reader]):
    sentence = split("The zzqxv sat down.")
    assert ss.score_all(loaded["elmo"], [sentence])[0][0].unknown == [1]
    assert ss.score_all(loaded["gpt"], [sentence])[0][0].unknown == []


@pytest.mark.parametrize("missing", ["left out", "not a number"])
def test_a_first_word_without_a_number_is_left_out_of_sums(missing: str):
    def scorer(sentence: Sentence) -> list[TokenScore]:
        rest = [TokenScore(word, -2.0, "left") for word in range(1, len(sentence))]
        return rest if missing == "left out" else [TokenScore(0, math.nan, "left"), *rest]

    (score,) = ss.score_all(FakeReader(score=scorer), [split("a b c")])[0]
    assert np.isnan(score.log_probability).tolist() == [True, False, False]
    assert (score.total, score.scored, score.mean) == (-4.0, 2, -2.0)
    (alone,) = ss.score_all(FakeReader(score=scorer), [split("a b")])[0]
    comparison = sc.compare(score, alone)
    assert math.isclose(np.nansum(comparison.difference), comparison.total)


def test_a_text_never_loses_to_itself_with_more_behind_it_and_is_said_to():
    long, short = (
        made("I like it.", [-3.0, -2.0, -1.0, -0.5]),
        made("I like it", [-3.0, -2.0, -1.0]),
    )
    assert sc.compare(short, long).settled
    assert sc.compare(long, short).settled
    assert sc.compare(short, long).verdict == "first"
    other = made("We like it", [-3.0, -2.0, -1.0])
    assert not sc.compare(short, other).settled
    assert not sc.compare(long, other).settled
    assert not sc.compare(short, short).settled
    apart = made("I like it.", [-3.0, -2.0, -1.0, -0.5], "both")
    assert not sc.compare(made("I like it", [-3.0, -2.0, -1.0], "both"), apart).settled


def test_a_missing_number_is_not_0_in_a_comparison():
    nan = math.nan  # GPT-1 has no number for a first word
    long = made("The dogs bark.", [nan, -20.5, -3.0, -1.0])
    short = made("dogs bark.", [nan, -5.0, -2.0])
    comparison, back = sc.compare(long, short), sc.compare(short, long)
    assert comparison.left_out.tolist() == [False, True, False, False]
    assert np.isnan(comparison.difference).tolist() == [True, True, False, False]
    assert (comparison.total, back.total) == (3.0, -3.0)
    assert (comparison.per_word, comparison.decisive) == (1.5, 2)
    assert (comparison.verdict, back.verdict) == ("first", "second")


def test_sentences_without_numbers_to_compare_have_no_verdict():
    comparison = sc.compare(made("Dogs", [math.nan]), made("Cats", [math.nan]))
    assert (comparison.verdict, comparison.decisive) == ("none", None)
    assert math.isnan(comparison.per_word)


def test_a_sentence_in_which_no_word_has_a_number():
    score = made("one", [math.nan])
    assert score.total == 0
    assert math.isnan(score.mean)
    assert score.most_surprising() is None


@pytest.mark.parametrize("name", [n for n in HOSTILE if n not in ("empty", "blanks", "long")])
def test_any_text_has_one_number_a_word(contextual: Reader, name: str):
    sentence = split(HOSTILE[name])
    for score in ss.score_all(contextual, [sentence])[0]:
        assert len(score.log_probability) == len(sentence)
        masks = blanks_of(sentence) if score.view == "both" else ()
        assert np.flatnonzero(np.isnan(score.log_probability)).tolist() == list(masks)


def test_word_frame_has_both_units_and_names_the_unknown():
    scores = [made("one two", [-1.0, -2.0], unknown=1), made("one two", [-1.5, -0.5], "right")]
    titles = {"word": "word", "log": "{name} ln", "bits": "{name} bits", "unknown": "unknown"}
    frame = ss.word_frame(scores, ["A", "B"], titles)
    assert list(frame.columns) == ["word", "A ln", "A bits", "B ln", "B bits", "unknown"]
    assert frame["unknown"].tolist() == ["", "A"]
    assert np.allclose(frame["A bits"] * math.log(2), -frame["A ln"])


def test_relief_is_where_the_right_side_helps_most():
    left, both = made("a b !", [-9.0, -4.0, -20.0]), made("a b !", [-8.5, -1.0, -1.0], "both")
    helped = ss.relief([left, both])
    assert helped is not None
    assert (helped.word, helped.left, helped.both) == (1, left, both)
    assert ss.relief([left]) is None
    assert ss.relief([left, made("a b !", [-9.0, -3.5, -1.0], "both")]) is None


# --- BERT's pieces of one word ---------------------------------------------------------------


def cut_of(words: list[list[int]]) -> Encoding:
    """Words of some pieces between two special positions 0."""
    ids = (0, *(piece for word in words for piece in word), 0)
    word_pieces = np.zeros((len(words), len(ids)), dtype=bool)
    place = 1
    for row, word in enumerate(words):
        word_pieces[row, place : place + len(word)] = True
        place += len(word)
    pieces = [Piece(str(i), (n, n + 1)) for n, i in enumerate(ids)]
    pieces[0] = pieces[-1] = Piece("0", None)
    return Encoding(ids, tuple(pieces), word_pieces)


def test_only_the_asked_piece_is_masked_or_the_rest_of_its_word_as_well():
    encoding = cut_of([[1], [2, 3, 4], [5]])
    assert masked(encoding, 2, 9, hide_rest=False) == [0, 1, 9, 3, 4, 5, 0]
    assert masked(encoding, 2, 9, hide_rest=True) == [0, 1, 9, 9, 9, 5, 0]
    assert masked(encoding, 4, 9, hide_rest=True) == [0, 1, 2, 3, 9, 5, 0]


def test_every_piece_is_asked_for_once_and_special_ones_never():
    encoding, queries = cut_of([[1], [2, 3]]), []

    def log_of(rows, places, wanted):
        for row, (_, place), want in zip(rows, places, wanted, strict=True):
            queries.append((row[place], want))
        return np.array([-float(want) for want in wanted])

    (values,) = pseudo_likelihood([encoding], 9, log_of, hide_rest=True)
    assert queries == [(9, 1), (9, 2), (9, 3)]
    assert values.tolist() == [0, -1, -2, -3, 0]


def test_chained_scores_change_split_words_only(loaded: dict[str, Reader]):
    bert, sentence = loaded["bert"], split("The antidisestablishment cat sat down.")
    reading = bert.read([sentence])[0]
    several = reading.word_pieces.sum(axis=1) > 1
    assert several.any()
    plain = ss.score_all(bert, [sentence])[0][0].log_probability
    chained = ss.score_all(bert, [sentence], chained=True)[0][0].log_probability
    assert np.allclose(plain[~several], chained[~several], atol=1e-4)
    assert (np.abs(plain - chained)[several] > 1e-3).all()


@pytest.mark.parametrize("family", ["elmo", "gpt"])
def test_chained_scores_are_the_scores_of_one_sided_readers(loaded: dict[str, Reader], family: str):
    plain, chained = (ss.score_all(loaded[family], [ONE], c)[0] for c in (False, True))
    for left, right in zip(plain, chained, strict=True):
        assert (left.log_probability == right.log_probability).all()


# --- alignment -------------------------------------------------------------------------------


def test_alignment_marks_what_changed():
    assert kinds("the keys are lost", "the keys is lost") == ["same", "same", "substituted", "same"]
    assert kinds("a very big dog", "a big dog") == ["same", "deleted", "same", "same"]
    assert kinds("a big dog", "a very big dog") == ["same", "inserted", "same", "same"]
    assert kinds("dog bites man", "man bites dog") == ["substituted", "same", "substituted"]
    assert kinds("old man here", "man old here") == ["inserted", "same", "deleted", "same"]
    assert kinds("a b", "a b") == ["same", "same"]


def test_alignment_prefers_the_same_word_in_other_case_and_no_sign_for_a_word():
    assert kinds("The cat", "Now the cat") == ["inserted", "substituted", "same"]
    assert set(kinds("yes", "!")) == {"deleted", "inserted"}


def test_alignment_uses_every_word_once_in_order():
    first, second = split("one two two three . four"), split("two one three four four !")
    steps = align_words(first, second)
    assert [s.first for s in steps if s.first is not None] == list(range(len(first)))
    assert [s.second for s in steps if s.second is not None] == list(range(len(second)))
    for step in steps:
        assert (step.first is None) == (step.kind == "inserted")
        assert (step.second is None) == (step.kind == "deleted")


# --- comparison ------------------------------------------------------------------------------


def test_steps_add_up_to_the_verdict(contextual: Reader):
    pairs = [(ONE, OTHER), (ONE, split("All the old keys to it are lost")), (OTHER, split("Hi!"))]
    for first, second in pairs:
        left, right = ss.score_all(contextual, [first, second])
        for a, b in zip(left, right, strict=True):
            comparison = sc.compare(a, b)
            assert math.isclose(np.nansum(comparison.difference), comparison.total, abs_tol=1e-4)
            assert math.isclose(comparison.total, a.total - b.total, abs_tol=1e-9)


def test_views_are_compared_where_a_reader_has_both(loaded: dict[str, Reader]):
    left, right = (
        ss.score_sentence(loaded["elmo"], ss.ScoreQuestion(sentence.text))
        for sentence in (ONE, OTHER)
    )
    comparisons = sc.compare_views(left, right)
    assert [c.first.view for c in comparisons] == ["left", "right", "mean"]
    assert sc.main_comparison(comparisons) is comparisons[2]
    assert sc.main_comparison(comparisons[:2]) is comparisons[0]


def test_swapping_swaps_the_verdict():
    good, bad = made("he is", [-1.0, -1.0]), made("he are", [-1.0, -4.0])
    forth, back = sc.compare(good, bad), sc.compare(bad, good)
    assert (forth.verdict, back.verdict) == ("first", "second")
    assert (forth.total, back.total) == (3.0, -3.0)
    assert forth.decisive == back.decisive == 1


def test_readers_of_one_side_cannot_differ_where_they_have_not_seen_the_change(
    loaded: dict[str, Reader],
):
    changed = 5
    for family in ("elmo", "gpt"):
        left, right = ss.score_all(loaded[family], [ONE, OTHER])
        for a, b in zip(left, right, strict=True):
            difference = np.abs(sc.compare(a, b).difference)
            assert difference[changed] > 1e-3
            if a.view == "left":
                assert difference[:changed].max() < 1e-3
            if a.view == "right":
                assert difference[changed + 1 :].max() < 1e-3


def test_context_is_what_lies_on_shared_words():
    left, right = made("a x c", [-1.0, -2.0, -3.0]), made("a y c", [-1.0, -2.5, -4.0])
    comparison = sc.compare(left, right)
    assert comparison.changed.tolist() == [False, True, False]
    assert math.isclose(comparison.of_context, 1.0)
    assert math.isclose(comparison.total, 1.5)
    assert comparison.decisive == 2


def test_a_changed_word_outside_the_vocabulary_makes_the_verdict_unsure():
    known, unknown = made("a x", [-1.0, -2.0]), made("a y", [-1.0, -3.0], unknown=1)
    assert sc.compare(known, unknown).unsure
    elsewhere = sc.compare(
        made("q x", [-1.0, -2.0], unknown=0), made("q y", [-1.0, -3.0], unknown=0)
    )
    assert not elsewhere.unsure


def test_equal_sentences_tie():
    comparison = sc.compare(made("a b", [-1.0, -2.0]), made("a b", [-1.0, -2.0 + 1e-5]))
    assert comparison.verdict == "tie"
    assert comparison.decisive is None
    assert sc.verdict(math.nan) == "tie"


def test_step_frame_says_what_happened():
    comparison = sc.compare(made("a x c", [-1.0, -2.0, -3.0]), made("a c d", [-1.0, -2.0, -1.0]))
    titles = dict.fromkeys(("same", "substituted", "deleted", "inserted"), "")
    titles |= {"first": "one", "second": "other", "kind": "kind", "deleted": "out"}
    frame = sc.step_frame([comparison], ["GPT"], titles)
    row = frame[frame["one"] == "x"].iloc[0]
    assert (row["other"], row["kind"], row["GPT"]) == ("", "out", -2.0)


# --- figures ---------------------------------------------------------------------------------


def scores_of_three() -> list[ss.Score]:
    text = "The <b>bank</b> $5$ the"
    count = len(split(text))
    values = -np.arange(1.0, count + 1)
    views = (
        ("elmo", "left"),
        ("elmo", "right"),
        ("elmo", "mean"),
        ("gpt", "left"),
        ("bert", "both"),
    )
    return [ss.Score(f, v, split(text), values, np.arange(count) != 1) for f, v in views]


def named(scores: list[ss.Score]) -> dict:
    return {(s.family, s.view): f"{s.family} {s.view}" for s in scores}


def test_the_same_word_stands_at_the_same_height_for_every_reader():
    scores = scores_of_three()
    figure = charts.surprisal(scores, named(scores), "nats", "axis")
    assert len(figure.data) == 4  # the mean is not drawn beside its directions
    assert [trace.name for trace in figure.data[:2]] == ["elmo left", "elmo right"]
    assert all(list(trace.y) == list(range(len(scores[0].sentence))) for trace in figure.data)
    ticks = figure.layout.yaxis.ticktext
    assert "&lt;" in ticks
    assert not any("<" in tick or "$" in tick for tick in ticks)
    ranges = {tuple(figure.layout[f"xaxis{n}"].range) for n in ("", 2, 3)}
    assert len(ranges) == 1
    assert figure.data[1].marker.pattern.shape == "/"
    assert figure.data[0].marker.color[1] != figure.data[0].marker.color[0], "unknown is pale"


def test_difference_has_one_bar_a_step_on_one_symmetric_scale():
    left, right = made("a x c", [-1.0, -2.0, -3.0]), made("a c <d>", [-1.0, -2.0] + [-1.0] * 3)
    comparison = sc.compare(left, right)
    figure = charts.difference([comparison], {("gpt", "left"): "GPT"}, "bits", "axis")
    assert np.allclose(np.asarray(figure.data[0].x) * math.log(2), comparison.difference)
    low, high = figure.layout.xaxis.range
    assert low == -high
    ticks = figure.layout.yaxis.ticktext
    assert ticks[0] == "a"
    assert any(tick == "<b>− x</b>" or "x →" in tick for tick in ticks)
    assert not any("<d>" in tick for tick in ticks)


def test_cells_are_brighter_the_more_surprising_and_stay_readable():
    from lmcore.charts.theme import contrast

    grounds = [charts.cell(value, 12.0) for value in (0.0, 3.0, 6.0, 12.0, 99.0)]
    assert len({ground for ground, _ in grounds}) == 4
    assert grounds[-1] == grounds[-2]
    assert all(contrast(ground, ink) >= 4.5 for ground, ink in grounds)
    assert charts.cell(1.0, 0.0) == charts.cell(0.0, 12.0)


def test_phenomena_have_a_line_at_one_half_and_a_mark_a_reader():
    marks = [
        pair_charts.Marks("GPT", "gpt", np.array([0.5, 1.0])),
        pair_charts.Marks("GPT, BLiMP", "gpt", np.array([np.nan, 0.7]), hollow=True),
    ]
    figure = pair_charts.phenomena(marks, ["one", "two"], 1, "axis", "guessing")
    assert [shape.x0 for shape in figure.layout.shapes] == [0.5]
    assert figure.layout.yaxis.ticktext == ("one", "<b>two</b>")
    assert figure.data[1].marker.symbol.endswith("-open")
    assert list(figure.data[0].y) == list(figure.data[1].y)
