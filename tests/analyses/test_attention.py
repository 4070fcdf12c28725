"""Attention between words, rollout, the classes of heads, their pictures, and views of all that."""

import numpy as np
import pytest

from lmcore.analyses import attention, attention_heads
from lmcore.analyses.attention_flow import NORMS, ROLLOUT, rollout
from lmcore.charts import attention as charts
from lmcore.outputs.reading import Piece, Reading
from lmcore.outputs.view import equal, from_json, to_json
from lmcore.text.words import align, split

TITLES = charts.Titles("looks", "is looked at", "weight")


def reading_of(text: str, cuts: list[str], matrices: np.ndarray) -> Reading:
    """A reading with ``[CLS]`` in front, the given pieces and ``[SEP]`` behind."""
    sentence, pieces, at = split(text), [Piece("[CLS]", None)], 0
    for cut in cuts:
        start = text.index(cut, at)
        at = start + len(cut)
        pieces.append(Piece(cut, (start, at)))
    pieces.append(Piece("[SEP]", None))
    nothing = np.zeros((1, len(sentence), 2), dtype=np.float32)
    word_pieces = align(sentence.words, [piece.span for piece in pieces])
    return Reading(
        "bert",
        sentence,
        tuple(pieces),
        word_pieces,
        nothing,
        nothing,
        matrices.astype(np.float32),
        ("input",),
    )


def evenly(mask: np.ndarray) -> np.ndarray:
    return mask / mask.sum(axis=-1, keepdims=True)


@pytest.fixture(scope="module")
def toy() -> Reading:
    """``playing now`` cut into play, ing, now: two layers of two heads with known weights."""
    random = np.random.default_rng(1).random((2, 2, 5, 5)) + 0.05
    return reading_of("playing now", ["play", "ing", "now"], evenly(random))


def test_words_are_the_sum_to_and_the_mean_from_their_pieces(toy: Reading):
    weights = attention.between(toy, toy.attention, hide_special=False)
    assert weights.names == ("[CLS]", "playing", "now", "[SEP]")
    raw = toy.attention[1, 0]
    to_playing = raw[:, 1] + raw[:, 2]
    assert weights.matrix[1, 0, 1, 1] == pytest.approx((to_playing[1] + to_playing[2]) / 2)
    assert weights.matrix[1, 0, 2, 1] == pytest.approx(to_playing[3])
    assert weights.matrix.sum(axis=-1) == pytest.approx(np.ones((2, 2, 4)), abs=1e-6)
    assert weights.specials == ()


def test_hidden_positions_are_reported_and_the_rest_is_scaled(toy: Reading):
    weights = attention.between(toy, toy.attention)
    assert weights.names == ("playing", "now")
    raw = toy.attention[0, 1]
    assert weights.hidden[0, 1, 1] == pytest.approx(raw[3, [0, 4]])
    left = 1 - raw[3, 0] - raw[3, 4]
    assert weights.matrix[0, 1, 1, 0] == pytest.approx((raw[3, 1] + raw[3, 2]) / left)
    shares = weights.at(0, 1).hidden_shares()
    assert sum(shares.values()) == pytest.approx(weights.hidden[0, 1].sum() / 2)
    assert list(shares.values()) == sorted(shares.values(), reverse=True)


def test_pieces_keep_the_vocabulary_and_sum_to_one(toy: Reading):
    weights = attention.between(toy, toy.attention, "pieces")
    assert weights.names == ("play", "ing", "now")
    assert weights.matrix.sum(axis=-1) == pytest.approx(np.ones((2, 2, 3)), abs=1e-6)


def test_a_row_that_sees_only_hidden_positions_is_blank():
    matrix = np.zeros((1, 1, 4, 4))
    matrix[..., 0] = 1.0
    matrix[0, 0, 2] = 0.25
    weights = attention.between(reading_of("a b", ["a", "b"], matrix), matrix)
    assert np.isnan(weights.matrix[0, 0, 0]).all()
    assert weights.hidden[0, 0, 0].tolist() == [1.0, 0.0]


