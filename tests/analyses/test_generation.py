"""Generation: settings that all work, texts that add up, and numbers that mean what they say."""

import itertools
from math import isclose, log

import numpy as np
import pytest
import torch

from lmcore.analyses.generation import (
    GENERATION,
    MAX_SAMPLES,
    GenerationQuestion,
    GenerationView,
    around,
    samples,
    segments,
    write,
)
from lmcore.analyses.generation_statistics import compare, frame, least_likely, statistics
from lmcore.charts import generation as charts
from lmcore.charts import theme
from lmcore.errors import InputError
from lmcore.outputs.generation import RANGES, Alternative, GeneratedToken, GenerationSettings
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.readers.base import Reader
from lmcore.readers.sampling import Sampler, check_settings, joined
from lmcore.text.prompts import Direction
from lmcore.text.words import split

PROMPT = "The old man opened the door and"
WILD = GenerationSettings(length=8, temperature=1.5, top_k=0, top_p=1.0, seed=3)


def token(text: str, position: int, so_far: str, probability: float = 0.5) -> GeneratedToken:
    other = (Alternative("the", 0.3),)
    return GeneratedToken(text, text.strip(), position, probability, 1, 2.0, other, so_far)


def writing(
    reader: Reader, settings: GenerationSettings = WILD, prompt: str = PROMPT
) -> GenerationView:
    return GENERATION.compute(reader, GenerationQuestion(prompt, settings))


def made(family: str, *tokens: GeneratedToken, side: Direction = "right") -> GenerationView:
    """A text made by hand behind “x”."""
    return GenerationView(family, GenerationQuestion("x", WILD, side), tokens)


# --- choosing --------------------------------------------------------------------------------


@pytest.fixture
def odds() -> torch.Tensor:
    return torch.tensor([0.5, 0.2, 0.2, 0.06, 0.04]).log()


def drawn(odds: torch.Tensor, **settings: float) -> set[int]:
    """Every entry that comes up in many draws."""
    sampler = Sampler(
        GenerationSettings(**{"temperature": 1.0, "top_k": 0, "top_p": 1.0, **settings})
    )
    return {sampler.choose(odds) for _ in range(400)}


def test_temperature_nought_is_greedy(odds: torch.Tensor):
    assert drawn(odds, temperature=0.0) == {0}


@pytest.mark.parametrize("temperature", [1e-300, 1e-30, 1e-4])
def test_a_tiny_temperature_is_nearly_greedy(odds: torch.Tensor, temperature: float):
    assert drawn(odds, temperature=temperature) == {0}
    with_holes = torch.where(torch.arange(5) == 4, -torch.inf, odds)
    assert drawn(with_holes, temperature=temperature) == {0}


def test_top_k_keeps_exactly_k_also_where_two_are_equal(odds: torch.Tensor):
    assert len(drawn(odds, top_k=2)) == 2
    assert drawn(odds, top_k=1) == {0}
    assert drawn(odds, top_k=0) == drawn(odds, top_k=1_000) == set(range(5))


def test_top_p_keeps_the_smallest_set_that_reaches_it(odds: torch.Tensor):
    assert drawn(odds, top_p=0.05) == {0}
    assert drawn(odds, top_p=0.6) == {0, 1} or drawn(odds, top_p=0.6) == {0, 2}
    assert drawn(odds, top_p=0.85) == {0, 1, 2}
    assert drawn(odds, top_p=1.0) == set(range(5))


def test_draws_follow_the_probabilities(odds: torch.Tensor):
    sampler = Sampler(GenerationSettings(temperature=1.0, top_k=0, top_p=1.0))
    counts = np.bincount([sampler.choose(odds) for _ in range(4_000)], minlength=5) / 4_000
    assert np.allclose(counts, odds.exp().numpy(), atol=0.03)


