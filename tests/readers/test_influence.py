"""Both measures of influence against their definitions, for every reader that has them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from lmcore.errors import UnsupportedError
from lmcore.readers import attribution
from lmcore.readers.attribution import joined, to_words
from lmcore.runtime.scheduler import differentiating
from lmcore.text.words import split

SENTENCE = split("Her unbelievably old boat sank in the river.")


def test_gradient_is_the_jacobian_of_the_definition(contextual, monkeypatch):
    """With many projections the estimate comes close to the exact Frobenius norm."""
    monkeypatch.setattr(attribution, "projections_for", lambda words: 64)
    monkeypatch.setattr(attribution, "CHUNK", 48)
    short = split("the river rose")
    with differentiating():
        route = contextual.routes(short)[-1]
        jacobian = torch.autograd.functional.jacobian(
            lambda x: route.read(x[None])[0, : len(short)], route.inputs.detach()
        )  # [W, E, P, D]
        exact = (jacobian * route.inputs.detach()).square().sum(dim=(1, 3)).sqrt()
        estimate = attribution.gradient_times_input(route)
    np.testing.assert_allclose(estimate, exact.numpy(), rtol=0.35)
    assert np.corrcoef(estimate.ravel(), exact.numpy().ravel())[0, 1] > 0.98


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
    monkeypatch.setattr(attribution, "projections_for", lambda words: 1)
    sizes = {}
    for size in (3, 1_000):
        monkeypatch.setattr(attribution, "CHUNK", size)
        with differentiating():
            routes = contextual.routes(SENTENCE)
            sizes[size] = [attribution.gradient_times_input(route) for route in routes]
    for few, many in zip(*sizes.values(), strict=True):
        ratio = few[few > 0] / many[few > 0]  # other random signs, the same sizes
        assert ((few > 0) == (many > 0)).all()
        assert 0.8 < np.median(ratio) < 1.25


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
