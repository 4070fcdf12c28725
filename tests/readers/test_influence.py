"""Both measures of influence against their definitions, for every reader that has them."""

import numpy as np
import pytest
import torch

from lmcore.errors import UnsupportedError
from lmcore.readers import attribution
from lmcore.readers.attribution import joined, to_words
from lmcore.runtime.scheduler import differentiating
from lmcore.text.words import split

SENTENCE = split("Her unbelievably old boat sank in the river.")


def root(route) -> np.ndarray:
    """Influence ``[W, P]`` of each position on each word's vector."""
    return np.sqrt(attribution.projected(route).mean(axis=0))


def test_gradient_is_the_jacobian_of_the_definition_and_the_error_is_what_is_said(
    contextual, monkeypatch
):
    """The estimate is off by about as much as it says; with all projections it is exact."""
    short = split("the river rose")
    with differentiating():
        route = contextual.routes(short)[-1]
        jacobian = torch.autograd.functional.jacobian(
            lambda x: route.read(x[None])[0, : len(short)], route.inputs.detach()
        )  # [W, E, P, D]
        exact = (jacobian * route.inputs.detach()).square().sum(dim=(1, 3)).sqrt().numpy()
        estimate = root(route)
        told = attribution.error_of([attribution.projected(route)], [route])
        monkeypatch.setattr(attribution, "projections_for", lambda words: 10_000)
        whole = root(route)
        assert attribution.error_of([attribution.projected(route)], [route]) == 0
    np.testing.assert_allclose(whole, exact, rtol=1e-3, atol=1e-5)
    seen = exact > 0
    off = np.sqrt(np.mean((estimate[seen] / exact[seen] - 1) ** 2))
    assert off < told < 0.15
    assert told < 6 * off


@pytest.mark.parametrize("width", [256, 768, 300, 7])
def test_projections_are_orthogonal_as_far_as_the_width_allows(width: int):
    smallest = width & -width  # the smallest block
    signs = attribution.orthogonal_signs(min(32, smallest), width).numpy()
    assert set(np.unique(signs)) == {-1.0, 1.0}
    assert np.array_equal(signs @ signs.T, width * np.eye(len(signs)))


def test_small_slopes_count_in_half_precision():
    """Their squares are 0 in half precision, their sum is not."""
    size = 8

    def read(vectors: torch.Tensor) -> torch.Tensor:
        return vectors * 1e-3

    inputs = torch.full((2, size), 0.05).half()
    pieces = np.eye(2, dtype=bool)
    route = attribution.Route("", np.arange(2), inputs, pieces, [1, 2], read)
    with torch.enable_grad():
        np.testing.assert_allclose(
            root(route), np.eye(2) * 5e-5 * np.sqrt(size), rtol=0.02, atol=1e-9
        )
    with torch.no_grad():
        np.testing.assert_allclose(
            attribution.moved(route), np.eye(2) * 5e-5 * np.sqrt(size), rtol=0.02
        )


def test_what_a_word_depends_on_ends_where_its_reach_does(contextual):
    """Reading only so far gives the same vector, and what stands behind has no gradient."""
    with differentiating():
        for route in contextual.routes(SENTENCE):
            inputs, word, reach = route.inputs.detach(), 3, route.reach[3]
            short = route.read(inputs[None, :reach])[0, word].detach()
            whole = inputs.clone().requires_grad_(True)
            vector = route.read(whole[None])[0, word]
            torch.testing.assert_close(short, vector.detach(), atol=1e-4, rtol=1e-4)
            (slope,) = torch.autograd.grad(vector.sum(), whole)
            moved = slope.abs().sum(-1)
            assert (moved[reach:] == 0).all()
            assert moved[reach - 1] > 0


def test_words_are_measured_alike_in_groups_of_any_size(contextual, monkeypatch):
    monkeypatch.setattr(attribution, "projections_for", lambda words: 2)
    sizes = {}
    for size in (3, 1_000):
        monkeypatch.setattr(attribution, "CHUNK", size)
        with differentiating():
            routes = contextual.routes(SENTENCE)
            sizes[size] = [root(route) for route in routes]
    for few, many in zip(*sizes.values(), strict=True):
        np.testing.assert_allclose(few, many, rtol=1e-3, atol=1e-6)


def test_leave_one_out_is_the_reader_without_the_word(contextual):
    """Taking one word away by hand moves the others just so far."""
    influence = contextual.leave_one_out(SENTENCE)
    by_hand = []
    with torch.inference_mode():
        for route in contextual.routes(SENTENCE):
            whole = route.read(route.inputs[None])[0, : len(SENTENCE)]
            columns = []
            for positions in route.word_pieces:
                inputs = route.inputs.clone()
                inputs[torch.from_numpy(positions)] = 0.0
                moved = route.read(inputs[None])[0, : len(SENTENCE)] - whole
                columns.append(moved.norm(dim=-1))
            by_hand.append(torch.stack(columns, dim=1).double().numpy() * route.visible())
        expected = joined(contextual.family, contextual.routes(SENTENCE), by_hand)
    np.testing.assert_allclose(influence.matrix, expected.matrix, atol=1e-3)
    assert influence.halves.keys() == expected.halves.keys()


def test_leave_one_out_keeps_to_what_can_be_seen(contextual):
    influence = contextual.leave_one_out(SENTENCE)
    np.testing.assert_allclose(influence.matrix.sum(axis=1), 1.0, atol=1e-5)
    blank = np.triu(np.ones(influence.matrix.shape, dtype=bool), 1)
    if contextual.context == "left":
        assert (influence.matrix[blank] == 0).all()
    else:
        assert (influence.matrix > 0).all()
    if contextual.context == "both_apart":
        assert (influence.halves["forward"][blank] == 0).all()
        assert (influence.halves["backward"][blank.T] == 0).all()
    np.testing.assert_array_equal(influence.matrix, contextual.leave_one_out(SENTENCE).matrix)


def test_how_many_are_read_at_once_changes_nothing(contextual, monkeypatch):
    whole = contextual.leave_one_out(SENTENCE).matrix
    monkeypatch.setattr(attribution, "POSITIONS", 1)
    np.testing.assert_allclose(contextual.leave_one_out(SENTENCE).matrix, whole, atol=1e-4)


def test_a_piece_of_two_words_counts_half_for_each():
    raw = np.array([[3.0, 4.0]])
    assert to_words(raw, np.array([[1, 1], [0, 1]])).tolist() == [
        [pytest.approx(np.sqrt(9 + 8)), pytest.approx(np.sqrt(8))]
    ]


def test_static_vectors_have_no_influence(loaded):
    with pytest.raises(UnsupportedError):
        loaded["static"].leave_one_out(SENTENCE)