@pytest.mark.parametrize(
    "wrong",
    [
        {"length": 0},
        {"length": 65},
        {"length": float("nan")},
        {"temperature": -0.1},
        {"temperature": float("nan")},
        {"temperature": float("inf")},
        {"top_k": -1},
        {"top_p": 0.0},
        {"top_p": 1.01},
    ],
)
def test_settings_out_of_range_are_refused(wrong: dict[str, float], loaded: dict[str, Reader]):
    settings = GenerationSettings(**wrong)
    with pytest.raises(InputError) as caught:
        check_settings(settings)
    assert caught.value.code == "setting_out_of_range"
    for reader in (r for r in loaded.values() if r.can("generate")):
        with pytest.raises(InputError):
            reader.generate(split(PROMPT), settings)


@pytest.mark.parametrize("wrong", [{"length": 2.5}, {"top_k": 1.5}])
def test_a_count_that_is_no_whole_number_is_said_to_be_none(wrong: dict[str, float]):
    with pytest.raises(InputError, match="must be a whole number"):
        check_settings(GenerationSettings(**wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "word", "joined_text"),
    [
        ("a ", "b", "b"),
        ("a\n", "b", "b"),
        ("a", "b", " b"),
        ("a", ",", ","),
        ("(", "b", "b"),
        ("don'", "t", "t"),
        ("'", "t", " t"),
        ("", "b", "b"),
        ("she'", "walked", " walked"),
    ],
)
def test_words_are_joined_as_one_writes_them(text: str, word: str, joined_text: str):
    assert joined(text, word) == joined_text


# --- the readers -----------------------------------------------------------------------------


def test_a_prompt_that_ends_in_a_blank_gets_no_second_one(contextual: Reader):
    settings = GenerationSettings(length=3, temperature=0.0)
    (*_, last) = contextual.generate(split("He opened the door "), settings)
    assert last.text_so_far.startswith("He opened the door ")
    assert "  " not in last.text_so_far


@pytest.mark.parametrize(
    ("temperature", "top_k", "top_p"),
    list(itertools.product(RANGES["temperature"], RANGES["top_k"], RANGES["top_p"])),
)
def test_every_end_of_every_range_works(
    contextual: Reader, temperature: float, top_k: float, top_p: float
):
    settings = GenerationSettings(2, temperature, int(top_k), top_p, seed=2**31 - 1)
    assert len(writing(contextual, settings).tokens) == 2


def test_the_same_seed_gives_the_same_text_and_another_one_another(contextual: Reader):
    first = writing(contextual)
    assert writing(contextual) == first
    other = GenerationSettings(WILD.length, WILD.temperature, 0, 1.0, seed=4)
    assert writing(contextual, other).text != first.text


def test_greedy_pieces_have_rank_one_and_need_no_seed(contextual: Reader):
    greedy = writing(contextual, GenerationSettings(5, 0.0, 0, 1.0, seed=1))
    assert [token.rank for token in greedy.tokens] == [1] * 5
    assert all(isclose(t.probability, t.alternatives[0].probability) for t in greedy.tokens)
    only_one = writing(contextual, GenerationSettings(5, 1.3, 1, 1.0, seed=9))
    assert only_one.text == greedy.text


def test_settings_change_the_choice_and_not_the_probabilities(contextual: Reader):
    hot = writing(contextual, GenerationSettings(1, 2.0, 1, 1.0))
    cold = writing(contextual, GenerationSettings(1, 0.1, 1, 1.0))
    assert hot.tokens[0].probability == cold.tokens[0].probability
    assert hot.tokens[0].entropy == cold.tokens[0].entropy


def test_elmo_remembers_its_prompt_from_step_to_step(loaded: dict[str, Reader]):
    elmo = loaded["elmo"]
    done = writing(elmo, GenerationSettings(6, 1.0, 0, 1.0, seed=5))
    before = [w.text for w in split(PROMPT).words] + [t.piece for t in done.tokens[:-1]]
    with torch.inference_mode():
        out = elmo._pass([before])
        whole = elmo._log(out.forward[-1, 0, len(before)])
    allowed = whole.masked_fill(~elmo.writable, -torch.inf).log_softmax(-1)
    wanted = float(allowed[elmo.entries[done.tokens[-1].piece]].exp())
    assert isclose(done.tokens[-1].probability, wanted, rel_tol=1e-4)