def test_what_cannot_be_seen_is_blank_in_gpt_and_never_in_bert(loaded):
    sentence = split("The river flooded the town.")
    gpt = loaded["gpt"].read([sentence])[0]
    upper = np.triu(np.ones((6, 6), dtype=bool), 1)
    for level in ("words", "pieces"):
        weights = attention.between(gpt, gpt.attention, level).matrix
        size = weights.shape[-1]
        blank = np.triu(np.ones((size, size), dtype=bool), 1)
        assert np.isnan(weights[..., blank]).all()
        assert not np.isnan(weights[..., ~blank]).any()
        assert np.nansum(weights, axis=-1) == pytest.approx(np.ones(weights.shape[:-1]), abs=1e-5)
    bert = loaded["bert"].read([sentence])[0]
    assert not np.isnan(attention.between(bert, bert.attention).matrix).any()
    elmo = loaded["elmo"].influence(sentence)
    ahead = attention.influence_weights(("x",) * 6, elmo.halves["forward"]).matrix
    assert np.isnan(ahead[upper]).all()
    assert not np.isnan(ahead[~upper]).any()


def test_elmo_has_no_attention_to_ask_for(loaded):
    elmo = loaded["elmo"].read([split("No attention here")])[0]
    with pytest.raises(ValueError, match="elmo has no attention"):
        rollout(elmo)


def test_rollout_is_abnar_and_zuidemas_where_everybody_sees_everybody(toy: Reading):
    one, two = (0.5 * layer.mean(axis=0) + 0.5 * np.eye(5) for layer in toy.attention)
    rolled = rollout(toy)
    assert rolled[0] == pytest.approx(one, abs=1e-6)
    assert rolled[1] == pytest.approx(two @ one, abs=1e-6)


def test_rollout_takes_out_what_the_mask_alone_does():
    """Even attention under a causal mask prefers no earlier word; rows still sum to 1."""
    causal = evenly(np.tril(np.ones((6, 6))))
    layers = np.broadcast_to(causal, (4, 2, 6, 6))
    rolled = rollout(reading_of("a b c d", list("abcd"), layers))
    assert rolled.sum(axis=-1) == pytest.approx(np.ones((4, 6)), abs=1e-5)
    last = rolled[-1, -1, :-1]
    assert last == pytest.approx(np.full(5, last[0]), abs=1e-6)
    plain = np.linalg.matrix_power(0.5 * causal + 0.5 * np.eye(6), 4)
    assert plain[-1, 0] > 1.5 * plain[-1, -2], "without the correction the first word wins"
    assert rolled[-1, -1, -1] == pytest.approx(plain[-1, -1], abs=1e-6)


def heads_of(*kinds: str, size: int = 8) -> attention.Weights:
    """One layer of heads that do one thing each, nine parts in ten."""
    eye, others = np.eye(size), np.full((size, size), 1 / size)
    shapes = {
        "previous": np.eye(size, k=-1) + np.diag([1.0] + [0.0] * (size - 1)),
        "next": np.eye(size, k=1) + np.diag([0.0] * (size - 1) + [1.0]),
        "self": eye,
        "broad": others,
        "selective": eye[np.random.default_rng(0).permutation(size)],
        "delimiter": others,
    }
    matrix = np.stack([0.9 * shapes[kind] + 0.1 * others for kind in kinds])[None]
    hidden = np.array([0.8 if kind == "delimiter" else 0.1 for kind in kinds])
    hidden = np.broadcast_to(hidden[None, :, None, None], (1, len(kinds), size, 1))
    return attention.Weights(tuple("abcdefgh"[:size]), matrix, ("[SEP]",), hidden)


def test_heads_are_named_after_what_they_do():
    kinds = ["previous", "next", "self", "broad", "selective", "delimiter"]
    profile = attention_heads.profile(heads_of(*kinds))
    assert [head.pattern for head in profile] == kinds
    assert [head.head for head in profile] == [1, 2, 3, 4, 5, 6]
    assert profile[0].shares["previous"] == pytest.approx(0.9 + 0.1 / 8)
    assert profile[0].special == pytest.approx(0.1)
    broad = profile[3]
    assert broad.entropy == pytest.approx(np.log(8), abs=1e-6)
    assert broad.spread == pytest.approx(8, abs=1e-5)
    assert profile[2].distance == pytest.approx(0.1 * broad.distance)
    assert attention_heads.most_telling(profile) in [(1, 1), (1, 2), (1, 3)]
    assert attention_heads.even(heads_of("broad")).shares["next"] == pytest.approx(1 / 8)


