"""Norm-weighted attention against its definition (Kobayashi et al. 2020)."""

import numpy as np
import pytest
import torch

from lmcore.errors import UnsupportedError
from lmcore.readers import attention_norms
from lmcore.text.words import split

SENTENCE = split("The supercalifragilistic bank of the river, it's muddy.")


@pytest.fixture(params=["gpt", "bert"])
def attending(request, loaded):
    return loaded[request.param]


def attention_output(reader, reading, layer: int) -> torch.Tensor:
    """What the attention block of a layer adds to its input, computed by transformers itself."""
    inputs = torch.from_numpy(reading.piece_layers[layer])[None]
    with torch.inference_mode():
        if reader.family == "gpt":
            return reader.model.transformer.h[layer].attn(inputs)[0][0]
        block = reader.model.bert.encoder.layer[layer].attention
        return block.output.dense(block.self(inputs)[0])[0]


def output_bias(reader, layer: int) -> torch.Tensor:
    if reader.family == "gpt":
        return reader.model.transformer.h[layer].attn.c_proj.bias
    return reader.model.bert.encoder.layer[layer].attention.output.dense.bias


@pytest.mark.parametrize("layer", [0, -1])
def test_the_weighted_vectors_of_all_sources_sum_to_the_attention_output(attending, layer):
    reading = attending.read([SENTENCE])[0]
    layer %= len(reading.attention)
    weights = torch.from_numpy(reading.attention[layer])
    inputs = torch.from_numpy(reading.piece_layers[layer])
    with torch.inference_mode():
        vectors = attention_norms.transformed(inputs, attending.value_map(layer), len(weights))
        weighted = weights[..., None] * vectors[:, None]  # [H, P, P, D]
        total = weighted.sum(dim=(0, 2)) + output_bias(attending, layer)
        torch.testing.assert_close(
            total, attention_output(attending, reading, layer), atol=1e-4, rtol=1e-4
        )
        norms = attending.norms(reading)
        torch.testing.assert_close(
            torch.from_numpy(norms.heads[layer]), weighted.norm(dim=-1), atol=1e-4, rtol=1e-3
        )
        torch.testing.assert_close(
            torch.from_numpy(norms.together[layer]),
            weighted.sum(dim=0).norm(dim=-1),
            atol=1e-4,
            rtol=1e-3,
        )


def test_pieces_are_joined_before_their_length_is_taken(attending):
    reading = attending.read([SENTENCE])[0]
    weights = torch.from_numpy(reading.attention[1])
    inputs = torch.from_numpy(reading.piece_layers[1])
    whole = attending.norms(reading, reading.word_pieces)
    assert whole.heads.shape[-2:] == (len(SENTENCE), len(SENTENCE))
    pieces = reading.word_pieces[1]
    assert pieces.sum() > 1, "the second word is cut"
    with torch.inference_mode():
        vectors = attention_norms.transformed(inputs, attending.value_map(1), len(weights))
    carried = sum(weights[:, pieces, piece, None] * vectors[:, piece] [:, None] for piece in
                  np.flatnonzero(pieces)).mean(dim=1)  # fmt: skip
    np.testing.assert_allclose(whole.heads[1, :, 1, 1], carried.norm(dim=-1), rtol=1e-3)
    np.testing.assert_allclose(whole.together[1, 1, 1], float(carried.sum(dim=0).norm()), rtol=1e-3)


def test_what_gpt_cannot_see_carries_nothing(loaded):
    gpt = loaded["gpt"]
    norms = gpt.norms(gpt.read([SENTENCE])[0])
    assert (np.triu(norms.together, 1) == 0).all()
    assert (np.tril(norms.heads) > 0).any()


def test_no_attention_no_norms(loaded):
    elmo = loaded["elmo"]
    with pytest.raises(UnsupportedError):
        elmo.norms(elmo.read([SENTENCE])[0])
