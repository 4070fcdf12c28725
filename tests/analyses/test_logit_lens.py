"""The logit lens as data: what is said of it, and how it is drawn."""

import numpy as np
import pytest

from lmcore.analyses.logit_lens import (
    ENTRIES,
    LensQuestion,
    LensView,
    highest,
    likeliest,
    look,
    story,
)
from lmcore.charts import logit_lens as charts
from lmcore.outputs.generation import Alternative
from lmcore.outputs.lens import Lens
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.readers.base import Reader

TEXTS = charts.Texts("probability", "rank", "entropy", "true word", "depth")


def made(tops: list[list[str]], rank: list[float], target: str | None = "bank") -> Lens:
    """A lens with given words; the probability of a place is 1 / (place + 1)."""
    count = len(tops)
    return Lens(
        family="gpt",
        part="",
        predicts="next",
        layer_names=tuple(f"layer {n}" for n in range(count)),
        tops=tuple(
            tuple(Alternative(word, 1 / (place + 2)) for place, word in enumerate(top))
            for top in tops
        ),
        entropy=np.ones(count),
        target=target,
        pieces=1,
        known=True,
        probability=np.full(count, 0.01) if target else np.full(count, np.nan),
        rank=np.array(rank, dtype=float),
        size=1_000,
    )


def test_the_guess_stands_from_the_layer_after_the_last_other_one() -> None:
    lens = made([["x"], ["bank"], ["x"], ["bank"], ["bank"]], [9, 1, 5, 1, 1])
    told = story(lens)
    assert (told.guess.text, told.settled, told.best) == ("bank", 3, 1)
    assert story(made([["bank"], ["bank"]], [3, 2])).settled == 0


def test_without_a_true_word_nothing_ranks() -> None:
    assert story(made([["x"], ["y"]], [np.nan, np.nan], None)).best is None


def test_the_picture_of_guesses_has_words_numbers_and_a_star() -> None:
    lens = made([["<S>", "$x$", "a"], ["the", "bank", "determination"]], [40, 2])
    figure = charts.guesses(lens, ["input", "top"], TEXTS)
    heat, stars = figure.data
    assert list(heat.text[0][:2]) == ["&lt;S&gt;", "&#36;x&#36;"]
    assert len(heat.text[1][2]) == charts.CELL  # cut with a mark; the whole word is told on hover
    assert "determination" in heat.hovertext[1][2]
    assert 10 ** heat.z[1][0] == pytest.approx(0.5, rel=1e-3)
    assert list(zip(stars.x, stars.y, strict=True)) == [("2", "top")]


def test_the_curves_leave_out_who_has_no_true_word() -> None:
    with_word = charts.Curve("GPT", ["a", "b"], made([["x"], ["y"]], [5, 2]))
    without = charts.Curve("BERT", ["a", "b"], made([["x"], ["y"]], [np.nan] * 2, None))
    figure = charts.truth([with_word, without], "rank", TEXTS)
    assert [trace.name for trace in figure.data] == ["GPT"]
    assert list(figure.data[0].y) == [5, 2]
    assert figure.layout.yaxis.autorange == "reversed"
    assert figure.layout.yaxis.type == "log"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "100 %"),
        (0.1234, "12 %"),
        (0.00036, "0.036 %"),
        (1e-9, "<0.001 %"),
        (float("nan"), "–"),
    ],
)
def test_a_probability_is_never_written_as_nothing(value: float, text: str) -> None:
    assert charts.percent(value) == text


def test_a_view_asks_the_reader_and_comes_back_from_a_file(contextual: Reader) -> None:
    question = LensQuestion("The old bank was closed.", 2, "for")
    view = look(contextual, question)
    assert equal(from_json(LensView, to_json(view)), view)
    assert [lens.target for lens in view.lenses] == ["bank"] * len(view.lenses)
    assert {len(top) for lens in view.lenses for top in lens.tops} == {ENTRIES}
    best, (ranked, layer) = likeliest(view.lenses), highest(view.lenses)
    assert best.probability[-1] == max(lens.probability[-1] for lens in view.lenses)
    assert ranked.rank[layer] == min(lens.rank.min() for lens in view.lenses)