def test_places_from_left_to_right_give_the_text_at_every_step(contextual: Reader):
    done = writing(contextual)
    for step in range(1, len(done.tokens) + 1):
        so_far = done.until(step)
        places = segments(so_far)
        text = "".join(p.lead + (p.text if p.token else "_") for p in places)
        assert text == so_far.continuation
        assert all(p.lead in ("", " ") for p in places)
        assert sum(p.token is not None for p in places) == step


@pytest.mark.parametrize(
    "pieces", [["", "é", " b"], [" a", "\n\n", "", " b"], ["a", "b"], [" ", " a"]]
)
def test_pieces_that_are_blanks_or_parts_of_characters_add_up_too(pieces: list[str]):
    """GPT-2 cuts bytes: a piece may append nothing, or only blanks."""
    so_far = list(itertools.accumulate(pieces, initial="x"))[1:]
    tokens = [token(text, i, so_far[i]) for i, text in enumerate(pieces)]
    places = segments(made("gpt", *tokens))
    assert "".join(place.lead + place.text for place in places) == "".join(pieces)
    assert [place.step for place in places] == list(range(1, len(pieces) + 1))


def test_what_is_written_leftwards_is_told_from_left_to_right():
    tokens = (token("c ", 2, "c x"), token("b", 1, "bc x"), token("a ", 0, "a bc x"))
    view = made("elmo", *tokens, side="left")
    assert [(p.lead, p.text, p.step) for p in segments(view)] == [
        ("", "a", 3),
        (" ", "b", 2),
        ("", "c", 1),
    ]
    assert around(view) == ("", " x")
    assert view.written == (0, 5)


def test_only_a_reader_of_both_sides_writes_in_any_order(loaded: dict[str, Reader]):
    settings = GenerationSettings(12, 1.0, 0, 1.0)
    for family in ("elmo", "gpt"):
        assert writing(loaded[family], settings).in_order
    done = writing(loaded["bert"], settings)
    assert sorted(token.position for token in done.tokens) == list(range(12))
    first = segments(done.until(1))
    assert len(first) == 12
    assert [p.step for p in first if p.token] == [1]


def test_a_prompt_without_room_is_refused_before_writing(loaded: dict[str, Reader]):
    prompt = split("word " * 100)
    for family in ("gpt", "bert"):
        with pytest.raises(InputError) as caught:
            loaded[family].generate(prompt, GenerationSettings(length=64))
        assert caught.value.code in ("no_room_to_generate", "text_too_many_pieces")
    assert next(loaded["elmo"].generate(prompt, GenerationSettings(length=64))).position == 0


@pytest.mark.parametrize("prompt", ["[MASK] [SEP]", "</s>", "😀", "日本語", "a\n\nb", "_"])
def test_odd_prompts_are_only_text(contextual: Reader, prompt: str):
    done = writing(contextual, GenerationSettings(3, 1.0), prompt)
    assert done.text.startswith(prompt)
    assert len(segments(done)) == 3


def test_a_text_grows_piece_by_piece_and_ends_as_the_view(contextual: Reader):
    question = GenerationQuestion(PROMPT, WILD)
    steps = list(write(contextual, question))
    assert [len(view.tokens) for view in steps] == list(range(1, 9))
    assert [view.finished for view in steps] == [False] * 7 + [True]
    last = GENERATION.compute(contextual, question)
    assert steps[-1] == last
    assert equal(from_json(GenerationView, to_json(last)), last)


# --- numbers ---------------------------------------------------------------------------------


