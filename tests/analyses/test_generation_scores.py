"""Every text judged by every reader, over the same words."""

import numpy as np
import pytest

from lmcore.analyses.generation_scores import (
    CrossScores,
    JudgedText,
    Text,
    WordScores,
    cross_scores,
    word_scores,
)
from lmcore.charts import generation as charts
from lmcore.readers.base import Reader
from lmcore.text.words import split

TEXTS = (
    Text("elmo", "a b c d", (2, 7), "0"),
    Text("elmo", "a e f", (2, 5), "1"),
    Text("gpt", "a x y", (1, 5)),
)


def scores(*rows: list[float]) -> list[WordScores]:
    return [WordScores(np.array(row)) for row in rows]


def favourites(table: CrossScores) -> dict[str, str]:
    return {favourite.judge: favourite.writer for favourite in table.favourites()}


def test_only_words_that_every_judge_scores_count():
    nan = float("nan")
    table = cross_scores(
        TEXTS,
        {
            "elmo": scores([-9, -1, nan, -3], [-9, -2, -2], [-9, -6, -8]),
            "gpt": scores([nan, -2, -2, -4], [nan, -1, -3], [nan, -1, -1]),
        },
    )
    assert table.words.tolist() == [2, 2, 2]
    assert table.left_out.tolist() == [1, 0, 0]
    assert np.allclose(table.values, [[-2, -3], [-2, -2], [-7, -1]])
    assert table.writers == ("elmo", "gpt")
    assert np.allclose(table.by_writer(), [[-2, -2.5], [-7, -1]])
    assert favourites(table) == {"elmo": "elmo", "gpt": "gpt"}


def test_a_judge_that_cannot_read_a_text_does_not_spoil_it_for_the_others():
    nan = float("nan")
    table = cross_scores(TEXTS[2:], {"elmo": scores([-9, -6, -8]), "gpt": scores([nan, nan, nan])})
    assert table.values[0, 0] == -7
    assert np.isnan(table.values[0, 1])
    assert favourites(table) == {"elmo": "gpt"}


def test_nothing_to_compare_gives_no_favourite():
    table = cross_scores(TEXTS[2:], {"elmo": scores([np.nan] * 3)})
    assert table.words.tolist() == [0]
    assert favourites(table) == {}
    assert np.isnan(table.by_writer()).all()


def test_means_of_a_writer_weigh_words_and_not_texts():
    texts = (Text("a", "x y z", (0, 5)), Text("a", "w", (0, 1)))
    table = cross_scores(texts, {"elmo": scores([-1, -1, -1], [-5])})
    assert table.by_writer()[0, 0] == -2


def test_word_scores_are_the_means_of_the_sides_of_a_reader(contextual: Reader):
    text = "The old man opened the door"
    (given,) = contextual.chained_scores([split(text)])
    values = word_scores(contextual, JudgedText(text)).log_probability
    assert values.shape == (6,)
    for word, value in enumerate(values):
        sides = [score.log_probability for score in given if score.word == word]
        assert value == pytest.approx(np.mean(sides))
    assert (values < 0).all()


def test_words_that_a_reader_cannot_write_have_no_score(loaded: dict[str, Reader]):
    text = "The xqzzyqx door 😀"
    values = word_scores(loaded["elmo"], JudgedText(text)).log_probability
    assert np.isnan(values[[1, 3]]).all()
    assert np.isfinite(values[[0, 2]]).all()


def test_a_text_too_long_for_a_reader_has_no_scores(loaded: dict[str, Reader]):
    judged = word_scores(loaded["gpt"], JudgedText("unbelievable " * 300))
    assert np.isnan(judged.log_probability).all()


def test_the_matrix_prints_numbers_and_colours_differences_in_columns():
    values = np.array([[-2.0, -5.0], [-4.0, np.nan]])
    figure = charts.matrix(
        values, ["<b>", "GPT"], ["ELMo", "GPT"], writer_axis="w", judge_axis="j", scale="s"
    )
    heat = figure.data[0]
    assert [list(row) for row in heat.text] == [["-2.00", "-5.00"], ["-4.00", "–"]]
    assert np.asarray(heat.z)[:, 0].tolist() == [1.0, -1.0]
    assert np.asarray(heat.z)[0, 1] == 0.0
    assert heat.y[0] == "&lt;b&gt;"
    assert heat.zmin == -heat.zmax
