"""ELMo against the published reference, and what its directions may see."""

import json

import h5py
import numpy as np
import pytest
import torch

from lmcore.hub.load import load_published
from lmcore.readers.elmo_characters import batch_ids, character_ids
from lmcore.text.words import split


@pytest.fixture(scope="module")
def reference(shared):
    folder = shared / "data" / "elmo_reference"
    return folder, load_published(folder, torch.device("cpu")).network


def test_reference_vectors(reference):
    """The published top-layer vectors, with state carried from sentence to sentence, to 1e-5."""
    folder, network = reference
    streams = json.loads((folder / "sentences.json").read_text())
    for number, stream in enumerate(streams):
        state, worst = None, 0.0
        with h5py.File(folder / f"lm_embeddings_{number}.hdf5") as file, torch.inference_mode():
            for position, sentence in enumerate(stream):
                out = network(*batch_ids([sentence.split()], 50), state)
                state = out.state
                got = torch.stack([out.forward[-1, 0], out.backward[-1, 0]])[:, 1:-1].numpy()
                worst = max(worst, np.abs(got - file[str(position)][...]).max())
        assert worst < 1e-5


def test_reference_in_batches_of_three(reference):
    """The same in padded batches, as the reference itself was made: padding moves no state."""
    folder, network = reference
    streams = json.loads((folder / "sentences.json").read_text())
    files = [h5py.File(folder / f"lm_embeddings_{number}.hdf5") for number in range(3)]
    state = None
    with torch.inference_mode():
        for position in range(len(streams[0])):
            batch = [stream[position].split() for stream in streams]
            out = network(*batch_ids(batch, 50), state)
            state = out.state
            for row, (words, file) in enumerate(zip(batch, files, strict=True)):
                both = torch.stack([out.forward[-1, row], out.backward[-1, row]])
                got = both[:, 1 : len(words) + 1].numpy()
                assert np.abs(got - file[str(position)][...]).max() < 1e-5


def test_step_by_step_equals_pytorch(loaded):
    """The clipped loop without its clips is the LSTM of PyTorch."""
    layer = loaded["elmo"].network.directions[0][0]
    x = torch.randn(2, 7, 256, generator=torch.Generator().manual_seed(0))
    lengths = torch.tensor([7, 7])
    with torch.inference_mode():
        fast, (h, c) = layer(x, lengths, None)
        cells = layer.lstm.hidden_size
        zero = (torch.zeros(2, 256), torch.zeros(2, cells))
        slow, (h2, c2) = layer._step_by_step(x, lengths, zero)
    for a, b in ((fast, slow), (h, h2), (c, c2)):
        torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-5)


def test_directions_do_not_see_each_other(loaded):
    elmo = loaded["elmo"]
    one = elmo.read([split("the old bank was closed")])[0].layers
    two = elmo.read([split("the old bank was flooded")])[0].layers
    half = one.shape[-1] // 2
    np.testing.assert_allclose(one[:, :4, :half], two[:, :4, :half], atol=1e-6)
    assert np.abs(one[1:, :4, half:] - two[1:, :4, half:]).max() > 1e-3
    np.testing.assert_array_equal(one[0, :, :half], one[0, :, half:])


def test_layer_0_knows_no_context(loaded):
    """Self-similarity of the token layer is exactly 1 for ELMo (Ethayarajh 2019)."""
    elmo = loaded["elmo"]
    one = elmo.read([split("a bank robbery")])[0].layers[0, 1]
    two = elmo.read([split("on the river bank today")])[0].layers[0, 3]
    np.testing.assert_allclose(one, two, atol=1e-6)


def test_influence_halves_are_triangles(loaded):
    halves = loaded["elmo"].influence(split("the old bank was closed")).halves
    assert (np.triu(halves["forward"], 1) == 0).all()
    assert (np.tril(halves["backward"], -1) == 0).all()


def test_character_ids():
    ids = character_ids("é", 8)
    assert ids == [259, 0xC3 + 1, 0xA9 + 1, 260, 261, 261, 261, 261]
    assert len(character_ids("x" * 100, 50)) == 50