def test_a_causal_reader_has_no_next_and_its_first_rows_do_not_count():
    causal = evenly(np.tril(np.ones((6, 6))))
    blank = np.where(causal > 0, causal, np.nan)[None, None]
    weights = attention.Weights(tuple("abcdef"), blank, (), np.zeros((1, 1, 6, 0)))
    head, even = attention_heads.profile(weights)[0], attention_heads.even(weights)
    assert np.isnan(head.shares["next"])
    assert head.shares["previous"] == pytest.approx(np.mean([1 / n for n in (3, 4, 5, 6)]))
    assert head.shares["previous"] == pytest.approx(even.shares["previous"])
    assert head.spread == pytest.approx(even.visible)
    assert attention.top_of(blank[0, 0]) == pytest.approx(1 / 3)


@pytest.mark.parametrize("size", [1, 2])
def test_one_or_two_words_break_nothing(size: int):
    weights = heads_of("self", size=size)
    head = attention_heads.profile(weights)[0]
    assert np.isnan(head.spread)
    assert head.pattern in ("self", "broad")
    alone = weights.at(0, 0).matrix
    assert attention.standing_out(alone, include_self=False) is None or size == 2
    assert attention.sides(alone).itself == pytest.approx(alone.diagonal().mean())
    assert attention.top_of(attention.without_self(alone)) > 0
    picture = charts.heat_map(("a", "b")[:size], alone, 1.0, TITLES)
    assert picture.data[0].z.shape == (size, size)


def test_what_stands_out_is_above_an_even_spread_not_just_large():
    causal = evenly(np.tril(np.ones((5, 5))))
    causal[4] = [0.1, 0.1, 0.5, 0.2, 0.1]
    causal[2] = [0.3, 0.2, 0.5, 0, 0]
    matrix = np.where(np.tril(np.ones((5, 5))) > 0, causal, np.nan)
    link = attention.standing_out(matrix)
    assert (link.source, link.target, link.share) == (4, 2, 0.5)
    matrix[3, 3] = 0.9
    assert attention.standing_out(matrix).target == 3
    assert attention.standing_out(matrix, include_self=False).source == 4


def test_sides_add_up():
    matrix = np.array([[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.0, 0.4, 0.6]])
    sides = attention.sides(matrix)
    assert sides.left == pytest.approx((0.0 + 0.1 + 0.4) / 3)
    assert sides.left + sides.itself + sides.right == pytest.approx(1.0)


def test_heat_map_keeps_blanks_and_tells_equal_words_apart():
    names = ["<b>", "the", "the", "$x$", "w" * 60]
    matrix = np.full((5, 5), 0.2)
    matrix[0, 1] = np.nan
    figure = charts.heat_map(names, matrix, 0.4, TITLES)
    trace = figure.data[0]
    assert np.isnan(trace.z[0, 1])
    assert not np.isnan(trace.z[1]).any()
    assert trace.zmax == 0.4
    ticks = list(trace.x)
    assert len(set(ticks)) == 5
    assert ticks[0] == "&lt;b&gt;"
    assert ticks[2].rstrip("\u200b") == ticks[1] == "the"
    assert "$" not in ticks[3]
    assert len(ticks[4]) < 60
    assert ticks[4].endswith("…")
    assert figure.layout.yaxis.autorange == "reversed"


def test_small_pictures_show_blanks_and_keep_thin_lines():
    size = 100
    matrix = np.where(np.tril(np.ones((size, size))) > 0, 0.001, np.nan)
    matrix[np.arange(size), np.arange(size)] = 1.0
    small = attention_heads.small_pictures(matrix[None, None], most=25)
    assert small.shape == (1, 1, 25, 25)
    assert small.dtype == np.uint8
    assert (small[0, 0].diagonal() == 255).all()
    upper = np.triu(np.ones((25, 25), dtype=bool), 1)
    assert (small[0, 0][upper] == 0).all()
    assert (small[0, 0][~upper] > 0).all()


