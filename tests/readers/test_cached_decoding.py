"""Writing with kept keys and values gives what reading everything anew gives."""

import numpy as np
import pytest
import torch

from lmcore.errors import InputError
from lmcore.hub.load import load_published
from lmcore.outputs.generation import Forced, GenerationSettings
from lmcore.readers.kv_cache import decoding
from lmcore.text.words import split
from tests.hub import folders

CPU = torch.device("cpu")


@pytest.fixture(params=["classroom", "openai-gpt", "gpt2"])
def gpt(request, loaded, tmp_path):
    if request.param == "classroom":
        return loaded["gpt"]
    folders.gpt(tmp_path, request.param)
    return load_published(tmp_path, CPU)


@pytest.fixture
def uncached(gpt):
    """Switches the cache off for a while."""
    yield lambda: setattr(gpt, "keeps_keys", False)
    vars(gpt).pop("keeps_keys", None)


@pytest.mark.parametrize(
    "settings",
    [
        GenerationSettings(length=24, temperature=0.0),
        GenerationSettings(length=24, temperature=1.3, top_k=0, top_p=1.0, seed=5),
    ],
)
def test_same_pieces_and_probabilities(gpt, uncached, settings):
    prompt = split("She sat on")
    with_cache = list(gpt.generate(prompt, settings))
    uncached()
    without = list(gpt.generate(prompt, settings))
    assert [token.piece for token in with_cache] == [token.piece for token in without]
    for fast, slow in zip(with_cache, without, strict=True):
        assert fast.probability == pytest.approx(slow.probability, rel=1e-4)
        assert fast.entropy == pytest.approx(slow.entropy, rel=1e-4)
        assert fast.text_so_far == slow.text_so_far


def test_same_vectors_however_the_text_is_cut(gpt):
    ids = list(gpt.encode(split("She sat on the bank of the river")).ids)
    with torch.inference_mode():
        whole = gpt.body(torch.tensor([ids])).last_hidden_state[0]
        cache = decoding(gpt.model, len(ids))
        first = cache.read(ids[:3])
        second = cache.read(ids[3:7])
        rest = [cache.read([entry]) for entry in ids[7:]]
    ends = torch.stack([first, second, *rest])
    np.testing.assert_allclose(ends, whole[[2, 6, *range(7, len(ids))]], atol=1e-5)


def test_told_pieces_are_read_as_well(gpt):
    settings = GenerationSettings(length=6, temperature=0.9, seed=2)
    prompt = split("She sat on")
    tokens = list(gpt.generate(prompt, settings))
    forced = [Forced(token.position, token.piece) for token in tokens[:3]]
    assert list(gpt.generate(prompt, settings, forced)) == tokens


def test_positions_are_respected(gpt):
    limit = gpt.limit
    with pytest.raises(ValueError, match=str(limit)):
        decoding(gpt.model, limit + 1)
    cache = decoding(gpt.model, limit)
    with torch.inference_mode():
        cache.read([1] * (limit - 1))
        assert torch.isfinite(cache.read([1])).all()
    prompt = split("she sat")
    while len(gpt.encode(prompt).ids) < limit - 20:
        prompt = split(f"{prompt.text} she")
    max_pieces = limit - len(gpt.encode(prompt).ids)
    assert len(list(gpt.generate(prompt, GenerationSettings(length=max_pieces)))) == max_pieces
    with pytest.raises(InputError) as caught:
        gpt.generate(prompt, GenerationSettings(length=max_pieces + 1))
    assert caught.value.code == "no_room_to_generate"


def test_two_texts_at_once_do_not_mix(gpt):
    settings = GenerationSettings(length=6, temperature=1.0, seed=3)
    prompts = split("She sat on"), split("yes we can")
    alone = [list(gpt.generate(prompt, settings)) for prompt in prompts]
    both = list(zip(*(gpt.generate(prompt, settings) for prompt in prompts), strict=True))
    assert [list(row) for row in zip(*both, strict=True)] == alone