def test_statistics_of_a_text_made_by_hand():
    pieces = [" a", " b", " a", "."]
    chances = [0.5, 0.25, 0.1, 0.2]
    texts = list(itertools.accumulate(pieces, initial="x"))[1:]
    tokens = [token(*row) for row in zip(pieces, range(4), texts, chances, strict=True)]
    numbers = statistics(made("gpt", *tokens))
    assert (numbers.pieces, numbers.words) == (4, 3)
    assert isclose(numbers.log_probability, log(0.5 * 0.25 * 0.1 * 0.2))
    assert isclose(numbers.mean_probability, (0.5 * 0.25 * 0.1 * 0.2) ** 0.25)
    assert numbers.mean_entropy == 2.0
    assert numbers.distinct_1 == pytest.approx(2 / 3)
    assert numbers.distinct_2 == 1.0
    assert numbers.repetition == pytest.approx(1 / 3)


def test_the_most_repeating_and_the_least_likely_are_found():
    sure = made("gpt", token(" a", 0, "x a", 0.9), token(" a", 1, "x a a", 0.8))
    unsure = made("bert", token(" a", 0, "x a", 0.1), token(" b", 1, "x a b", 0.2))
    compared = compare([unsure, sure])
    assert compared.repeating == 1
    view, piece = least_likely([sure, unsure])
    assert (view.family, piece.probability) == ("bert", 0.1)
    signs = made("gpt", token(".", 0, "x."))
    assert compare([signs]).repeating is None


@pytest.mark.parametrize("count", [0, MAX_SAMPLES + 1, 1.5])
def test_samples_have_seeds_in_a_row_and_a_limit(count: float):
    seeds = [sample.seed for sample in samples(GenerationSettings(seed=7), 3)]
    assert seeds == [7, 8, 9]
    with pytest.raises(InputError):
        samples(GenerationSettings(), count)  # type: ignore[arg-type]


def test_the_table_holds_every_piece_in_the_order_of_writing():
    view = made("bert", token(" b", 1, "x _ b"), token(" a", 0, "x a b", 0.25))
    names = ("reader", "step", "place", "piece", "probability", "rank", "entropy", "instead")
    table = frame([view], {"bert": "BERT"}, {name: name for name in names})
    assert table["place"].tolist() == [2, 1]
    assert table["probability"].tolist() == [0.5, 0.25]
    assert table["instead"][0] == "the 30.00%"
    assert list(frame([], {}, {name: name for name in names})) == list(names)


# --- pictures --------------------------------------------------------------------------------


def test_token_colours_can_be_read():
    assert len(charts.band_colours()) == len(charts.BANDS)
    for ground, ink in charts.band_colours():
        assert theme.contrast(ground, ink) >= 4.5, ground
    assert len({ground for ground, _ in charts.band_colours()}) == len(charts.BANDS)
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize(
    ("probability", "band"), [(0.0, 0), (0.0099, 0), (0.01, 1), (0.2, 3), (0.5, 4), (1.0, 4)]
)
def test_bands(probability: float, band: int):
    assert charts.band(probability) == band


def test_curves_run_over_places_whatever_the_order_of_writing():
    view = made("bert", token(" b", 1, "x _ b", 0.1), token(" $a", 0, "x $a b"))
    figure = charts.curves([view], "probability", places="place", axis="p")
    assert list(figure.data[0].x) == [1, 2]
    assert list(figure.data[0].y) == [0.5, 0.1]
    assert list(figure.data[0].hovertext) == ["&#36;a", "b"]
    assert charts.curves([view], "rank", places="", axis="").layout.yaxis.autorange == "reversed"


def test_order_shows_the_step_of_every_place():
    view = made("bert", token(" b", 1, "x _ b", 0.9), token(" a", 0, "x a b", 0.001))
    figure = charts.order(view, places="place", steps="step")
    assert list(figure.data[0].x) == [1, 2]
    assert list(figure.data[0].y) == [2, 1]
    grounds = [ground for ground, _ in charts.band_colours()]
    assert list(figure.data[0].marker.color) == [grounds[0], grounds[-1]]