def test_small_pictures_of_a_large_model_stay_light():
    random = np.random.default_rng(0).random((12, 13, 64, 64), dtype=np.float32)
    assert attention_heads.small_pictures(random).size <= 12 * 13 * 24 * 24
    huge = np.broadcast_to(random[:1, :1], (36, 21, 64, 64))
    assert attention_heads.small_pictures(huge).size <= attention_heads.MOST_BYTES


def test_palette_has_a_colour_for_every_value():
    shades = np.frombuffer(charts.palette(), dtype=np.uint8).reshape(256, 3).astype(int)
    brightness = shades[1:] @ [0.299, 0.587, 0.114]
    assert (np.diff(brightness) > -1.5).all(), "more weight is never darker"
    assert brightness[-1] - brightness[0] > 150


def test_a_long_sentence_gets_fewer_names_and_a_wide_alphabet_more_room():
    many = tuple(f"w{number}" for number in range(64))
    figure = charts.heat_map(many, np.full((64, 64), 0.1), 0.2, TITLES)
    assert len(figure.layout.xaxis.tickvals) == 32
    assert list(figure.data[0].x) == list(many), "hovering tells every name"
    latin, chinese = (
        charts.heat_map((word,) * 3, np.full((3, 3), 0.3), 0.5, TITLES).layout.margin.l
        for word in ("abcdef", "注意力机制图")
    )
    assert chinese > latin


def test_the_view_of_heads_is_the_reading_seen_through_the_question(loaded):
    gpt, text = loaded["gpt"], "The unbelievably muddy river rose."
    reading = gpt.read([split(text)])[0]
    for level in ("words", "pieces"):
        for hide in (True, False):
            question = attention_heads.AttentionQuestion((text,), level, hide)
            view = attention_heads.ATTENTION.compute(gpt, question)
            expected = attention.between(reading, reading.attention, level, hide)
            np.testing.assert_array_equal(view.weights.matrix[:, 1:], expected.matrix)
            mean = attention.between(reading, reading.attention.mean(axis=1), level, hide)
            np.testing.assert_allclose(view.weights.matrix[:, 0], mean.matrix, atol=1e-6)
            hidden = attention.between(reading, reading.attention, level)
            profile = attention_heads.profile(hidden)
            assert equal([head for head in view.heads if head.head], profile)
            assert equal(view.profile(2, 3), profile[reading.attention.shape[1] + 2])
            assert view.first == attention_heads.most_telling(profile)
            assert sum(view.patterns().values()) == len(profile)
            counts = list(view.patterns().values())
            assert counts == sorted(counts, reverse=True)
            assert view.pictures.shape[:2] == (view.layers, view.columns)
            assert view.notes == reading.word_notes


def test_influence_has_a_map_for_each_direction_that_a_reader_has(loaded):
    question = attention.InfluenceQuestion("The muddy river rose.")
    elmo, bert = (attention.INFLUENCE.compute(loaded[name], question) for name in ("elmo", "bert"))
    assert list(elmo.maps) == ["both", "forward", "backward"]
    assert np.isnan(elmo.towards("forward").matrix[0, 1:]).all()
    assert np.isnan(elmo.towards("backward").matrix[1:, 0]).all()
    assert bert.towards("forward") is bert.maps["both"]
    raw = loaded["bert"].leave_one_out(split(question.text))
    taken = attention.LEAVE_ONE_OUT.compute(loaded["bert"], question)
    np.testing.assert_allclose(np.nan_to_num(taken.maps["both"].matrix), raw.matrix, atol=1e-6)


@pytest.mark.parametrize("analysis", [attention_heads.ATTENTION, NORMS, ROLLOUT])
def test_views_of_heads_come_back_from_json(loaded, analysis):
    question = attention_heads.AttentionQuestion(("<b>It</b> rose 😀.",), "pieces")
    view = analysis.compute(loaded["bert"], question)
    assert equal(view, from_json(analysis.view, to_json(view)))


def test_views_of_influence_come_back_from_json(loaded):
    view = attention.INFLUENCE.compute(loaded["elmo"], attention.InfluenceQuestion("It rose."))
    assert equal(view, from_json(attention.InfluenceView, to_json(view)))
